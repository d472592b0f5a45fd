/** What a trade does to the account: coins on spot; position, realised profit and fee on perpetuals. */
import type Big from 'big.js';
import type { Millis } from '../../../src/market/time.ts';
import { ZERO } from '../decimal.ts';
import type { Account } from './account.ts';
import type { Order } from './order.ts';

export interface Settled {
  readonly fee: Big;
  readonly feeCoin: string;
  readonly feeRate: Big;
  readonly closed: Big;
  readonly realised: Big;
}

export function settle(
  account: Account,
  order: Order,
  price: Big,
  quantity: Big,
  maker: boolean,
  at: Millis,
  feeDecimals: number | null,
): Settled {
  const { listing, side } = order;
  const feeRate = maker ? listing.makerFee : listing.takerFee;
  const value = price.times(quantity);
  const counted = (fee: Big): Big => (feeDecimals === null ? fee : fee.round(feeDecimals));
  if (listing.category === 'spot') {
    // The fee is taken in the coin that is received.
    const feeCoin = side === 'buy' ? listing.base : listing.quote;
    const fee = counted((side === 'buy' ? quantity : value).times(feeRate));
    account.add(listing.base, side === 'buy' ? quantity : ZERO.minus(quantity));
    account.add(listing.quote, side === 'buy' ? ZERO.minus(value) : value);
    account.add(feeCoin, ZERO.minus(fee));
    return { fee, feeCoin, feeRate, closed: ZERO, realised: ZERO };
  }
  const fee = counted(value.times(feeRate));
  const position = account.position(listing, order.leg);
  const { closed, realised } = position.trade(side, price, quantity, at);
  account.realise(listing.quote, realised.minus(fee));
  return { fee, feeCoin: listing.quote, feeRate, closed, realised };
}

/** True when the order can only make a position smaller: a leg of a hedged account is closed from one side. */
export function reduces(order: Pick<Order, 'reduceOnly' | 'leg' | 'side'>): boolean {
  return (
    order.reduceOnly ||
    (order.leg === 1 && order.side === 'sell') ||
    (order.leg === 2 && order.side === 'buy')
  );
}
