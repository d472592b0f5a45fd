/** The checks that an order passes before the exchange takes it, or that refuse it. */
import type Big from 'big.js';
import { isMultiple, quotient, ZERO } from '../decimal.ts';
import type { Account } from './account.ts';
import type { Listing } from './instrument.ts';
import type { Order, OrderTerms } from './order.ts';
import { against, type Quote } from './quote.ts';
import { Refusal } from './refusal.ts';
import { reduces } from './settlement.ts';

export interface Market {
  readonly account: Account;
  readonly live: readonly Order[];
  readonly quote: Quote;
  readonly mark: (listing: Listing) => Big;
}

export function checkQuantity(listing: Listing, quantity: Big): void {
  if (!quantity.gt(0) || !isMultiple(quantity, listing.lot) || quantity.lt(listing.minQuantity))
    throw new Refusal('bad-quantity', 'Qty invalid');
  if (quantity.gt(listing.maxQuantity))
    throw new Refusal('quantity-too-large', 'The number of contracts exceeds maximum limit allowed');
}

export function checkPrice(listing: Listing, price: Big): void {
  if (!price.gt(0) || !isMultiple(price, listing.tick))
    throw new Refusal('bad-price', 'Order price is out of permissible range');
}

export function checkTrigger(listing: Listing, trigger: NonNullable<OrderTerms['trigger']>, last: Big): void {
  checkPrice(listing, trigger.price);
  if (trigger.direction === 'rise' && trigger.price.lte(last))
    throw new Refusal(
      'trigger-not-above',
      `expect Rising, but trigger_price[${trigger.price.toFixed()}] <= current[${last.toFixed()}]`,
    );
  if (trigger.direction === 'fall' && trigger.price.gte(last))
    throw new Refusal(
      'trigger-not-below',
      `expect Falling, but trigger_price[${trigger.price.toFixed()}] >= current[${last.toFixed()}]`,
    );
}

export function checkLeg(account: Account, terms: Pick<OrderTerms, 'listing' | 'leg'>): void {
  if (terms.listing.category === 'spot') return;
  if (account.hedged ? terms.leg === 0 : terms.leg !== 0)
    throw new Refusal('leg-mismatch', 'position idx not match position mode');
}

/** All checks of a new order. A conditional one is checked for what it may cost when it is triggered. */
export function admit(terms: OrderTerms, market: Market): void {
  const { listing, quantity, price, trigger } = terms;
  const { last } = market.quote;
  checkLeg(market.account, terms);
  if (terms.type === 'limit' && price === null)
    throw new Refusal('bad-parameter', 'params error: price is required');
  if (!listing.listed && !terms.reduceOnly)
    throw new Refusal('not-listed', 'the market is closed for entries');
  if (price !== null) checkPrice(listing, price);
  if (quantity !== null) checkQuantity(listing, quantity);
  else if (terms.quoteQuantity === null || !terms.quoteQuantity.gt(0))
    throw new Refusal('bad-quantity', 'Qty invalid');
  const value = quantity === null ? terms.quoteQuantity : quantity.times(price ?? trigger?.price ?? last);
  if (value?.lt(listing.minNotional) && !terms.reduceOnly)
    throw new Refusal('below-min-notional', 'Order notional value below the lower limit');
  if (trigger !== null) {
    checkTrigger(listing, trigger, last);
    if (terms.kind !== 'tpsl') return;
  }
  afford(terms, market);
}

/** Refuses what cannot be paid for, or has nothing to reduce. */
export function afford(
  terms: Pick<
    OrderTerms,
    'listing' | 'side' | 'quantity' | 'quoteQuantity' | 'price' | 'reduceOnly' | 'leg' | 'type'
  >,
  market: Market,
): void {
  const { listing, side, quantity } = terms;
  const { account, live, quote, mark } = market;
  const best = against(quote, side)[0]?.price ?? quote.last;
  const price = terms.price ?? best;
  if (listing.category === 'spot') {
    const coin = side === 'buy' ? listing.quote : listing.base;
    const needed =
      side === 'buy' ? (terms.quoteQuantity ?? (quantity ?? ZERO).times(price)) : (quantity ?? ZERO);
    if (needed.gt(account.available(coin, live, mark)))
      throw new Refusal('no-balance', 'Insufficient balance.');
    return;
  }
  const closable = account.closable(listing, terms.leg, side);
  if (reduces(terms)) {
    if (!closable.gt(0))
      throw new Refusal('reduce-only', 'current position is zero, cannot fix reduce-only order qty');
    return;
  }
  const opened = (quantity ?? ZERO).minus(closable);
  if (!opened.gt(0)) return;
  const value = opened.times(price);
  const needed = quotient(value, account.leverage(listing.symbol)).plus(value.times(listing.takerFee));
  if (needed.gt(account.available(listing.quote, live, mark)))
    throw new Refusal('no-margin', 'ab not enough for new order');
}
