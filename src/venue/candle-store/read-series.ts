/** The candles of a store as a backtest loads them: every row is judged as one of a CSV file is. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { floatAt, item } from '../../market/arrays.ts';
import type { Millis } from '../../market/time.ts';
import { type Candles, ROW } from '../replay/candle-file.ts';
import { DataError, listProblems } from '../replay/data-error.ts';
import { Decimals } from '../replay/decimals.ts';
import { readRegularFile } from '../replay/read-regular-file.ts';
import { untrueCandle, untrueTime } from '../replay/row-truth.ts';
import { isMonthFile, isSeriesFolder, monthSpan, stepOf } from './layout.ts';
import { aboutMonth, BadMonth, decodeMonth, decodeTimes, type Month, type MonthAbout } from './month-file.ts';

/** One symbol and timeframe of a store. */
export interface SeriesFiles {
  readonly symbol: string;
  readonly timeframe: string;
  readonly step: Millis;
  /** ccxt's id; null where the candles came from elsewhere. */
  readonly exchange: string | null;
  /** The folder's name in the store. */
  readonly name: string;
  /** File names, the earliest first; at least one. */
  readonly months: readonly string[];
}

export interface MonthBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * What a store holds, sorted by symbol and timeframe. `names` are those in the folder.
 * @throws DataError naming every file that does not tell what it is of, and folders that hold the same.
 */
export async function listSeries(store: string, names: readonly string[]): Promise<SeriesFiles[]> {
  const found: SeriesFiles[] = [];
  const problems: string[] = [];
  const seen = new Map<string, string>();
  for (const name of names.filter(isSeriesFolder).sort()) {
    const months = await monthsOf(store, name);
    const first = months[0];
    if (first === undefined) continue;
    const about = await aboutFile(store, name, first);
    if (typeof about === 'string') {
      problems.push(about);
      continue;
    }
    const { symbol, timeframe, exchange } = about;
    const key = `${symbol} ${timeframe}`;
    const other = seen.get(key);
    if (other !== undefined) problems.push(`${other} and ${name} hold the same candles: remove one of them`);
    seen.set(key, name);
    found.push({ symbol, timeframe, step: stepOf(timeframe), exchange, name, months });
  }
  if (problems.length > 0)
    throw new DataError('DATA_BAD_FILES', listProblems(`bad candles in ${store}`, problems));
  return found.sort((a, b) => (a.symbol === b.symbol ? a.step - b.step : a.symbol < b.symbol ? -1 : 1));
}

/** Month files of a series, the earliest first; none where the folder is none. */
export async function monthsOf(store: string, name: string): Promise<string[]> {
  try {
    return (await readdir(join(store, name))).filter(isMonthFile).sort();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

/** What the file says of itself, or what is wrong with it. */
async function aboutFile(store: string, name: string, month: string): Promise<MonthAbout | string> {
  try {
    return aboutMonth(await readRegularFile(join(store, name, month))).about;
  } catch (error) {
    return `${name}/${month}: ${whyOf(error)}`;
  }
}

/** The bytes of all files. @throws an error that names the file. */
export async function seriesBytes(store: string, { name, months }: SeriesFiles): Promise<MonthBytes[]> {
  return Promise.all(
    months.map(async (month) => {
      try {
        return { name: month, bytes: await readRegularFile(join(store, name, month)) };
      } catch (cause) {
        throw new Error(`${month} cannot be read (${whyOf(cause)})`, { cause });
      }
    }),
  );
}

/** The open times of all candles. @throws DataError for a file that cannot be read */
export async function seriesTimes(store: string, series: SeriesFiles): Promise<Float64Array> {
  const months: Float64Array[] = [];
  for (const { name, bytes } of await seriesBytes(store, series)) {
    try {
      months.push((await decodeTimes(bytes)).time);
    } catch (cause) {
      throw new DataError('DATA_BAD_FILES', `${join(store, series.name, name)}: ${whyOf(cause)}`, { cause });
    }
  }
  return joined(months);
}

export function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    all.set(part, filled);
    filled += part.length;
  }
  return all;
}

export type SeriesRead =
  | { readonly ok: true; readonly candles: Candles }
  | { readonly ok: false; readonly place: string; readonly why: string };

interface Bad {
  readonly file: string;
  readonly row: number;
  readonly why: string;
}

/** Rows count from 1 in each file. */
export async function readSeries(of: SeriesFiles, files: readonly MonthBytes[]): Promise<SeriesRead> {
  const months: Month[] = [];
  for (const { name, bytes } of files) {
    const month = await decoded(of, bytes);
    if (typeof month === 'string') return { ok: false, place: name, why: month };
    months.push(month);
  }
  const count = months.reduce((sum, { time }) => sum + time.length, 0);
  const time = new Float64Array(count);
  const ohlcv = new Float64Array(count * ROW);
  const prices = new Decimals();
  const volumes = new Decimals();
  let first: Bad | null = null;
  let badRows = 0;
  let filled = 0;
  let previous = Number.NEGATIVE_INFINITY;
  for (const [i, month] of months.entries()) {
    const file = item(files, i).name;
    const span = monthSpan(file);
    for (let row = 0; row < month.time.length; row += 1) {
      const t = floatAt(month.time, row);
      const why = untrueRow(month, row, t, previous, of.step, span);
      if (why !== null) {
        first ??= { file, row: row + 1, why };
        badRows += 1;
      }
      if (why === null || (t > previous && untrueTime(t, previous, of.step) === null)) previous = t;
    }
    time.set(month.time, filled);
    ohlcv.set(month.ohlcv, filled * ROW);
    filled += month.time.length;
    prices.take(month.about.price);
    volumes.take(month.about.volume);
  }
  if (first !== null) {
    const others = badRows === 1 ? '' : ` (and ${badRows - 1} more bad row${badRows === 2 ? '' : 's'})`;
    return { ok: false, place: `${first.file}, row ${first.row}`, why: `${first.why}${others}` };
  }
  if (count === 0) return { ok: false, place: item(files, 0).name, why: 'it holds no candle' };
  const priceDecimals = prices.result(count * 4);
  return {
    ok: true,
    candles: { count, time, ohlcv, priceDecimals, volumeDecimals: volumes.result(count) },
  };
}

/** The month, or what is wrong with it as a whole. */
async function decoded(of: SeriesFiles, bytes: Buffer): Promise<Month | string> {
  try {
    const month = await decodeMonth(bytes);
    const { symbol, timeframe } = month.about;
    return symbol === of.symbol && timeframe === of.timeframe
      ? month
      : `it is of ${symbol} in ${timeframe}, and the others are of ${of.symbol} in ${of.timeframe}`;
  } catch (error) {
    if (error instanceof BadMonth) return error.message;
    throw error;
  }
}

function untrueRow(
  { ohlcv }: Month,
  row: number,
  t: Millis,
  previous: Millis,
  step: Millis,
  [from, to]: readonly [Millis, Millis],
): string | null {
  const at = row * ROW;
  const open = floatAt(ohlcv, at);
  const high = floatAt(ohlcv, at + 1);
  const low = floatAt(ohlcv, at + 2);
  const close = floatAt(ohlcv, at + 3);
  const volume = floatAt(ohlcv, at + 4);
  // Comparisons with NaN are false, so this also holds every field to be a number.
  const likely =
    t === previous + step &&
    t < to &&
    low > 0 &&
    low <= open &&
    low <= close &&
    high >= open &&
    high >= close &&
    high < Number.POSITIVE_INFINITY &&
    volume >= 0 &&
    volume < Number.POSITIVE_INFINITY;
  if (likely) return null;
  const odd = Object.entries({ open, high, low, close, volume }).find(([, value]) => !Number.isFinite(value));
  if (odd !== undefined) return `${odd[0]} is ${odd[1]}, which is no number that a candle has`;
  const untrue = untrueCandle(open, high, low, close, volume) ?? untrueTime(t, previous, step);
  if (untrue !== null) return untrue;
  return t >= from && t < to ? null : `timestamp ${t} (${new Date(t).toISOString()}) is of another month`;
}

function whyOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
