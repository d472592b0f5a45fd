import type { Dialect } from './dialect.ts';
import { binance } from './dialects/binance.ts';
import { bybit } from './dialects/bybit.ts';

const DIALECTS: Readonly<Record<string, Dialect>> = { binance, binanceusdm: binance, bybit };

export function dialectOf(exchange: string): Dialect | null {
  return Object.hasOwn(DIALECTS, exchange) ? (DIALECTS[exchange] ?? null) : null;
}
