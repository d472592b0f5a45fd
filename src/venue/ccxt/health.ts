/** What is the matter with the exchange just now, as far as requests have shown it. */
import type { Millis } from '../../market/time.ts';
import { reasonOf } from './reason.ts';
import type { Timer } from './time.ts';
import { isA, type Trouble, troubleOf } from './troubles.ts';

export interface VenueTrouble {
  readonly trouble: Exclude<Trouble, 'request'>;
  readonly reason: string;
  /** How long ago it showed itself last. */
  readonly agoMs: Millis;
  readonly times: number;
}

type Log = (level: 'warn' | 'info', message: string, fields: Readonly<Record<string, unknown>>) => void;

/** What has not shown itself again for that long is over. */
const OVER_MS: Millis = 5 * 60_000;
/** One kind of trouble is logged no oftener. */
const LOG_AGAIN_MS: Millis = 60_000;

interface Entry {
  reason: string;
  at: Millis;
  times: number;
  loggedAt: Millis;
}

export class VenueHealth {
  readonly #timer: Timer;
  readonly #log: Log;
  readonly #entries = new Map<VenueTrouble['trouble'], Entry>();
  readonly #errors = new Map<VenueTrouble['trouble'], number>();
  #last: { readonly trouble: VenueTrouble['trouble']; readonly entry: Entry } | null = null;

  constructor(timer: Timer, log: Log) {
    this.#timer = timer;
    this.#log = log;
  }

  failed(error: unknown): void {
    const trouble = troubleOf(error);
    // What was wrong with one request is told to whoever sent it. A stream that is closed on purpose is no trouble.
    if (trouble === 'request' || isA(error, 'ExchangeClosedByUser')) return;
    const now = this.#timer.steady();
    const entry = this.#entries.get(trouble) ?? { reason: '', at: 0, times: 0, loggedAt: -LOG_AGAIN_MS };
    entry.reason = reasonOf(error);
    entry.at = now;
    entry.times += 1;
    this.#entries.set(trouble, entry);
    this.#errors.set(trouble, (this.#errors.get(trouble) ?? 0) + 1);
    this.#last = { trouble, entry };
    if (now - entry.loggedAt < LOG_AGAIN_MS) return;
    entry.loggedAt = now;
    this.#log('warn', `the exchange: ${entry.reason}`, { trouble, times: entry.times });
  }

  /** A signed request was answered: keys are good, and the exchange is there. */
  worked(): void {
    for (const trouble of ['credentials', 'exchange_down', 'network', 'clock'] as const)
      this.#entries.delete(trouble);
  }

  /** How often each kind has shown itself since the beginning. */
  get errors(): ReadonlyMap<VenueTrouble['trouble'], number> {
    return this.#errors;
  }

  /** The last of all, over or not. */
  get last(): VenueTrouble | null {
    if (this.#last === null) return null;
    const { trouble, entry } = this.#last;
    return {
      trouble,
      reason: entry.reason,
      agoMs: Math.round(this.#timer.steady() - entry.at),
      times: entry.times,
    };
  }

  get troubles(): VenueTrouble[] {
    const now = this.#timer.steady();
    return [...this.#entries].flatMap(([trouble, { reason, at, times }]) =>
      now - at > OVER_MS ? [] : [{ trouble, reason, agoMs: Math.round(now - at), times }],
    );
  }
}
