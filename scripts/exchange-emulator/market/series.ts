/** The candles of one symbol: those that have closed, the one that forms, and what the venue withholds or has wrong. */
import { BASE, DAY, type Millis } from '../../../src/market/time.ts';
import { type Candle, joined, part } from './bar-path.ts';

/** A run of candles: what a ticker says of the last day. */
export interface DayFigures {
  readonly high: number;
  readonly low: number;
  readonly open: number;
  readonly volume: number;
  /** In ticks times lots. */
  readonly turnover: number;
}

/** In ticks times lots, at the middle of a candle's prices. */
export function turnover({ open, high, low, close, volume }: Candle): number {
  return ((open + high + low + close) / 4) * volume;
}

export class Series {
  readonly #closed: Candle[] = [];
  readonly #missing = new Set<Millis>();
  #forming: Candle | null = null;

  get forming(): Candle | null {
    return this.#forming;
  }

  /** There is, or was, a candle. */
  get known(): boolean {
    return this.#forming !== null || this.#closed.length > 0;
  }

  get last(): Candle | null {
    return this.#closed.at(-1) ?? null;
  }

  addClosed(candle: Candle): void {
    this.#closed.push(candle);
  }

  begin(candle: Candle): void {
    this.#forming = candle;
  }

  close(): void {
    if (this.#forming !== null) this.#closed.push(this.#forming);
    this.#forming = null;
  }

  /** The venue has no candle that starts then, for as long as it is not given back. */
  withhold(start: Millis): void {
    this.#missing.add(start);
  }

  giveBack(start: Millis): void {
    this.#missing.delete(start);
  }

  isWithheld(start: Millis): boolean {
    return this.#missing.has(start);
  }

  /** The closed base candle that starts then is another one from now on. False when there is none. */
  correct(candle: Candle): boolean {
    const index = this.#closed.findLastIndex(({ start }) => start === candle.start);
    if (index < 0) return false;
    this.#closed[index] = candle;
    return true;
  }

  at(start: Millis): Candle | null {
    return this.#closed.findLast((candle) => candle.start === start) ?? null;
  }

  /** Candles of `span` with a start in [from, to], oldest first, the forming one as far as it has come. */
  candles(span: Millis, from: Millis, to: Millis, now: Millis): Candle[] {
    const base = this.#between(
      Math.floor(from / Math.max(span, BASE)) * Math.max(span, BASE),
      to + span,
      now,
    );
    if (span < BASE) {
      return base
        .flatMap((candle) => this.#shorter(candle, span, now))
        .filter(({ start }) => start >= from && start <= to);
    }
    const buckets = new Map<Millis, Candle[]>();
    for (const candle of base) {
      const start = bucketOf(candle.start, span);
      const bucket = buckets.get(start);
      if (bucket === undefined) buckets.set(start, [candle]);
      else bucket.push(candle);
    }
    return [...buckets]
      .filter(([start]) => start >= from && start <= to)
      .map(([start, parts]) => joined(start, parts));
  }

  day(now: Millis): DayFigures | null {
    const run = this.#between(now - DAY, now, now, true);
    const first = run[0];
    if (first === undefined) return null;
    const all = joined(first.start, run);
    const value = run.reduce((sum, candle) => sum + turnover(candle), 0);
    return { high: all.high, low: all.low, open: all.open, volume: all.volume, turnover: value };
  }

  /** The forming candle as it is at `now`. */
  formed(now: Millis): Candle | null {
    const candle = this.#forming;
    return candle === null ? null : part(candle, 0, Math.min(now - candle.start, BASE));
  }

  #between(from: Millis, to: Millis, now: Millis, withheldToo = false): Candle[] {
    const found: Candle[] = [];
    const all = this.#closed;
    let index = all.length;
    for (let before = all[index - 1]; before !== undefined && before.start >= from; before = all[index - 1])
      index -= 1;
    for (const candle of all.slice(index)) {
      if (candle.start > to) break;
      if (withheldToo || !this.#missing.has(candle.start)) found.push(candle);
    }
    const formed = this.formed(now);
    const shown = formed !== null && formed.start >= from && formed.start <= to;
    if (shown && (withheldToo || !this.#missing.has(formed.start))) found.push(formed);
    return found;
  }

  #shorter(candle: Candle, span: Millis, now: Millis): Candle[] {
    const whole = this.#forming?.start === candle.start ? this.#forming : candle;
    const until = Math.min(now - candle.start, BASE);
    const parts: Candle[] = [];
    for (let from = 0; from < BASE && (from < until || from === 0); from += span)
      parts.push(part(whole, from, Math.min(from + span, Math.max(until, from))));
    return parts;
  }
}

const WEEK = 7 * DAY;
/** 1970-01-01 was a Thursday; weeks begin on a Monday. */
const MONDAY = 4 * DAY;

function bucketOf(start: Millis, span: Millis): Millis {
  if (span === WEEK) return Math.floor((start - MONDAY) / WEEK) * WEEK + MONDAY;
  return Math.floor(start / span) * span;
}
