/**
 * Where ccxt begins the list of what a stream has told of a market anew with each message: the candle that closes would
 * be gone when the next one begins, and be asked for at every close, of every market.
 */
import { BASE_TIMEFRAME } from './candle.ts';
import type { CcxtCandle, CcxtExchange } from './exchange.ts';

const BEGIN_ANEW: ReadonlySet<string> = new Set(['bingx', 'deribit']);

/** To be done before they are watched. */
export function keepCandles(exchange: CcxtExchange, symbols: readonly string[]): void {
  if (!BEGIN_ANEW.has(exchange.id)) return;
  for (const symbol of symbols) exchange.ohlcvs[symbol] ??= keeper();
}

/** Takes the first list that is put into it, and keeps to that. */
function keeper(): Record<string, readonly CcxtCandle[]> {
  let kept: readonly CcxtCandle[] | undefined;
  const lists: Record<string, readonly CcxtCandle[]> = {};
  return Object.defineProperty(lists, BASE_TIMEFRAME, {
    enumerable: true,
    get: () => kept,
    set: (list: readonly CcxtCandle[]) => {
      kept ??= list;
    },
  });
}
