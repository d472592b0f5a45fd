/**
 * The daemon's life. In this order: the lock, then the socket (a stale one is removed under the lock only), then
 * the service, then what recovers, then READY; at the end the engine stops, the sockets go, the lock is given back,
 * and last the connections are closed, so that a client that sees its connection end can start the next daemon at once.
 */
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { probeFolder, unusable } from '../config/folder.ts';
import { packageInfo } from '../config/package.ts';
import type { Paths } from '../config/paths.ts';
import type { SettingFlags } from '../config/settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import { type Journal, openJournal } from '../journal/journal.ts';
import { SessionHost } from '../session/host.ts';
import type { SessionHostOptions } from '../session/host-options.ts';
import { closeLog, errorFields, type Log, openLog } from '../telemetry/log.ts';
import { FileRecord } from '../venue/simulated/kept/file-record.ts';
import { accountLocker } from './account-lock.ts';
import type { Connection } from './connection.ts';
import { ControlServer, type Exposure, type ServerLimits } from './control-server.ts';
import { Dispatcher } from './dispatcher.ts';
import { Ending } from './ending.ts';
import { reportFault } from './faults.ts';
import { ownFolder, removeStaleSocket, socketFolder } from './folders.ts';
import { guardProcess } from './guard.ts';
import { handlers } from './handlers.ts';
import { keptByJournal } from './journal-stream.ts';
import { leave } from './leave.ts';
import { LiveSettings } from './live-settings.ts';
import { type Lock, takeLock } from './lock.ts';
import { keepLock } from './lock-keeper.ts';
import { logEvents } from './log-events.ts';
import { Monitoring } from './monitoring.ts';
import { venueOpener } from './open-venue.ts';
import { prepareReadOnlySocket, type ReadOnlySocket } from './read-only-socket.ts';
import { RecoveryGate } from './recovery-gate.ts';
import { Reloader } from './reload.ts';
import { keepSmall } from './retention.ts';
import { onSignals } from './signals.ts';
import { keepSockets } from './socket-keeper.ts';
import { Supervision, type SupervisionTimes } from './supervision.ts';

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
  /** What is done once the socket answers and before systemd is told READY: it may take long. */
  readonly recover?: () => Promise<void>;
  /** Where venues come from, when not from the table of venues. */
  readonly open?: SessionHostOptions['open'];
  readonly supervisionTimes?: SupervisionTimes;
}

const PRIVATE = 0o077;

/** The exit code of a process that SIGINT ended. */
const INTERRUPTED = 130;

/**
 * Runs a daemon until it is told to stop: by `daemon.stop`, SIGTERM, SIGINT or the signal given. After a failure that
 * nobody caught it ends too, and `process.exitCode` is 1.
 * @throws AlreadyRunning (exit code 75), ConfigError and DiskFull, before anything has been touched.
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { paths } = options;
  const settings = new LiveSettings(paths.configDir, options.flags);
  // Everything the daemon makes is for its owner alone.
  process.umask(PRIVATE);
  ownFolder(paths.stateDir);
  using lock = takeLock(paths.lockFile);
  probeFolder(paths.stateDir);
  const journal = openJournal({ file: paths.journalFile });
  socketFolder(paths.socketPath);
  await removeStaleSocket(paths.socketPath);
  const wanted = settings.current.control.read_only_socket;
  const readOnly = wanted === null ? null : await prepareReadOnlySocket(wanted, paths);
  const log = openDaemonLog(options, settings.current);
  try {
    await serve({ ...options, readOnly, journal }, settings, log, lock);
  } finally {
    await closeLog(log);
  }
}

function openDaemonLog({ paths, foreground }: DaemonOptions, { log: wanted }: Settings): Log {
  const toStdout = foreground === true || keptByJournal(process.env);
  if (!toStdout) ownFolder(dirname(paths.logFile));
  return openLog({
    file: toStdout ? null : paths.logFile,
    level: wanted.level,
    components: wanted.components,
    maxBytes: wanted.max_file_mb * 2 ** 20,
    maxFiles: wanted.max_files,
  });
}

interface Prepared extends DaemonOptions {
  readonly journal: Journal;
  readonly readOnly: ReadOnlySocket | null;
}

async function serve(options: Prepared, settings: LiveSettings, log: Log, lock: Lock): Promise<void> {
  const { paths } = options;
  const host = new SessionHost({
    onFault: (error) => reportFault(error, log.component('session')),
    lockAccount: accountLocker(paths.accountLocks),
    keeping: {
      journal: options.journal,
      venueRecord: (session, of) => new FileRecord(join(paths.venueDir, `${session}.sqlite`), of === 'kept'),
      onLost: (error) => guard.failed(error, 'the session'),
    },
    open: options.open ?? venueOpener({ paths, settings, log: log.component('venue') }),
  });
  const gate = new RecoveryGate(() => host.recovery);
  const stopLogging = logEvents(host.events, log);
  using ending = new Ending(options.signal);
  const supervision = new Supervision({ host, log, times: options.supervisionTimes });
  const reloader = new Reloader({ paths, settings, host, log, supervision, ending });
  using monitoring = new Monitoring({
    host,
    server: () => server,
    thresholds: () => settings.current.health,
    stateDir: paths.stateDir,
  });
  const server: ControlServer = new ControlServer(
    new Dispatcher<Connection>(
      handlers({
        host,
        paths,
        log,
        monitoring,
        supervision,
        settings: () => settings.current,
        stream: randomBytes(6).toString('hex'),
        startedAt: Date.now(),
        server: () => server,
        reload: (by) => reloader.reload(by),
        stop: ending.request,
      }),
      log.component('control'),
      monitoring.requests,
      (method) => gate.before(method),
    ),
    limitsOf(settings.current, log),
  );
  const free = (): void => {
    server.stopListening();
    lock[Symbol.dispose]();
  };
  const leaveNow = (code: number, why: string): void => leave({ log, free }, code, why);
  using guard = guardProcess({ host, log, end: ending.request, leave: leaveNow });
  using _signals = onSignals({
    end: ending.request,
    endAtOnce: () => leaveNow(INTERRUPTED, 'a second SIGINT'),
    reload: (by) => reloader.bySignal(by),
  });
  const { listen: metricsAddress } = settings.current.metrics;
  try {
    if (metricsAddress !== null) await monitoring.listen(metricsAddress, log.component('metrics'));
    await listen(server, paths.socketPath);
    if (options.readOnly) await listen(server, options.readOnly.path, options.readOnly.exposure);
    using _sockets = keepSockets(server, log);
    using _lock = keepLock(lock, (error) => guard.failed(error, 'the lock of the state folder'));
    log.info('serving', { version: packageInfo().version, pid: process.pid, instance: paths.instance });
    options.onReady?.();
    supervision.starting();
    await Promise.race([recover(host, gate, options, log), ending.requested]);
    using _retention = keepSmall({
      journal: options.journal,
      venueDir: paths.venueDir,
      policy: () => settings.current.journal,
      log: log.component('journal'),
    });
    if (!ending.asked) supervision.ready();
    const by = await ending.requested;
    log.info('stopping', { by });
    supervision.stopping(by);
    await host.close(by);
  } finally {
    // Before the lock is given back: the next daemon needs the port.
    await monitoring.stopListening();
    free();
    await server.disconnect();
    await supervision.end();
    stopLogging();
    log.info('stopped');
  }
}

function limitsOf({ control }: Settings, log: Log): ServerLimits {
  return {
    maxConnections: control.max_connections,
    halfLineMs: control.half_line_ms,
    rates: {
      read: { perSecond: control.reads_per_second, burst: control.reads_burst },
      control: { perSecond: control.control_per_second, burst: control.control_burst },
    },
    onError: (error) => log.component('control').warn('a connection could not be taken', errorFields(error)),
  };
}

/** Takes up what the last daemon left. @throws RecoveryFailed; JournalError */
async function recover(
  host: SessionHost,
  gate: RecoveryGate,
  { recover }: DaemonOptions,
  log: Log,
): Promise<void> {
  const { findings, ...report } = await host.recover().catch((error: unknown) => {
    log.error('what the last daemon left cannot be taken up', errorFields(error));
    throw error;
  });
  gate.open();
  log.info('recovered', { ...report, findings: findings.length });
  for (const { code, symbol, message } of findings) log.warn('reconciled', { code, symbol, message });
  await recover?.();
}

/** @throws ConfigError; DiskFull */
async function listen(server: ControlServer, socketPath: string, exposure?: Exposure): Promise<void> {
  try {
    await server.listen(socketPath, exposure);
  } catch (error) {
    throw unusable(dirname(socketPath), error);
  }
}
