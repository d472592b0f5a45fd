/** Opens a folder of recorded candles. */
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { floatAt, item } from '../../market/arrays.ts';
import type { Instrument } from '../../market/instrument.ts';
import { readSeries, seriesBytes } from '../candle-store/read-series.ts';
import { type BaseBars, toBaseBars } from './base-bars.ts';
import { type Candles, parseCandles, ROW, Scratch } from './candle-file.ts';
import {
  type CandleFileName,
  type CsvFile,
  listCandleFiles,
  type ParquetFiles,
  selectSymbols,
} from './candle-folder.ts';
import { DataError, listProblems } from './data-error.ts';
import { completeInstrument, readInstruments } from './instruments-file.ts';
import { readRegularFile } from './read-regular-file.ts';
import { type Coverage, MemoryRecording, type Recording, type Span } from './recording.ts';

const unzip = promisify(gunzip);

/** Files unpacked ahead of the one being parsed: enough to keep a second core busy, little enough to hold. */
const AHEAD = 3;

/** Bounds of the output buffer: a broken file may claim any size. */
const SMALLEST_CHUNK = 64 * 1024;
const LARGEST_CHUNK = 64 * 1024 * 1024;

export interface OpenOptions extends Span {
  readonly folder: string;
  /** Only these; none means all. */
  readonly symbols?: readonly string[] | undefined;
}

/** Where the low stands in a row of open, high, low, close and volume. */
const LOW = 2;

/**
 * Loads the candles of a folder. Either a store of Parquet files (see candle-store/layout.ts), or CSV files `SYMBOL-TIMEFRAME.csv[.gz]` with the header
 * `timestamp,open,high,low,close,volume`, timestamps being open times in epoch ms. Timeframes finer than
 * 5m are aggregated (see base-bars.ts). Beside them may lie an `instruments.json`.
 * @throws DataError; it names every bad file at once, with line and reason.
 */
export async function openRecording(options: OpenOptions): Promise<Recording> {
  const { folder } = options;
  const listed = await listCandleFiles(folder);
  const files = selectSymbols(folder, listed.files, options.symbols ?? []);
  const entries = await readInstruments(folder);

  const instruments: Instrument[] = [];
  const symbols: BaseBars[] = [];
  const assumed: string[] = [];
  const coverage: Coverage[] = [];
  const problems: string[] = [];
  const scratch = new Scratch();
  const underway = files.slice(0, AHEAD).map((file) => loader(folder, file));
  for (const [index, file] of files.entries()) {
    const parse = await item(underway, index);
    const ahead = files[index + AHEAD];
    if (ahead) underway.push(loader(folder, ahead));
    // What has been parsed is not kept as bytes too.
    underway[index] = ALREADY;
    const parsed = await parse(scratch);
    if (typeof parsed === 'string') {
      problems.push(parsed);
      continue;
    }
    const candles = parsed;
    const made = toBaseBars(candles, file.step);
    const completed = completeInstrument(
      file.symbol,
      entries.get(file.symbol) ?? {},
      candles.priceDecimals,
      candles.volumeDecimals,
    );
    const lowest = lowestPrice(made.bars);
    if (Number(completed.instrument.tick) > lowest) {
      problems.push(
        `instruments.json, ${file.symbol}.tick: ${completed.instrument.tick} is above the lowest price in ${file.name}, ${lowest}`,
      );
    }
    instruments.push(completed.instrument);
    assumed.push(...completed.assumed);
    symbols.push(made.bars);
    coverage.push({ symbol: file.symbol, file: file.name, ...made.count });
  }
  if (problems.length > 0) {
    throw new DataError('DATA_BAD_FILES', listProblems(`bad candles in ${folder}`, problems));
  }
  return new MemoryRecording({
    name: folder,
    instruments,
    symbols,
    assumed,
    coverage,
    ignored: listed.ignored,
    span: { from: options.from, to: options.to },
  });
}

function lowestPrice({ ohlcv }: BaseBars): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let low = LOW; low < ohlcv.length; low += ROW) lowest = Math.min(lowest, floatAt(ohlcv, low));
  return lowest;
}

/** The candles of what has been read, or what is wrong with it and where. */
type Parse = (scratch: Scratch) => Candles | string | Promise<Candles | string>;

const ALREADY: Promise<Parse> = Promise.resolve(() => 'already read');

/** Never rejects: files are read ahead, and a rejection must not surface before its turn. */
async function loader(folder: string, file: CandleFileName): Promise<Parse> {
  try {
    return file.form === 'csv' ? await csvLoader(folder, file) : await parquetLoader(folder, file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const packed = file.form === 'csv' && file.gzip;
    return () =>
      file.form === 'parquet'
        ? `${file.name}/${why}`
        : `${file.name}: cannot be read${packed ? ' or unpacked' : ''} (${why})`;
  }
}

async function csvLoader(folder: string, file: CsvFile): Promise<Parse> {
  const raw = await readRegularFile(join(folder, file.name));
  const bytes = file.gzip ? await unpack(raw) : raw;
  return (scratch) => {
    const parsed = parseCandles(bytes, file.step, scratch);
    if (parsed.ok) return parsed.candles;
    const { line, why, more } = parsed.bad;
    const others = more === 0 ? '' : ` (and ${more} more bad row${more === 1 ? '' : 's'})`;
    return `${file.name}, line ${line}: ${why}${others}`;
  };
}

async function parquetLoader(folder: string, file: ParquetFiles): Promise<Parse> {
  const months = await seriesBytes(folder, file);
  return async () => {
    const read = await readSeries(file, months);
    return read.ok ? read.candles : `${file.name}/${read.file}: ${read.why}`;
  };
}

/** Unpacks into one buffer: a gzip file ends with the length of what it holds. */
function unpack(raw: Buffer): Promise<Uint8Array> {
  const claimed = raw.length >= 4 ? raw.readUInt32LE(raw.length - 4) + 1 : 0;
  return unzip(raw, { chunkSize: Math.min(Math.max(claimed, SMALLEST_CHUNK), LARGEST_CHUNK) });
}
