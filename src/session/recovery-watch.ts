import type { Millis } from '../market/time.ts';
import type { RecoveryReading } from '../telemetry/health/venue-reading.ts';
import { redactText } from '../telemetry/secrets.ts';

/** How far the taking up of what the last host left has come, for whoever asks meanwhile. */
export class RecoveryWatch {
  readonly #wallNow: () => Millis;
  readonly #since: Millis;
  #session: string | null = null;
  #reason = 'what the last daemon left is being read';

  constructor(wallNow: () => Millis) {
    this.#wallNow = wallNow;
    this.#since = wallNow();
  }

  takesUp(session: string, venue: string): void {
    this.#session = session;
    this.#reason = `session ${session} is being taken up on ${venue}`;
  }

  /** The venue cannot be had, and is asked for again and again. */
  waits(reason: string): void {
    this.#reason = `session ${this.#session} waits for its exchange, and its positions for it: ${redactText(reason)}`;
  }

  compares(): void {
    this.#reason = `the books of session ${this.#session} are held against the venue's`;
  }

  get reading(): RecoveryReading {
    return {
      since: new Date(this.#since).toISOString(),
      seconds: Math.max(0, this.#wallNow() - this.#since) / 1_000,
      session: this.#session,
      reason: this.#reason,
    };
  }
}
