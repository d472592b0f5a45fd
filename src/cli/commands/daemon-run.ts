import { ConfigError } from '../../config/config-error.ts';
import { DiskFull } from '../../config/folder.ts';
import { AlreadyRunning } from '../../daemon/already-running.ts';
import { whyNoStart } from '../../daemon/no-start.ts';
import { runDaemon } from '../../daemon/run.ts';
import { JournalError } from '../../journal/journal-error.ts';
import { RecoveryFailed } from '../../session/recovery.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import type { SettingOptions } from '../spawn-daemon.ts';

/** EX_CONFIG: a supervisor is told not to try again, since that would mend nothing. */
const BAD_CONFIG = 78;

/** A daemon that has ended holds nothing any more; what still keeps the process alive is not waited for. */
const LINGER_MS = 2_000;

/** `breakout daemon run`: returns once the daemon was told to stop and has. */
export async function daemonRun(resolveContext: () => Context, options: SettingOptions): Promise<void> {
  outliveStreams();
  try {
    const { output, paths } = resolveContext();
    await runDaemon({
      paths,
      flags: { 'log.level': options.logLevel, 'metrics.listen': options.metricsListen },
      // Someone is looking: let them see the log.
      foreground: process.stdout.isTTY === true,
      onReady: () => output.note(`breakout daemon: pid ${process.pid}, socket ${paths.socketPath}`),
    });
  } catch (error) {
    if (error instanceof AlreadyRunning) {
      throw new CliError('ALREADY_RUNNING', error.message, { exitCode: error.exitCode, cause: error });
    }
    if (error instanceof ConfigError) {
      const problems = error.message.split('\n');
      const [only = ''] = problems;
      const message = problems.length === 1 ? only : `the configuration has ${problems.length} problems`;
      const hint = '`breakout config validate` lists them';
      throw new CliError('BAD_CONFIG', message, {
        exitCode: BAD_CONFIG,
        cause: error,
        ...(problems.length > 1 && { hint, problems }),
      });
    }
    const refused = whyNoStart(error);
    if (refused !== null)
      throw new CliError(refused.code, refused.message, { exitCode: refused.exitCode, cause: error });
    if (error instanceof DiskFull) throw new CliError('DISK_FULL', error.message, { cause: error });
    if (error instanceof JournalError) {
      // Space comes back by itself; nothing else that is wrong with a journal does.
      const exitCode = error.code === 'JOURNAL_FULL' ? EXIT.refused : BAD_CONFIG;
      throw new CliError(error.code, error.message, { exitCode, cause: error });
    }
    if (error instanceof RecoveryFailed)
      throw new CliError('RECOVERY_FAILED', error.message, { exitCode: BAD_CONFIG, cause: error });
    throw error;
  } finally {
    setTimeout(() => process.exit(), LINGER_MS).unref();
  }
}

/**
 * A command ends when its output cannot be written. A daemon does not: a terminal that is closed or a full disk behind
 * stdout must not keep it from managing what it holds.
 */
function outliveStreams(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    stream.on('error', () => undefined);
  }
}
