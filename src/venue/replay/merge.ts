/**
 * The bars of many symbols in order of time: one step a close time, O(symbols), nothing allocated.
 * The symbols share the base grid, so the merge compares whole slot numbers.
 */
import { item } from '../../market/arrays.ts';
import { type BarColumns, barColumns } from '../../market/bars.ts';
import { BASE } from '../../market/time.ts';
import type { BaseBars } from './base-bars.ts';
import { ROW } from './candle-file.ts';

/** After every real slot. */
const NONE = 0x7fffffff;

/** Index of the first bar at or after `slot`. */
export function firstAt(bars: BaseBars, slot: number): number {
  let low = 0;
  let high = bars.slot.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (slotAt(bars.slot, middle) < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Merge {
  readonly #symbols: readonly BaseBars[];
  readonly #columns: BarColumns;
  /** Per symbol: the index of its next bar, and that bar's slot. */
  readonly #next: Int32Array;
  readonly #due: Int32Array;
  readonly #last: number;
  #slot = NONE;

  /** Walks the slots `first` to `last`, both included. */
  constructor(symbols: readonly BaseBars[], first: number, last: number) {
    this.#symbols = symbols;
    this.#columns = barColumns(symbols.length);
    this.#next = Int32Array.from(symbols, (bars) => firstAt(bars, first));
    this.#due = Int32Array.from(symbols, (bars, index) => slotAt(bars.slot, slotAt(this.#next, index)));
    this.#last = last;
    for (const due of this.#due) this.#slot = Math.min(this.#slot, due);
  }

  /** The slot that comes next. */
  get slot(): number {
    return this.#slot;
  }

  /** The bars of the next close time that has any, or null at the end. The object is reused. */
  next(): BarColumns | null {
    const slot = this.#slot;
    if (slot > this.#last || slot === NONE) return null;
    const columns = this.#columns;
    const symbols = this.#symbols;
    let row = 0;
    let following = NONE;
    for (let symbol = 0; symbol < symbols.length; symbol += 1) {
      let due = slotAt(this.#due, symbol);
      if (due === slot) {
        const bars = item(symbols, symbol);
        const index = slotAt(this.#next, symbol);
        const from = index * ROW;
        columns.symbol[row] = symbol;
        columns.open[row] = valueAt(bars.ohlcv, from);
        columns.high[row] = valueAt(bars.ohlcv, from + 1);
        columns.low[row] = valueAt(bars.ohlcv, from + 2);
        columns.close[row] = valueAt(bars.ohlcv, from + 3);
        columns.volume[row] = valueAt(bars.ohlcv, from + 4);
        row += 1;
        due = slotAt(bars.slot, index + 1);
        this.#next[symbol] = index + 1;
        this.#due[symbol] = due;
      }
      if (due < following) following = due;
    }
    columns.closeTime = slot * BASE;
    columns.count = row;
    this.#slot = following;
    return columns;
  }
}

/**
 * Number of slots from `first` to `last` in which any symbol has a bar.
 */
export function countSlots(symbols: readonly BaseBars[], first: number, last: number): number {
  const seen = new Uint8Array(last - first + 1);
  let count = 0;
  for (const bars of symbols) {
    const end = firstAt(bars, last + 1);
    for (let index = firstAt(bars, first); index < end; index += 1) {
      const place = slotAt(bars.slot, index) - first;
      if (seen[place] === 0) {
        seen[place] = 1;
        count += 1;
      }
    }
  }
  return count;
}

/** The slot from which `count` slots with bars lead up to `before`, or the earliest there is. */
export function slotsBack(symbols: readonly BaseBars[], before: number, count: number): number {
  const cursors = symbols.map((bars) => firstAt(bars, before) - 1);
  let reached = before;
  for (let step = 0; step < count; step += 1) {
    let latest = -1;
    cursors.forEach((cursor, symbol) => {
      if (cursor >= 0) latest = Math.max(latest, slotAt(item(symbols, symbol).slot, cursor));
    });
    if (latest < 0) break;
    reached = latest;
    cursors.forEach((cursor, symbol) => {
      if (cursor >= 0 && slotAt(item(symbols, symbol).slot, cursor) === latest) cursors[symbol] = cursor - 1;
    });
  }
  return reached;
}

// One reader for each kind of array: a shared one would have to tell them apart on every read.

function slotAt(slots: Int32Array, index: number): number {
  const slot = slots[index];
  return slot === undefined ? NONE : slot;
}

function valueAt(values: Float64Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`index ${index} is outside 0..${values.length - 1}`);
  return value;
}
