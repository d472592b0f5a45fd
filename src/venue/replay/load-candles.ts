/** The candles of one symbol, out of whatever form they lie in: read first, and parsed when their turn comes. */
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { readSeries, seriesBytes } from '../candle-store/read-series.ts';
import { type Candles, parseCandles, type Scratch } from './candle-file.ts';
import type { CandleFileName, CsvFile, ParquetFiles } from './candle-folder.ts';
import { readRegularFile } from './read-regular-file.ts';

const unzip = promisify(gunzip);

/** Bounds of the output buffer: a broken file may claim any size. */
const SMALLEST_CHUNK = 64 * 1024;
const LARGEST_CHUNK = 64 * 1024 * 1024;

/** The candles of what has been read, or what is wrong with it and where. */
export type Parse = (scratch: Scratch) => Candles | string | Promise<Candles | string>;

/** What stands in the place of candles that were taken. */
export const ALREADY: Promise<Parse> = Promise.resolve(() => 'already read');

/** Never rejects: files are read ahead, and a rejection must not surface before its turn. */
export async function loadCandles(folder: string, file: CandleFileName): Promise<Parse> {
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
    return read.ok ? read.candles : `${file.name}/${read.place}: ${read.why}`;
  };
}

/** Unpacks into one buffer: a gzip file ends with the length of what it holds. */
function unpack(raw: Buffer): Promise<Uint8Array> {
  const claimed = raw.length >= 4 ? raw.readUInt32LE(raw.length - 4) + 1 : 0;
  return unzip(raw, { chunkSize: Math.min(Math.max(claimed, SMALLEST_CHUNK), LARGEST_CHUNK) });
}
