/** A daemon as a process of its own: `node --import tsx daemon-process.ts`, paths from the environment. */
import { ConfigError } from '../../src/config/config-error.ts';
import { resolvePaths } from '../../src/config/paths.ts';
import { AlreadyRunning } from '../../src/daemon/already-running.ts';
import { runDaemon } from '../../src/daemon/run.ts';

try {
  await runDaemon({ paths: resolvePaths(), onReady: () => process.stdout.write('ready\n') });
} catch (error) {
  if (!(error instanceof AlreadyRunning) && !(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof AlreadyRunning ? error.exitCode : 78;
}
