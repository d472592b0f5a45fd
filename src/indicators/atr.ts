import type { Archive } from '../archive/archive.ts';
import { requireFinite, requirePeriod } from './input.ts';

/**
 * Average true range by Wilder: the average of the first `period` true ranges, then
 * (previous * (period - 1) + true range) / period. The first bar has no close before it and gives no true
 * range, so the value is ready at bar `period` + 1, as TA-Lib's ATR without an unstable period.
 */
export class Atr {
  private readonly period: number;
  private ranges = 0;
  private seed = 0;
  private previousClose = Number.NaN;
  private current = Number.NaN;

  constructor(period: number) {
    this.period = requirePeriod('Atr', period);
  }

  get ready(): boolean {
    return this.ranges === this.period;
  }

  /** In price units; NaN until ready. */
  get value(): number {
    return this.current;
  }

  push(high: number, low: number, close: number): void {
    // A sum is finite only if its terms are (prices are far from the largest double).
    requireFinite('Atr', high + low + close);
    const previousClose = this.previousClose;
    this.previousClose = close;
    if (Number.isNaN(previousClose)) return;
    const range = Math.max(high - low, Math.abs(high - previousClose), Math.abs(low - previousClose));
    if (this.ranges === this.period) {
      this.current = (this.current * (this.period - 1) + range) / this.period;
      return;
    }
    this.ranges += 1;
    this.seed += range;
    if (this.ranges === this.period) this.current = this.seed / this.period;
  }

  archive(a: Archive): void {
    a.section('Atr');
    this.ranges = a.number(this.ranges);
    this.seed = a.number(this.seed);
    this.previousClose = a.number(this.previousClose);
    this.current = a.number(this.current);
  }
}
