/**
 * One Parquet file: the candles of one symbol and timeframe that open in one month. Any reader of Parquet takes it:
 * `timestamp` (open time, milliseconds, UTC) and five float64, none of them null. What the file is of stands in its footer,
 * with a digest of that and of all values: a damaged file gives no other prices.
 */
import { createHash } from 'node:crypto';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { parquetMetadata, parquetRead, type SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { z } from 'zod';
import { ROW } from '../replay/candle-file.ts';
import { type DecimalCount, Decimals } from '../replay/decimals.ts';

const KEY = 'breakout';
const TIME = 'timestamp';
const VALUES: readonly string[] = ['open', 'high', 'low', 'close', 'volume'];

const decimalCount = z.object({ most: z.int().min(0), noisy: z.int().min(0) });

const aboutSchema = z.object({
  version: z.literal(1),
  /** ccxt's id; null for candles that came from elsewhere. */
  exchange: z.string().nullable(),
  symbol: z.string().min(1),
  timeframe: z.string().min(1),
  /** Counted over the file's prices and volumes: what ticks and lots are taken from where nothing tells them. */
  price: decimalCount,
  volume: decimalCount,
  sha256: z.string(),
});

export interface MonthOf {
  readonly exchange: string | null;
  readonly symbol: string;
  readonly timeframe: string;
}

export interface MonthAbout extends MonthOf {
  readonly price: DecimalCount;
  readonly volume: DecimalCount;
}

/** Candles side by side as the rest of the program has them; `ROW` numbers a candle. */
export interface MonthRows {
  readonly time: Float64Array;
  readonly ohlcv: Float64Array;
}

export interface Month extends MonthRows {
  readonly about: MonthAbout;
}

/** The file is not whole, or not one of a candle store. The message says why. */
export class BadMonth extends Error {
  override readonly name = 'BadMonth';
}

const REQUIRED = 'REQUIRED';

const SCHEMA = [
  { name: 'root', num_children: VALUES.length + 1 },
  {
    name: TIME,
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    repetition_type: REQUIRED,
  },
  ...VALUES.map((name) => ({ name, type: 'DOUBLE', repetition_type: REQUIRED }) as const),
] as const;

/** A month is one row group of one page a column. */
const WHOLE = 1 << 30;

/** The quickest: the next levels gain a tenth in size for twice the time. */
const PACK = { GZIP: (bytes: Uint8Array) => gzipSync(bytes, { level: constants.Z_BEST_SPEED }) };
const UNPACK = {
  GZIP: (bytes: Uint8Array, size: number) => gunzipSync(bytes, { maxOutputLength: Math.max(1, size) }),
};

export function encodeMonth(
  { exchange, symbol, timeframe }: MonthOf,
  { time, ohlcv }: MonthRows,
): Uint8Array {
  const prices = new Decimals();
  const volumes = new Decimals();
  const stamps = BigInt64Array.from(time, BigInt);
  const columns = VALUES.map((name, column) => {
    const counter = name === 'volume' ? volumes : prices;
    const data = new Float64Array(time.length);
    for (let row = 0; row < data.length; row += 1) {
      const value = ohlcv[row * ROW + column] ?? Number.NaN;
      data[row] = value;
      counter.addNumber(value);
    }
    return { name, data, encoding: 'PLAIN' } as const;
  });
  const about: MonthAbout = {
    exchange,
    symbol,
    timeframe,
    price: { most: prices.most, noisy: prices.noisy },
    volume: { most: volumes.most, noisy: volumes.noisy },
  };
  const told: z.infer<typeof aboutSchema> = { version: 1, ...about, sha256: digest(about, { time, ohlcv }) };
  const file = parquetWriteBuffer({
    schema: [...SCHEMA],
    columnData: [{ name: TIME, data: stamps, encoding: 'PLAIN' }, ...columns],
    codec: 'GZIP',
    compressors: PACK,
    rowGroupSize: WHOLE,
    pageSize: WHOLE,
    kvMetadata: [{ key: KEY, value: JSON.stringify(told) }],
    createdBy: 'breakout',
  });
  return new Uint8Array(file);
}

/** What a file says of itself, and how many rows it has. @throws BadMonth */
export function aboutMonth(bytes: Buffer): { readonly about: MonthAbout; readonly count: number } {
  const { about, count } = footer(bytes);
  return { about, count };
}

/** @throws BadMonth */
export async function decodeMonth(bytes: Buffer): Promise<Month> {
  const { metadata, about, count } = footer(bytes);
  const time = new Float64Array(count);
  const ohlcv = new Float64Array(count * ROW);
  await read(bytes, metadata, [TIME, ...VALUES], (name, values, start) => {
    if (name === TIME) time.set(values, start);
    else {
      const column = VALUES.indexOf(name);
      for (let i = 0, at = start * ROW + column; i < values.length; i += 1, at += ROW)
        ohlcv[at] = values[i] ?? Number.NaN;
    }
  });
  const { sha256, version: _, ...of } = about;
  if (digest(of, { time, ohlcv }) !== sha256)
    throw new BadMonth('damaged: its values are not those that were written');
  return { about: of, time, ohlcv };
}

/** The open times alone, which is a sixth of the work. @throws BadMonth */
export async function decodeTimes(bytes: Buffer): Promise<{ about: MonthAbout; time: Float64Array }> {
  const { metadata, about, count } = footer(bytes);
  const time = new Float64Array(count);
  await read(bytes, metadata, [TIME], (_name, values, start) => time.set(values, start));
  return { about, time };
}

function digest(
  { exchange, symbol, timeframe, price, volume }: MonthAbout,
  { time, ohlcv }: MonthRows,
): string {
  const of = [exchange, symbol, timeframe, price.most, price.noisy, volume.most, volume.noisy];
  const hash = createHash('sha256').update(JSON.stringify(of));
  for (const { buffer, byteOffset, byteLength } of [time, ohlcv])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}

type About = z.infer<typeof aboutSchema>;
type Metadata = ReturnType<typeof parquetMetadata>;

function footer(bytes: Buffer): { metadata: Metadata; about: About; count: number } {
  let metadata: Metadata;
  try {
    metadata = parquetMetadata(exactly(bytes));
  } catch (cause) {
    throw damaged(cause);
  }
  const text = metadata.key_value_metadata?.find(({ key }) => key === KEY)?.value;
  if (text === undefined) throw new BadMonth('not of a candle store: its footer does not say what it is of');
  const about = aboutSchema.safeParse(parsed(text));
  if (!about.success)
    throw new BadMonth('not of a candle store that this version reads: its footer says other things');
  const columns = metadata.schema.slice(1).map(({ name, type }) => `${name} ${type}`);
  for (const { name, type } of SCHEMA.slice(1).map((each) => ({ type: '', ...each })))
    if (!columns.includes(`${name} ${type}`)) throw new BadMonth(`it has no column ${name} of type ${type}`);
  // What stands in the footer is no reason to take any amount of memory: a row is a bit at the least.
  const count = Number(metadata.num_rows);
  if (count > bytes.length * 8) throw new BadMonth(`damaged: it cannot hold ${count} rows`);
  return { metadata, about: about.data, count };
}

async function read(
  bytes: Buffer,
  metadata: Metadata,
  columns: readonly string[],
  take: (name: string, values: ArrayLike<number>, start: number) => void,
): Promise<void> {
  const count = Number(metadata.num_rows);
  const seen = new Map(columns.map((name) => [name, 0]));
  try {
    await parquetRead({
      file: exactly(bytes),
      metadata: { ...metadata, schema: metadata.schema.map(bare) },
      columns: [...columns],
      compressors: UNPACK,
      onChunk: ({ columnName, columnData, rowStart }) => {
        // What is thrown in here is lost: other kinds of values are rows that are missing.
        const values =
          columnData instanceof BigInt64Array
            ? numbers(columnData)
            : columnData instanceof Float64Array
              ? columnData
              : null;
        if (values === null) return;
        seen.set(columnName, (seen.get(columnName) ?? 0) + values.length);
        if (rowStart + values.length <= count) take(columnName, values, rowStart);
      },
    });
  } catch (cause) {
    throw damaged(cause);
  }
  for (const [name, rows] of seen)
    if (rows !== count) throw new BadMonth(`damaged: ${rows} of ${count} rows in the column ${name}`);
}

/** A column without its meaning: times come as they lie in the file, and not as two million objects. */
function bare({ converted_type: _, logical_type: __, ...element }: SchemaElement): SchemaElement {
  return element;
}

/** Halves are put together without a bigint for each; below 2^53 that is exact, and no time is above. */
function numbers({ buffer, byteOffset, length }: BigInt64Array): Float64Array {
  const halves = new Int32Array(buffer, byteOffset, length * 2);
  const values = new Float64Array(length);
  for (let i = 0; i < length; i += 1)
    values[i] = intAt(halves, i * 2 + 1) * 2 ** 32 + (intAt(halves, i * 2) >>> 0);
  return values;
}

function intAt(values: Int32Array, index: number): number {
  return values[index] ?? 0;
}

function damaged(cause: unknown): BadMonth {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BadMonth(`damaged, or no Parquet file (${why})`, { cause });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The bytes in a buffer of their own: small files share one. */
function exactly(bytes: Buffer): ArrayBuffer {
  const own = new Uint8Array(bytes.length);
  own.set(bytes);
  return own.buffer;
}
