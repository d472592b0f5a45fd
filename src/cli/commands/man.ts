/** `breakout man`: a manual page, made from the tables of the program that runs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { CliError } from '../exit.ts';
import { PAGES, type PageName } from '../man/pages.ts';

/** On a terminal `man` shows it; into a pipe or a file goes the page itself. */
export function man(root: Command, { output }: Context, name: PageName): void {
  const { file, make } = PAGES[name];
  const text = make(root);
  if (!output.json && process.stdout.isTTY) show(file, text);
  else output.result({ page: file, text }, () => [text.trimEnd()]);
}

function show(file: string, text: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'breakout-man-'));
  try {
    const path = join(folder, file);
    writeFileSync(path, text);
    // A name with a slash is a file to every `man` there is; `-l` is not.
    const { error, status } = spawnSync('man', [path], { stdio: 'inherit' });
    if (error || status !== 0) {
      const why = error && 'code' in error && error.code === 'ENOENT' ? 'man is not installed' : 'man failed';
      throw new CliError('NO_MAN', `the page cannot be shown: ${why}`, {
        hint: '`breakout man > breakout.1` writes it to a file; `breakout --help` needs no man',
        cause: error,
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
