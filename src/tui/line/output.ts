/** What a command of the command line prints, bounded: the newest lines are kept. Pure. */

export interface Output {
  /** Tells one run from the next. */
  readonly id: number;
  readonly command: string;
  readonly lines: readonly string[];
  /** How many lines before them are no longer held. */
  readonly dropped: number;
  /** The last line is not ended yet. */
  readonly partial: boolean;
  /** How it ended; null while it runs. */
  readonly ended: string | null;
  /** The first line shown; null: the end while it runs, the beginning afterwards. */
  readonly scroll: number | null;
  /** How many characters are left out at the left. */
  readonly shift: number;
}

export const MOST_LINES = 2_000;

const MOST_CHARACTERS = 2_000;

export function newOutput(id: number, command: string): Output {
  return { id, command, lines: [], dropped: 0, partial: false, ended: null, scroll: null, shift: 0 };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: codes of a terminal begin with one.
const CODES = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** With more of what it prints. */
export function printed(output: Output, text: string): Output {
  if (text === '') return output;
  const parts = text.replace(CODES, '').replaceAll('\r', '').replaceAll('\t', '    ').split('\n');
  const partial = parts.at(-1) !== '';
  if (!partial) parts.pop();
  const lines = [...output.lines];
  if (output.partial) lines.push(`${lines.pop() ?? ''}${parts.shift() ?? ''}`);
  lines.push(...parts);
  const over = Math.max(0, lines.length - MOST_LINES);
  return {
    ...output,
    lines: lines.slice(over).map((one) => one.slice(0, MOST_CHARACTERS)),
    dropped: output.dropped + over,
    partial,
  };
}

/** The first line that is shown where `rows` fit. */
export function firstShown({ lines, scroll, ended }: Output, rows: number): number {
  const last = Math.max(0, lines.length - rows);
  if (scroll === null) return ended === null ? last : 0;
  return Math.min(last, Math.max(0, scroll));
}
