import type { Millis } from '../../market/time.ts';

/** Time and timers as they are outside; tests bring their own. */
export interface Clock {
  /** The venue's time, as near as is known: it may be set, forwards and back. */
  now(): Millis;
  /** Runs on evenly whatever is set, from anywhere: spans are measured by it. */
  steady(): Millis;
  /** @returns what calls it off. */
  after(ms: Millis, run: () => void): () => void;
}

/**
 * The venue's time as inputs carry it: it goes on evenly where the clock is set back, so that nothing that was to happen
 * after a span waits for the clock to come round again.
 */
export class ForwardTime {
  readonly #clock: Clock;
  #last: Millis;
  #lastSteady: Millis;

  constructor(clock: Clock, notBefore: Millis) {
    this.#clock = clock;
    this.#last = notBefore;
    this.#lastSteady = clock.steady();
  }

  now(): Millis {
    const steady = this.#clock.steady();
    this.#last = Math.max(this.#clock.now(), this.#last + steady - this.#lastSteady);
    this.#lastSteady = steady;
    return Math.floor(this.#last);
  }
}
