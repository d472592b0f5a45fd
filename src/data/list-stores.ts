/** What lies in candle stores. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Millis } from '../market/time.ts';
import { listSeries, seriesTimes } from '../venue/candle-store/read-series.ts';
import { gapsOf } from '../venue/candle-store/spans.ts';
import { DataError } from '../venue/replay/data-error.ts';
import { refusing } from './refused.ts';

export interface ListedSeries {
  readonly store: string;
  readonly exchange: string | null;
  readonly symbol: string;
  readonly timeframe: string;
  /** Open times. */
  readonly first: Millis;
  readonly last: Millis;
  readonly candles: number;
  readonly gaps: number;
  /** Candles missing in the gaps. */
  readonly missing: number;
}

/** @throws DataRefused for a folder that is no store, and for files that cannot be read */
export function listStore(store: string): Promise<ListedSeries[]> {
  return refusing(async () => {
    const found = await seriesOf(store, await names(store));
    if (found.length === 0)
      throw new DataError(
        'DATA_NO_CANDLES',
        `${store} is no store of candles: \`breakout data download\` makes one`,
      );
    return found;
  });
}

/** The stores in one folder; none where it is not there. @throws DataRefused for files that cannot be read */
export function listStores(folder: string): Promise<ListedSeries[]> {
  return refusing(async () => {
    const found: ListedSeries[] = [];
    for (const name of (await names(folder, true)).sort()) {
      const store = join(folder, name);
      found.push(...(await seriesOf(store, await names(store, true))));
    }
    return found;
  });
}

async function seriesOf(store: string, inside: readonly string[]): Promise<ListedSeries[]> {
  const listed: ListedSeries[] = [];
  for (const series of await listSeries(store, inside)) {
    const times = await seriesTimes(store, series);
    const first = times.at(0);
    const last = times.at(-1);
    if (first === undefined || last === undefined) continue;
    const { symbol, timeframe, step, exchange } = series;
    const gaps = gapsOf(times, step);
    listed.push({
      store,
      exchange,
      symbol,
      timeframe,
      first,
      last,
      candles: times.length,
      gaps: gaps.length,
      missing: gaps.reduce((sum, { missing }) => sum + missing, 0),
    });
  }
  return listed;
}

async function names(folder: string, forgiving = false): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    if (forgiving && (code === 'ENOENT' || code === 'ENOTDIR')) return [];
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${String(cause)})`;
    throw new DataError('DATA_FOLDER_MISSING', `the folder ${folder} ${why}`, { cause });
  }
}
