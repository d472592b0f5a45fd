import type { Mode } from '../engine/input.ts';
import type { DomainEvent } from '../engine/output.ts';
import type { PositionView } from '../engine/view.ts';
import type { Millis } from '../market/time.ts';

/** What the session round the engine announces of itself. */
export type SessionEvent =
  | {
      readonly type: 'session';
      readonly change: 'started';
      readonly preset: string;
      readonly mode: Mode;
      readonly venue: string;
      readonly symbols: number;
      /** Close times there are to come, when that is known. */
      readonly total: number | null;
      readonly assumed: readonly string[];
    }
  | {
      readonly type: 'session';
      readonly change: 'ended';
      readonly reason: EndReason;
      readonly message: string;
      /** Marked to the last close. */
      readonly openPositions: readonly PositionView[];
    };

/** The daemon's own health has changed: the verdict now and before, and what is wrong. */
export interface HealthEvent {
  readonly type: 'health';
  readonly status: 'healthy' | 'warning' | 'critical';
  readonly was: 'healthy' | 'warning' | 'critical';
  readonly issues: readonly {
    readonly code: string;
    readonly severity: 'warning' | 'critical';
    readonly message: string;
    readonly value: number | null;
    readonly threshold: number | null;
    readonly mend: string | null;
  }[];
}

export type EndReason = 'stopped' | 'data_ended' | 'failed';

export interface PublishedEvent {
  /** Rises by one with each event of a daemon's life. */
  readonly seq: number;
  readonly session: string;
  /** Venue time. */
  readonly at: Millis;
  readonly wallAt: Millis;
  readonly event: DomainEvent | SessionEvent | HealthEvent;
}

/** Enough for a client that reconnects within seconds at usual speeds, little enough to hold for ever. */
const CAPACITY = 16_384;

/** Numbers events, keeps the newest ones and hands each to every listener. */
export class EventLog {
  readonly #capacity: number;
  readonly #ring: PublishedEvent[] = [];
  readonly #listeners = new Set<(event: PublishedEvent) => void>();
  readonly #wallNow: () => Millis;
  #seq = 0;

  constructor(wallNow: () => Millis, capacity = CAPACITY) {
    this.#wallNow = wallNow;
    this.#capacity = capacity;
  }

  /** Sequence number of the last event; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Sequence number of the oldest event still held; one more than `seq` when there is none. */
  get oldest(): number {
    return this.#seq - this.#ring.length + 1;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  publish(session: string, at: Millis, event: PublishedEvent['event']): void {
    this.#seq += 1;
    const published = { seq: this.#seq, session, at, wallAt: this.#wallNow(), event };
    this.#ring[(this.#seq - 1) % this.#capacity] = published;
    for (const listener of this.#listeners) listener(published);
  }

  /** The event with this number, or undefined when it is gone or yet to come. */
  at(seq: number): PublishedEvent | undefined {
    if (seq < this.oldest || seq > this.#seq) return undefined;
    return this.#ring[(seq - 1) % this.#capacity];
  }

  /** @returns what ends the listening. */
  listen(listener: (event: PublishedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
