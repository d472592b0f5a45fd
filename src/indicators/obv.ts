import type { Archive } from '../archive/archive.ts';
import { requireFinite } from './input.ts';

/**
 * On-balance volume: starts at the first bar's volume; a bar that closes above the one before adds its
 * volume, below takes it away, level leaves it; ready at the first bar. As TA-Lib's OBV.
 */
export class Obv {
  private previousClose = Number.NaN;
  private current = Number.NaN;

  get ready(): boolean {
    return !Number.isNaN(this.current);
  }

  /** In volume units; NaN until ready. */
  get value(): number {
    return this.current;
  }

  push(close: number, volume: number): void {
    requireFinite('Obv', close + volume);
    if (Number.isNaN(this.current)) this.current = volume;
    else if (close > this.previousClose) this.current += volume;
    else if (close < this.previousClose) this.current -= volume;
    this.previousClose = close;
  }

  archive(a: Archive): void {
    a.section('Obv');
    this.previousClose = a.number(this.previousClose);
    this.current = a.number(this.current);
  }
}
