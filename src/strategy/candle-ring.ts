import type { Archive } from '../archive/archive.ts';
import { floatAt, intAt } from '../market/arrays.ts';
import type { Millis } from '../market/time.ts';

/** Which side a candle is a swing point of. */
export const SWING_HIGH = 1;
export const SWING_LOW = 2;

/**
 * The last `capacity` 15 m candles of one symbol, with the swing points among them marked as soon as they are
 * confirmed. Every candle is kept twice, `capacity` apart, so that the last ones always lie side by side:
 * a search walks plain columns from `end - 1` (the newest) down to `end - length`.
 */
export class CandleRing {
  readonly capacity: number;
  /** Candles in the ring. */
  length = 0;
  /** One past the newest candle in the columns. */
  end: number;
  readonly opens: Float64Array;
  readonly highs: Float64Array;
  readonly lows: Float64Array;
  readonly closes: Float64Array;
  readonly closeTimes: Float64Array;
  /** SWING_HIGH, SWING_LOW, both or neither. */
  readonly swings: Int32Array;
  readonly #strength: number;

  constructor(capacity: number, swingStrength: number) {
    this.capacity = capacity;
    this.end = capacity;
    this.#strength = swingStrength;
    this.opens = new Float64Array(2 * capacity);
    this.highs = new Float64Array(2 * capacity);
    this.lows = new Float64Array(2 * capacity);
    this.closes = new Float64Array(2 * capacity);
    this.closeTimes = new Float64Array(2 * capacity);
    this.swings = new Int32Array(2 * capacity);
  }

  push(closeTime: Millis, open: number, high: number, low: number, close: number): void {
    this.end = this.end === 2 * this.capacity ? this.capacity + 1 : this.end + 1;
    const i = this.end - 1;
    const twin = i - this.capacity;
    this.opens[i] = open;
    this.opens[twin] = open;
    this.highs[i] = high;
    this.highs[twin] = high;
    this.lows[i] = low;
    this.lows[twin] = low;
    this.closes[i] = close;
    this.closes[twin] = close;
    this.closeTimes[i] = closeTime;
    this.closeTimes[twin] = closeTime;
    this.swings[i] = 0;
    this.swings[twin] = 0;
    if (this.length < this.capacity) this.length++;
    if (this.length > 2 * this.#strength) this.#markSwing(this.#strength);
  }

  /** Candles by age: 0 is the newest. */
  open(age: number): number {
    return floatAt(this.opens, this.end - 1 - age);
  }
  high(age: number): number {
    return floatAt(this.highs, this.end - 1 - age);
  }
  low(age: number): number {
    return floatAt(this.lows, this.end - 1 - age);
  }
  close(age: number): number {
    return floatAt(this.closes, this.end - 1 - age);
  }
  closeTime(age: number): Millis {
    return floatAt(this.closeTimes, this.end - 1 - age);
  }
  isSwingHigh(age: number): boolean {
    return (intAt(this.swings, this.end - 1 - age) & SWING_HIGH) !== 0;
  }
  isSwingLow(age: number): boolean {
    return (intAt(this.swings, this.end - 1 - age) & SWING_LOW) !== 0;
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
    const swing = (isHigh ? SWING_HIGH : 0) | (isLow ? SWING_LOW : 0);
    const i = this.end - 1 - age;
    this.swings[i] = swing;
    // The twin of a candle in the lower half lies above it, but only once the upper half has been written.
    this.swings[i >= this.capacity ? i - this.capacity : i + this.capacity] = swing;
  }

  archive(a: Archive): void {
    a.section('CandleRing');
    this.length = a.number(this.length);
    this.end = a.number(this.end);
    a.column(this.opens);
    a.column(this.highs);
    a.column(this.lows);
    a.column(this.closes);
    a.column(this.closeTimes);
    a.column(this.swings);
  }
}
