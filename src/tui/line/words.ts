/** A typed line as words: blanks part them, quotes and backslashes keep them together. */

export interface Typed {
  /** The words that are done. */
  readonly before: readonly string[];
  /** The word at the end of the line, empty after a blank, and where it begins. */
  readonly last: { readonly text: string; readonly from: number };
  /** A quote is not closed. */
  readonly open: boolean;
}

export function readTyped(line: string): Typed {
  const before: string[] = [];
  let text = '';
  let from = -1;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (quote === '' && char === ' ') {
      if (from >= 0) before.push(text);
      text = '';
      from = -1;
      continue;
    }
    if (from < 0) from = i;
    if (quote !== '') {
      if (char === quote) quote = '';
      else text += char;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '\\' && i + 1 < line.length) text += line.charAt(++i);
    else text += char;
  }
  return { before, last: { text, from: from < 0 ? line.length : from }, open: quote !== '' };
}

/** All words of a line; null where a quote is not closed. */
export function wordsOf(line: string): readonly string[] | null {
  const { before, last, open } = readTyped(line);
  if (open) return null;
  return last.from < line.length ? [...before, last.text] : before;
}

/** A word as it is typed, so that `readTyped` reads it as one. */
export function quoted(word: string): string {
  return word.replace(/[ "'\\]/g, '\\$&');
}
