import type { Dialect } from './dialect.ts';
import { binance } from './dialects/binance.ts';
import { bybit } from './dialects/bybit.ts';

const DIALECTS: Readonly<Record<string, Dialect>> = { binance, binanceusdm: binance, bybit };

/** Those that can be traded live, by ccxt's ids. */
export const LIVE_EXCHANGES: readonly string[] = Object.keys(DIALECTS);

export function dialectOf(exchange: string): Dialect | null {
  return Object.hasOwn(DIALECTS, exchange) ? (DIALECTS[exchange] ?? null) : null;
}
