import { type Archive, numberShape, type Shape } from '../archive/archive.ts';
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

interface Timer {
  readonly due: Millis;
  readonly purpose: TimerPurpose;
}

const timerShape: Shape<Timer> = (a, timer) => a.json(timer);

/** Gathers the outputs of one `apply`, in order, and knows what its timers are for. */
export class Outbox {
  at: Millis = 0;
  #outputs: Output[] = [];
  #timerOrdinal = 0;
  #queryOrdinal = 0;
  readonly #timers = new Map<number, Timer>();

  put(output: Output): void {
    this.#outputs.push(output);
  }

  event(event: DomainEvent): void {
    this.#outputs.push({ kind: 'event', at: this.at, event });
  }

  timer(due: Millis, purpose: TimerPurpose): void {
    const timerId = ++this.#timerOrdinal;
    this.#timers.set(timerId, { due, purpose });
    this.#outputs.push({ kind: 'timer', at: this.at, timerId, due });
  }

  /** Asks for the venue's positions; returns the query's ordinal. */
  query(): number {
    const queryId = ++this.#queryOrdinal;
    this.#outputs.push({ kind: 'query', at: this.at, queryId });
    return queryId;
  }

  /** Timers of an account that is no more: its ordinals are given anew. */
  forgetTimers(): void {
    this.#timers.clear();
  }

  /** What the timer was set for; each timer fires once. */
  fired(timerId: number): TimerPurpose | null {
    const timer = this.#timers.get(timerId);
    this.#timers.delete(timerId);
    return timer?.purpose ?? null;
  }

  /** The outputs gathered since the last call. */
  take(): readonly Output[] {
    if (this.#outputs.length === 0) return NOTHING;
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  /** Timers that have not fired yet, in the order they were set. */
  timers(): { readonly timerId: number; readonly due: Millis }[] {
    return [...this.#timers].map(([timerId, { due }]) => ({ timerId, due }));
  }

  /** Between two inputs: outputs that nobody took would be lost. */
  archive(a: Archive): void {
    if (this.#outputs.length > 0) throw new Error('a snapshot is taken between inputs, not within one');
    a.section('Outbox');
    this.at = a.number(this.at);
    this.#timerOrdinal = a.number(this.#timerOrdinal);
    this.#queryOrdinal = a.number(this.#queryOrdinal);
    a.map(this.#timers, numberShape, timerShape);
  }
}
