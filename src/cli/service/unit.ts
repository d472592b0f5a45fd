/**
 * The unit file, as text. Two kinds: of the system manager (a user of its own, folders under /var/lib, /etc and
 * /run), and of a user's manager (that user, the folders that the user's own commands use).
 *
 * Each further bot has a unit file of its own, `breakout@NAME.service`, rather than all sharing a template: what
 * one is given (credentials, user) and what is removed with it never touches another.
 */
import { DEFAULT_INSTANCE } from '../../config/paths.ts';
import { argument, plainValue, word } from './escape.ts';

export type Scope = 'system' | 'user';

/** A secret that systemd hands to the daemon as the file `$CREDENTIALS_DIRECTORY/NAME`. */
export interface Credential {
  readonly name: string;
  /** Absolute. Read by the manager, so that the daemon's user need not be able to. */
  readonly path: string;
}

interface CommonSpec {
  readonly instance: string;
  /** Absolute paths of what is run. */
  readonly node: string;
  readonly launcher: string;
  readonly credentials: readonly Credential[];
}

export interface SystemSpec extends CommonSpec {
  readonly scope: 'system';
  /** An account that there is; null: a user `breakout` that systemd makes for as long as the service runs. */
  readonly runAs: string | null;
  /** Node or the package lies in a home folder, which can then not be hidden. */
  readonly runsFromHome: boolean;
}

export interface UserSpec extends CommonSpec {
  readonly scope: 'user';
  /** The user's home, and the folders as the user's commands know them (without the instance's part). */
  readonly home: string;
  readonly stateDir: string;
  readonly configDir: string;
  /**
   * Whether a user's manager can make namespaces here. Without them, what needs them is left out: it would not
   * be ignored but keep the service from starting.
   */
  readonly namespaces: boolean;
  /** Node or the package lies in /tmp, which can then not be replaced by an empty one. */
  readonly runsFromTemporary: boolean;
}

export type UnitSpec = SystemSpec | UserSpec;

/** By this first line a unit is known as made here; nothing else is ever overwritten or removed. */
export const MARK = '# Made by `breakout service install`.';

/** The daemon speaks up three times in it while its engine is alive; one that hangs is replaced after it. */
const WATCHDOG = '60s';

/** `breakout.service`, or `breakout@NAME.service` for another instance. */
export function unitName(instance: string): string {
  return instance === DEFAULT_INSTANCE ? 'breakout.service' : `breakout@${instance}.service`;
}

/** The whole unit file. */
export function unitText(spec: UnitSpec): string {
  const name = unitName(spec.instance);
  const user = spec.scope === 'user' ? '--user ' : '';
  const lines = [
    MARK,
    `# Changes of your own go into a drop-in (systemctl ${user}edit ${name}): the next install writes this file again.`,
    '',
    '[Unit]',
    `Description=breakout, a trading daemon${spec.instance === DEFAULT_INSTANCE ? '' : ` (${spec.instance})`}`,
    ...(spec.scope === 'system' ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    '# Open positions want their daemon back, however often it takes.',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    ...process(spec),
    '',
    ...places(spec),
    '',
    ...confinement(spec),
    '',
    '[Install]',
    `WantedBy=${spec.scope === 'system' ? 'multi-user.target' : 'default.target'}`,
  ];
  return `${lines.join('\n')}\n`;
}

function process(spec: UnitSpec): string[] {
  const which = spec.instance === DEFAULT_INSTANCE ? [] : ['--instance', spec.instance];
  const words = [spec.launcher, ...which, 'daemon', 'run'].map(argument);
  return [
    'Type=notify',
    '# The daemon speaks through systemd-notify, a process of its own.',
    'NotifyAccess=all',
    `ExecStart=${word(spec.node)} ${words.join(' ')}`,
    'ExecReload=/bin/kill -HUP $MAINPID',
    'Restart=on-failure',
    'RestartSec=5s',
    '# 75: another daemon has the state folder; 78: the configuration is wrong, or the journal cannot be used. Trying again mends none of it.',
    'RestartPreventExitStatus=75 78',
    `WatchdogSec=${WATCHDOG}`,
    '# Longer where the daemon asks for it, while it reconciles with the venue.',
    'TimeoutStartSec=90s',
    'TimeoutStopSec=90s',
    '# SIGTERM to the daemon alone: what it has started still has to do its work.',
    'KillMode=mixed',
    '# A memory image would hold the keys.',
    'LimitCORE=0',
  ];
}

/** Where state, configuration, socket and keys are. */
function places(spec: UnitSpec): string[] {
  const credentials = spec.credentials.map(({ name, path }) => `LoadCredential=${name}:${plainValue(path)}`);
  const runtime = [
    '# Shared by all instances: one that ends must not take the sockets of the others with it.',
    'RuntimeDirectory=breakout',
    'RuntimeDirectoryMode=0700',
    'RuntimeDirectoryPreserve=yes',
    'Environment=BREAKOUT_SOCKET=%t/breakout/breakout.sock',
    'UMask=0077',
  ];
  if (spec.scope === 'user') {
    return [
      ...runtime,
      `Environment=${assignment('BREAKOUT_STATE_DIR', spec.stateDir, spec.home)}`,
      `Environment=${assignment('BREAKOUT_CONFIG_DIR', spec.configDir, spec.home)}`,
      ...credentials,
    ];
  }
  return [
    ...(spec.runAs === null ? ['DynamicUser=yes', 'User=breakout'] : [`User=${spec.runAs}`]),
    ...runtime,
    'StateDirectory=breakout',
    'StateDirectoryMode=0700',
    'Environment=BREAKOUT_STATE_DIR=%S/breakout',
    '# No ConfigurationDirectory: systemd would give the folder to the daemon, which shall read it and never write it.',
    'Environment=BREAKOUT_CONFIG_DIR=%E/breakout',
    ...credentials,
  ];
}

/** What the daemon can never do, even when somebody else has taken it over. */
function confinement(spec: UnitSpec): string[] {
  return [
    '# No MemoryDenyWriteExecute: the JavaScript engine compiles into memory that it then runs.',
    'NoNewPrivileges=yes',
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'SystemCallArchitectures=native',
    'SystemCallFilter=@system-service',
    'SystemCallFilter=~@privileged @resources',
    'SystemCallErrorNumber=EPERM',
    ...(spec.scope === 'system' || spec.namespaces ? isolation(spec) : []),
  ];
}

/** What takes namespaces, and in a user's manager a user namespace round them. */
function isolation(spec: UnitSpec): string[] {
  return [
    'PrivateUsers=yes',
    'CapabilityBoundingSet=',
    'AmbientCapabilities=',
    'ProtectSystem=strict',
    ...(spec.scope === 'user'
      ? [
          '# The state folder is in the home folder, and Node and the package may be.',
          'ProtectHome=read-only',
          `ReadWritePaths=${inHome(spec.stateDir, spec.home)}`,
        ]
      : [`ProtectHome=${spec.runsFromHome ? 'read-only' : 'yes'}`, 'RemoveIPC=yes']),
    ...(spec.scope === 'user' && spec.runsFromTemporary ? [] : ['PrivateTmp=yes']),
    'PrivateDevices=yes',
    'DevicePolicy=closed',
    'PrivateIPC=yes',
    'ProtectClock=yes',
    'ProtectControlGroups=yes',
    'ProtectHostname=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'ProtectProc=invisible',
    'ProcSubset=pid',
  ];
}

function assignment(name: string, folder: string, home: string): string {
  const value = inHome(folder, home);
  return value.startsWith('"') ? `"${name}=${value.slice(1)}` : `${name}=${value}`;
}

/** A folder as `%h/…` where it lies in the home folder: the unit then goes with the home. */
function inHome(folder: string, home: string): string {
  if (home === '/' || !folder.startsWith(`${home}/`)) return word(folder);
  const rest = word(folder.slice(home.length));
  return rest.startsWith('"') ? `"%h${rest.slice(1)}` : `%h${rest}`;
}
