/** Which files of a folder hold the candles of which symbol. */
import { readdir } from 'node:fs/promises';
import { BASE, type Millis } from '../../market/time.ts';
import { stepOf } from '../candle-store/layout.ts';
import { listSeries, type SeriesFiles } from '../candle-store/read-series.ts';
import { DataError, listProblems } from './data-error.ts';

export const PATTERN = 'SYMBOL-TIMEFRAME.csv[.gz], e.g. BTCUSDT-5m.csv.gz';
const CANDLE_FILE = /^([A-Z0-9:_-]{2,40})-(\d{1,5}[smhdwM])\.csv(\.gz)?$/;

interface Candles {
  readonly symbol: string;
  /** As in the file's name, e.g. `5m`. */
  readonly timeframe: string;
  readonly step: Millis;
  readonly name: string;
}

export interface CsvFile extends Candles {
  readonly form: 'csv';
  readonly gzip: boolean;
}

/** A folder of Parquet files, one a month. */
export interface ParquetFiles extends SeriesFiles {
  readonly form: 'parquet';
}

export type CandleFileName = CsvFile | ParquetFiles;

export interface CandleFolder {
  /** One file a symbol, sorted by symbol. */
  readonly files: readonly CandleFileName[];
  /** Candles that are not used, each with the reason. */
  readonly ignored: readonly string[];
}

/**
 * Lists the candle files of a folder. The base timeframe goes before finer ones; timeframes that do
 * not divide the base cannot be used.
 * @throws DataError when the folder is missing, holds nothing usable, or holds the same candles twice.
 */
export async function listCandleFiles(folder: string): Promise<CandleFolder> {
  const names = await entries(folder);
  const csv = names.filter((name) => /\.csv(\.gz)?$/i.test(name)).sort();
  const series = await listSeries(folder, names);
  const [first] = series;
  if (first !== undefined && csv.length > 0)
    throw new DataError(
      'DATA_AMBIGUOUS',
      `${folder} holds CSV files (${csv[0]}) and Parquet files (${first.name}): give each a folder of their own`,
    );
  const chosen = new Map<string, CandleFileName>();
  const ignored: string[] = [];
  const twice = new Map<string, string>();
  const found = [
    ...csv.map((name) => parseName(name) ?? name),
    ...series.map((each): ParquetFiles => ({ form: 'parquet', ...each })),
  ];
  for (const file of found) {
    if (typeof file === 'string') {
      ignored.push(`${file}: its name is not ${PATTERN}`);
    } else if (!(BASE % file.step === 0)) {
      ignored.push(`${file.name}: a timeframe of ${file.timeframe} does not divide 5m`);
    } else {
      const { name } = file;
      const other = chosen.get(file.symbol);
      if (other && other.step === file.step) twice.set(file.symbol, `${other.name} and ${name}`);
      const better = !other || file.step > other.step;
      if (better) twice.delete(file.symbol);
      if (other) ignored.push(better ? `${other.name}: ${name} is used` : `${name}: ${other.name} is used`);
      if (better) chosen.set(file.symbol, file);
    }
  }
  if (twice.size > 0) {
    throw new DataError(
      'DATA_AMBIGUOUS',
      listProblems(`${folder}: the same candles twice, remove one of each`, [...twice.values()]),
    );
  }
  if (chosen.size === 0) {
    const why = ignored.length > 0 ? listProblems('; not usable', ignored) : '';
    throw new DataError(
      'DATA_NO_CANDLES',
      `${folder}: no candles of 5m or 1m (${PATTERN}, or a store made by \`breakout data\`)${why}`,
    );
  }
  const files = [...chosen.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  return { files, ignored };
}

/**
 * The files of the symbols asked for; none asked for means all.
 * @throws DataError naming the symbols that the folder does not hold, and those it does.
 */
export function selectSymbols(
  folder: string,
  files: readonly CandleFileName[],
  symbols: readonly string[],
): readonly CandleFileName[] {
  if (symbols.length === 0) return files;
  const wanted = new Set(symbols);
  const there = new Set(files.map((file) => file.symbol));
  const missing = [...wanted].filter((symbol) => !there.has(symbol));
  if (missing.length > 0) {
    throw new DataError(
      'DATA_UNKNOWN_SYMBOLS',
      `${folder}: no candles of ${missing.join(', ')}; there are ${[...there].join(', ')}`,
    );
  }
  return files.filter((file) => wanted.has(file.symbol));
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    const why =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'ENOTDIR'
          ? 'is not a folder'
          : `cannot be read (${String(cause)})`;
    throw new DataError('DATA_FOLDER_MISSING', `the data folder ${folder} ${why}`, { cause });
  }
}

function parseName(name: string): CsvFile | null {
  const [, symbol, timeframe, gzip] = CANDLE_FILE.exec(name) ?? [];
  if (symbol === undefined || timeframe === undefined) return null;
  return { form: 'csv', symbol, timeframe, step: stepOf(timeframe), name, gzip: gzip !== undefined };
}
