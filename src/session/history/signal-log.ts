/** The newest signals, each with what became of it, as the stream of events tells it. */
import { type Archive, numberShape, type Shape } from '../../archive/archive.ts';
import { refusalText } from '../../engine/judgement-text.ts';
import type { DomainEvent, ExitReason } from '../../engine/output.ts';
import type { Millis } from '../../market/time.ts';
import type { PublishedEvent } from '../event-log.ts';
import { newest, Ring } from './ring.ts';

type SignalEvent = Extract<DomainEvent, { type: 'signal' }>;

export type SignalOutcome =
  /** Announced; neither refused nor sent yet. */
  | { readonly result: 'pending' }
  | {
      readonly result: 'refused';
      readonly code: string;
      readonly value: number | null;
      readonly threshold: number | null;
      readonly text: string;
    }
  /** The entry is out and nothing of it has filled. */
  | { readonly result: 'sent'; readonly tradeId: number }
  /** The entry has ended without a fill. */
  | { readonly result: 'unfilled'; readonly tradeId: number; readonly reason: string }
  | { readonly result: 'open'; readonly tradeId: number }
  | {
      readonly result: 'closed';
      readonly tradeId: number;
      readonly r: number;
      readonly pnl: string;
      readonly exitReason: ExitReason;
    };

export interface SignalView extends Omit<SignalEvent, 'type'> {
  /** Venue time. */
  readonly at: Millis;
  readonly wallAt: Millis;
  readonly outcome: SignalOutcome;
}

interface Entry {
  readonly signal: Omit<SignalView, 'outcome'>;
  outcome: SignalOutcome;
  /** Own entry orders that are not final. */
  readonly orders: Set<number>;
  /** Why an entry order was asked to be cancelled: a venue says no more than that it is. */
  cancelledFor: string;
}

const entryShape: Shape<Entry> = (a, entry) => {
  const loaded: Entry = {
    signal: a.json(entry?.signal),
    outcome: a.json(entry?.outcome),
    orders: entry?.orders ?? new Set<number>(),
    cancelledFor: a.text(entry?.cancelledFor),
  };
  a.set(loaded.orders, numberShape);
  return loaded;
};

const CAPACITY = 1_024;

export class SignalLog {
  readonly #entries: Ring<Entry>;
  /** By ordinal: signals that are neither refused nor sent yet. Of one symbol all but one are refused. */
  readonly #pending = new Map<number, Entry>();
  readonly #byTrade = new Map<number, Entry>();
  #total = 0;

  constructor(capacity = CAPACITY) {
    this.#entries = new Ring(capacity);
  }

  /** Signals of the session so far, those no longer held included. */
  get total(): number {
    return this.#total;
  }

  get dropped(): number {
    return this.#entries.dropped;
  }

  /** The newest `limit` after signal `since`, oldest first; of one symbol when it is given. */
  list(limit: number, symbol?: string, since = 0): SignalView[] {
    const wanted = this.#entries
      .items()
      .filter(({ signal }) => signal.signalId > since && (symbol === undefined || signal.symbol === symbol));
    return newest(wanted, limit).map(({ signal, outcome }) => ({ ...signal, outcome }));
  }

  archive(a: Archive): void {
    a.section('SignalLog');
    this.#entries.archive(a, entryShape);
    this.#total = a.number(this.#total);
    this.#link(a, this.#pending);
    this.#link(a, this.#byTrade);
  }

  /** Which entries a map holds, by the ordinals of their signals; an entry that has gone from the log stays gone. */
  #link(a: Archive, map: Map<number, Entry>): void {
    const pairs = a.list(
      [...map].map(([key, entry]) => [key, entry.signal.signalId] as const),
      (b, pair) => [b.number(pair?.[0]), b.number(pair?.[1])] as const,
    );
    if (!a.loading) return;
    const bySignal = new Map(this.#entries.items().map((entry) => [entry.signal.signalId, entry]));
    map.clear();
    for (const [key, signalId] of pairs) {
      const entry = bySignal.get(signalId);
      if (entry !== undefined) map.set(key, entry);
    }
  }

  observe(at: Millis, wallAt: Millis, event: PublishedEvent['event']): void {
    switch (event.type) {
      case 'signal':
        this.#announced(at, wallAt, event);
        break;
      case 'refused':
        this.#refused(event);
        break;
      case 'order':
        if (event.order.purpose === 'entry') this.#order(event);
        break;
      case 'fill': {
        const entry = event.purpose === 'entry' ? this.#byTrade.get(event.tradeId) : undefined;
        if (entry) entry.outcome = { result: 'open', tradeId: event.tradeId };
        break;
      }
      case 'trade': {
        const { id, r, pnl, exitReason } = event.trade;
        const entry = this.#byTrade.get(id);
        if (entry) entry.outcome = { result: 'closed', tradeId: id, r, pnl, exitReason };
        this.#byTrade.delete(id);
        break;
      }
      default:
        break;
    }
  }

  #announced(at: Millis, wallAt: Millis, { type: _, ...signal }: SignalEvent): void {
    this.#total += 1;
    const entry: Entry = {
      signal: { ...signal, at, wallAt },
      outcome: { result: 'pending' },
      orders: new Set(),
      cancelledFor: '',
    };
    this.#pending.set(signal.signalId, entry);
    const gone = this.#entries.push(entry);
    if (gone === undefined) return;
    this.#pending.delete(gone.signal.signalId);
    if ('tradeId' in gone.outcome) this.#byTrade.delete(gone.outcome.tradeId);
  }

  #refused({ signalId, rejection }: Extract<DomainEvent, { type: 'refused' }>): void {
    const entry = this.#pending.get(signalId);
    if (entry === undefined) return;
    this.#pending.delete(signalId);
    entry.outcome = { result: 'refused', ...rejection, text: refusalText(rejection) };
  }

  #order({ order, status, reason }: Extract<DomainEvent, { type: 'order' }>): void {
    const { id, tradeId, symbol } = order;
    if (status === 'submitted') {
      const entry = this.#byTrade.get(tradeId) ?? this.#take(symbol, tradeId);
      if (entry === undefined) return;
      entry.orders.add(id);
      if (entry.outcome.result !== 'open') entry.outcome = { result: 'sent', tradeId };
      return;
    }
    const entry = this.#byTrade.get(tradeId);
    if (entry === undefined) return;
    if (status === 'cancelling') entry.cancelledFor = reason;
    if (status !== 'filled' && status !== 'cancelled' && status !== 'rejected') return;
    entry.orders.delete(id);
    if (entry.orders.size > 0 || entry.outcome.result !== 'sent') return;
    if (status === 'filled') return;
    const why = status === 'cancelled' && entry.cancelledFor !== '' ? entry.cancelledFor : reason;
    entry.outcome = { result: 'unfilled', tradeId, reason: why };
  }

  /** The pending signal of a symbol becomes a trade. */
  #take(symbol: string, tradeId: number): Entry | undefined {
    for (const [signalId, entry] of this.#pending) {
      if (entry.signal.symbol !== symbol) continue;
      this.#pending.delete(signalId);
      this.#byTrade.set(tradeId, entry);
      return entry;
    }
    return undefined;
  }
}
