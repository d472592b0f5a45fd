/**
 * Drives a lock-step venue through wall time. At speed N, N venue seconds pass in one; at speed 0 it goes
 * as fast as it can. Either way it works in slices and lets sockets and timers have their turn in between.
 */
import type { Millis } from '../market/time.ts';
import type { Pulse } from './drive.ts';

/** What is paced. */
export interface Stepper {
  readonly now: Millis;
  /** Venue time of the next thing to happen; null when nothing more will. */
  nextAt(): Millis | null;
  step(): void;
  /** Everything up to the next close of candles at once. */
  stepBar(): boolean;
}

export interface PacerOptions {
  readonly stepper: Stepper;
  /** Venue time over wall time; 0 = as fast as it goes. */
  readonly speed: number;
  /** Asked after each step: `yield` ends the slice, `stop` the pacing. */
  readonly afterStep: () => 'go on' | 'yield' | 'stop';
  readonly onEnd: () => void;
  /** A step threw. The pacing has stopped. */
  readonly onFault: (error: unknown) => void;
}

/** Long enough to amortise the turn of the event loop, short enough for an answer within a blink. */
const SLICE_MS = 10;

/** Further behind than this (a suspended machine, a speed beyond the hardware) it goes on from here instead of rushing. */
const MAX_BEHIND_MS = 2_000;

const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export class Pacer {
  readonly #options: PacerOptions;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #running = false;
  /** The pair of instants, wall and venue, that the others are counted from. */
  #wallStart = 0;
  #venueStart: Millis = 0;
  /** When the next slice is to begin, by the clock of `performance.now`. */
  #dueAt = 0;

  constructor(options: PacerOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#running;
  }

  get pulse(): Pulse {
    return { running: this.#running, overdueMs: Math.max(0, performance.now() - this.#dueAt) };
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#anchor();
    this.#atOnce();
  }

  stop(): void {
    this.#running = false;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#immediate) clearImmediate(this.#immediate);
    this.#timer = null;
    this.#immediate = null;
  }

  #atOnce(): void {
    this.#dueAt = performance.now();
    this.#immediate = setImmediate(() => this.#slice());
  }

  #after(wait: number): void {
    this.#dueAt = performance.now() + wait;
    this.#timer = setTimeout(() => this.#slice(), wait);
  }

  #anchor(): void {
    this.#wallStart = performance.now();
    this.#venueStart = this.#options.stepper.now;
  }

  #slice(): void {
    const { stepper, speed, afterStep, onEnd, onFault } = this.#options;
    const until = performance.now() + SLICE_MS;
    try {
      while (this.#running) {
        const next = stepper.nextAt();
        if (next === null) {
          this.stop();
          onEnd();
          return;
        }
        const wait = this.#waitFor(next);
        if (wait > 0) {
          this.#after(Math.min(wait, MAX_TIMEOUT_MS));
          return;
        }
        if (speed === 0) stepper.stepBar();
        else stepper.step();
        const verdict = afterStep();
        if (verdict === 'stop') this.stop();
        else if (verdict === 'yield' || performance.now() >= until) break;
      }
      if (this.#running) this.#atOnce();
    } catch (error) {
      this.stop();
      onFault(error);
    }
  }

  /** Wall milliseconds until venue time `next`, zero or less when it is due. */
  #waitFor(next: Millis): number {
    const { speed } = this.#options;
    if (speed === 0) return 0;
    const wait = this.#wallStart + (next - this.#venueStart) / speed - performance.now();
    if (wait < -MAX_BEHIND_MS) this.#anchor();
    return wait;
  }
}
