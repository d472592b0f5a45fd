/**
 * Where things are. State, configuration and the socket come from the environment by the rules below and
 * from nowhere else; several instances never share state or a socket.
 *
 *     state    BREAKOUT_STATE_DIR, else $XDG_STATE_HOME/breakout, else ~/.local/state/breakout
 *     config   BREAKOUT_CONFIG_DIR, else $XDG_CONFIG_HOME/breakout, else ~/.config/breakout
 *     socket   --socket, BREAKOUT_SOCKET, $RUNTIME_DIRECTORY/, $XDG_RUNTIME_DIR/breakout/, the state folder
 *
 * An instance other than `default` has its state in `instances/NAME` and `-NAME` in the socket's file name
 * (but for `--socket`, which is taken as it is). Configuration is shared.
 */
import { homedir } from 'node:os';
import { isAbsolute, join, parse, resolve } from 'node:path';
import { ConfigError } from './config-error.ts';

export const DEFAULT_INSTANCE = 'default';

export interface Paths {
  readonly instance: string;
  readonly stateDir: string;
  readonly configDir: string;
  readonly socketPath: string;
  /** Held for the daemon's life. */
  readonly lockFile: string;
  /** Locks on accounts, which all instances share. */
  readonly accountLocks: string;
  readonly logFile: string;
  /** Everything that happened to the engine. */
  readonly journalFile: string;
  /** The simulated venue's own books, a file for each session. */
  readonly venueDir: string;
  /** Stores of candles, a folder each; all instances share them. */
  readonly candlesDir: string;
}

export interface PathOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly instance?: string | undefined;
  /** `--socket`: taken as it is. */
  readonly socket?: string | undefined;
}

const INSTANCE = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** Bytes of `sun_path` without its end mark. Node cuts a longer path without a word and listens elsewhere. */
const MAX_SOCKET_BYTES = process.platform === 'darwin' ? 103 : 107;

/** @throws ConfigError for a bad instance name or a socket path that the system would cut. */
export function resolvePaths(options: PathOptions = {}): Paths {
  const env = options.env ?? process.env;
  const instance = options.instance ?? DEFAULT_INSTANCE;
  if (!INSTANCE.test(instance)) {
    throw new ConfigError(
      `instance ${JSON.stringify(instance)}: use up to 32 of a-z, 0-9, _ and -, beginning with a letter or digit`,
    );
  }
  const home = given(env, 'HOME') ?? homedir();
  const stateRoot =
    own(env, 'BREAKOUT_STATE_DIR') ??
    join(xdg(env, 'XDG_STATE_HOME') ?? join(home, '.local', 'state'), 'breakout');
  const stateDir = instance === DEFAULT_INSTANCE ? stateRoot : join(stateRoot, 'instances', instance);
  const configDir =
    own(env, 'BREAKOUT_CONFIG_DIR') ?? join(xdg(env, 'XDG_CONFIG_HOME') ?? join(home, '.config'), 'breakout');
  const socketPath = findSocket(env, instance, stateDir, options.socket);
  for (const path of [stateDir, configDir, socketPath]) refuseControls(path);
  requireSocketPath(socketPath, 'set BREAKOUT_SOCKET');
  return {
    instance,
    stateDir,
    configDir,
    socketPath,
    lockFile: join(stateDir, 'lock.sqlite'),
    accountLocks: join(stateRoot, 'locks'),
    logFile: join(stateDir, 'log', 'daemon.log'),
    journalFile: join(stateDir, 'journal.sqlite'),
    venueDir: join(stateDir, 'venue'),
    candlesDir: join(stateRoot, 'candles'),
  };
}

/**
 * @param mend how to give another path: `set …`.
 * @throws ConfigError when the system would cut the path.
 */
export function requireSocketPath(socketPath: string, mend: string): void {
  const bytes = Buffer.byteLength(socketPath);
  if (bytes <= MAX_SOCKET_BYTES) return;
  throw new ConfigError(
    `the socket path ${socketPath} has ${bytes} bytes and the system takes ${MAX_SOCKET_BYTES}: ${mend} to a shorter one`,
  );
}

/** Such a path breaks what is made of lines (units, logs) and rewrites the terminal that shows it. */
function refuseControls(path: string): void {
  if (!/\p{Cc}/u.test(path)) return;
  throw new ConfigError(`the path ${JSON.stringify(path)} holds control characters: choose another one`);
}

/** @throws ConfigError for a relative path where the current folder has been removed. */
function absolute(path: string): string {
  try {
    return resolve(path);
  } catch (error) {
    throw new ConfigError(`${path} is relative, and the current folder is gone: change into another one`, {
      cause: error,
    });
  }
}

function findSocket(
  env: Readonly<Record<string, string | undefined>>,
  instance: string,
  stateDir: string,
  option: string | undefined,
): string {
  // `--socket "$UNSET"` must not end up at another bot.
  if (option === '') throw new ConfigError('--socket is empty: give the path of a socket, or leave it out');
  if (option !== undefined) return absolute(option);
  const suffix = instance === DEFAULT_INSTANCE ? '' : `-${instance}`;
  const named = own(env, 'BREAKOUT_SOCKET');
  if (named !== undefined) {
    const { dir, name, ext } = parse(named);
    return join(dir, `${name}${suffix}${ext}`);
  }
  const file = `breakout${suffix}.sock`;
  // systemd gives several folders with colons between; the first is ours.
  const runtime = given(env, 'RUNTIME_DIRECTORY')?.split(':')[0];
  if (runtime) return join(absolute(runtime), file);
  const session = xdg(env, 'XDG_RUNTIME_DIR');
  if (session !== undefined) return join(session, 'breakout', file);
  return join(stateDir, 'breakout.sock');
}

function given(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

function own(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = given(env, name);
  return value === undefined ? undefined : absolute(value);
}

/** The XDG specification: a relative path is invalid and to be ignored. */
function xdg(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = given(env, name);
  return value !== undefined && isAbsolute(value) ? value : undefined;
}
