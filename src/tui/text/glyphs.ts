/** The characters that are drawn with: each takes one cell in every terminal. */

export interface Glyphs {
  readonly rule: string;
  readonly divider: string;
  readonly ellipsis: string;
  /** Before the selected row and the focused title. */
  readonly pointer: string;
  readonly arrow: string;
  readonly dot: string;
  readonly yes: string;
  readonly no: string;
  readonly up: string;
  readonly down: string;
  /** Of a box: top left, top right, bottom left, bottom right, vertical. */
  readonly box: readonly [string, string, string, string, string];
  /** From empty to full, for bars and sparklines. */
  readonly levels: readonly string[];
  readonly barFull: string;
  readonly barEmpty: string;
  /** Of a line across a chart. */
  readonly dash: string;
  /**
   * A cell of a candle that rose, and of one that fell, by what its upper and its lower half have: nothing, wick or
   * body (0, 1, 2), the upper one times three.
   */
  readonly rising: readonly string[];
  readonly falling: readonly string[];
}

const UNICODE: Glyphs = {
  rule: '─',
  divider: '│',
  ellipsis: '…',
  pointer: '▸',
  arrow: '→',
  dot: '·',
  yes: '✓',
  no: '✗',
  up: '▲',
  down: '▼',
  box: ['╭', '╮', '╰', '╯', '│'],
  levels: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  barFull: '█',
  barEmpty: '░',
  dash: '┄',
  rising: [' ', '╷', '╻', '╵', '│', '╽', '╹', '╿', '┃'],
  falling: [' ', '╷', '╻', '╵', '│', '╽', '╹', '╿', '║'],
};

const ASCII: Glyphs = {
  rule: '-',
  divider: '|',
  ellipsis: '~',
  pointer: '>',
  arrow: '>',
  dot: '.',
  yes: 'y',
  no: 'x',
  up: '^',
  down: 'v',
  box: ['+', '+', '+', '+', '|'],
  levels: [' ', '.', ':', '|'],
  barFull: '#',
  barEmpty: '.',
  dash: '-',
  rising: [' ', '|', '#', '|', '|', '#', '#', '#', '#'],
  falling: [' ', '|', 'o', '|', '|', 'o', 'o', 'o', 'o'],
};

export function glyphsFor(ascii: boolean): Glyphs {
  return ascii ? ASCII : UNICODE;
}

const PLAIN = new Map<string, string>([
  ...'─━┄'.split('').map((char) => [char, '-'] as const),
  ['│', '|'],
  ['…', '~'],
  ['▸', '>'],
  ['→', '>'],
  ['·', '.'],
  ['✓', 'y'],
  ['✗', 'x'],
  ['▲', '^'],
  ['▼', 'v'],
  ['–', '-'],
  ['×', 'x'],
]);

/** The same number of cells in ASCII alone: what has no likeness becomes a question mark. */
export function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => PLAIN.get(char) ?? '?');
}
