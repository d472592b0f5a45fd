/** What a service command works on: the unit, its place, its text, and how its bot is reached afterwards. */
import { userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { resolvePaths } from '../../config/paths.ts';
import type { Context } from '../context.ts';
import { CliError, usageError } from '../exit.ts';
import {
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
  /** What the person should know, though nothing is wrong. */
  readonly warnings: readonly string[];
}

const SYSTEM_UNITS = '/etc/systemd/system';
const SYSTEM_STATE = '/var/lib/breakout';
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

/**
 * The unit in full.
 * @throws CliError when the service could not run so: its user cannot read Node or the package, a credential's
 * file is missing.
 */
export function planOf(context: Context, options: UnitOptions): Plan {
  const place = placeOf(context, options);
  const credentials = (options.credential ?? []).map(parseCredential);
  const { node, launcher } = executables();
  const common = { instance: place.instance, node, launcher, credentials };
  const warnings: string[] = [];
  for (const path of [node, launcher]) refuseUnreachable(path, place.scope, options.runAs);
  if (place.live) warnings.push(...credentials.flatMap(credentialWarnings));
  if (place.scope === 'system') {
    const runsFromHome = [node, launcher].some(liesInHome);
    const spec: UnitSpec = { ...common, scope: 'system', runAs: runAs(options.runAs), runsFromHome };
    return { ...place, spec, text: unitText(spec), warnings };
  }
  if (options.runAs !== undefined)
    throw usageError("--run-as goes with --system: a user's service runs as that user");
  const forbidden = namespacesForbiddenBy();
  if (forbidden !== null) {
    warnings.push(
      `${forbidden} keeps users from making namespaces: the service runs without the isolation of folders, devices and capabilities`,
    );
  }
  const { stateDir, configDir } = resolvePaths({ env: context.env });
  const home = context.env.HOME || userInfo().homedir;
  const spec: UnitSpec = {
    ...common,
    scope: 'user',
    home,
    stateDir,
    configDir,
    namespaces: forbidden === null,
  };
  return { ...place, spec, text: unitText(spec), warnings };
}

/** systemd cuts words at blanks and lines at line ends; a user's name has neither. */
const ACCOUNT = /^[a-z_][a-z0-9_.-]{0,30}\$?$/i;

function runAs(name: string | undefined): string | null {
  if (name === undefined) return null;
  if (!ACCOUNT.test(name)) throw usageError(`--run-as ${JSON.stringify(name)} is no user's name`);
  return name;
}

function refuseUnreachable(path: string, scope: Scope, account: string | undefined): void {
  if (/[\n\r]/.test(path))
    throw new CliError('NOT_READABLE', `${JSON.stringify(path)}: a unit cannot name it`);
  if (liesInTemporary(path)) {
    throw new CliError(
      'NOT_READABLE',
      `${path} lies in a temporary folder, which a service does not see: install the package elsewhere`,
    );
  }
  if (scope === 'user' || account !== undefined) return;
  const shut = closedToOthers(path);
  if (shut !== null) {
    throw new CliError('NOT_READABLE', `the service's user could not read ${path}: ${shut} is closed to it`, {
      hint: 'install Node.js and the package for all users, or name one who can read it with --run-as USER',
    });
  }
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

/** @throws CliError when systemd would find no file there. */
function credentialWarnings({ name, path }: Credential): string[] {
  if (!isReadable(path))
    throw new CliError('CREDENTIAL_MISSING', `the file of credential ${name}, ${path}, cannot be read`);
  return isReadByOthers(path) ? [`${path} can be read by others: chmod 600 ${path}`] : [];
}

function xdgConfigHome(env: NodeJS.ProcessEnv): string {
  const given = env.XDG_CONFIG_HOME;
  return given && isAbsolute(given) ? given : join(env.HOME || userInfo().homedir, '.config');
}

function userRuntime(env: NodeJS.ProcessEnv): string {
  const given = env.XDG_RUNTIME_DIR;
  return join(given && isAbsolute(given) ? given : `/run/user/${userInfo().uid}`, 'breakout');
}
