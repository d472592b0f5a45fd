/**
 * Equity over a whole session in fixed memory: sampled at base closes; each time the memory is full every second
 * point goes and the interval doubles. What was sampled lies on one even grid of closes all along.
 */
import type { Archive } from '../../archive/archive.ts';
import { floatAt } from '../../market/arrays.ts';
import { BASE, type Millis } from '../../market/time.ts';

export interface EquityFigures {
  /** With open positions at their marks. */
  readonly marked: number;
  /** Start equity + net result of finished trades. */
  readonly realised: number;
}

/** Float64: for drawing. `engine.status` has the exact figure. */
export interface EquityPoint {
  /** Venue time. */
  readonly at: Millis;
  readonly equity: number;
  readonly realised: number;
}

export interface EquitySeries {
  /** Venue time from one point to the next, where no candle is missing. */
  readonly resolutionMs: Millis;
  /** Oldest first; the last one is the present. */
  readonly points: readonly EquityPoint[];
}

/** A week at five minutes a point, a year at five hours. Even, so that the grid survives each halving. */
const CAPACITY = 2_048;

/** Marks are float64: digits beyond this are noise. */
const DECIMALS = 8;

export class EquityCurve {
  readonly #capacity: number;
  readonly #read: () => EquityFigures | null;
  readonly #at: Float64Array;
  readonly #marked: Float64Array;
  readonly #realised: Float64Array;
  #count = 0;
  /** Closes from one point to the next. */
  #stride = 1;
  /** Closes until the next point is due. */
  #wait = 1;

  /** `capacity` is even. */
  constructor(read: () => EquityFigures | null, capacity = CAPACITY) {
    this.#read = read;
    this.#capacity = capacity;
    this.#at = new Float64Array(capacity);
    this.#marked = new Float64Array(capacity);
    this.#realised = new Float64Array(capacity);
  }

  /** A new account begins: its first point is its start equity. */
  begin(at: Millis): void {
    this.clear();
    this.#sample(at);
  }

  clear(): void {
    this.#count = 0;
    this.#stride = 1;
    this.#wait = 1;
  }

  /** A base close. True when it became a point. */
  closed(at: Millis): boolean {
    this.#wait -= 1;
    if (this.#wait > 0) return false;
    if (this.#count === this.#capacity) this.#halve();
    this.#sample(at);
    this.#wait = this.#stride;
    return true;
  }

  /** At most `limit` points after `since`, thinned evenly where there are more, and the present as the last of them. */
  series(now: Millis, limit: number, since = Number.NEGATIVE_INFINITY): EquitySeries {
    const figures = this.#count === 0 ? null : this.#read();
    if (figures === null) return { resolutionMs: BASE, points: [] };
    // The present takes the place of a point of the same time.
    let end = this.#count;
    while (end > 0 && floatAt(this.#at, end - 1) >= now) end -= 1;
    let begin = 0;
    while (begin < end && floatAt(this.#at, begin) <= since) begin += 1;
    const step = Math.max(1, Math.ceil((end - begin) / (limit - 1)));
    const points: EquityPoint[] = [];
    for (let i = begin; i < end; i += step) {
      points.push(point(floatAt(this.#at, i), floatAt(this.#marked, i), floatAt(this.#realised, i)));
    }
    if (now > since) points.push(point(now, figures.marked, figures.realised));
    return { resolutionMs: this.#stride * step * BASE, points };
  }

  archive(a: Archive): void {
    a.section('EquityCurve');
    a.column(this.#at);
    a.column(this.#marked);
    a.column(this.#realised);
    this.#count = a.number(this.#count);
    this.#stride = a.number(this.#stride);
    this.#wait = a.number(this.#wait);
  }

  /** The newest point; null before the first. */
  get last(): EquityPoint | null {
    const i = this.#count - 1;
    return i < 0 ? null : point(floatAt(this.#at, i), floatAt(this.#marked, i), floatAt(this.#realised, i));
  }

  #sample(at: Millis): void {
    const figures = this.#read();
    if (figures === null) return;
    this.#at[this.#count] = at;
    this.#marked[this.#count] = figures.marked;
    this.#realised[this.#count] = figures.realised;
    this.#count += 1;
  }

  #halve(): void {
    const half = this.#capacity / 2;
    for (const column of [this.#at, this.#marked, this.#realised]) {
      for (let i = 1; i < half; i++) column[i] = floatAt(column, 2 * i);
    }
    this.#count = half;
    this.#stride *= 2;
  }
}

function point(at: Millis, marked: number, realised: number): EquityPoint {
  return { at, equity: rounded(marked), realised: rounded(realised) };
}

function rounded(value: number): number {
  return Number(value.toFixed(DECIMALS));
}
