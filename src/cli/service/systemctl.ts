/** The running systemd, where there is one. */
import { spawnSync } from 'node:child_process';
import { CliError } from '../exit.ts';
import type { Place } from './plan.ts';
import { runsSystemd, runsUserManager } from './surroundings.ts';

/** Whether the manager that this unit belongs to runs and can be spoken to from here. */
export function managerRuns({ live, scope }: Place, env: NodeJS.ProcessEnv): boolean {
  if (!live) return false;
  return scope === 'system' ? runsSystemd() : runsUserManager(env.XDG_RUNTIME_DIR);
}

/** `systemctl`, with `--user` where it is the user's manager. */
export function command({ scope }: Place, ...words: readonly string[]): string {
  return ['systemctl', ...(scope === 'user' ? ['--user'] : []), ...words].join(' ');
}

/**
 * Runs systemctl and waits for what it was told to do.
 * @throws CliError SYSTEMD_FAILED with systemd's own words; `done` says what has been done all the same.
 */
export function systemctl({ scope, unit }: Place, words: readonly string[], done: string): void {
  const asUser = scope === 'user' ? ['--user'] : [];
  const { error, status, stderr } = spawnSync('systemctl', [...asUser, ...words], { encoding: 'utf8' });
  if (!error && status === 0) return;
  // What it did on the way comes first, on lines of its own.
  const wrong = stderr.split('\n').find((line) => line !== '' && !/^(Created|Removed) /.test(line));
  const said = error ? error.message : (wrong ?? `it ended with ${status}`);
  const log = ['journalctl', ...asUser, '--unit', unit].join(' ');
  throw new CliError(
    'SYSTEMD_FAILED',
    `${done}, but \`systemctl ${[...asUser, ...words].join(' ')}\` failed: ${said}`,
    {
      hint: words.includes('--now') ? `\`${log}\` says why` : 'run it by hand once that is mended',
      ...(error && { cause: error }),
    },
  );
}
