import { BASE, type Millis } from '../../market/time.ts';
import type { CcxtCandle } from './exchange.ts';

export interface Candle {
  readonly openTime: Millis;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** In base units. */
  readonly volume: number;
}

/** The base timeframe by ccxt's name. */
export const BASE_TIMEFRAME = '5m';

/**
 * @param size base units of what the exchange counts volume in.
 * @param step the candles' timeframe.
 * @returns null for a row that is no candle.
 */
export function candleOf(row: CcxtCandle, size = 1, step = BASE): Candle | null {
  const [openTime, open, high, low, close, volume] = row.map(Number);
  if (openTime === undefined || !Number.isSafeInteger(openTime) || openTime % step !== 0) return null;
  if (open === undefined || high === undefined || low === undefined || close === undefined) return null;
  if (![open, high, low, close].every((price) => Number.isFinite(price) && price > 0)) return null;
  if (high < Math.max(open, close, low) || low > Math.min(open, close)) return null;
  if (volume === undefined || !(volume >= 0)) return null;
  return { openTime, open, high, low, close, volume: volume * size };
}

export function sameCandle(a: Candle, b: Candle): boolean {
  return (
    a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume
  );
}
