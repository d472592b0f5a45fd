/**
 * Text as panes make it: lines of toned spans, without colour codes, one cell for each character. What comes from a
 * venue, a preset or a person is made single-width and harmless here, so that a column never shifts and no text
 * moves the cursor.
 */

export type Tone =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'good'
  | 'bad'
  | 'warn'
  | 'accent'
  /** The selected row, the focused button. */
  | 'selected'
  /** A badge that must be seen from across the room. */
  | 'alarm';

export interface Span {
  readonly tone: Tone;
  readonly text: string;
}

export type Line = readonly Span[];

export const EMPTY: Line = [];

/** One span. */
export function span(tone: Tone, text: string): Span {
  return { tone, text };
}

/** A line from spans and plain strings. */
export function line(...parts: readonly (Span | string)[]): Line {
  return parts.map((part) => (typeof part === 'string' ? span('plain', part) : part));
}

/** The cells that a line takes. */
export function widthOf(of: Line): number {
  return of.reduce((sum, { text }) => sum + text.length, 0);
}

const CONTROL = /\p{Cc}+/gu;
const MARKS = /\p{M}+|\p{Cf}+/gu;
/** Takes two cells in some terminals, or in all. */
const WIDE =
  /[\u{10000}-\u{10FFFF}]|[\u1100-\u115F\u2E80-\uA4CF\uA960-\uA97F\uAC00-\uD7FF\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\uD800-\uDFFF]|\p{Emoji_Presentation}/gu;

/** Any text as one line of single-width characters: what takes more cells, or none, is replaced or left out. */
export function plain(text: string): string {
  // Nearly all text here is ASCII, and one look tells.
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replace(CONTROL, ' ').replace(MARKS, '').replace(WIDE, '?');
}

/** Cut to `width`, the last cell an ellipsis where something is cut. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  return width <= 0 ? '' : `${text.slice(0, width - 1)}…`;
}

/** Exactly `width` cells: cut or padded at the right. */
export function padded(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fitting = cut(text, width);
  return align === 'left' ? fitting.padEnd(width) : fitting.padStart(width);
}

/** A line of exactly `width` cells, cut with an ellipsis or padded. Nothing that leaves this is longer. */
export function fitted(of: Line, width: number): Line {
  const total = widthOf(of);
  if (total === width) return of;
  if (total < width) return [...of, span('plain', ' '.repeat(width - total))];
  const spans: Span[] = [];
  let left = width;
  for (const { tone, text } of of) {
    if (left <= 0) break;
    // The ellipsis belongs where the cut is, also when the span itself would just fit.
    const more = text.length > left || (text.length === left && total > width);
    const kept = more ? (left === 1 ? '…' : `${text.slice(0, left - 1)}…`) : text;
    spans.push(span(tone, kept));
    left -= kept.length;
  }
  return spans;
}

/** `left` and `right` at the two ends of a line of `width` cells; the left one gives way. */
export function spread(left: Line, right: Line, width: number): Line {
  const end = fitted(right, Math.min(widthOf(right), width));
  const room = width - widthOf(end);
  const gap = widthOf(end) > 0 && room > 0 ? 1 : 0;
  return [...fitted(left, room - gap), ...(gap ? [span('plain', ' ')] : []), ...end];
}

/** Whole words in lines no wider than `width`; a longer word is cut. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of plain(text).split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(cut(word, width));
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Whole words of a line in at most `most` lines; what is left stands at the end of the last one, to be cut there. */
export function wrappedLine(of: Line, width: number, most: number): readonly Line[] {
  if (widthOf(of) <= width) return [of];
  const lines: Span[][] = [[]];
  let used = 0;
  // A badge has blanks of its own, and stays whole.
  const parts = of.flatMap(({ tone, text }) =>
    tone === 'alarm'
      ? [span(tone, text)]
      : (text.match(/ *[^ ]+ *$| *[^ ]+| +/g) ?? []).map((word) => span(tone, word)),
  );
  for (const part of parts) {
    if (used > 0 && used + part.text.length > width && lines.length < most) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(part);
    used += part.text.length;
  }
  return lines;
}
