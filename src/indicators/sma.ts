import type { Archive } from '../archive/archive.ts';
import { requireFinite, requirePeriod } from './input.ts';
import { RollingSum } from './rolling-sum.ts';

/** Simple moving average of the last `period` values; ready at the `period`-th, as TA-Lib's SMA. */
export class Sma {
  private readonly sum: RollingSum;
  private readonly period: number;

  constructor(period: number) {
    this.period = requirePeriod('Sma', period);
    this.sum = new RollingSum(period);
  }

  get ready(): boolean {
    return this.sum.ready;
  }

  /** In the unit of the values; NaN until ready. */
  get value(): number {
    return this.sum.value / this.period;
  }

  push(x: number): void {
    requireFinite('Sma', x);
    this.sum.push(x);
  }

  archive(a: Archive): void {
    a.section('Sma');
    this.sum.archive(a);
  }
}
