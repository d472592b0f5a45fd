/**
 * The daemon's life. In this order: the lock, then the socket (a stale one is removed under the lock only), then
 * the service; at the end the engine stops, the socket goes, the lock is given back, and last the connections
 * are closed, so that a client that sees its connection end can start the next daemon at once.
 */
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { packageInfo } from '../config/package.ts';
import type { Paths } from '../config/paths.ts';
import { loadSettings, type SettingFlags } from '../config/settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import { SessionHost } from '../session/host.ts';
import { closeLog, errorFields, type Log, openLog } from '../telemetry/log.ts';
import { accountLocker } from './account-lock.ts';
import type { Connection } from './connection.ts';
import { ControlServer } from './control-server.ts';
import { Dispatcher } from './dispatcher.ts';
import { reportFault } from './faults.ts';
import { ownFolder, removeStaleSocket, socketFolder } from './folders.ts';
import { handlers } from './handlers.ts';
import { takeLock } from './lock.ts';
import { logEvents } from './log-events.ts';

export interface DaemonOptions {
  readonly paths: Paths;
  /** Settings of the command line; they go over the environment and the file. */
  readonly flags?: SettingFlags;
  /** Logs to stdout instead of the log file. A supervisor that collects stdout is recognised by itself. */
  readonly foreground?: boolean;
  /** Ends the daemon, as SIGTERM does. */
  readonly signal?: AbortSignal;
  /** Called once the socket answers. */
  readonly onReady?: () => void;
}

const PRIVATE = 0o077;

/**
 * Runs a daemon until it is told to stop: by `daemon.stop`, SIGTERM, SIGINT or the signal given.
 * @throws AlreadyRunning (exit code 75) and ConfigError, before anything has been touched.
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { paths } = options;
  const { settings } = loadSettings({
    configDir: paths.configDir,
    ...(options.flags && { flags: options.flags }),
  });
  // Everything the daemon makes is for its owner alone.
  process.umask(PRIVATE);
  ownFolder(paths.stateDir);
  using lock = takeLock(paths.lockFile);
  socketFolder(paths.socketPath);
  await removeStaleSocket(paths.socketPath);
  const toStdout = options.foreground === true || process.env.JOURNAL_STREAM !== undefined;
  if (!toStdout) ownFolder(dirname(paths.logFile));
  const log = openLog({
    file: toStdout ? null : paths.logFile,
    level: settings.log.level,
    components: settings.log.components,
    maxBytes: settings.log.max_file_mb * 2 ** 20,
    maxFiles: settings.log.max_files,
  });
  try {
    await serve(options, settings, log, () => lock[Symbol.dispose]());
  } finally {
    await closeLog(log);
  }
}

async function serve(
  options: DaemonOptions,
  settings: Settings,
  log: Log,
  releaseLock: () => void,
): Promise<void> {
  const { paths } = options;
  const host = new SessionHost({
    onFault: (error) => reportFault(error, log.component('session')),
    lockAccount: accountLocker(paths.accountLocks),
  });
  const stopLogging = logEvents(host.events, log);
  const ending = stopRequest(options.signal);
  // What nobody caught leaves the process in doubt: it is said, and the daemon ends in order.
  const onFatal = (error: unknown): void => {
    log.error('fatal', errorFields(error));
    process.exitCode = 1;
    ending.request('a failure of the daemon');
  };
  process.on('uncaughtException', onFatal);
  const server: ControlServer = new ControlServer(
    new Dispatcher<Connection>(
      handlers({
        host,
        paths,
        log,
        settings: () => settings,
        stream: randomBytes(6).toString('hex'),
        startedAt: Date.now(),
        server: () => server,
        stop: ending.request,
      }),
      log.component('control'),
    ),
    { maxConnections: settings.control.max_connections, halfLineMs: settings.control.half_line_ms },
  );
  try {
    await server.listen(paths.socketPath);
    log.info('serving', { version: packageInfo().version, pid: process.pid, instance: paths.instance });
    options.onReady?.();
    const by = await ending.requested;
    log.info('stopping', { by });
    await host.close(by);
  } finally {
    server.stopListening();
    releaseLock();
    await server.disconnect();
    stopLogging();
    ending.dispose();
    process.off('uncaughtException', onFatal);
    log.info('stopped');
  }
}

interface StopRequest {
  /** Resolves with who asked. */
  readonly requested: Promise<string>;
  readonly request: (by: string) => void;
  readonly dispose: () => void;
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

function stopRequest(signal: AbortSignal | undefined): StopRequest {
  let request: (by: string) => void = () => undefined;
  const requested = new Promise<string>((resolve) => {
    request = resolve;
  });
  const onSignal = (name: NodeJS.Signals): void => request(name);
  const onAbort = (): void => request('abort');
  for (const name of SIGNALS) process.on(name, onSignal);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  return {
    requested,
    request,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
