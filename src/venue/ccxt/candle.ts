import { BASE, type Millis } from '../../market/time.ts';
import type { CcxtCandle, CcxtExchange } from './exchange.ts';
import { contractSizeOf } from './instruments.ts';

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
 * Exchanges whose candles of perpetuals count contracts, asked for and streamed. ccxt hands their figure on as it is (its
 * issues 18941 and 27857, and the turnovers beside the volumes in its samples), where that of others is in base units.
 */
const COUNT_CONTRACTS: ReadonlySet<string> = new Set([
  'bydfi',
  'gate',
  'kucoin',
  'kucoinfutures',
  'mexc',
  'poloniex',
  'xt',
]);

/** Base units of what the exchange counts the volume of a market's candles in. */
export function volumeUnit({ id, markets }: Pick<CcxtExchange, 'id' | 'markets'>, symbol: string): number {
  const market = markets?.[symbol];
  return market === undefined || !COUNT_CONTRACTS.has(id) ? 1 : Number(contractSizeOf(market));
}

/**
 * @param unit base units of what the exchange counts volume in.
 * @param step the candles' timeframe.
 * @returns null for a row that is no candle.
 */
export function candleOf(row: CcxtCandle, unit: number, step = BASE): Candle | null {
  const [openTime, open, high, low, close, volume] = row.map(Number);
  if (openTime === undefined || !Number.isSafeInteger(openTime) || openTime % step !== 0) return null;
  if (open === undefined || high === undefined || low === undefined || close === undefined) return null;
  if (![open, high, low, close].every((price) => Number.isFinite(price) && price > 0)) return null;
  if (high < Math.max(open, close, low) || low > Math.min(open, close)) return null;
  if (volume === undefined || !(volume >= 0)) return null;
  return { openTime, open, high, low, close, volume: volume * unit };
}

export function sameCandle(a: Candle, b: Candle): boolean {
  return (
    a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume
  );
}
