import type Big from 'big.js';
import { decimal, smaller } from '../decimal.ts';
import type { Side } from './order.ts';

export interface Level {
  readonly price: Big;
  quantity: Big;
}

/** What a market trades at and what rests in its book, best first. Own orders that take consume it. */
export interface Quote {
  readonly last: Big;
  readonly bids: Level[];
  readonly asks: Level[];
}

export interface Take {
  readonly price: Big;
  readonly quantity: Big;
}

/** The side of the book that an order on `side` takes from. */
export function against(quote: Quote, side: Side): Level[] {
  return side === 'buy' ? quote.asks : quote.bids;
}

export function within(side: Side, price: Big, limit: Big | null): boolean {
  return limit === null || (side === 'buy' ? price.lte(limit) : price.gte(limit));
}

/** What an order would get from the book now, level by level, without taking it. */
export function takesFor(quote: Quote, side: Side, quantity: Big, limit: Big | null): readonly Take[] {
  const takes: Take[] = [];
  let wanted = quantity;
  for (const level of against(quote, side)) {
    if (!wanted.gt(0) || !within(side, level.price, limit)) break;
    const taken = smaller(wanted, level.quantity);
    if (taken.gt(0)) takes.push({ price: level.price, quantity: taken });
    wanted = wanted.minus(taken);
  }
  return takes;
}

/** How much can be had for so much quote, in whole lots. */
export function quantityFor(quote: Quote, side: Side, spend: Big, lot: Big): Big {
  let left = spend;
  let quantity = decimal(0);
  for (const level of against(quote, side)) {
    const affordable = left.div(level.price);
    const taken = smaller(affordable, level.quantity);
    const lots = taken.minus(taken.mod(lot));
    quantity = quantity.plus(lots);
    left = left.minus(lots.times(level.price));
    if (taken.lt(level.quantity)) break;
  }
  return quantity;
}

export function consume(quote: Quote, side: Side, take: Take): void {
  const levels = against(quote, side);
  const level = levels.find(({ price }) => price.eq(take.price));
  if (level === undefined) return;
  level.quantity = level.quantity.minus(take.quantity);
  if (!level.quantity.gt(0)) levels.splice(levels.indexOf(level), 1);
}
