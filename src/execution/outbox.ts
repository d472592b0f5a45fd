import type { DomainEvent, Output } from '../engine/output.ts';
import type { Millis } from '../market/time.ts';

const NOTHING: readonly Output[] = [];

/** What a timer was set for. */
export type TimerPurpose =
  /** A fill must be protected by now. */
  | { readonly kind: 'protect'; readonly tradeId: number }
  /** The next slice of a TWAP entry is due. */
  | { readonly kind: 'slice'; readonly tradeId: number }
  /** A market exit that did not go through is tried again. */
  | { readonly kind: 'retry_exit'; readonly tradeId: number }
  /** A cancel that the venue refused is tried again. */
  | { readonly kind: 'retry_cancel'; readonly orderId: number }
  /** The venue is asked again whether the account is flat. */
  | { readonly kind: 'verify' };

/** Gathers the outputs of one `apply`, in order, and knows what its timers are for. */
export class Outbox {
  at: Millis = 0;
  #outputs: Output[] = [];
  #timerOrdinal = 0;
  #queryOrdinal = 0;
  readonly #timers = new Map<number, TimerPurpose>();

  put(output: Output): void {
    this.#outputs.push(output);
  }

  event(event: DomainEvent): void {
    this.#outputs.push({ kind: 'event', at: this.at, event });
  }

  timer(due: Millis, purpose: TimerPurpose): void {
    const timerId = ++this.#timerOrdinal;
    this.#timers.set(timerId, purpose);
    this.#outputs.push({ kind: 'timer', at: this.at, timerId, due });
  }

  /** Asks for the venue's positions; returns the query's ordinal. */
  query(): number {
    const queryId = ++this.#queryOrdinal;
    this.#outputs.push({ kind: 'query', at: this.at, queryId });
    return queryId;
  }

  /** What the timer was set for; each timer fires once. */
  fired(timerId: number): TimerPurpose | null {
    const purpose = this.#timers.get(timerId);
    this.#timers.delete(timerId);
    return purpose ?? null;
  }

  /** The outputs gathered since the last call. */
  take(): readonly Output[] {
    if (this.#outputs.length === 0) return NOTHING;
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }
}
