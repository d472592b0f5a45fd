import { at } from '../market/arrays.ts';
import type { Millis } from '../market/time.ts';

/** Which side a candle is a swing point of. */
const SWING_HIGH = 1;
const SWING_LOW = 2;

/**
 * The last `capacity` 15 m candles of one symbol, with the swing points among them marked as soon as they are
 * confirmed. Rows are addressed by age: 0 is the newest.
 */
export class CandleRing {
  readonly capacity: number;
  /** Candles in the ring. */
  length = 0;
  readonly #open: Float64Array;
  readonly #high: Float64Array;
  readonly #low: Float64Array;
  readonly #close: Float64Array;
  readonly #closeTime: Float64Array;
  readonly #swing: Uint8Array;
  readonly #strength: number;
  #newest = -1;

  constructor(capacity: number, swingStrength: number) {
    this.capacity = capacity;
    this.#strength = swingStrength;
    this.#open = new Float64Array(capacity);
    this.#high = new Float64Array(capacity);
    this.#low = new Float64Array(capacity);
    this.#close = new Float64Array(capacity);
    this.#closeTime = new Float64Array(capacity);
    this.#swing = new Uint8Array(capacity);
  }

  push(closeTime: Millis, open: number, high: number, low: number, close: number): void {
    this.#newest = this.#newest + 1 === this.capacity ? 0 : this.#newest + 1;
    const i = this.#newest;
    this.#open[i] = open;
    this.#high[i] = high;
    this.#low[i] = low;
    this.#close[i] = close;
    this.#closeTime[i] = closeTime;
    this.#swing[i] = 0;
    if (this.length < this.capacity) this.length++;
    if (this.length > 2 * this.#strength) this.#markSwing(this.#strength);
  }

  open(age: number): number {
    return at(this.#open, this.#index(age));
  }
  high(age: number): number {
    return at(this.#high, this.#index(age));
  }
  low(age: number): number {
    return at(this.#low, this.#index(age));
  }
  close(age: number): number {
    return at(this.#close, this.#index(age));
  }
  closeTime(age: number): Millis {
    return at(this.#closeTime, this.#index(age));
  }
  isSwingHigh(age: number): boolean {
    return (at(this.#swing, this.#index(age)) & SWING_HIGH) !== 0;
  }
  isSwingLow(age: number): boolean {
    return (at(this.#swing, this.#index(age)) & SWING_LOW) !== 0;
  }

  #index(age: number): number {
    const i = this.#newest - age;
    return i >= 0 ? i : i + this.capacity;
  }

  /** The candle of this age stands out from `strength` candles on each side; of equals the earliest counts. */
  #markSwing(age: number): void {
    const high = this.high(age);
    const low = this.low(age);
    let isHigh = true;
    let isLow = true;
    for (let k = 1; k <= this.#strength && (isHigh || isLow); k++) {
      const older = age + k;
      const newer = age - k;
      if (this.high(older) >= high || this.high(newer) > high) isHigh = false;
      if (this.low(older) <= low || this.low(newer) < low) isLow = false;
    }
    if (isHigh || isLow) this.#swing[this.#index(age)] = (isHigh ? SWING_HIGH : 0) | (isLow ? SWING_LOW : 0);
  }
}
