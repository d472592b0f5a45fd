/**
 * Candles in character cells. A cell has an upper and a lower half, so that a price stands within half a row. Lines
 * go behind the candles; their names stand at the right edge, each in the row of its line or next to it.
 */
import type { CandleResult } from '../../protocol/trading-views.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { type Line, type Span, span, type Tone } from '../text/line.ts';

/** A price with a name, the most important first. */
export interface Mark {
  readonly name: string;
  readonly price: number;
  readonly text: string;
  readonly tone: Tone;
  /** Without a line it is named at the edge alone. */
  readonly drawn: boolean;
  /** Left out where it is beyond the scale, or where others have the rows round it. */
  readonly minor: boolean;
}

export interface GridOptions {
  /** Oldest first: the newest stand at the right. */
  readonly candles: readonly CandleResult[];
  readonly marks: readonly Mark[];
  readonly width: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
  /** A price on the axis. */
  readonly priceText: (price: number) => string;
}

export interface Grid {
  readonly lines: readonly Line[];
  /** Those that are on the grid. */
  readonly shown: readonly CandleResult[];
  /** Cells of the candles, and of each of them. */
  readonly columns: number;
  readonly step: number;
}

interface Cell {
  readonly char: string;
  readonly tone: Tone;
}

interface Scale {
  readonly high: number;
  readonly low: number;
  /** Half rows. */
  readonly units: number;
}

/** How much of its range the candles give up to marks beyond it, at each side. */
const STRETCH = 0.6;
const GAP = 1;
/** A blank before a name; another one and a sign behind it where its price is beyond the scale. */
const EDGE = 3;

export function chartGrid({ candles, marks, width, rows, glyphs, priceText }: GridOptions): Grid {
  const names = marks.map(({ name, text }) => `${name} ${text}`);
  const edge = Math.max(0, ...names.map((name) => name.length + EDGE));
  const columns = Math.max(0, width - edge - GAP - 1);
  const step = candles.length * 2 <= columns ? 2 : 1;
  const shown = columns === 0 ? [] : candles.slice(-Math.floor(columns / step));
  const empty = { lines: [], shown, columns, step };
  if (shown.length === 0 || rows < 2) return empty;
  const scale = scaleOf(shown, marks, rows);
  const cells = emptyCells(columns, rows);
  const { labels, named } = labelsOf(scale, marks, rows, glyphs, priceText);
  for (const mark of named)
    if (mark.drawn && isWithin(scale, mark.price)) drawLine(cells, scale, mark, glyphs);
  shown.forEach((candle, i) => {
    drawCandle(cells, scale, candle, columns - (shown.length - i) * step, glyphs);
  });
  const lines = cells.map((row, i): Line => {
    const label = labels[i];
    return [span('plain', ' '), ...spansOf(row), span('plain', ' '.repeat(GAP)), ...(label ? [label] : [])];
  });
  return { lines, shown, columns, step };
}

/** From the candles, stretched towards what is traded where that is not far from them. */
function scaleOf(candles: readonly CandleResult[], marks: readonly Mark[], rows: number): Scale {
  const top = Math.max(...candles.map(({ high }) => high));
  const bottom = Math.min(...candles.map(({ low }) => low));
  const reach = (top - bottom) * STRETCH;
  const near = marks
    .filter(({ minor }) => !minor)
    .map(({ price }) => price)
    .filter((price) => price <= top + reach && price >= bottom - reach);
  const high = Math.max(top, ...near);
  const low = Math.min(bottom, ...near);
  // A market that stood still has no range: it is drawn in the middle.
  const margin = high > low ? 0 : Math.max(Math.abs(high) * 0.001, Number.MIN_VALUE);
  return { high: high + margin, low: low - margin, units: rows * 2 };
}

function unitOf({ high, low, units }: Scale, price: number): number {
  const unit = Math.round(((high - price) / (high - low)) * (units - 1));
  return Math.min(units - 1, Math.max(0, unit));
}

const rowOf = (scale: Scale, price: number): number => Math.floor(unitOf(scale, price) / 2);

const isWithin = ({ high, low }: Scale, price: number): boolean => price <= high && price >= low;

function emptyCells(columns: number, rows: number): Cell[][] {
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, (): Cell => ({ char: ' ', tone: 'plain' })),
  );
}

function drawLine(cells: Cell[][], scale: Scale, { price, tone }: Mark, glyphs: Glyphs): void {
  const row = cells[rowOf(scale, price)];
  // The first mark is the most important one: the others pass behind it.
  if (row?.[0]?.char !== ' ') return;
  row.fill({ char: glyphs.dash, tone });
}

function drawCandle(cells: Cell[][], scale: Scale, candle: CandleResult, x: number, glyphs: Glyphs): void {
  const rose = candle.close >= candle.open;
  const [wickTop, wickEnd] = [unitOf(scale, candle.high), unitOf(scale, candle.low)];
  const bodyTop = unitOf(scale, Math.max(candle.open, candle.close));
  const bodyEnd = unitOf(scale, Math.min(candle.open, candle.close));
  const partAt = (unit: number): 0 | 1 | 2 => {
    if (unit >= bodyTop && unit <= bodyEnd) return 2;
    return unit >= wickTop && unit <= wickEnd ? 1 : 0;
  };
  for (let row = Math.floor(wickTop / 2); row <= Math.floor(wickEnd / 2); row++) {
    const char = (rose ? glyphs.rising : glyphs.falling)[partAt(row * 2) * 3 + partAt(row * 2 + 1)];
    const line = cells[row];
    if (line && char !== undefined) line[x] = { char, tone: rose ? 'good' : 'bad' };
  }
}

function spansOf(row: readonly Cell[]): Span[] {
  const spans: { tone: Tone; text: string }[] = [];
  for (const { char, tone } of row) {
    const last = spans.at(-1);
    if (last?.tone === tone) last.text += char;
    else spans.push({ tone, text: char });
  }
  return spans;
}

interface Labels {
  readonly labels: readonly (Span | undefined)[];
  readonly named: readonly Mark[];
}

/** A minor mark is named so near to its price, in rows. */
const NEAR = 1;

/** What stands at the right of each row: names of marks first, the ends of the scale where there is room. */
function labelsOf(
  scale: Scale,
  marks: readonly Mark[],
  rows: number,
  glyphs: Glyphs,
  priceText: (price: number) => string,
): Labels {
  const taken = new Set<number>();
  const named: Mark[] = [];
  const beyond = (price: number): number => Math.max(price - scale.high, scale.low - price);
  const within = marks.filter(({ price }) => isWithin(scale, price));
  // The farthest stands outermost, and what is on the scale beside it.
  const outside = marks
    .filter(({ price, minor }) => !minor && !isWithin(scale, price))
    .sort((a, b) => beyond(b.price) - beyond(a.price));
  for (const mark of [...outside, ...within]) {
    const place = freeRow(taken, rows, scale, mark.price, mark.minor ? NEAR : rows);
    if (place === null) continue;
    taken.add(place);
    named.push(mark);
  }
  // Where they had to make room for each other they still read from the highest price to the lowest.
  const places = [...taken].sort((a, b) => a - b);
  const ordered = [...named].sort((a, b) => b.price - a.price);
  const labels = new Array<Span | undefined>(rows).fill(undefined);
  ordered.forEach(({ price, name, text, tone }, i) => {
    const pointer = beyond(price) <= 0 ? '' : ` ${price > scale.high ? glyphs.up : glyphs.down}`;
    labels[places[i] ?? 0] = span(tone, ` ${name} ${text}${pointer}`);
  });
  labels[0] ??= span('dim', ` ${priceText(scale.high)}`);
  labels[rows - 1] ??= span('dim', ` ${priceText(scale.low)}`);
  return { labels, named };
}

/** The nearest free row: of two that are as near, the one on the side where the price is in its row. */
function freeRow(
  taken: ReadonlySet<number>,
  rows: number,
  scale: Scale,
  price: number,
  farthest: number,
): number | null {
  const row = rowOf(scale, price);
  const isLower = unitOf(scale, price) % 2 === 1;
  for (let distance = 0; distance <= farthest; distance++) {
    for (const sign of isLower ? [1, -1] : [-1, 1]) {
      const place = row + sign * distance;
      if (place >= 0 && place < rows && !taken.has(place)) return place;
    }
  }
  return null;
}
