/**
 * One file of recorded candles: bytes in, columns out, and the first row that cannot be true. The rows are
 * the hot path of every backtest's start, so a good row costs no string and no object; only what is said
 * about a bad one does.
 */
import type { Millis } from '../../market/time.ts';
import { byteAt, CARRIAGE_RETURN, COMMA, DecimalReader, NEWLINE, textBetween } from './decimal-reader.ts';
import { Decimals } from './decimals.ts';
import { untrueCandle, untrueTime } from './row-truth.ts';

export const HEADER = 'timestamp,open,high,low,close,volume';
const COLUMNS = HEADER.split(',');

/** Open, high, low, close and volume lie side by side, so that a merge of many symbols reads few streams. */
export const ROW = 5;

/** No true row is shorter: a time of 12 digits, five numbers of one, five commas and a line end. */
const SHORTEST_ROW = 22;

/** Candles of one symbol and timeframe, in order of time. */
export interface Candles {
  readonly count: number;
  /** Open times. */
  readonly time: Float64Array;
  /** `ROW` numbers a candle: open, high, low, close, volume. */
  readonly ohlcv: Float64Array;
  /** The most decimals seen in any price and in any volume, float noise aside. */
  readonly priceDecimals: number;
  readonly volumeDecimals: number;
}

/** The first bad row of a file, and how many follow it. Lines count from 1, which is the header. */
export interface BadRows {
  readonly line: number;
  readonly why: string;
  readonly more: number;
}

export type CandleFile =
  | { readonly ok: true; readonly candles: Candles }
  | { readonly ok: false; readonly bad: BadRows };

/** Room for the rows of one file after the other: how many there are is known only at the end. */
export class Scratch {
  time = new Float64Array(0);
  ohlcv = new Float64Array(0);

  grow(capacity: number): this {
    if (capacity > this.time.length) {
      this.time = new Float64Array(capacity);
      this.ohlcv = new Float64Array(capacity * ROW);
    }
    return this;
  }
}

/**
 * Reads a whole file whose rows are `step` ms apart (or more, where candles are missing).
 * Accepts `\n` and `\r\n`, a byte order mark, and blank lines at the end.
 */
export function parseCandles(bytes: Uint8Array, step: Millis, scratch: Scratch = new Scratch()): CandleFile {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const header = lineText(bytes, start);
  if (header !== HEADER) {
    return {
      ok: false,
      bad: { line: 1, why: `the header must be "${HEADER}", not ${quote(header)}`, more: 0 },
    };
  }
  const capacity = Math.ceil(bytes.length / SHORTEST_ROW) + 1;
  const { time, ohlcv } = scratch.grow(capacity);
  const prices = new Decimals();
  const volumes = new Decimals();
  const reader = new DecimalReader(bytes);
  const end = contentEnd(bytes);
  let first: { line: number; why: string } | null = null;
  let badCount = 0;
  let line = 1;
  let count = 0;
  let previous: Millis = Number.NEGATIVE_INFINITY;
  let position = afterLine(bytes, start);

  while (position < end) {
    line += 1;
    const rowStart = position;
    let commas = 0;
    const t = reader.read(position);
    if (byteAt(bytes, reader.end) === COMMA) commas += 1;
    const open = reader.read(reader.end + 1);
    prices.add(reader.decimals);
    if (byteAt(bytes, reader.end) === COMMA) commas += 1;
    const high = reader.read(reader.end + 1);
    prices.add(reader.decimals);
    if (byteAt(bytes, reader.end) === COMMA) commas += 1;
    const low = reader.read(reader.end + 1);
    prices.add(reader.decimals);
    if (byteAt(bytes, reader.end) === COMMA) commas += 1;
    const close = reader.read(reader.end + 1);
    prices.add(reader.decimals);
    if (byteAt(bytes, reader.end) === COMMA) commas += 1;
    const volume = reader.read(reader.end + 1);
    volumes.add(reader.decimals);
    position = reader.end;
    if (byteAt(bytes, position) === CARRIAGE_RETURN) position += 1;
    const whole = commas === 5 && byteAt(bytes, position) === NEWLINE;
    // Comparisons with NaN are false, so this also holds every field to be a number.
    const likely =
      whole &&
      t === previous + step &&
      low > 0 &&
      low <= open &&
      low <= close &&
      high >= open &&
      high >= close &&
      volume >= 0;
    const why = likely
      ? null
      : (malformed(whole, bytes, rowStart) ??
        untrueCandle(open, high, low, close, volume) ??
        untrueTime(t, previous, step));
    if (why === null) {
      time[count] = t;
      const at = count * ROW;
      ohlcv[at] = open;
      ohlcv[at + 1] = high;
      ohlcv[at + 2] = low;
      ohlcv[at + 3] = close;
      ohlcv[at + 4] = volume;
      count += 1;
      previous = t;
      position += 1;
    } else {
      first ??= { line, why };
      badCount += 1;
      // A candle that cannot be true still holds its place in time.
      if (t > previous && untrueTime(t, previous, step) === null) previous = t;
      position = afterLine(bytes, rowStart);
    }
  }
  if (first) return { ok: false, bad: { ...first, more: badCount - 1 } };
  if (count === 0) return { ok: false, bad: { line: 2, why: 'no candle follows the header', more: 0 } };
  return {
    ok: true,
    candles: {
      count,
      time: time.slice(0, count),
      ohlcv: ohlcv.slice(0, count * ROW),
      priceDecimals: prices.result(count * 4),
      volumeDecimals: volumes.result(count),
    },
  };
}

/** Why a line is not six numbers, or null when it is. */
function malformed(whole: boolean, bytes: Uint8Array, start: number): string | null {
  const text = lineText(bytes, start);
  if (text === '') return 'a blank line';
  const fields = text.split(',');
  if (fields.length !== COLUMNS.length)
    return `${fields.length} columns instead of ${COLUMNS.length}: ${quote(text)}`;
  const encoded = fields.map((field) => Buffer.from(field, 'latin1'));
  const bad = encoded.findIndex((field) => Number.isNaN(new DecimalReader(field).read(0)));
  if (bad >= 0) return `${COLUMNS[bad]} is not a number: ${quote(fields[bad] ?? '')}`;
  return whole ? null : `a stray carriage return: ${quote(text)}`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

function lineText(bytes: Uint8Array, start: number): string {
  const newline = bytes.indexOf(NEWLINE, start);
  const end = newline < 0 ? bytes.length : newline;
  return textBetween(bytes, start, end).replace(/\r$/, '');
}

function afterLine(bytes: Uint8Array, start: number): number {
  const newline = bytes.indexOf(NEWLINE, start);
  return newline < 0 ? bytes.length : newline + 1;
}

/** Where the last line that is not blank ends. */
function contentEnd(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === NEWLINE || bytes[end - 1] === CARRIAGE_RETURN)) end -= 1;
  return end;
}
