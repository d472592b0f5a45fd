/** Moves the venue's time: by hand, or at so many times the machine's. */
import type { Millis } from '../../src/market/time.ts';
import type { VenueClock } from './clock.ts';
import type { Market } from './market/market.ts';

/** How often a running market is moved on. */
const BEAT: Millis = 20;

export class Pacer {
  readonly #clock: VenueClock;
  readonly #market: Market;
  #beat: NodeJS.Timeout | null = null;
  #speed = 0;

  constructor(clock: VenueClock, market: Market) {
    this.#clock = clock;
    this.#market = market;
  }

  /** Prices and timers in order of time, up to now + `ms`. Returns the venue's time then. */
  advance(ms: Millis): Millis {
    const until = this.#clock.now + ms;
    for (let next = this.#market.nextStepAt; next !== null && next <= until; next = this.#market.nextStepAt) {
      this.#clock.moveTo(next);
      this.#market.step();
    }
    this.#clock.moveTo(until);
    return until;
  }

  setSpeed(speed: number): void {
    this.stop();
    this.#speed = speed;
    if (speed === 0) return;
    let last = performance.now();
    this.#beat = setInterval(() => {
      const now = performance.now();
      const passed = Math.floor((now - last) * speed);
      // What is less than a millisecond of the venue's time is not lost.
      last += passed / speed;
      this.advance(passed);
    }, BEAT);
  }

  /** How much of the venue's time passes while a request is on its way for a millisecond: at least as much. */
  get pace(): number {
    return Math.max(1, this.#speed);
  }

  stop(): void {
    if (this.#beat !== null) clearInterval(this.#beat);
    this.#beat = null;
  }
}
