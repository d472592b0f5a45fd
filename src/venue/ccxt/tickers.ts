/** What markets are worth and how much of them is traded, asked for all at once. */
import { can } from './abilities.ts';
import type { CcxtExchange } from './exchange.ts';

export interface MarketFigures {
  readonly price: number;
  /** Of 24 hours, in quote; null where the exchange does not tell. */
  readonly volume: number | null;
}

/** @returns null where the exchange cannot be asked for all of them in one request. @throws ccxt's errors */
export async function marketFigures(
  exchange: CcxtExchange,
  symbols: readonly string[],
): Promise<ReadonlyMap<string, MarketFigures> | null> {
  if (!can(exchange, 'fetchTickers')) return null;
  const tickers = await exchange.fetchTickers(symbols);
  return new Map(
    Object.values(tickers).flatMap(({ symbol, last, quoteVolume }) => {
      const price = Number(last);
      if (symbol === undefined || !(price > 0)) return [];
      const volume = Number(quoteVolume ?? Number.NaN);
      return [[symbol, { price, volume: Number.isFinite(volume) ? volume : null }] as const];
    }),
  );
}
