/** A command as a whole process, from its spawn to its end, beside a Node that does nothing. */
import { spawnSync } from 'node:child_process';
import type { Installed } from './installed.ts';

export interface WholeProcess {
  /** Wall milliseconds of each run, in pairs. */
  readonly bare: readonly number[];
  readonly status: readonly number[];
}

/** Takes turns, and turns about, so that what else the machine does falls on both alike. */
export function measureWholeProcess(bot: Installed, rounds: number): WholeProcess {
  const answer: { readonly state?: unknown } = JSON.parse(bot.run('status', '--json'));
  if (typeof answer.state !== 'string') throw new Error('`breakout status --json` tells no state');
  const bare: number[] = [];
  const status: number[] = [];
  const runBare = (): number => bare.push(wallMs(bot, ['-e', '0']));
  const runStatus = (): number => status.push(wallMs(bot, [bot.launcher, 'status', '--json']));
  for (let i = 0; i < rounds; i++) {
    for (const run of i % 2 === 0 ? [runBare, runStatus] : [runStatus, runBare]) run();
  }
  return { bare, status };
}

function wallMs({ env }: Installed, words: readonly string[]): number {
  const began = performance.now();
  const { status } = spawnSync(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const took = performance.now() - began;
  if (status !== 0) throw new Error(`node ${words.join(' ')} ended with ${status}`);
  return took;
}
