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

export function chartGrid({ candles, marks, width, rows, glyphs, priceText }: GridOptions): Grid {
  const names = marks.map(({ name, text }) => `${name} ${text}`);
  const edge = Math.max(0, ...names.map((name) => name.length + 2));
  const columns = Math.max(0, width - edge - GAP - 1);
  const step = candles.length * 2 <= columns ? 2 : 1;
  const shown = columns === 0 ? [] : candles.slice(-Math.floor(columns / step));
  const empty = { lines: [], shown, columns, step };
  if (shown.length === 0 || rows < 2) return empty;
  const scale = scaleOf(shown, marks, rows);
  const cells = emptyCells(columns, rows);
  for (const mark of marks)
    if (mark.drawn && isWithin(scale, mark.price)) drawLine(cells, scale, mark, glyphs);
  shown.forEach((candle, i) => {
    drawCandle(cells, scale, candle, columns - (shown.length - i) * step, glyphs);
  });
  const labels = labelsOf(scale, marks, rows, glyphs, priceText);
  const lines = cells.map((row, i): Line => {
    const label = labels[i];
    return [span('plain', ' '), ...spansOf(row), span('plain', ' '.repeat(GAP)), ...(label ? [label] : [])];
  });
  return { lines, shown, columns, step };
}

/** From the candles, stretched towards marks that are not far from them. */
function scaleOf(candles: readonly CandleResult[], marks: readonly Mark[], rows: number): Scale {
  const top = Math.max(...candles.map(({ high }) => high));
  const bottom = Math.min(...candles.map(({ low }) => low));
  const reach = (top - bottom) * STRETCH;
  const near = marks
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

/** What stands at the right of each row: names of marks first, the ends of the scale where there is room. */
function labelsOf(
  scale: Scale,
  marks: readonly Mark[],
  rows: number,
  glyphs: Glyphs,
  priceText: (price: number) => string,
): (Span | undefined)[] {
  const labels = new Array<Span | undefined>(rows);
  for (const { price, name, text, tone } of marks) {
    const within = isWithin(scale, price);
    const pointer = within ? ' ' : price > scale.high ? glyphs.up : glyphs.down;
    const place = freeRow(labels, rowOf(scale, price), within ? price : null, scale);
    if (place !== null) labels[place] = span(tone, `${pointer}${name} ${text}`);
  }
  for (const [row, price] of [
    [0, scale.high],
    [rows - 1, scale.low],
  ] as const)
    labels[row] ??= span('dim', ` ${priceText(price)}`);
  return labels;
}

/** The nearest free row: of two that are as near, the one on the side where the price is in its row. */
function freeRow(
  labels: readonly (Span | undefined)[],
  row: number,
  price: number | null,
  scale: Scale,
): number | null {
  const lower = price === null ? row === 0 : unitOf(scale, price) % 2 === 1;
  for (let distance = 0; distance < labels.length; distance++) {
    for (const sign of lower ? [1, -1] : [-1, 1]) {
      const place = row + sign * distance;
      if (place >= 0 && place < labels.length && labels[place] === undefined) return place;
    }
  }
  return null;
}
