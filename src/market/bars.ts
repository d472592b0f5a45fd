import type { Shape } from '../archive/archive.ts';
import type { Millis } from './time.ts';

/**
 * The closed base bars of one close time, as columns: row `i` is the bar of the instrument with index
 * `symbol[i]`; rows ascend by that index; a symbol without a bar at this close time has no row. Only the
 * first `count` rows count, so one object can be filled again and again.
 */
export interface BarColumns {
  closeTime: Millis;
  count: number;
  readonly symbol: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** In base units. */
  readonly volume: Float64Array;
}

export function barColumns(capacity: number): BarColumns {
  return {
    closeTime: 0,
    count: 0,
    symbol: new Int32Array(capacity),
    open: new Float64Array(capacity),
    high: new Float64Array(capacity),
    low: new Float64Array(capacity),
    close: new Float64Array(capacity),
    volume: new Float64Array(capacity),
  };
}

/** Columns of their own with the rows that count. */
export function copyBars(bars: BarColumns): BarColumns {
  const copy = barColumns(bars.count);
  copy.closeTime = bars.closeTime;
  copy.count = bars.count;
  for (const name of ['symbol', 'open', 'high', 'low', 'close', 'volume'] as const)
    copy[name].set(bars[name].subarray(0, bars.count));
  return copy;
}

/** The rows that count. */
export const barsShape: Shape<BarColumns> = (a, bars) => {
  const count = a.number(bars?.count);
  const made = bars ?? barColumns(count);
  made.closeTime = a.number(bars?.closeTime);
  made.count = count;
  for (const column of [made.symbol, made.open, made.high, made.low, made.close, made.volume])
    a.column(column.subarray(0, count));
  return made;
};
