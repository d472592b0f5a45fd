/** What a service command works on: the unit, its place, its text, and how its bot is reached afterwards. */
import { userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { resolvePaths } from '../../config/paths.ts';
import type { Context } from '../context.ts';
import { CliError, usageError } from '../exit.ts';
import {
  accountExists,
  closedToOthers,
  executables,
  isReadable,
  isReadByOthers,
  liesInHome,
  liesInTemporary,
  namespacesForbiddenBy,
} from './surroundings.ts';
import { type Credential, type Scope, type UnitSpec, unitName, unitText } from './unit.ts';

export interface PlaceOptions {
  readonly system?: boolean;
  readonly user?: boolean;
  readonly unitDir?: string;
}

export interface UnitOptions extends PlaceOptions {
  readonly runAs?: string;
  readonly credential?: readonly string[];
}

export interface Place {
  readonly scope: Scope;
  readonly instance: string;
  readonly unit: string;
  readonly folder: string;
  readonly file: string;
  /** False where the folder was named: then it is no running systemd's business. */
  readonly live: boolean;
  /** Where the service's socket will be. */
  readonly socket: string;
  /** The state folder of the instance. */
  readonly state: string;
}

export interface Plan extends Place {
  readonly spec: UnitSpec;
  readonly text: string;
  /** Folders that the service needs and cannot make itself: the rest of the file system is read-only to it. */
  readonly folders: readonly { readonly path: string; readonly mode: number }[];
  /** What the person should know, though nothing is wrong. */
  readonly warnings: readonly string[];
  /** Why the service could not run on this machine, or null. */
  readonly obstacle: CliError | null;
}

const SYSTEM_UNITS = '/etc/systemd/system';
const SYSTEM_STATE = '/var/lib/breakout';
const SYSTEM_CONFIG = '/etc/breakout';
const SYSTEM_RUNTIME = '/run/breakout';

/** Where a unit of this scope and instance is. Root's default is the system's manager, everybody else's their own. */
export function placeOf({ paths, env }: Context, options: PlaceOptions): Place {
  const system = options.system ?? (options.user ? false : process.getuid?.() === 0);
  const { instance } = paths;
  if (options.unitDir === '') throw usageError('--unit-dir is empty: give a folder, or leave it out');
  const own = system ? SYSTEM_UNITS : join(xdgConfigHome(env), 'systemd', 'user');
  const folder = options.unitDir === undefined ? own : resolve(options.unitDir);
  const unit = unitName(instance);
  const home = system ? { BREAKOUT_STATE_DIR: SYSTEM_STATE } : env;
  const at = resolvePaths({
    env: { ...home, BREAKOUT_SOCKET: join(system ? SYSTEM_RUNTIME : userRuntime(env), 'breakout.sock') },
    instance,
  });
  return {
    scope: system ? 'system' : 'user',
    instance,
    unit,
    folder,
    file: join(folder, unit),
    live: options.unitDir === undefined,
    socket: at.socketPath,
    state: at.stateDir,
  };
}

/** The unit in full, whether it could run here or not. @throws CliError for options that make no sense. */
export function planOf(context: Context, options: UnitOptions): Plan {
  const place = placeOf(context, options);
  const credentials = (options.credential ?? []).map(parseCredential);
  const programs = executables();
  const paths = [programs.node, programs.launcher];
  const common = { instance: place.instance, ...programs, credentials };
  if (place.scope === 'system') {
    const account = runAs(options.runAs);
    const spec: UnitSpec = {
      ...common,
      scope: 'system',
      runAs: account,
      runsFromHome: paths.some(liesInHome),
    };
    return {
      ...place,
      spec,
      text: unitText(spec),
      folders: [{ path: SYSTEM_CONFIG, mode: 0o755 }],
      warnings: credentials.flatMap(tooOpen),
      obstacle: unreadable(credentials) ?? unreachable(paths, account),
    };
  }
  if (options.runAs !== undefined)
    throw usageError("--run-as goes with --system: a user's service runs as that user");
  const forbidden = namespacesForbiddenBy();
  const temporary = paths.find(liesInTemporary);
  const { stateDir, configDir } = resolvePaths({ env: context.env });
  const spec: UnitSpec = {
    ...common,
    scope: 'user',
    home: context.env.HOME || userInfo().homedir,
    stateDir,
    configDir,
    namespaces: forbidden === null,
    runsFromTemporary: temporary !== undefined,
  };
  return {
    ...place,
    spec,
    text: unitText(spec),
    folders: [{ path: stateDir, mode: 0o700 }],
    warnings: [
      ...credentials.flatMap(tooOpen),
      ...(forbidden === null
        ? []
        : [
            `${forbidden} keeps users from making namespaces: the service runs without the isolation of folders, devices and capabilities`,
          ]),
      ...(temporary === undefined
        ? []
        : [`${temporary} lies in a temporary folder, which is emptied one day: this is for a trial`]),
    ],
    obstacle: unreadable(credentials),
  };
}

/** systemd cuts words at blanks and lines at line ends; a user's name has neither. */
const ACCOUNT = /^[a-z_][a-z0-9_.-]{0,30}\$?$/i;

function runAs(name: string | undefined): string | null {
  if (name === undefined) return null;
  if (!ACCOUNT.test(name)) throw usageError(`--run-as ${JSON.stringify(name)} is no user's name`);
  if (name === 'root')
    throw usageError('--run-as root: the daemon needs none of its rights; name another user');
  return name;
}

/** Why a user without rights of its own could not run these. */
function unreachable(paths: readonly string[], account: string | null): CliError | null {
  for (const path of paths) {
    if (liesInTemporary(path))
      return new CliError(
        'NOT_READABLE',
        `${path} lies in a temporary folder, which the service does not see`,
        {
          hint: 'install Node.js and the package elsewhere',
        },
      );
    const shut = account === null ? closedToOthers(path) : null;
    if (shut !== null)
      return new CliError(
        'NOT_READABLE',
        `the service's user could not read ${path}: ${shut} is closed to it`,
        {
          hint: 'install Node.js and the package for all users, or name one who can read it with --run-as USER',
        },
      );
  }
  return account === null || accountExists(account)
    ? null
    : new CliError('NO_SUCH_USER', `--run-as ${account}: there is no such user`, {
        hint: `make one with \`sudo useradd --system ${account}\`, or leave --run-as out`,
      });
}

const CREDENTIAL = /^([A-Za-z0-9_][A-Za-z0-9_.-]{0,99}):(.+)$/;

function parseCredential(text: string): Credential {
  const [, name, path] = CREDENTIAL.exec(text) ?? [];
  if (name === undefined || path === undefined || !isAbsolute(path) || /[\n\r]/.test(path)) {
    throw usageError(
      `--credential ${JSON.stringify(text)}: give NAME:PATH, with the whole path of a file and a name of letters, digits, _, . and -`,
    );
  }
  return { name, path };
}

/** A credential whose file systemd would not find. */
function unreadable(credentials: readonly Credential[]): CliError | null {
  const missing = credentials.find(({ path }) => !isReadable(path));
  if (missing === undefined) return null;
  const { name, path } = missing;
  return new CliError('CREDENTIAL_MISSING', `the file of credential ${name}, ${path}, cannot be read`);
}

function tooOpen({ path }: Credential): string[] {
  return isReadable(path) && isReadByOthers(path) ? [`${path} can be read by others: chmod 600 ${path}`] : [];
}

function xdgConfigHome(env: NodeJS.ProcessEnv): string {
  const given = env.XDG_CONFIG_HOME;
  return given && isAbsolute(given) ? given : join(env.HOME || userInfo().homedir, '.config');
}

function userRuntime(env: NodeJS.ProcessEnv): string {
  const given = env.XDG_RUNTIME_DIR;
  return join(given && isAbsolute(given) ? given : `/run/user/${userInfo().uid}`, 'breakout');
}
