import { createInterface } from 'node:readline/promises';
import { CliError, usageError } from './exit.ts';

/**
 * Asks before a dangerous command, on a terminal; `--yes` answers beforehand.
 * @throws CliError when the answer is no, or when nobody is there to ask.
 */
export async function confirm(yes: boolean, question: string, danger: string): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw usageError(`${danger}: add --yes, as there is no terminal to ask on`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} Type yes: `);
    if (answer.trim().toLowerCase() !== 'yes')
      throw new CliError('NOT_CONFIRMED', 'not confirmed: nothing was done');
  } finally {
    terminal.close();
  }
}

/** What is typed on a terminal in answer; null where there is none. */
export async function typedName(question: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(`${question}: `)).trim() || null;
  } finally {
    terminal.close();
  }
}
