/** An order of the engine as ccxt takes it, by what the exchange says it can do. */
import type { OrderRequest } from '../../engine/output.ts';
import type { OrderAbilities } from './abilities.ts';
import { decimal, quotient, sameDecimal } from './decimal.ts';
import type { CcxtExchange, CcxtMarket, Params } from './exchange.ts';
import { contractSizeOf } from './instruments.ts';
import { Unsendable } from './unsendable.ts';

export interface OrderCall {
  readonly symbol: string;
  readonly type: 'market' | 'limit';
  readonly side: 'buy' | 'sell';
  /** In contracts where the exchange counts in them. */
  readonly amount: string;
  readonly price: string | undefined;
  readonly params: Params;
}

/** @throws Unsendable when the exchange has no such order, or ccxt would send other figures than were given. */
export function orderCall(
  exchange: CcxtExchange,
  market: CcxtMarket,
  abilities: OrderAbilities,
  request: OrderRequest,
  clientId: string,
): OrderCall {
  const isStop = request.type === 'stop' || request.type === 'stop_limit';
  const hasPrice = request.type === 'limit' || request.type === 'stop_limit';
  const params: Record<string, unknown> = { clientOrderId: clientId };
  if (isStop) Object.assign(params, trigger(exchange, market, abilities, request));
  if (request.reduceOnly && market.spot !== true) {
    if (!abilities.reduceOnly) throw new Unsendable(`${exchange.id} has no reduce-only orders`);
    params.reduceOnly = true;
  }
  if (request.attachedStop !== undefined) {
    if (!abilities.attachedStop) throw new Unsendable(`${exchange.id} takes no stop with an entry here`);
    Object.assign(params, {
      stopLoss: { triggerPrice: priceOf(exchange, market, request.attachedStop) },
      // For what fills of this order alone, whatever else is held there.
      tpslMode: 'Partial',
    });
  }
  return {
    symbol: market.symbol,
    type: hasPrice ? 'limit' : 'market',
    side: request.side,
    amount: amountOf(exchange, market, request.quantity),
    price: hasPrice ? priceOf(exchange, market, request.price) : undefined,
    params,
  };
}

function trigger(
  exchange: CcxtExchange,
  market: CcxtMarket,
  abilities: OrderAbilities,
  request: OrderRequest,
): Params {
  const price = priceOf(exchange, market, request.stopPrice);
  if (abilities.trigger === null) throw new Unsendable(`${exchange.id} has no stop orders here`);
  if (abilities.trigger === 'stopLossPrice' && !request.reduceOnly)
    throw new Unsendable(`${exchange.id} has stop orders that close alone`);
  return {
    [abilities.trigger]: price,
    ...(abilities.triggerDirection
      ? { triggerDirection: request.side === 'buy' ? 'ascending' : 'descending' }
      : {}),
  };
}

/** The quantity in what the exchange counts in, as ccxt will send it. */
export function amountOf(exchange: CcxtExchange, market: CcxtMarket, quantity: string): string {
  const contracts = quotient(quantity, contractSizeOf(market));
  if (contracts === null) throw new Unsendable(`${quantity} is no whole number of contracts`);
  const sent = decimal(exchange.amountToPrecision(market.symbol, contracts));
  if (sent === null || !sameDecimal(sent, contracts))
    throw new Unsendable(`the quantity ${contracts} would be sent as ${sent}`);
  return contracts;
}

/** The price, once it is known that ccxt will send the same. */
export function priceOf(exchange: CcxtExchange, market: CcxtMarket, price: string | null): string {
  const given = decimal(price);
  if (given === null) throw new Unsendable('the order has no price');
  const sent = decimal(exchange.priceToPrecision(market.symbol, given));
  if (sent === null || !sameDecimal(sent, given))
    throw new Unsendable(`the price ${given} would be sent as ${sent}`);
  return given;
}
