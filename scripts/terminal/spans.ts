/** A line of a terminal with the codes of its colours (SGR), taken apart into spans of one look. */

export interface Look {
  /** Number of one of the 16 colours of a terminal; null for the terminal's own. */
  readonly ink: number | null;
  readonly paper: number | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly reverse: boolean;
}

export interface Span extends Look {
  /** Column of its first cell, from 0. Every character of the view takes one cell. */
  readonly column: number;
  readonly text: string;
}

export const PLAIN: Look = { ink: null, paper: null, bold: false, dim: false, reverse: false };

// biome-ignore lint/suspicious/noControlCharactersInRegex: codes begin with one.
const CODE = /\u001b\[([\d;:]*)m|\u000e|\u000f/g;
const ESCAPE = '\u001b';

/** A look goes on from one line to the next: `look` is the one that the line begins with. @throws Error for any other code. */
export function spansOf(line: string, look: Look): { readonly spans: readonly Span[]; readonly look: Look } {
  const spans: Span[] = [];
  let column = 0;
  let from = 0;
  const add = (text: string): void => {
    if (text.includes(ESCAPE)) throw new Error(`a code that is no colour: ${JSON.stringify(text)}`);
    if (text !== '') spans.push({ ...look, column, text });
    column += [...text].length;
  };
  for (const match of line.matchAll(CODE)) {
    add(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[1] !== undefined) look = changed(look, match[1]);
  }
  add(line.slice(from));
  return { spans, look };
}

function changed(look: Look, codes: string): Look {
  for (const word of codes.split(';')) look = changedBy(look, Number(word));
  return look;
}

function changedBy(look: Look, code: number): Look {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 7) return { ...look, reverse: true };
  if (code === 22) return { ...look, bold: false, dim: false };
  if (code === 27) return { ...look, reverse: false };
  if (code === 39) return { ...look, ink: null };
  if (code === 49) return { ...look, paper: null };
  if (code >= 30 && code <= 37) return { ...look, ink: code - 30 };
  if (code >= 40 && code <= 47) return { ...look, paper: code - 40 };
  if (code >= 90 && code <= 97) return { ...look, ink: code - 90 + 8 };
  if (code >= 100 && code <= 107) return { ...look, paper: code - 100 + 8 };
  throw new Error(`the view has no code ${code}`);
}
