/**
 * How much of a market's time its quotes have shown, and up to where orders have met what they did not show. Quotes come
 * about once a second; where none came for longer the price may have been anywhere, and only the candle tells where.
 */
import type { Archive, Shape } from '../../archive/archive.ts';
import { BASE, type Millis, SECOND } from '../../market/time.ts';

/** Between quotes that are so far apart the price goes unseen. Books that are asked for in turn are never nearer. */
const UNSEEN_MS: Millis = 10 * SECOND;
/** Spans that are told apart: beyond it the oldest two are one. */
const MOST_GAPS = 64;

/** Prices that quotes have shown of a base interval, without a break from its beginning. */
export interface Seen {
  readonly low: number;
  readonly high: number;
}

export interface Candle {
  readonly closeTime: Millis;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

interface Gap {
  readonly from: Millis;
  readonly to: Millis;
}

interface Kept {
  readonly last: Millis;
  readonly price: number;
  readonly halfSpread: number;
  readonly settled: Millis;
  readonly gaps: readonly Gap[];
  readonly interval: Millis;
  readonly seen: Seen | null;
}

export class Cover {
  /** When the last quote came; 0 before the first. */
  #last: Millis;
  #price = 0;
  #halfSpread = 0;
  /** Orders have met whatever went unseen before. */
  #settled: Millis;
  #gaps: Gap[] = [];
  /** The base interval that the last quote is of, and what has been seen of it. */
  #interval: Millis = 0;
  #seen: Seen | null = null;
  /** A closed candle of which is not known yet whether quotes have shown all of it. */
  waiting: Candle | null = null;

  constructor(last: Millis = 0) {
    this.#last = last;
    this.#settled = intervalOf(last);
  }

  get last(): Millis {
    return this.#last;
  }

  get settled(): Millis {
    return this.#settled;
  }

  /** Half the spread of the last quote, as a share of its price; 0 before the first. */
  get halfSpread(): number {
    return this.#halfSpread;
  }

  quoted(at: Millis, price: number, halfSpread: number): void {
    const broken = at - this.#last > UNSEEN_MS;
    if (broken) this.#noteGap({ from: this.#last, to: at });
    const interval = intervalOf(at);
    const begun = interval === this.#interval;
    const before = begun ? this.#seen : { low: this.#price, high: this.#price };
    this.#seen =
      broken || before === null
        ? null
        : { low: Math.min(before.low, price), high: Math.max(before.high, price) };
    this.#interval = interval;
    this.#last = Math.max(this.#last, at);
    this.#price = price;
    this.#halfSpread = halfSpread;
  }

  /** What has been seen at `at` of the base interval that it is in; null where a part of that went unseen. */
  seenAt(at: Millis): Seen | null {
    if (at - this.#last > UNSEEN_MS) return null;
    return intervalOf(at) === this.#interval ? this.#seen : { low: this.#price, high: this.#price };
  }

  /** Whether it can be told by now what has been seen before `to`. */
  known(to: Millis, now: Millis): boolean {
    return this.#last >= to || now - this.#last > UNSEEN_MS;
  }

  /** Whether anything went unseen in a span of which that is known. */
  unseen(from: Millis, to: Millis): boolean {
    return (this.#last < to && from < to) || this.#gaps.some((gap) => gap.from < to && gap.to > from);
  }

  settle(to: Millis): void {
    this.#settled = Math.max(this.#settled, to);
    this.#gaps = this.#gaps.filter((gap) => gap.to > this.#settled);
  }

  /** From when on a candle has closed that is needed and has not come; null: none. */
  owedFrom(now: Millis): Millis | null {
    const from = this.waiting?.closeTime ?? this.#settled;
    const to = intervalOf(now);
    return from < to && this.known(to, now) && this.unseen(from, to) ? from : null;
  }

  #noteGap(gap: Gap): void {
    this.#gaps.push(gap);
    const [first, second] = this.#gaps;
    if (this.#gaps.length > MOST_GAPS && first !== undefined && second !== undefined)
      this.#gaps.splice(0, 2, { from: first.from, to: second.to });
  }

  archive(a: Archive): void {
    const kept = a.json<Kept>({
      last: this.#last,
      price: this.#price,
      halfSpread: this.#halfSpread,
      settled: this.#settled,
      gaps: this.#gaps,
      interval: this.#interval,
      seen: this.#seen,
    });
    this.#last = kept.last;
    this.#price = kept.price;
    this.#halfSpread = kept.halfSpread;
    this.#settled = kept.settled;
    this.#gaps = [...kept.gaps];
    this.#interval = kept.interval;
    this.#seen = kept.seen;
  }
}

/** A candle that is waited for is fetched anew. */
export const coverShape: Shape<Cover> = (a, cover) => {
  const made = cover ?? new Cover();
  made.archive(a);
  return made;
};

/** The open time of the base interval that a time is in. */
export function intervalOf(at: Millis): Millis {
  return Math.floor(at / BASE) * BASE;
}

/** A price without extent. */
export function pointOf(closeTime: Millis, price: number, volume: number): Candle {
  return { closeTime, open: price, high: price, low: price, close: price, volume };
}
