/** The entry of the command line: runs the command that was asked for and turns its end into an exit code. */
import { CommanderError } from 'commander';
import { EXIT } from './exit.ts';
import { program } from './program.ts';

// A reader that has seen enough (`| head`) closes the pipe; that is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.done);
    // A full disk behind `> file`: what was asked for has not been told, so this is no success.
    if (stream === process.stdout)
      process.stderr.write(`breakout: the output cannot be written: ${error.message}\n`);
    process.exit(process.exitCode || EXIT.refused);
  });
}

try {
  await program().parseAsync();
} catch (error) {
  // Help and version were asked for and are done; whatever else commander refuses is a wrong command line.
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = EXIT.done;
  else {
    const { failureOf, failureLines } = await import('./failure.ts');
    const failure = failureOf(error);
    const { exitCode, ...told } = failure;
    if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: told })}\n`);
    // Commander has said so on stderr, or shown the help.
    if (!(error instanceof CommanderError)) process.stderr.write(`${failureLines(failure).join('\n')}\n`);
    process.exitCode = exitCode;
  }
}
