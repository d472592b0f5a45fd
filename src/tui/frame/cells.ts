/**
 * The cells of a screen: a character and a style each. Painted lines go in, and what differs from other cells comes out
 * as the fewest bytes: moves over what stands, and codes only where the style is another one. Every character takes
 * one cell: text/line.ts sees to that.
 */

const ESCAPE = 0x1b;
const SPACE = 0x20;
const LAST_ASCII = 0x7e;
const DELETE = 0x7f;
const UNKNOWN = 0x3f;
const BRACKET = 0x5b;
const SEMICOLON = 0x3b;
const CODES_END = 0x6d;
const ZERO = 0x30;
const NINE = 0x39;

// A style as a number: three bits of look, then the colours, 0 for the terminal's own, else 1 to 8.
const BOLD = 1;
const DIM = 2;
const REVERSE = 4;
const FOREGROUND = 3;
const BACKGROUND = 7;
const COLOUR = 15;

/** Seen on a blank cell. */
const ON_BLANKS = REVERSE | (COLOUR << BACKGROUND);

/** Unchanged cells between two changed ones that are written again sooner than moved over: a move takes four bytes. */
const SHORT_GAP = 4;

/** The style after a code; what no tone has changes nothing. */
function styleAfter(style: number, code: number): number {
  if (code === 0) return 0;
  if (code === 1) return style | BOLD;
  if (code === 2) return style | DIM;
  if (code === 7) return style | REVERSE;
  if (code === 22) return style & ~(BOLD | DIM);
  if (code === 27) return style & ~REVERSE;
  if (code === 39) return style & ~(COLOUR << FOREGROUND);
  if (code === 49) return style & ~(COLOUR << BACKGROUND);
  if (code >= 30 && code <= 37) return (style & ~(COLOUR << FOREGROUND)) | ((code - 29) << FOREGROUND);
  if (code >= 40 && code <= 47) return (style & ~(COLOUR << BACKGROUND)) | ((code - 39) << BACKGROUND);
  return style;
}

/** Where the codes that begin with the escape at `from` end, behind their `m`; `from` where there are none. */
function endOfCodes(painted: string, from: number): number {
  if (painted.charCodeAt(from + 1) !== BRACKET) return from;
  for (let at = from + 2; at < painted.length; at++) {
    const found = painted.charCodeAt(at);
    if (found === CODES_END) return at + 1;
    if (found !== SEMICOLON && (found < ZERO || found > NINE)) return from;
  }
  return from;
}

/** The style after codes that stand from `from` to `end`: read in place, as there are thousands in a frame. */
function styleAfterCodes(style: number, painted: string, from: number, end: number): number {
  let after = style;
  let code = 0;
  for (let at = from + 2; at < end; at++) {
    const found = painted.charCodeAt(at);
    if (found >= ZERO && found <= NINE) {
      code = 10 * code + found - ZERO;
      continue;
    }
    after = styleAfter(after, code);
    code = 0;
  }
  return after;
}

/** The codes that make `style` out of `from`. */
function codes(from: number, style: number): string {
  if (style === 0) return '\u001b[m';
  const foreground = (style >> FOREGROUND) & COLOUR;
  const background = (style >> BACKGROUND) & COLOUR;
  const parts = [
    ...(from === 0 ? [] : ['']),
    ...(style & BOLD ? ['1'] : []),
    ...(style & DIM ? ['2'] : []),
    ...(style & REVERSE ? ['7'] : []),
    ...(foreground > 0 ? [String(foreground + 29)] : []),
    ...(background > 0 ? [String(background + 39)] : []),
  ];
  return `\u001b[${parts.join(';')}m`;
}

export class Cells {
  readonly columns: number;
  readonly rows: number;
  readonly #characters: Uint16Array;
  readonly #styles: Uint16Array;

  /** Blank. */
  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#characters = new Uint16Array(columns * rows).fill(SPACE);
    this.#styles = new Uint16Array(columns * rows);
  }

  clearRow(row: number): void {
    this.#characters.fill(SPACE, row * this.columns, (row + 1) * this.columns);
    this.#styles.fill(0, row * this.columns, (row + 1) * this.columns);
  }

  /** Puts a painted line at its place, `width` cells of it; what is short is padded, what leaves the screen is cut. */
  put(row: number, column: number, width: number, painted: string): void {
    const begin = row * this.columns + column;
    const end = begin + Math.max(0, Math.min(width, this.columns - column));
    let style = 0;
    let at = begin;
    for (let i = 0; i < painted.length && at < end; i++) {
      const found = painted.charCodeAt(i);
      if (found === ESCAPE) {
        const behind = endOfCodes(painted, i);
        if (behind > i) {
          style = styleAfterCodes(style, painted, i, behind);
          i = behind - 1;
          continue;
        }
      }
      // A control character would move the cursor, and all that follows with it.
      const character = found < SPACE || found === DELETE ? UNKNOWN : found;
      this.#characters[at] = character;
      // A blank looks the same in every colour.
      this.#styles[at] = character === SPACE && (style & ON_BLANKS) === 0 ? 0 : style;
      at += 1;
    }
    this.#characters.fill(SPACE, at, end);
    this.#styles.fill(0, at, end);
  }

  /** What makes a terminal that shows `shown` show these cells in `row`; `shown` is brought to it as well. */
  changes(row: number, shown: Cells): string {
    const begin = row * this.columns;
    const end = this.#blankFrom(row);
    let text = '';
    let style = 0;
    /** Where the cursor stands; null before the first move. */
    let cursor: number | null = null;
    for (let at = begin; at < end; at++) {
      if (this.#same(at, shown)) continue;
      if (cursor === null) text += `\u001b[${row + 1};${at - begin + 1}H`;
      else if (cursor < at) text += this.#between(cursor, at, style);
      const its = this.#styles[at] ?? 0;
      if (!this.#looksIn(at, style)) {
        text += codes(style, its);
        style = its;
      }
      text += String.fromCharCode(this.#characters[at] ?? SPACE);
      shown.#characters[at] = this.#characters[at] ?? SPACE;
      shown.#styles[at] = its;
      cursor = at + 1;
    }
    if (style !== 0) text += codes(style, 0);
    // Blanks to the end of the row are cleared, not written: so they are none in what is copied from the terminal.
    const blank = shown.#blankFrom(row);
    if (blank <= end) return text;
    shown.#characters.fill(SPACE, end, blank);
    shown.#styles.fill(0, end, blank);
    if (cursor === null) text += `\u001b[${row + 1};${end - begin + 1}H`;
    else if (cursor < end) text += this.#between(cursor, end, 0);
    return `${text}\u001b[K`;
  }

  /** Where the row has nothing but blanks from. */
  #blankFrom(row: number): number {
    const begin = row * this.columns;
    let at = begin + this.columns;
    while (at > begin && this.#characters[at - 1] === SPACE && this.#styles[at - 1] === 0) at -= 1;
    return at;
  }

  #same(at: number, other: Cells): boolean {
    return this.#characters[at] === other.#characters[at] && this.#styles[at] === other.#styles[at];
  }

  /** Whether the cell, written in `style`, looks as it should: most codes do nothing to a blank. */
  #looksIn(at: number, style: number): boolean {
    const its = this.#styles[at];
    return its === style || (its === 0 && this.#characters[at] === SPACE && (style & ON_BLANKS) === 0);
  }

  /** From one changed cell to the next one in the row. */
  #between(from: number, to: number, style: number): string {
    let again = '';
    for (let at = from; at < to && to - from <= SHORT_GAP; at++) {
      const character = this.#characters[at] ?? SPACE;
      if (!this.#looksIn(at, style) || character > LAST_ASCII) break;
      again += String.fromCharCode(character);
    }
    return again.length === to - from ? again : `\u001b[${to - from}C`;
  }
}
