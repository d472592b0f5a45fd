/** One symbol and timeframe of a store as it is written: candles are added, and what has been asked for is kept. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { floatAt } from '../../market/arrays.ts';
import type { Millis } from '../../market/time.ts';
import { ROW } from '../replay/candle-file.ts';
import { DataError } from '../replay/data-error.ts';
import { askedFile, monthFile, monthSpan, seriesFolder, stepOf } from './layout.ts';
import { BadMonth, decodeMonth, decodeTimes, encodeMonth, type MonthOf } from './month-file.ts';
import { joined, monthsOf } from './read-series.ts';
import { missingOf, type Span, withSpan } from './spans.ts';
import { clearUnfinished, writeWhole } from './write-file.ts';

export interface StoredCandle {
  readonly openTime: Millis;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** In base units. */
  readonly volume: number;
}

export interface PutCount {
  readonly added: number;
  /** Candles that were there and are others now. */
  readonly changed: number;
}

const askedSchema = z.object({
  version: z.literal(1),
  asked: z.array(z.tuple([z.number(), z.number()])),
  /** Files that were there: what somebody removes is asked for again. */
  months: z.array(z.string()),
});

export class SeriesStore {
  readonly of: MonthOf;
  readonly step: Millis;
  readonly #store: string;
  readonly #name: string;
  readonly #months: Set<string>;
  #asked: readonly Span[];

  private constructor(
    store: string,
    name: string,
    of: MonthOf,
    months: Iterable<string>,
    asked: readonly Span[],
  ) {
    this.of = of;
    this.step = stepOf(of.timeframe);
    this.#store = store;
    this.#name = name;
    this.#months = new Set(months);
    this.#asked = asked;
  }

  /** The store is locked by the caller. @throws DataError for files of something else, or that cannot be read. */
  static async open(store: string, of: MonthOf): Promise<SeriesStore> {
    const name = seriesFolder(of.symbol, of.timeframe);
    for (const folder of [join(store, name), dirname(join(store, askedFile(name)))])
      await mkdir(folder, { recursive: true });
    await clearUnfinished(join(store, name));
    const months = await monthsOf(store, name);
    const series = new SeriesStore(store, name, of, months, await readAsked(store, name, months));
    const first = months[0];
    // Every file is looked at when it is written to; one is enough to tell whose folder it is.
    if (first !== undefined) await series.#times(first);
    return series;
  }

  /** Where the files are. */
  get folder(): string {
    return join(this.#store, this.#name);
  }

  /** What the source has been asked for; what is missing in it, it does not have. */
  get asked(): readonly Span[] {
    return this.#asked;
  }

  /** Open times of all candles, in order. */
  async times(): Promise<Float64Array> {
    const months: Float64Array[] = [];
    for (const month of [...this.#months].sort()) months.push(await this.#times(month));
    return joined(months);
  }

  /** The candles that open in [from, to), in order. */
  async stored(from: Millis, to: Millis): Promise<StoredCandle[]> {
    const found: StoredCandle[] = [];
    for (const month of [...this.#months].sort()) {
      const [begins, ends] = monthSpan(month);
      if (ends <= from || begins >= to) continue;
      for (const candle of (await this.#read(month)).values())
        if (candle.openTime >= from && candle.openTime < to) found.push(candle);
    }
    return found;
  }

  /** The last candle there is, or the first. */
  async end(which: 'first' | 'last'): Promise<Millis | null> {
    const month = [...this.#months].sort().at(which === 'first' ? 0 : -1);
    if (month === undefined) return null;
    return (await this.#times(month)).at(which === 'first' ? 0 : -1) ?? null;
  }

  /**
   * Adds candles, each in the place of one that opens at the same time. They are on the disk before it is written that
   * they have been asked for: a process that ends between the two asks again.
   */
  async put(candles: readonly StoredCandle[], asked: Span | null): Promise<PutCount> {
    const byMonth = new Map<string, StoredCandle[]>();
    for (const candle of candles) {
      const month = monthFile(candle.openTime);
      const list = byMonth.get(month);
      if (list === undefined) byMonth.set(month, [candle]);
      else list.push(candle);
    }
    let added = 0;
    let changed = 0;
    for (const [month, list] of byMonth) {
      const rows = this.#months.has(month) ? await this.#read(month) : new Map<Millis, StoredCandle>();
      let different = 0;
      for (const candle of list) {
        const was = rows.get(candle.openTime);
        if (was === undefined) added += 1;
        else if (!same(was, candle)) changed += 1;
        else continue;
        different += 1;
        rows.set(candle.openTime, candle);
      }
      if (different === 0) continue;
      const sorted = [...rows.values()].sort((a, b) => a.openTime - b.openTime);
      await writeWhole(join(this.folder, month), encodeMonth(this.of, columns(sorted)));
      this.#months.add(month);
    }
    if (asked !== null) this.#asked = withSpan(this.#asked, asked);
    const state: z.infer<typeof askedSchema> = {
      version: 1,
      asked: this.#asked.map(([from, to]) => [from, to]),
      months: [...this.#months].sort(),
    };
    await writeWhole(join(this.#store, askedFile(this.#name)), `${JSON.stringify(state)}\n`);
    return { added, changed };
  }

  async #read(month: string): Promise<Map<Millis, StoredCandle>> {
    const { about, time, ohlcv } = await this.#of(month, decodeMonth);
    this.#own(month, about);
    const rows = new Map<Millis, StoredCandle>();
    for (let row = 0; row < time.length; row += 1) {
      const at = row * ROW;
      const openTime = floatAt(time, row);
      rows.set(openTime, {
        openTime,
        open: floatAt(ohlcv, at),
        high: floatAt(ohlcv, at + 1),
        low: floatAt(ohlcv, at + 2),
        close: floatAt(ohlcv, at + 3),
        volume: floatAt(ohlcv, at + 4),
      });
    }
    return rows;
  }

  async #times(month: string): Promise<Float64Array> {
    const { about, time } = await this.#of(month, decodeTimes);
    this.#own(month, about);
    return time;
  }

  async #of<T>(month: string, decode: (bytes: Buffer) => Promise<T>): Promise<T> {
    const path = join(this.folder, month);
    try {
      return await decode(await readFile(path));
    } catch (cause) {
      if (!(cause instanceof BadMonth)) throw cause;
      throw new DataError(
        'DATA_BAD_FILES',
        `${path}: ${cause.message}; remove it, and its candles are fetched again`,
        { cause },
      );
    }
  }

  #own(month: string, about: MonthOf): void {
    const { exchange, symbol, timeframe } = this.of;
    if (about.symbol === symbol && about.timeframe === timeframe && about.exchange === exchange) return;
    const whose = about.exchange === null ? '' : ` of ${about.exchange}`;
    throw new DataError(
      'DATA_AMBIGUOUS',
      `${join(this.folder, month)} holds ${about.symbol} in ${about.timeframe}${whose}: give another folder for ${symbol}`,
    );
  }
}

async function readAsked(store: string, name: string, months: readonly string[]): Promise<readonly Span[]> {
  const path = join(store, askedFile(name));
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  const state = askedSchema.safeParse(parsed(text));
  if (!state.success)
    throw new DataError(
      'DATA_BAD_FILES',
      `${path} cannot be read: remove it, and what is there is compared with the exchange again`,
    );
  const gone = state.data.months.filter((month) => !months.includes(month));
  return gone.reduce<readonly Span[]>(
    (asked, month) => asked.flatMap((span) => missingOf(span, [monthSpan(month)])),
    state.data.asked,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function same(a: StoredCandle, b: StoredCandle): boolean {
  return (
    a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume
  );
}

function columns(candles: readonly StoredCandle[]): { time: Float64Array; ohlcv: Float64Array } {
  const time = new Float64Array(candles.length);
  const ohlcv = new Float64Array(candles.length * ROW);
  for (const [row, { openTime, open, high, low, close, volume }] of candles.entries()) {
    time[row] = openTime;
    ohlcv.set([open, high, low, close, volume], row * ROW);
  }
  return { time, ohlcv };
}
