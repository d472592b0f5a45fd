/** `breakout completion`, and the hidden command that its scripts ask. */
import type { Command } from 'commander';
import { bashAnswer, fishAnswer, zshAnswer } from '../completion/answer.ts';
import { type Completion, complete } from '../completion/complete.ts';
import { readLine } from '../completion/line.ts';
import { namesFrom } from '../completion/names.ts';
import { SCRIPTS, type Shell } from '../completion/scripts.ts';
import type { Context } from '../context.ts';

/** `breakout completion`: the script of a shell on stdout. */
export function completion({ output }: Context, shell: Shell): void {
  const script = SCRIPTS[shell];
  output.result({ shell, script }, () => [script.trimEnd()]);
}

/**
 * `breakout __complete`: the candidates for a word, as the script of that shell reads them.
 * @param words zsh, fish: those after the program's name, the last to be completed. bash: the line up to the cursor,
 *   and COMP_WORDBREAKS.
 */
export async function answer(
  root: Command,
  { output, env }: Context,
  shell: Shell,
  words: readonly string[],
): Promise<void> {
  const ask = (list: readonly string[]): Promise<Completion> => complete(root, list, namesFrom(env));
  if (shell === 'bash') {
    const line = readLine(words[0] ?? '', words[1] ?? '');
    const { before, word, redirected } = line;
    output.lines(redirected ? ['files'] : bashAnswer(await ask([...before.slice(1), word]), line));
  } else if (shell === 'zsh') output.lines(zshAnswer(await ask(words)));
  else {
    // fish hands the cursor's word over as it was typed, quotes and all.
    const { word } = readLine(` ${words.at(-1) ?? ''}`, '');
    output.lines(fishAnswer(await ask([...words.slice(0, -1), word])));
  }
}
