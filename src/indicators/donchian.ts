import type { Archive } from '../archive/archive.ts';
import { floatAt } from '../market/arrays.ts';
import { requireFinite, requirePeriod } from './input.ts';

/**
 * Donchian channel: the highest high and the lowest low of the last `period` bars, the newest included;
 * ready at the `period`-th bar, equal to TA-Lib's MAX of the highs and MIN of the lows.
 *
 * The blocks of `RollingSum`, with max and min instead of the sum: extremes of the last block's end (made once
 * a block) against those of the current block so far. O(1) amortised, and without the branches of a
 * monotonic queue that no processor predicts.
 */
export class Donchian {
  private readonly highs: Float64Array;
  private readonly lows: Float64Array;
  private next = 0;
  private headHigh = Number.NEGATIVE_INFINITY;
  private headLow = Number.POSITIVE_INFINITY;
  private full = false;
  private currentHigh = Number.NaN;
  private currentLow = Number.NaN;

  constructor(period: number) {
    this.highs = new Float64Array(requirePeriod('Donchian', period));
    this.lows = new Float64Array(period);
  }

  get ready(): boolean {
    return this.full;
  }

  /** Highest high; NaN until ready. */
  get high(): number {
    return this.currentHigh;
  }

  /** Lowest low; NaN until ready. */
  get low(): number {
    return this.currentLow;
  }

  /** Middle of the channel, (high + low) / 2; NaN until ready. */
  get value(): number {
    return (this.currentHigh + this.currentLow) / 2;
  }

  push(high: number, low: number): void {
    requireFinite('Donchian', high + low);
    const { highs, lows } = this;
    highs[this.next] = high;
    lows[this.next] = low;
    this.next += 1;
    this.headHigh = Math.max(this.headHigh, high);
    this.headLow = Math.min(this.headLow, low);
    if (this.next === highs.length) {
      this.closeBlock();
    } else if (this.full) {
      this.currentHigh = Math.max(this.headHigh, floatAt(highs, this.next));
      this.currentLow = Math.min(this.headLow, floatAt(lows, this.next));
    }
  }

  private closeBlock(): void {
    const { highs, lows } = this;
    let high = Number.NEGATIVE_INFINITY;
    let low = Number.POSITIVE_INFINITY;
    for (let i = highs.length - 1; i >= 0; i -= 1) {
      high = Math.max(high, floatAt(highs, i));
      low = Math.min(low, floatAt(lows, i));
      highs[i] = high;
      lows[i] = low;
    }
    this.currentHigh = high;
    this.currentLow = low;
    this.full = true;
    this.next = 0;
    this.headHigh = Number.NEGATIVE_INFINITY;
    this.headLow = Number.POSITIVE_INFINITY;
  }

  archive(a: Archive): void {
    a.section('Donchian');
    a.column(this.highs);
    a.column(this.lows);
    this.next = a.number(this.next);
    this.headHigh = a.number(this.headHigh);
    this.headLow = a.number(this.headLow);
    this.full = a.flag(this.full);
    this.currentHigh = a.number(this.currentHigh);
    this.currentLow = a.number(this.currentLow);
  }
}
