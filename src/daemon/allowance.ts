/**
 * How many requests one connection may send: a token bucket for reads, which no honest client empties, and a
 * small one for control. A panic is never asked.
 */
import { METHODS, type MethodName } from '../protocol/methods.ts';

interface Rate {
  readonly perSecond: number;
  /** Requests that may come at once after a rest. */
  readonly burst: number;
}

export interface Rates {
  readonly read: Rate;
  readonly control: Rate;
}

/** A client that asks again as soon as it is answered stays under the first; a person or a script under the second. */
export const RATES: Rates = {
  read: { perSecond: 25_000, burst: 50_000 },
  control: { perSecond: 5, burst: 20 },
};

const UNLIMITED: ReadonlySet<MethodName> = new Set(['engine.emergencyStop']);

class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #filledAt: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAt = now;
  }

  /** Takes one and returns 0, or takes none and returns the milliseconds until there is one. */
  take(now: number): number {
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / perSecond) * 1000);
    this.#tokens -= 1;
    return 0;
  }
}

export class Allowance {
  readonly #buckets: { readonly read: TokenBucket; readonly control: TokenBucket };
  readonly #now: () => number;

  /** @param now a monotonic clock in milliseconds. */
  constructor(rates: Rates = RATES, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#buckets = {
      read: new TokenBucket(rates.read, now()),
      control: new TokenBucket(rates.control, now()),
    };
  }

  /** Takes the method out of the allowance: 0, or the milliseconds after which it may be asked again. */
  take(method: MethodName): number {
    return UNLIMITED.has(method) ? 0 : this.#buckets[METHODS[method].kind].take(this.#now());
  }
}
