/**
 * What lies where in a candle store:
 *
 *     store.json                       that it is one, and of which exchange
 *     instruments.json                 tick, lot, fees and the like, by symbol
 *     BTC_USDT_USDT-5m/2024-01.parquet the candles of one symbol and timeframe that open in one month, UTC
 *     asked/BTC_USDT_USDT-5m.json      the time that has been asked for: what is missing in it, the exchange has not
 *
 * A folder's name is for people: what its files are of stands in each of them. It holds Parquet files and nothing else,
 * so that readers which take a whole folder take it.
 */
import type { Millis } from '../../market/time.ts';

export const STORE_FILE = 'store.json';
const ASKED = 'asked';
export const LOCK_FILE = '.lock.sqlite';

const SERIES = /^[A-Za-z0-9_.]{1,80}-\d{1,5}[smhdwM]$/;
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])\.parquet$/;

export function seriesFolder(symbol: string, timeframe: string): string {
  return `${symbol.replaceAll(/[^A-Za-z0-9.]/g, '_')}-${timeframe}`;
}

/** Where it stands what has been asked for of a series, in the store. */
export function askedFile(series: string): string {
  return `${ASKED}/${series}.json`;
}

export function isSeriesFolder(name: string): boolean {
  return SERIES.test(name);
}

export function isMonthFile(name: string): boolean {
  return MONTH.test(name);
}

/** The file of the candle that opens then. */
export function monthFile(time: Millis): string {
  return `${new Date(time).toISOString().slice(0, 7)}.parquet`;
}

/** The first instant of a file's month, and of the next. */
export function monthSpan(name: string): readonly [Millis, Millis] {
  const [, year, month] = MONTH.exec(name) ?? [];
  if (year === undefined || month === undefined) throw new RangeError(`${name} is no month`);
  return [Date.UTC(Number(year), Number(month) - 1), Date.UTC(Number(year), Number(month))];
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const TIMEFRAME = /^(\d{1,5})([smhdwM])$/;

/** NaN for what is no timeframe, and for months, which have no fixed length. */
export function stepOf(timeframe: string): Millis {
  const parts = TIMEFRAME.exec(timeframe);
  return Number(parts?.[1]) * (SECONDS[parts?.[2] ?? ''] ?? Number.NaN) * 1_000;
}
