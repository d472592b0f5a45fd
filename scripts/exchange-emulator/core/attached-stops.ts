/**
 * Stops and targets that an entry order carries along. On a perpetual they belong to the position, as large as it is, or
 * to one fill (`partial`); on spot they are made when the order has been filled and hold the coins that were bought.
 */
import type Big from 'big.js';
import { floorTo, ZERO } from '../decimal.ts';
import type { Account } from './account.ts';
import type { Listing } from './instrument.ts';
import {
  type ConditionKind,
  type EndReason,
  isLive,
  type Leg,
  NOTHING_ATTACHED,
  type Order,
  type OrderTerms,
  type Side,
} from './order.ts';
import type { OrderStore } from './order-store.ts';
import type { Position } from './position.ts';
import type { Quote } from './quote.ts';

/** What the stops need of the exchange that they belong to. */
interface Host {
  readonly account: Account;
  readonly orders: OrderStore;
  quote(listing: Listing): Quote;
  enter(terms: OrderTerms): Order;
  end(order: Order, reason: EndReason): void;
  trigger(order: Order): void;
  sayOrder(order: Order): void;
}

interface StopTerms {
  readonly listing: Listing;
  readonly side: Side;
  readonly quantity: Big;
  readonly leg: Leg;
  readonly price: Big;
  readonly kind: ConditionKind;
  /** A stop acts against the position's side, a target with it. */
  readonly stops: boolean;
  readonly closesPosition: boolean;
  readonly parentLinkId: string | null;
}

export class AttachedStops {
  readonly #exchange: Host;

  constructor(exchange: Host) {
    this.#exchange = exchange;
  }

  /** After a fill: the stops that come into being with it, and those of a position that it changed. */
  filled(order: Order, quantity: Big): void {
    const { listing, attached } = order;
    if (listing.category === 'spot') {
      if (attached !== null && order.status === 'filled') this.#spotStops(order);
      return;
    }
    const position = this.#exchange.account.position(listing, order.leg);
    const opened = position.side === order.side;
    if (attached !== null && opened && quantity.gt(0)) {
      if (attached.partial) this.#pair(order, position, quantity);
      else {
        position.stops = {
          stopLoss: attached.stopLoss ?? position.stops.stopLoss,
          takeProfit: attached.takeProfit ?? position.stops.takeProfit,
          partial: false,
        };
      }
    }
    this.sync(position);
  }

  /** Brings the orders that stand for a position's stops into line with it. */
  sync(position: Position): void {
    if (position.flat) position.stops = NOTHING_ATTACHED;
    this.#syncOne(position, 'stop-loss', position.stops.stopLoss);
    this.#syncOne(position, 'take-profit', position.stops.takeProfit);
    if (!position.flat) return;
    for (const order of this.#made(position)) this.#exchange.end(order, 'position-closed');
    for (const order of this.#exchange.orders.liveOf(position.listing)) {
      const active = order.status !== 'untriggered';
      if (order.leg === position.leg && order.reduceOnly && active) this.#exchange.end(order, 'reduce-only');
    }
  }

  /** A position's stop that was moved as an order. */
  moved(order: Order): void {
    if (!order.closesPosition || order.trigger === null) return;
    const position = this.#exchange.account.position(order.listing, order.leg);
    const { price } = order.trigger;
    if (order.kind === 'stop-loss') position.stops = { ...position.stops, stopLoss: price };
    else if (order.kind === 'take-profit') position.stops = { ...position.stops, takeProfit: price };
  }

  #made(position: Position): readonly Order[] {
    return this.#exchange.orders
      .liveOf(position.listing)
      .filter(
        (order) =>
          order.leg === position.leg &&
          order.status === 'untriggered' &&
          (order.kind === 'stop-loss' || order.kind === 'take-profit'),
      );
  }

  #syncOne(position: Position, kind: ConditionKind, price: Big | null): void {
    const made = this.#made(position).find((order) => order.kind === kind && order.closesPosition);
    if (price === null || position.side === null) {
      if (made !== undefined) this.#exchange.end(made, 'position-closed');
      return;
    }
    const side = position.side === 'buy' ? 'sell' : 'buy';
    if (made !== undefined && made.side === side) {
      made.quantity = position.size.abs();
      if (made.trigger !== null) made.trigger = { ...made.trigger, price };
      return;
    }
    if (made !== undefined) this.#exchange.end(made, 'position-closed');
    const { listing, leg } = position;
    const stops = kind === 'stop-loss';
    this.#enter({
      listing,
      side,
      quantity: position.size.abs(),
      leg,
      price,
      kind,
      stops,
      closesPosition: true,
      parentLinkId: null,
    });
  }

  #pair(order: Order, position: Position, quantity: Big): void {
    const { listing, leg, attached } = order;
    const side = order.side === 'buy' ? 'sell' : 'buy';
    const common = {
      listing,
      side,
      quantity,
      leg: position.leg ?? leg,
      closesPosition: false,
      parentLinkId: order.linkId,
    } as const;
    this.#twins(
      attached?.stopLoss ? { ...common, price: attached.stopLoss, kind: 'stop-loss', stops: true } : null,
      attached?.takeProfit
        ? { ...common, price: attached.takeProfit, kind: 'take-profit', stops: false }
        : null,
    );
  }

  #spotStops(order: Order): void {
    const { listing, attached } = order;
    const feeInBase = order.side === 'buy' ? (order.fees.get(listing.base) ?? ZERO) : ZERO;
    const quantity = floorTo(order.filled.minus(feeInBase), listing.lot);
    const side = order.side === 'buy' ? 'sell' : 'buy';
    if (!quantity.gt(0)) return;
    const common = {
      listing,
      side,
      quantity,
      leg: 0,
      kind: 'tpsl',
      closesPosition: false,
      parentLinkId: order.linkId,
    } as const;
    this.#twins(
      attached?.stopLoss ? { ...common, price: attached.stopLoss, stops: true } : null,
      attached?.takeProfit ? { ...common, price: attached.takeProfit, stops: false } : null,
    );
  }

  #twins(stop: StopTerms | null, target: StopTerms | null): void {
    const one = stop === null ? null : this.#enter(stop);
    const other = target === null ? null : this.#enter(target);
    if (one === null || other === null) return;
    one.twin = other;
    other.twin = one;
  }

  #enter(terms: StopTerms): Order {
    const { listing, side, quantity, leg, price, kind, stops, closesPosition, parentLinkId } = terms;
    const direction = (side === 'sell') === stops ? 'fall' : 'rise';
    const order = this.#exchange.enter({
      listing,
      side,
      quantity,
      quoteQuantity: null,
      leg,
      kind,
      closesPosition,
      linkId: null,
      type: 'market',
      timeInForce: 'IOC',
      price: null,
      trigger: { price, direction },
      reduceOnly: listing.category === 'linear',
      attached: null,
      parentLinkId,
    });
    this.#exchange.sayOrder(order);
    // A stop that the market has passed already acts at once.
    const { last } = this.#exchange.quote(listing);
    if (isLive(order) && (direction === 'rise' ? last.gte(price) : last.lte(price)))
      this.#exchange.trigger(order);
    return order;
  }
}
