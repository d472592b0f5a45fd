/**
 * The exchange's time: what it says, half a round trip later, carried on by the machine's even clock, so that nothing
 * that is done to the wall clock changes it. Measured anew now and then, because no two clocks run alike.
 */
import { backOff, type Millis } from '../../market/time.ts';
import { pause, type Timer } from './time.ts';

export interface Skew {
  /** How far the wall clock is ahead of the exchange's. */
  readonly aheadMs: number;
  /** Half the round trip: it is not known better than that. */
  readonly errorMs: number;
}

interface Offset {
  /** Venue time minus the even clock. */
  readonly value: number;
  readonly error: number;
}

export interface VenueClockOptions {
  readonly timer: Timer;
  readonly fetchTime: () => Promise<number | undefined>;
  readonly wall?: () => Millis;
}

/** Of so many measurements the one with the shortest round trip counts. */
const SAMPLES = 3;
const AGAIN_MS: Millis = 5 * 60_000;
const RETRY = { first: 1_000, most: 60_000 } as const;

export class VenueClock implements Timer {
  readonly #options: VenueClockOptions;
  readonly #wall: () => Millis;
  #offset: Offset;

  /** Until it has been measured it goes by the wall clock. */
  constructor(options: VenueClockOptions) {
    this.#options = options;
    this.#wall = options.wall ?? Date.now;
    this.#offset = { value: this.#wall() - options.timer.steady(), error: Number.POSITIVE_INFINITY };
  }

  now(): Millis {
    return Math.floor(this.#options.timer.steady() + this.#offset.value);
  }

  steady(): Millis {
    return this.#options.timer.steady();
  }

  after(ms: Millis, run: () => void): () => void {
    return this.#options.timer.after(ms, run);
  }

  /** null before the first measurement. */
  get skew(): Skew | null {
    const { value, error } = this.#offset;
    if (!Number.isFinite(error)) return null;
    return {
      aheadMs: Math.round(this.#wall() - this.steady() - value),
      errorMs: Math.ceil(error),
    };
  }

  /** @throws the exchange's error when it cannot be asked. */
  async measure(): Promise<void> {
    let best: Offset | null = null;
    for (let i = 0; i < SAMPLES; i += 1) {
      const sample = await this.#sample();
      if (best === null || sample.error < best.error) best = sample;
    }
    if (best === null) return;
    // What was known stays where both can be true: it was measured better, or is as good.
    const { value, error } = this.#offset;
    const agrees = Math.abs(best.value - value) <= best.error + error;
    if (!agrees || best.error <= error || !Number.isFinite(error)) this.#offset = best;
  }

  /** Measures again and again until `signal` ends it. */
  async keep(signal: AbortSignal, failed: (error: unknown) => void): Promise<void> {
    let tries = 0;
    while (!signal.aborted) {
      const wait = tries === 0 ? AGAIN_MS : backOff(RETRY.first, RETRY.most, tries);
      await pause(this.#options.timer, wait, signal);
      if (signal.aborted) return;
      try {
        await this.measure();
        tries = 0;
      } catch (error) {
        tries += 1;
        failed(error);
      }
    }
  }

  async #sample(): Promise<Offset> {
    const sent = this.steady();
    const venue = await this.#options.fetchTime();
    const back = this.steady();
    if (venue === undefined) throw new Error('the exchange does not tell its time');
    const half = (back - sent) / 2;
    return { value: venue - (sent + half), error: half };
  }
}
