/**
 * The venue's time. It moves only when it is told to, by hand or by the pacer, and runs what is due on its way,
 * in order of time and then of asking.
 */
import type { Millis } from '../../src/market/time.ts';

interface Timer {
  readonly at: Millis;
  readonly ordinal: number;
  readonly run: () => void;
}

export class VenueClock {
  #now: Millis;
  #ordinal = 0;
  #timers: Timer[] = [];

  constructor(start: Millis) {
    this.#now = start;
  }

  get now(): Millis {
    return this.#now;
  }

  /** Runs `run` when the venue's time has come to `now + delay`. Returns what calls it off. */
  after(delay: Millis, run: () => void): () => void {
    const timer = { at: this.#now + delay, ordinal: this.#ordinal++, run };
    this.#timers.push(timer);
    this.#timers.sort((a, b) => a.at - b.at || a.ordinal - b.ordinal);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** The time of the next timer; null when none is set. */
  get next(): Millis | null {
    return this.#timers[0]?.at ?? null;
  }

  /** The time of the next timer that is due at or before `until`. */
  nextBefore(until: Millis): Millis | null {
    const first = this.#timers[0];
    return first !== undefined && first.at <= until ? first.at : null;
  }

  /** Moves to `at`, running what is due up to it. */
  moveTo(at: Millis): void {
    for (let first = this.#timers[0]; first !== undefined && first.at <= at; first = this.#timers[0]) {
      this.#timers.shift();
      this.#now = Math.max(this.#now, first.at);
      first.run();
    }
    this.#now = Math.max(this.#now, at);
  }
}
