/**
 * The exchange itself, in no protocol's words: it takes orders, matches them against the quotes that it is given, keeps
 * the account's books, and says what happened. Deterministic: same requests and quotes, same books.
 */
import type Big from 'big.js';
import type { Millis } from '../../../src/market/time.ts';
import { ZERO } from '../decimal.ts';
import { Account } from './account.ts';
import { admit, afford, checkPrice, checkQuantity, checkTrigger, type Market } from './admission.ts';
import { AttachedStops } from './attached-stops.ts';
import type { CoreEvent, CoreListener } from './events.ts';
import type { Listing } from './instrument.ts';
import { Matching } from './matching.ts';
import {
  type Attached,
  type EndReason,
  type Execution,
  type ExecutionKind,
  isActive,
  isLive,
  type Order,
  type OrderTerms,
} from './order.ts';
import { OrderStore } from './order-store.ts';
import type { Position } from './position.ts';
import { type Quote, quantityFor, within } from './quote.ts';
import { Refusal } from './refusal.ts';

export interface Ids {
  order(category: Listing['category'], ordinal: number): string;
  execution(category: Listing['category'], ordinal: number): string;
}

export interface Amendment {
  readonly quantity: Big | null;
  readonly price: Big | null;
  readonly triggerPrice: Big | null;
}

export interface ExchangeOptions {
  readonly wallet: Readonly<Record<string, string>>;
  readonly ids: Ids;
  readonly now: () => Millis;
  /** A client's id may be used once and never again, or again when its order is done. */
  readonly linkIds: 'once' | 'among-live';
  /** Fees are rounded to so many; null: they are exact. */
  readonly feeDecimals: number | null;
}

export class Exchange {
  readonly account: Account;
  readonly orders = new OrderStore();
  readonly executions: Execution[] = [];
  readonly #quotes = new Map<Listing, Quote>();
  readonly #listeners = new Set<CoreListener>();
  readonly matching: Matching;
  readonly #stops: AttachedStops;
  readonly #ids: Ids;
  readonly #linkIds: ExchangeOptions['linkIds'];
  readonly #now: () => Millis;
  #ordinal = 0;

  constructor({ wallet, ids, now, linkIds, feeDecimals }: ExchangeOptions) {
    this.#linkIds = linkIds;
    this.account = new Account(wallet);
    this.#ids = ids;
    this.#now = now;
    this.#stops = new AttachedStops(this);
    this.matching = new Matching({
      account: this.account,
      now,
      feeDecimals,
      quote: (of) => this.quote(of),
      record: (kind, terms) => this.record(kind, terms),
      end: (order, reason) => this.end(order, reason),
      say: (event) => this.#say(event),
      filled: (order, quantity) => this.#stops.filled(order, quantity),
    });
  }

  listen(listener: CoreListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  quote(listing: Listing): Quote {
    const quote = this.#quotes.get(listing);
    if (quote === undefined) throw new Error(`${listing.category} ${listing.symbol} has no price yet`);
    return quote;
  }

  readonly mark = (listing: Listing): Big => this.quote(listing).last;

  /** @throws Refusal when the exchange does not take the order. */
  place(terms: OrderTerms): Order {
    const taken = terms.linkId === null ? null : this.orders.byLink(terms.linkId);
    if (taken !== null && (this.#linkIds === 'once' || isLive(taken)))
      throw new Refusal('duplicate-link', 'OrderLinkedID is duplicate');
    admit(terms, this.#market(terms.listing));
    const order = this.enter(terms);
    if (order.status === 'untriggered') this.#say({ kind: 'order', order });
    else this.matching.act(order);
    return order;
  }

  /** Puts an order into the books without asking whether it may be there. */
  enter(terms: OrderTerms): Order {
    const { listing, quoteQuantity } = terms;
    const quote = this.quote(listing);
    const now = this.#now();
    const ordinal = ++this.#ordinal;
    const order: Order = {
      ...terms,
      quantity: terms.quantity ?? quantityFor(quote, terms.side, quoteQuantity ?? ZERO, listing.lot),
      id: this.#ids.order(listing.category, ordinal),
      ordinal,
      createdAt: now,
      updatedAt: now,
      lastPriceOnCreated: quote.last,
      status: terms.trigger === null ? 'new' : 'untriggered',
      endReason: null,
      triggered: false,
      filled: ZERO,
      filledValue: ZERO,
      fees: new Map(),
      twin: null,
    };
    this.orders.add(order);
    return order;
  }

  /** @throws Refusal when there is no such live order or the new terms cannot be. */
  amend(order: Order, { quantity, price, triggerPrice }: Amendment): void {
    if (!isLive(order)) throw new Refusal('order-not-found', 'order not exists or too late to replace');
    const { listing, trigger } = order;
    if (quantity !== null) checkQuantity(listing, quantity);
    if (price !== null) checkPrice(listing, price);
    const changed =
      (quantity !== null && !quantity.eq(order.quantity)) ||
      (price !== null && (order.price === null || !price.eq(order.price))) ||
      (triggerPrice !== null && trigger !== null && !triggerPrice.eq(trigger.price));
    if (!changed)
      throw new Refusal(
        'not-modified',
        'The order remains unchanged as the parameters entered match the existing ones.',
      );
    if (quantity?.lte(order.filled))
      throw new Refusal(
        'below-filled',
        'The qty modified should not be less than or equal to the filled qty',
      );
    if (triggerPrice !== null) {
      if (trigger === null || order.status !== 'untriggered')
        throw new Refusal('bad-parameter', 'the order has no trigger price');
      const moved = { ...trigger, price: triggerPrice };
      checkTrigger(listing, moved, this.quote(listing).last);
      order.trigger = moved;
      this.#stops.moved(order);
    }
    if (quantity !== null) order.quantity = quantity;
    if (price !== null) order.price = price;
    order.updatedAt = this.#now();
    if (isActive(order) && price !== null) this.matching.act(order);
    else this.#say({ kind: 'order', order });
  }

  cancel(order: Order, reason: EndReason = 'by-user'): void {
    if (!isLive(order)) throw new Refusal('order-not-found', 'order not exists or too late to cancel');
    this.end(order, reason);
  }

  end(order: Order, reason: EndReason): void {
    const made = order.kind === 'stop-loss' || order.kind === 'take-profit';
    const waiting = order.status === 'untriggered';
    order.status = waiting && (made || reason === 'by-user') ? 'deactivated' : 'cancelled';
    if (reason === 'no-margin') order.status = 'rejected';
    order.endReason = reason;
    order.updatedAt = this.#now();
    this.#say({ kind: 'order', order });
  }

  /** The market has come to a new price: conditional orders act, resting ones fill. */
  setQuote(listing: Listing, quote: Quote): void {
    this.#quotes.set(listing, quote);
    if (this.orders.idle) return;
    const live = this.orders.liveOf(listing);
    for (const order of live) {
      if (order.status !== 'untriggered' || order.trigger === null) continue;
      const { price, direction } = order.trigger;
      if (direction === 'rise' ? quote.last.gte(price) : quote.last.lte(price)) this.trigger(order);
    }
    for (const order of live) {
      if (!isActive(order) || order.price === null || !within(order.side, quote.last, order.price)) continue;
      this.matching.touch(order, order.price);
    }
  }

  trigger(order: Order): void {
    order.triggered = true;
    order.status = 'new';
    order.updatedAt = this.#now();
    if (order.closesPosition) order.quantity = this.account.closable(order.listing, order.leg, order.side);
    if (order.twin !== null && isLive(order.twin)) this.end(order.twin, 'other-leg-done');
    try {
      // Its own hold of the balance is no reason to refuse it.
      const live = this.orders.live().filter((other) => other !== order);
      afford(order, { ...this.#market(order.listing), live });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.end(order, error.reason === 'reduce-only' ? 'reduce-only' : 'no-margin');
      return;
    }
    this.matching.act(order);
  }

  /** Closes a position at market against its owner's will. */
  liquidate({ listing, size, leg }: Position): void {
    const order = this.enter({
      listing,
      leg,
      side: size.gt(0) ? 'sell' : 'buy',
      quantity: size.abs(),
      quoteQuantity: null,
      linkId: null,
      type: 'market',
      timeInForce: 'IOC',
      price: null,
      trigger: null,
      kind: null,
      reduceOnly: true,
      closesPosition: true,
      attached: null,
      forced: true,
    });
    this.matching.act(order);
  }

  /** Books an execution, be it a trade or not. */
  record(kind: ExecutionKind, terms: Omit<Execution, 'id' | 'ordinal' | 'kind' | 'at'>): Execution {
    const ordinal = this.executions.length + 1;
    const id = this.#ids.execution(terms.listing.category, ordinal);
    const execution = { ...terms, id, ordinal, kind, at: this.#now() };
    this.executions.push(execution);
    this.#say({ kind: 'execution', execution });
    return execution;
  }

  setPositionStops(position: Position, stops: Attached): void {
    position.stops = stops;
    this.#stops.sync(position);
    this.#say({ kind: 'position', position });
  }

  sayOrder(order: Order): void {
    this.#say({ kind: 'order', order });
  }

  sayWallet(): void {
    this.#say({ kind: 'wallet' });
  }

  #market(listing: Listing): Market {
    const quote = this.quote(listing);
    return { account: this.account, live: this.orders.live(), quote, mark: this.mark };
  }

  #say(event: CoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
