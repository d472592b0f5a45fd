/** An exchange's records of orders and fills as the ports have them, in base units and exact decimals. */
import type { FillReport } from '../../engine/input.ts';
import type { BrokerOrder } from '../broker.ts';
import { decimal, isZero, plus, sameDecimal, times } from './decimal.ts';
import type { CcxtMarket, CcxtOrder, CcxtTrade } from './exchange.ts';
import { contractSizeOf } from './instruments.ts';

/** What a fee in a coin that is neither of the market's is worth in quote; null when that cannot be told. */
export type FeeValue = (coin: string, amount: string) => string | null;

/** A record that lacks something, or contradicts itself: it may be whole the next time. */
export class Incomplete extends Error {
  override readonly name = 'Incomplete';
}

/** @throws Incomplete */
export function fillOf(trade: CcxtTrade, market: CcxtMarket, feeValue: FeeValue): FillReport {
  const price = decimal(trade.price);
  const amount = decimal(trade.amount);
  const cost = decimal(trade.fee?.cost);
  const { id, takerOrMaker, timestamp } = trade;
  if (id === undefined || price === null || amount === null)
    throw new Incomplete('a fill without its figures');
  if (cost === null || trade.fee?.currency === undefined) throw new Incomplete(`fill ${id} without its fee`);
  return {
    fillId: id,
    price,
    quantity: times(amount, contractSizeOf(market)),
    ...feeOf(trade.fee.currency, cost, market, feeValue),
    // What an exchange does not call a maker's is reckoned as a taker's.
    liquidity: takerOrMaker === 'maker' ? 'maker' : 'taker',
    ...(timestamp !== undefined && { filledAt: timestamp }),
  };
}

function feeOf(
  coin: string,
  cost: string,
  market: CcxtMarket,
  feeValue: FeeValue,
): Pick<FillReport, 'fee' | 'feeIn'> {
  if (coin === market.quote || coin === market.settle || isZero(cost)) return { fee: cost, feeIn: 'quote' };
  if (coin === market.base) return { fee: cost, feeIn: 'base' };
  const value = feeValue(coin, cost);
  if (value === null) throw new Incomplete(`a fee in ${coin}, whose price is not known`);
  return { fee: value, feeIn: 'quote' };
}

/**
 * The order with all its fills.
 * @throws Incomplete while the fills are fewer than the order says: its record is ahead of theirs.
 */
export function brokerOrder(
  order: CcxtOrder,
  fills: readonly FillReport[],
  market: CcxtMarket,
  clientId: string,
  reason: string,
): BrokerOrder {
  const size = contractSizeOf(market);
  const amount = decimal(order.amount);
  if (amount === null) throw new Incomplete(`order ${clientId} without its quantity`);
  const quantity = times(amount, size);
  const told = times(decimal(order.filled) ?? '0', size);
  const filled = fills.reduce((sum, fill) => plus(sum, fill.quantity), '0');
  if (Number(filled) < Number(told))
    throw new Incomplete(`order ${clientId} has filled ${told}, and only fills of ${filled} are there`);
  return {
    clientId,
    symbol: market.symbol,
    status: statusOf(order.status, sameDecimal(filled, quantity)),
    quantity,
    stopPrice: decimal(order.triggerPrice),
    reason,
    fills,
  };
}

function statusOf(status: string | undefined, whole: boolean): BrokerOrder['status'] {
  switch (status) {
    case 'open':
      return 'open';
    // Some call an order closed that was cancelled with a part filled.
    case 'closed':
    case 'canceled':
    case 'canceling':
    case 'expired':
      return whole ? 'filled' : 'cancelled';
    case 'rejected':
      return 'rejected';
    default:
      throw new Incomplete(`an order is called ${status ?? 'nothing'}`);
  }
}

export function isFilled(order: CcxtOrder): boolean {
  return !isZero(decimal(order.filled));
}
