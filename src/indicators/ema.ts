import type { Archive } from '../archive/archive.ts';
import { requireFinite, requirePeriod } from './input.ts';

/**
 * Exponential moving average with weight 2 / (period + 1), seeded with the simple average of the first
 * `period` values and ready at the `period`-th, as TA-Lib's EMA without an unstable period.
 */
export class Ema {
  private readonly period: number;
  private readonly weight: number;
  private count = 0;
  private seed = 0;
  private current = Number.NaN;

  constructor(period: number) {
    this.period = requirePeriod('Ema', period);
    this.weight = 2 / (period + 1);
  }

  get ready(): boolean {
    return this.count === this.period;
  }

  /** In the unit of the values; NaN until ready. */
  get value(): number {
    return this.current;
  }

  push(x: number): void {
    requireFinite('Ema', x);
    if (this.count === this.period) {
      this.current += (x - this.current) * this.weight;
      return;
    }
    this.count += 1;
    this.seed += x;
    if (this.count === this.period) this.current = this.seed / this.period;
  }

  archive(a: Archive): void {
    a.section('Ema');
    this.count = a.number(this.count);
    this.seed = a.number(this.seed);
    this.current = a.number(this.current);
  }
}
