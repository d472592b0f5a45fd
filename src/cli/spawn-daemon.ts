/**
 * Starting the daemon in the background. The child takes the lock or ends; whoever lost the race connects to
 * the winner, so that two starters at once give one daemon.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError } from '../config/config-error.ts';
import { DiskFull, makeFolder, probeFolder } from '../config/folder.ts';
import { packageInfo } from '../config/package.ts';
import type { Paths } from '../config/paths.ts';
import { type ControlClient, connect } from '../protocol/client.ts';
import { NotReachable } from '../protocol/errors.ts';
import { CLIENT_NAME } from './connection.ts';
import type { Context } from './context.ts';
import { CliError } from './exit.ts';
import { interrupt } from './interrupt.ts';

/** Exit code of a daemon that found another one in its state folder. */
const ALREADY_RUNNING = 75;

/** The exit code of what SIGINT ended. */
const INTERRUPTED = 130;

/** Loading the sources of a checkout on a busy machine takes seconds; longer than this is no start. */
const PATIENCE_MS = 60_000;

/** How often the socket is tried while the child starts. */
const TRY_EVERY_MS = 25;

/** A daemon that ended with "already running" is started anew when the other one does not answer for so long. */
const OTHER_ANSWERS_WITHIN_MS = 3_000;

export interface Reached {
  readonly client: ControlClient;
  readonly pid: number;
  /** This call started the daemon. */
  readonly started: boolean;
  /** Waits for the end of a daemon that this call started. @returns its last words; null for any other daemon */
  readonly lastWords: () => Promise<string | null>;
}

/** Settings of the command line, for a daemon that starts. */
export interface SettingOptions {
  readonly logLevel?: string;
  readonly metricsListen?: string;
}

/** Connects to the daemon; when none answers, starts one and waits until it does. */
export async function reachDaemon(context: Context, options: SettingOptions = {}): Promise<Reached> {
  const there = await tryHello(context.paths);
  if (there) return { ...there, started: false, lastWords: async () => null };
  const deadline = Date.now() + PATIENCE_MS;
  using interrupted = interrupt();
  for (;;) {
    const launch = launchDaemon(context, options);
    const reached = await waitFor(context.paths, launch, deadline, interrupted.signal);
    if (reached === null) continue;
    if (!interrupted.signal.aborted) {
      const started = reached.pid === launch.child.pid;
      return { ...reached, started, lastWords: () => lastWordsOf(started ? launch : null, context.paths) };
    }
    // Just too late: it serves, perhaps somebody else by now. What it was to do is not begun.
    reached.client.destroy();
    throw new CliError('INTERRUPTED', `interrupted: the daemon runs (pid ${reached.pid})`, {
      exitCode: INTERRUPTED,
      hint: '`breakout daemon stop` ends it',
    });
  }
}

type Greeted = Pick<Reached, 'client' | 'pid'>;

interface Launch {
  readonly child: ChildProcess;
  readonly output: string;
  /** Resolves with the exit code, or what else ended the child. */
  readonly ended: Promise<number | string>;
}

function launchDaemon({ paths, env }: Context, { logLevel, metricsListen }: SettingOptions): Launch {
  const { output, file } = openOutput(paths);
  const child = spawn(
    process.execPath,
    [
      join(packageInfo().root, 'bin', 'breakout.js'),
      'daemon',
      'run',
      '--socket',
      paths.socketPath,
      '--instance',
      paths.instance,
      ...(logLevel === undefined ? [] : ['--log-level', logLevel]),
      ...(metricsListen === undefined ? [] : ['--metrics-listen', metricsListen]),
    ],
    { cwd: paths.stateDir, detached: true, stdio: ['ignore', file, file], env: absolute(env) },
  );
  closeSync(file);
  const ended = new Promise<number | string>((settle) => {
    child.once('exit', (code, signal) => settle(code ?? signal ?? 'unknown'));
    child.once('error', (error) => settle(error.message));
  });
  return { child, output, ended };
}

/**
 * A file of the child's own until it is known who won: the winner's becomes daemon.out, a loser's is read and
 * removed.
 * @throws CliError when the state folder cannot be made or written.
 */
function openOutput({ stateDir, logFile }: Paths): { readonly output: string; readonly file: number } {
  const folder = dirname(logFile);
  const output = join(folder, `daemon-start-${process.pid}.out`);
  try {
    makeFolder(folder);
    // On a full disk the daemon could not even say why it ended.
    probeFolder(folder);
    return { output, file: openSync(output, 'w', 0o600) };
  } catch (error) {
    if (error instanceof DiskFull) throw new CliError('DISK_FULL', error.message, { cause: error });
    const reason = error instanceof ConfigError ? (error.cause ?? error) : error;
    const why = reason instanceof Error ? reason.message : String(reason);
    throw new CliError('STATE_FOLDER', `the state folder ${stateDir} cannot be used: ${why}`, {
      hint: 'mend it, or set BREAKOUT_STATE_DIR',
      cause: error,
    });
  }
}

/** What a supervisor of the caller told the caller, and nobody else. */
const OF_THE_SUPERVISOR = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID', 'JOURNAL_STREAM'];

/** The daemon runs in its state folder: relative folders of the caller must not move with it. */
function absolute(callers: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const env = { ...callers };
  for (const name of OF_THE_SUPERVISOR) delete env[name];
  const given = Object.entries(env).filter(
    ([name, value]) => /^BREAKOUT_(STATE|CONFIG)_DIR$/.test(name) && value,
  );
  return { ...env, ...Object.fromEntries(given.map(([name, value]) => [name, resolve(value ?? '')])) };
}

/** Null when the child lost the lock to a daemon that then did not answer: it was on its way out. */
async function waitFor(
  paths: Paths,
  launch: Launch,
  deadline: number,
  interrupted: AbortSignal,
): Promise<Greeted | null> {
  const { child, output } = launch;
  let ended: number | string | null = null;
  let until = deadline;
  launch.ended.then((how) => {
    ended = how;
  });
  for (;;) {
    const there = await tryHello(paths);
    if (there) {
      child.unref();
      if (there.pid === child.pid) renameSync(output, winnersOutput(paths));
      else await settle(launch);
      return there;
    }
    if (interrupted.aborted) throw await givenUp(launch);
    if (ended === ALREADY_RUNNING && until === deadline)
      until = Math.min(deadline, Date.now() + OTHER_ANSWERS_WITHIN_MS);
    else if (ended !== null && ended !== ALREADY_RUNNING) {
      const said = lastWords(output);
      rmSync(output, { force: true });
      throw new CliError('DAEMON_FAILED', `the daemon did not start: ${said ?? `it ended with ${ended}`}`);
    }
    if (Date.now() > until) {
      if (until < deadline) {
        rmSync(output, { force: true });
        return null;
      }
      child.kill('SIGKILL');
      throw new CliError('DAEMON_FAILED', `the daemon did not answer within ${PATIENCE_MS / 1000} s`, {
        hint: `its output is in ${output}`,
      });
    }
    await delay(TRY_EVERY_MS);
  }
}

/** Whoever asked for it leaves before it serves: it is not to come up behind their back. */
async function givenUp(launch: Launch): Promise<CliError> {
  launch.child.kill('SIGTERM');
  await settle(launch);
  return new CliError('INTERRUPTED', 'interrupted: the daemon that was starting has been stopped again', {
    exitCode: INTERRUPTED,
  });
}

/** Another starter's daemon answers: our own child must have ended before its output is removed. */
async function settle({ ended, output }: Launch): Promise<void> {
  await ended;
  rmSync(output, { force: true });
}

async function tryHello(paths: Paths): Promise<Greeted | null> {
  let client: ControlClient | null = null;
  try {
    client = await connect({ socketPath: paths.socketPath, client: CLIENT_NAME });
    const { pid } = await client.call('daemon.hello', { client: CLIENT_NAME });
    return { client, pid };
  } catch (error) {
    client?.destroy();
    if (error instanceof NotReachable) return null;
    throw error;
  }
}

function winnersOutput({ logFile }: Paths): string {
  return join(dirname(logFile), 'daemon.out');
}

/** It served and ended all the same: it could not take up what the last one had left. */
async function lastWordsOf(launch: Launch | null, paths: Paths): Promise<string | null> {
  if (launch === null) return null;
  launch.child.ref();
  await launch.ended;
  return lastWords(winnersOutput(paths));
}

/** Why the daemon ended, in its own words: its refusal, or else the error that it fell over. */
function lastWords(file: string): string | null {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const refusal = lines.findLast((line) => line.startsWith('breakout: '));
  return (
    refusal?.slice('breakout: '.length) ??
    lines.find((line) => /Error\b.*:/.test(line)) ??
    lines.at(-1) ??
    null
  );
}
