import type { Archive } from '../archive/archive.ts';
import { requireFinite, requirePeriod } from './input.ts';
import { RollingSum } from './rolling-sum.ts';

/**
 * Volume-weighted average price of the last `window` bars: sum(price * volume) / sum(volume). Ready when
 * `window` bars have come; while all of them are without volume there is no such price and `value` is NaN.
 */
export class RollingVwap {
  private readonly turnover: RollingSum;
  private readonly volume: RollingSum;

  constructor(window: number) {
    requirePeriod('RollingVwap', window);
    this.turnover = new RollingSum(window);
    this.volume = new RollingSum(window);
  }

  get ready(): boolean {
    return this.volume.ready;
  }

  /** In price units; NaN until ready and while the window holds no volume. */
  get value(): number {
    return this.turnover.value / this.volume.value;
  }

  push(price: number, volume: number): void {
    const turnover = price * volume;
    requireFinite('RollingVwap', turnover);
    this.turnover.push(turnover);
    this.volume.push(volume);
  }

  archive(a: Archive): void {
    a.section('RollingVwap');
    this.turnover.archive(a);
    this.volume.archive(a);
  }
}
