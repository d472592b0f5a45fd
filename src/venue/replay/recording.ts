/** Recorded candles as a source of bars. */
import type { Archive } from '../../archive/archive.ts';
import { at, item } from '../../market/arrays.ts';
import type { BarColumns } from '../../market/bars.ts';
import type { Instrument } from '../../market/instrument.ts';
import { BASE, type Millis } from '../../market/time.ts';
import type { BarSource } from '../ports.ts';
import type { BarCount, BaseBars } from './base-bars.ts';
import { ROW } from './candle-file.ts';
import { DataError } from './data-error.ts';
import { countSlots, firstAt, Merge, slotsBack } from './merge.ts';

/** Which bars are tradable: those that open at or after `from` and close at or before `to`. */
export interface Span {
  readonly from?: Millis | undefined;
  readonly to?: Millis | undefined;
}

/** What a symbol's file holds, over its whole length. */
export interface Coverage extends BarCount {
  readonly symbol: string;
  readonly file: string;
}

export interface Recording extends BarSource {
  /** Close times from the first to the last tradable bar that have any bar. */
  readonly total: number;
  /** Tradable bars of all symbols. */
  readonly bars: number;
  /** Close time of the last tradable bar. */
  readonly endsAt: Millis;
  /** One entry a symbol, in the order of `instruments`; empty for bars that came from memory. */
  readonly coverage: readonly Coverage[];
  /** Files beside the candles that were not used, each with the reason. */
  readonly ignored: readonly string[];
  /** Back to the first tradable bar; nothing is loaded again. */
  rewind(): void;
}

/** Base bars of one symbol in memory. All columns have the same length; close times ascend on the base grid. */
export interface SymbolColumns {
  readonly instrument: Instrument;
  readonly closeTime: ArrayLike<Millis>;
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
  readonly volume: ArrayLike<number>;
}

/**
 * A recording over bars in memory, in any order of symbols.
 * @throws RangeError for columns that do not fit together; DataError when the span holds no bar.
 */
export function recordingFromColumns(columns: readonly SymbolColumns[], span: Span = {}): Recording {
  const sorted = [...columns].sort((a, b) => (a.instrument.symbol < b.instrument.symbol ? -1 : 1));
  return new MemoryRecording({
    name: 'the bars in memory',
    instruments: sorted.map((symbol) => symbol.instrument),
    symbols: sorted.map(packColumns),
    assumed: [],
    coverage: [],
    ignored: [],
    span,
  });
}

export interface RecordingParts {
  /** What holds the bars, for messages. */
  readonly name: string;
  /** Sorted by symbol, as are `symbols`. */
  readonly instruments: readonly Instrument[];
  readonly symbols: readonly BaseBars[];
  readonly assumed: readonly string[];
  readonly coverage: readonly Coverage[];
  readonly ignored: readonly string[];
  readonly span: Span;
}

export class MemoryRecording implements Recording {
  readonly instruments: readonly Instrument[];
  readonly figures = { book: false, tradesPerMinute: false, openInterest: false };
  readonly assumed: readonly string[];
  readonly coverage: readonly Coverage[];
  readonly ignored: readonly string[];
  readonly total: number;
  readonly bars: number;
  readonly startsAt: Millis;
  readonly endsAt: Millis;
  readonly #symbols: readonly BaseBars[];
  readonly #first: number;
  readonly #last: number;
  readonly #started: boolean;
  #merge: Merge;

  /** @throws DataError when no bar lies in the span. */
  constructor(parts: RecordingParts) {
    this.instruments = parts.instruments;
    this.assumed = parts.assumed;
    this.coverage = parts.coverage;
    this.ignored = parts.ignored;
    this.#symbols = parts.symbols;
    const { from, to } = parts.span;
    const earliest = from === undefined ? Number.NEGATIVE_INFINITY : Math.ceil(from / BASE) + 1;
    const latest = to === undefined ? Number.POSITIVE_INFINITY : Math.floor(to / BASE);
    const ends = bounds(parts.symbols, earliest, latest);
    if (ends === null) throw nothingBetween(parts);
    this.#first = ends.first;
    this.#last = ends.last;
    this.#started = from !== undefined;
    this.bars = ends.bars;
    this.startsAt = (ends.first - 1) * BASE;
    this.endsAt = ends.last * BASE;
    this.total = countSlots(parts.symbols, ends.first, ends.last);
    this.#merge = new Merge(parts.symbols, ends.first, ends.last);
  }

  /** Bars before the span, when it has a `from` and the recording reaches back beyond it. */
  *history(bars: number): Generator<BarColumns, void, undefined> {
    if (!this.#started || bars <= 0) return;
    const merge = new Merge(this.#symbols, slotsBack(this.#symbols, this.#first, bars), this.#first - 1);
    for (let columns = merge.next(); columns !== null; columns = merge.next()) yield columns;
  }

  next(): BarColumns | null {
    return this.#merge.next();
  }

  /** Candles have no book. */
  book(): null {
    return null;
  }

  rewind(): void {
    this.#merge = new Merge(this.#symbols, this.#first, this.#last);
  }

  /** The bars are the file's; only the place in them is kept. */
  archive(a: Archive): void {
    a.section('MemoryRecording');
    a.same('the number of symbols', this.#symbols.length);
    a.same('the number of bars', this.bars);
    a.same('the first bar', this.#first);
    a.same('the last bar', this.#last);
    const next = a.number(this.#merge.slot);
    if (a.loading) this.#merge = new Merge(this.#symbols, next, this.#last);
  }
}

function bounds(
  symbols: readonly BaseBars[],
  earliest: number,
  latest: number,
): { first: number; last: number; bars: number } | null {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (const bars of symbols) {
    const start = firstAt(bars, earliest);
    const end = firstAt(bars, latest + 1);
    if (start >= end) continue;
    first = Math.min(first, at(bars.slot, start));
    last = Math.max(last, at(bars.slot, end - 1));
    count += end - start;
  }
  return count > 0 ? { first, last, bars: count } : null;
}

function nothingBetween(parts: RecordingParts): DataError {
  const whole = bounds(parts.symbols, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  if (whole === null) return new DataError('DATA_EMPTY_RANGE', `${parts.name}: not one whole 5m candle`);
  const { from, to } = parts.span;
  const asked = `${from === undefined ? 'the start' : iso(from)} and ${to === undefined ? 'the end' : iso(to)}`;
  return new DataError(
    'DATA_EMPTY_RANGE',
    `${parts.name}: no candle between ${asked}; the recording goes from ${iso((whole.first - 1) * BASE)} to ${iso(whole.last * BASE)}`,
  );
}

function iso(time: Millis): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(time);
}

function packColumns(columns: SymbolColumns): BaseBars {
  const { symbol } = columns.instrument;
  const length = columns.closeTime.length;
  const parts = [columns.open, columns.high, columns.low, columns.close, columns.volume].map((part) =>
    Float64Array.from(part),
  );
  if (parts.some((part) => part.length !== length))
    throw new RangeError(`${symbol}: columns of different lengths`);
  const slot = new Int32Array(length);
  const ohlcv = new Float64Array(length * ROW);
  const times = Float64Array.from(columns.closeTime);
  for (let row = 0; row < length; row += 1) {
    const place = at(times, row) / BASE;
    if (!Number.isInteger(place) || (row > 0 && place <= at(slot, row - 1))) {
      throw new RangeError(
        `${symbol}: close time ${at(times, row)} in row ${row} is off the 5m grid or not ascending`,
      );
    }
    slot[row] = place;
    for (let column = 0; column < ROW; column += 1) ohlcv[row * ROW + column] = at(item(parts, column), row);
  }
  return { slot, ohlcv };
}
