/** Matches an order with what rests in the book, or with a price that has come to where it rests. */
import type Big from 'big.js';
import type { Millis } from '../../../src/market/time.ts';
import { floorTo, larger, smaller, ZERO } from '../decimal.ts';
import type { Account } from './account.ts';
import type { CoreEvent } from './events.ts';
import type { Listing } from './instrument.ts';
import { type EndReason, type Execution, type ExecutionKind, isLive, leaves, type Order } from './order.ts';
import { consume, type Quote, type Take, takesFor } from './quote.ts';
import { reduces, settle } from './settlement.ts';

/** What matching needs of the exchange that it belongs to. */
export interface MatchingHost {
  readonly account: Account;
  readonly now: () => Millis;
  /** Fees are rounded to so many; null: they are exact. */
  readonly feeDecimals: number | null;
  quote(listing: Listing): Quote;
  record(kind: ExecutionKind, terms: Omit<Execution, 'id' | 'ordinal' | 'kind' | 'at'>): Execution;
  end(order: Order, reason: EndReason): void;
  say(event: CoreEvent): void;
  /** An order has been filled by so much: stops may come of it. */
  filled(order: Order, quantity: Big): void;
}

export class Matching {
  /** Share of what an order still wants that one price may fill; null: all of it. */
  fillShare: Big | null = null;
  readonly #host: MatchingHost;

  constructor(host: MatchingHost) {
    this.#host = host;
  }

  /** An order that has become active: takes what it may from the book, rests with the remainder or ends. */
  act(order: Order): void {
    const host = this.#host;
    const takes = takesFor(host.quote(order.listing), order.side, leaves(order), order.price);
    if (order.timeInForce === 'PostOnly' && takes.length > 0) {
      host.end(order, 'post-only');
      return;
    }
    const taken = takes.reduce((sum, take) => sum.plus(take.quantity), ZERO);
    if (order.timeInForce === 'FOK' && taken.lt(leaves(order))) {
      host.end(order, 'not-whole');
      return;
    }
    if (takes.length > 0) this.#round(order, takes, false);
    if (!isLive(order)) return;
    const rests = order.type === 'limit' && (order.timeInForce === 'GTC' || order.timeInForce === 'PostOnly');
    if (!rests) host.end(order, 'no-liquidity');
    else if (takes.length === 0) host.say({ kind: 'order', order });
  }

  /** The price has come to a resting order. */
  touch(order: Order, price: Big): void {
    this.#round(order, [{ price, quantity: leaves(order) }], true);
  }

  /** Fills at the given prices, at most what one price may fill and the position allows; then says what it did. */
  #round(order: Order, takes: Iterable<Take>, maker: boolean): void {
    const host = this.#host;
    const { listing } = order;
    let allowed = leaves(order);
    if (this.fillShare !== null)
      allowed = smaller(allowed, larger(floorTo(allowed.times(this.fillShare), listing.lot), listing.lot));
    const position = listing.category === 'linear' ? host.account.position(listing, order.leg) : null;
    const reducing = position !== null && reduces(order);
    if (reducing) allowed = smaller(allowed, position.closable(order.side));
    const before = order.filled;
    for (const { price, quantity } of takes) {
      const filled = smaller(quantity, allowed);
      if (!filled.gt(0)) break;
      allowed = allowed.minus(filled);
      if (!maker) consume(host.quote(listing), order.side, { price, quantity: filled });
      this.#fill(order, price, filled, maker);
    }
    order.updatedAt = host.now();
    if (leaves(order).eq(0)) order.status = 'filled';
    else if (order.filled.gt(0)) order.status = 'partly-filled';
    if (position !== null) host.say({ kind: 'position', position });
    host.say({ kind: 'wallet' });
    host.say({ kind: 'order', order });
    if (isLive(order) && reducing && !position.closable(order.side).gt(0)) host.end(order, 'reduce-only');
    host.filled(order, order.filled.minus(before));
  }

  #fill(order: Order, price: Big, quantity: Big, maker: boolean): void {
    const { listing, side, leg } = order;
    const host = this.#host;
    const settled = settle(host.account, order, price, quantity, maker, host.now(), host.feeDecimals);
    const value = price.times(quantity);
    order.filled = order.filled.plus(quantity);
    order.filledValue = order.filledValue.plus(value);
    order.fees.set(settled.feeCoin, (order.fees.get(settled.feeCoin) ?? ZERO).plus(settled.fee));
    host.record(order.forced === true ? 'liquidation' : 'trade', {
      order,
      listing,
      side,
      price,
      quantity,
      value,
      ...settled,
      maker,
      leaves: leaves(order),
      leg,
    });
  }
}
