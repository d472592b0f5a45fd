/** What an exchange can do, read from ccxt's own tables; what they do not say, it cannot. */
import type { InstrumentType } from '../../market/instrument.ts';
import { BASE_TIMEFRAME } from './candle.ts';
import { pageOf } from './candle-pages.ts';
import type { Describes } from './exchange.ts';
import { knownLack, streamsBooks, streamsCandles } from './shortfalls.ts';

export interface OrderAbilities {
  /** The parameter that makes an order wait for a price; null where there is none. */
  readonly trigger: 'triggerPrice' | 'stopLossPrice' | null;
  /** The side from which the price must come has to be named. */
  readonly triggerDirection: boolean;
  readonly reduceOnly: boolean;
  /** An entry takes a stop along that the exchange places when it fills. */
  readonly attachedStop: boolean;
}

export interface StreamAbilities {
  readonly candles: 'batch' | 'single' | 'none';
  readonly books: 'batch' | 'single' | 'none';
  readonly orders: boolean;
  readonly fills: boolean;
}

export function can(exchange: Describes, method: string): boolean {
  return exchange.has[method] === true;
}

/** ccxt's `TICK_SIZE`. */
const IN_TICKS = 4;

/** Why nothing of it can be traded here, not even on paper; null where something can. */
export function lackToTrade(exchange: Describes): string | null {
  if (!can(exchange, 'fetchOHLCV') || exchange.timeframes?.[BASE_TIMEFRAME] === undefined)
    return `candles of ${BASE_TIMEFRAME}`;
  // Without a quote nothing is entered; of many markets books are asked for.
  if (!can(exchange, 'fetchOrderBook')) return 'order books';
  return knownLack(exchange.id) ?? lackOfTicks(exchange);
}

/** Where prices go by significant digits the least step depends on the price: there is no tick. */
export function lackOfTicks(exchange: Describes): string | null {
  return exchange.precisionMode === IN_TICKS ? null : 'prices in ticks';
}

/** One entry of the features of one kind of market; undefined where ccxt says nothing. */
function feature(exchange: Describes, type: InstrumentType, path: readonly string[]): unknown {
  const kind = type === 'spot' ? ['spot'] : ['swap', 'linear'];
  return [...kind, ...path].reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
    exchange.features,
  );
}

function isThere(what: unknown): boolean {
  return typeof what === 'object' && what !== null;
}

export function orderAbilities(exchange: Describes, type: InstrumentType): OrderAbilities {
  const order = (name: string): boolean => feature(exchange, type, ['createOrder', name]) === true;
  const trigger = order('triggerPrice') ? 'triggerPrice' : order('stopLossPrice') ? 'stopLossPrice' : null;
  return {
    trigger,
    triggerDirection: order('triggerDirection'),
    reduceOnly: type === 'linear' && can(exchange, 'createReduceOnlyOrder'),
    // On spot it would hold the coins that the stop after the fill needs.
    attachedStop:
      type === 'linear' && isThere(feature(exchange, type, ['createOrder', 'attachedStopLossTakeProfit'])),
  };
}

export function streamAbilities(exchange: Describes, type: InstrumentType): StreamAbilities {
  const { id } = exchange;
  const kind = (one: string, many: string): 'batch' | 'single' | 'none' =>
    can(exchange, many) ? 'batch' : can(exchange, one) ? 'single' : 'none';
  return {
    candles: streamsCandles(id, type) ? kind('watchOHLCV', 'watchOHLCVForSymbols') : 'none',
    books: streamsBooks(id) ? kind('watchOrderBook', 'watchOrderBookForSymbols') : 'none',
    orders: can(exchange, 'watchOrders'),
    fills: can(exchange, 'watchMyTrades'),
  };
}

/** Candles that are given at once; null where ccxt does not say. */
export function candlePage(exchange: Describes, type: InstrumentType): number | null {
  const limit = feature(exchange, type, ['fetchOHLCV', 'limit']);
  return pageOf(exchange.id, type, typeof limit === 'number' && limit > 0 ? limit : null);
}
