/** Whether streams of an exchange are up, as whoever listens to them has seen it. */
import type { Millis } from '../../market/time.ts';
import { reasonOf } from './reason.ts';
import type { Timer } from './time.ts';

export interface StreamState {
  readonly name: string;
  readonly state: 'opening' | 'up' | 'reconnecting';
  /** Some exchanges want several for many symbols. */
  readonly streams: number;
  readonly down: number;
  /** How long the first of those that are down has been so. */
  readonly downMs: Millis | null;
  /** Until the next try; null while one is under way, or none is needed. */
  readonly retryMs: Millis | null;
  /** Since anything came by any of them; null before. */
  readonly silentMs: Millis | null;
  readonly reconnects: number;
  /** Why it was lost, or could not be had again. */
  readonly reason: string | null;
}

/** A try that has not failed by then has a connection; streams of orders may be silent for hours. */
const CONNECTED_MS: Millis = 10_000;

/** One stream. Times are of the even clock. */
export class StreamWatch {
  readonly #timer: Timer;
  /** null before anything has come. */
  heardAt: Millis | null = null;
  failedAt: Millis | null = null;
  #triedAt: Millis;
  #downSince: Millis | null = null;
  #retryAt: Millis | null = null;
  #reason: string | null = null;
  #reconnects = 0;

  constructor(timer: Timer) {
    this.#timer = timer;
    this.#triedAt = timer.steady();
  }

  heard(): void {
    this.heardAt = this.#timer.steady();
    this.#up();
  }

  /** It is tried again after `wait`. */
  failed(error: unknown, wait: Millis): void {
    this.#settle();
    const now = this.#timer.steady();
    this.failedAt = now;
    this.#downSince ??= now;
    this.#retryAt = now + wait;
    this.#reason = reasonOf(error);
    this.#reconnects += 1;
  }

  tries(): void {
    this.#triedAt = this.#timer.steady();
    this.#retryAt = null;
  }

  get reconnects(): number {
    return this.#reconnects;
  }

  state(name: string): StreamState {
    this.#settle();
    const now = this.#timer.steady();
    const down = this.#downSince !== null;
    const opened = this.heardAt !== null || now - this.#triedAt >= CONNECTED_MS;
    return {
      name,
      state: down ? 'reconnecting' : opened ? 'up' : 'opening',
      streams: 1,
      down: down ? 1 : 0,
      downMs: this.#downSince === null ? null : now - this.#downSince,
      retryMs: this.#retryAt === null ? null : Math.max(0, this.#retryAt - now),
      silentMs: this.heardAt === null ? null : now - this.heardAt,
      reconnects: this.#reconnects,
      reason: this.#reason,
    };
  }

  /** A try that has lasted is a connection. */
  #settle(): void {
    const lasted = this.#timer.steady() - this.#triedAt >= CONNECTED_MS;
    if (this.#downSince !== null && this.#retryAt === null && lasted) this.#up();
  }

  #up(): void {
    this.#downSince = null;
    this.#retryAt = null;
    this.#reason = null;
  }
}

/** Several streams as one: as bad as the worst of them. */
export function together(name: string, watches: readonly StreamWatch[]): StreamState {
  const states = watches.map((watch) => watch.state(name));
  const down = states.filter(({ state }) => state === 'reconnecting');
  const most = (values: readonly (number | null)[]): number | null =>
    values.reduce<number | null>((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
  const least = (values: readonly (number | null)[]): number | null =>
    values.reduce<number | null>((a, b) => (a === null || (b !== null && b < a) ? b : a), null);
  const opening = states.some(({ state }) => state === 'opening');
  return {
    name,
    state: down.length > 0 ? 'reconnecting' : opening ? 'opening' : 'up',
    streams: states.length,
    down: down.length,
    downMs: most(down.map(({ downMs }) => downMs)),
    retryMs: least(down.map(({ retryMs }) => retryMs)),
    silentMs: least(states.map(({ silentMs }) => silentMs)),
    reconnects: states.reduce((sum, { reconnects }) => sum + reconnects, 0),
    reason: down[0]?.reason ?? null,
  };
}
