import type { Archive } from '../archive/archive.ts';
import { floatAt } from '../market/arrays.ts';
import { requireFinite, requirePeriod } from './input.ts';

/**
 * Bollinger bands over the last `period` closes: the average plus and minus `deviations` population standard
 * deviations, as TA-Lib's BBANDS with a simple average; `value` is their width as a share of the middle.
 *
 * Mean and sum of squared differences are kept by Welford's update for the current block of `period` closes
 * and, made once a block, for every end of the last block; the two parts are joined by the formula of Chan,
 * Golub and LeVeque. Only squares are ever added, so a width of one part in a million keeps its digits at any
 * price level and equal closes give exactly 0. (TA-Lib takes the difference of two large sums and calls a
 * variance below 1e-8 zero, which at a price of 0.000001 is every variance.)
 */
export class BollingerWidth {
  private readonly period: number;
  private readonly deviations: number;
  /** Before `next`: closes of the current block; from `next` on: means of the ends of the last block. */
  private readonly tailMean: Float64Array;
  /** From `next` on: sums of squared differences of the ends of the last block. */
  private readonly tailSquares: Float64Array;
  private next = 0;
  private headMean = 0;
  private headSquares = 0;
  private full = false;
  private mean = Number.NaN;
  private reach = Number.NaN;

  constructor(period: number, deviations: number) {
    this.period = requirePeriod('BollingerWidth', period);
    requireFinite('BollingerWidth', deviations);
    this.deviations = deviations;
    this.tailMean = new Float64Array(period);
    this.tailSquares = new Float64Array(period);
  }

  get ready(): boolean {
    return this.full;
  }

  /** In price units; NaN until ready. */
  get upper(): number {
    return this.mean + this.reach;
  }

  /** In price units; NaN until ready. */
  get middle(): number {
    return this.mean;
  }

  /** In price units; NaN until ready. */
  get lower(): number {
    return this.mean - this.reach;
  }

  /** (upper - lower) / middle, a ratio, for closes above zero; NaN until ready. */
  get value(): number {
    // Not from upper and lower: their difference would lose the digits of a narrow band.
    return (2 * this.reach) / this.mean;
  }

  push(close: number): void {
    requireFinite('BollingerWidth', close);
    this.tailMean[this.next] = close;
    this.next += 1;
    const count = this.next;
    const difference = close - this.headMean;
    this.headMean += difference / count;
    this.headSquares += difference * (close - this.headMean);
    if (count === this.period) {
      this.closeBlock();
    } else if (this.full) {
      const tailMean = floatAt(this.tailMean, count);
      const apart = this.headMean - tailMean;
      const share = count / this.period;
      const squares =
        floatAt(this.tailSquares, count) + this.headSquares + apart * apart * share * (this.period - count);
      this.settle(tailMean + apart * share, squares);
    }
  }

  private settle(mean: number, squares: number): void {
    this.mean = mean;
    this.reach = this.deviations * Math.sqrt(squares / this.period);
  }

  private closeBlock(): void {
    const { tailMean, tailSquares, period } = this;
    let mean = 0;
    let squares = 0;
    for (let i = period - 1; i >= 0; i -= 1) {
      const close = floatAt(tailMean, i);
      const difference = close - mean;
      mean += difference / (period - i);
      squares += difference * (close - mean);
      tailMean[i] = mean;
      tailSquares[i] = squares;
    }
    this.settle(mean, squares);
    this.full = true;
    this.next = 0;
    this.headMean = 0;
    this.headSquares = 0;
  }

  archive(a: Archive): void {
    a.section('BollingerWidth');
    a.column(this.tailMean);
    a.column(this.tailSquares);
    this.next = a.number(this.next);
    this.headMean = a.number(this.headMean);
    this.headSquares = a.number(this.headSquares);
    this.full = a.flag(this.full);
    this.mean = a.number(this.mean);
    this.reach = a.number(this.reach);
  }
}
