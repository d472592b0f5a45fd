/**
 * A command line as bash has it, taken apart: bash hands its own words over broken at `=` and `:` and with their quotes,
 * from which what was typed cannot be told.
 */

export interface Line {
  /** The words before the cursor's, without quotes; the first is the program. Redirections are left out. */
  readonly before: readonly string[];
  /** The cursor's word up to the cursor, without quotes. */
  readonly word: string;
  /** How much of `word` bash keeps by itself: it completes only what follows the last of its word breaks. */
  readonly kept: number;
  /** The quote that is open at the cursor. */
  readonly quote: Quote | null;
  /** The cursor's word is the file of a redirection. */
  readonly redirected: boolean;
}

export type Quote = '"' | "'";

/**
 * @param line from the start of the command up to the cursor.
 * @param breaks COMP_WORDBREAKS.
 */
export function readLine(line: string, breaks: string): Line {
  const before: string[] = [];
  let word = '';
  let begun = false;
  let kept = 0;
  let quote: Quote | null = null;
  let redirected = false;
  const end = (): void => {
    if (!begun) return;
    if (!redirected) before.push(word);
    redirected = false;
    word = '';
    begun = false;
    kept = 0;
  };
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (quote !== null) {
      if (char === quote) quote = null;
      else if (char === '\\' && quote === '"' && /["\\$`]/.test(line.charAt(i + 1))) word += line.charAt(++i);
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      begun = true;
      // Readline completes what is inside the quote; once it is closed, the word as a whole again.
      if (line.indexOf(char, i + 1) < 0) kept = word.length;
    } else if (char === '\\') {
      word += line.charAt(++i);
      begun = true;
    } else if (/\s/.test(char)) end();
    else if (char === '>' || char === '<') {
      // A number before it is the descriptor that is redirected.
      if (/^(\d+|&)$/.test(word)) begun = false;
      end();
      word = '';
      redirected = true;
      while (/[<>&|]/.test(line.charAt(i + 1))) i++;
    } else {
      word += char;
      begun = true;
      if (breaks.includes(char)) kept = word.length;
    }
  }
  return { before, word, kept, quote, redirected };
}

const PLAIN = /^[\p{L}\p{N}_@%+=:,./-]$/u;

/** A text as it stands in a bash command line, inside the quote that is open or outside of any. */
export function quoted(text: string, quote: Quote | null): string {
  if (quote === "'") return text.replaceAll("'", "'\\''");
  if (quote === '"') return text.replace(/["\\$`]/g, '\\$&');
  return [...text].map((char) => (PLAIN.test(char) ? char : `\\${char}`)).join('');
}
