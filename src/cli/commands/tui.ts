import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { isUtf8 } from '../sparkline.ts';
import { viewShell } from '../view-shell.ts';
import { status } from './status.ts';

export interface TuiFlags {
  readonly readOnly?: true;
  /** False under --no-color. */
  readonly color: boolean;
  readonly ascii?: true;
  readonly screenReader?: true;
}

/** Ends of a process that a view can be told of; it leaves, and the terminal is as it was. */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `breakout tui`: the live view, until it is left. Where there is no terminal, one status. */
export async function tui(root: Command, context: Context, flags: TuiFlags): Promise<void> {
  const { env, paths } = context;
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    await status(context);
    return;
  }
  // Both are read once, when the view is loaded.
  const { prepareEnvironment } = await import('../../tui/environment.ts');
  prepareEnvironment(env);
  const { keepHeapSmall } = await import('../../tui/heap.ts');
  keepHeapSmall();
  const { runTui } = await import('../../tui/main.tsx');
  const left = new AbortController();
  const leave = (): void => left.abort();
  for (const signal of ENDINGS) process.on(signal, leave);
  try {
    await runTui({
      shell: viewShell(root, context),
      socketPath: paths.socketPath,
      stdin,
      stdout,
      readOnly: flags.readOnly === true,
      color: flags.color && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb',
      ascii: flags.ascii === true || !isUtf8(env),
      screenReader: flags.screenReader === true || env.INK_SCREEN_READER === 'true',
      suspend,
      signal: left.signal,
    });
  } finally {
    for (const signal of ENDINGS) process.off(signal, leave);
  }
}

/** Where nothing can fetch a process back, as in the first window of a terminal, the system does not stop it. */
const NOT_STOPPED_MS = 300;

/** Stops all that runs in the foreground with this process, as Ctrl-Z does in a terminal that is not raw. */
async function suspend(): Promise<void> {
  await new Promise<void>((resolve) => {
    const goOn = (): void => {
      clearTimeout(timer);
      process.off('SIGCONT', goOn);
      resolve();
    };
    const timer = setTimeout(goOn, NOT_STOPPED_MS);
    process.on('SIGCONT', goOn);
    process.kill(0, 'SIGTSTP');
  });
}
