import { ConfigError } from '../../config/config-error.ts';
import { AlreadyRunning } from '../../daemon/already-running.ts';
import { runDaemon } from '../../daemon/run.ts';
import type { Context } from '../context.ts';
import { CliError } from '../exit.ts';

/** EX_CONFIG: a supervisor is told not to try again on it. */
const BAD_CONFIG = 78;

/** `breakout daemon run`: returns once the daemon was told to stop and has. */
export async function daemonRun(resolveContext: () => Context): Promise<void> {
  try {
    const { output, paths } = resolveContext();
    await runDaemon({
      paths,
      // Someone is looking: let them see the log.
      foreground: process.stdout.isTTY === true,
      onReady: () => output.note(`breakout daemon: pid ${process.pid}, socket ${paths.socketPath}`),
    });
  } catch (error) {
    if (error instanceof AlreadyRunning) {
      throw new CliError('ALREADY_RUNNING', error.message, { exitCode: error.exitCode, cause: error });
    }
    if (error instanceof ConfigError) {
      throw new CliError('BAD_CONFIG', error.message, { exitCode: BAD_CONFIG, cause: error });
    }
    throw error;
  }
}
