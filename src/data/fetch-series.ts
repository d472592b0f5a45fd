/**
 * The candles of one symbol from an exchange into its series: what has not been asked for yet, in order, and written as
 * it comes. Where it joins what is there already, both sides are compared first.
 */
import { DAY, type Millis } from '../market/time.ts';
import { type SeriesStore, type StoredCandle, same } from '../venue/candle-store/series-store.ts';
import { missingOf, type Span } from '../venue/candle-store/spans.ts';
import type { CandleSource } from '../venue/ccxt/candle-source.ts';
import { patiently, type Waiter } from './patience.ts';
import { DataRefused } from './refused.ts';

export interface FetchOptions {
  readonly source: CandleSource;
  readonly series: SeriesStore;
  readonly wanted: Span;
  readonly waiter: Waiter;
  /** So much of what is wanted has been asked for, in candles. */
  readonly walked: (candles: number) => void;
}

export interface Fetched {
  added: number;
  /** Candles that the exchange tells otherwise than before. */
  changed: number;
  /** Rows of answers that are no candles. */
  refused: number;
}

/** Candles compared on each side of a seam. */
const OVERLAP = 12;
/** Pages that are held before they are written. */
const HELD_PAGES = 5;

/** What is to be fetched, in candles. */
export function candlesMissing(series: SeriesStore, wanted: Span): number {
  return missingOf(wanted, series.asked).reduce((sum, [from, to]) => sum + (to - from) / series.step, 0);
}

/** @throws DataRefused; the signal's reason. What has come is in the series then. */
export async function fetchSeries(options: FetchOptions): Promise<Fetched> {
  const fetched: Fetched = { added: 0, changed: 0, refused: 0 };
  for (const span of missingOf(options.wanted, options.series.asked)) {
    await joinSeams(options, span, fetched);
    await fetchSpan(options, span, fetched);
  }
  return fetched;
}

async function fetchSpan(options: FetchOptions, [from, to]: Span, fetched: Fetched): Promise<void> {
  const { source, series, waiter, walked } = options;
  const { step } = series;
  // What is missing at the very end may still come: it is asked for again.
  const settled = source.now() - DAY;
  let held: StoredCandle[] = [];
  let pages = 0;
  let last: Millis | null = null;
  let at = from;
  const write = async (): Promise<void> => {
    const known = Math.min(at, Math.max(settled, last === null ? from : last + step));
    const { added, changed } = await series.put(held, [from, known]);
    // Only now: what could not be written is still to be.
    held = [];
    pages = 0;
    fetched.added += added;
    fetched.changed += changed;
  };
  try {
    while (at < to) {
      waiter.signal.throwIfAborted();
      const count = Math.min(source.page, (to - at) / step);
      const candles = await whole(options, at, count, fetched);
      held.push(...candles);
      pages += 1;
      const end = candles.at(-1)?.openTime ?? null;
      last = end ?? last;
      const next = end === null ? await leap(options, at + count * step, to) : end + step;
      walked((next - at) / step);
      at = next;
      if (pages >= HELD_PAGES) await write();
    }
  } finally {
    // Also when it ends early: what has come is kept.
    if (held.length > 0 || at > from) await write();
  }
}

/**
 * The candles of one window. An exchange that gives fewer than it was asked for may leave out the first ones: what is
 * before the first is asked for by itself.
 */
async function whole(
  options: FetchOptions,
  from: Millis,
  count: number,
  fetched: Fetched,
): Promise<StoredCandle[]> {
  const { source, series, waiter } = options;
  const { step, of } = series;
  const page = await patiently(waiter, () => source.candles(of.symbol, of.timeframe, step, from, count));
  fetched.refused += page.refused;
  const first = page.candles[0]?.openTime ?? from;
  if (first === from) return [...page.candles];
  const front = await whole(options, from, (first - from) / step, fetched);
  return [...front, ...page.candles];
}

/**
 * Where to go on after a window without a candle: it may be a long gap, or from before the listing. Days are asked for
 * instead, a page of which goes back years. @returns a time in [at, to]
 */
async function leap({ source, series, waiter }: FetchOptions, at: Millis, to: Millis): Promise<Millis> {
  const { step, of } = series;
  if (step === DAY || !source.timeframes.includes('1d')) return Math.min(at, to);
  let day = Math.floor(at / DAY) * DAY;
  while (day < to) {
    const count = Math.min(source.page, Math.ceil((to - day) / DAY));
    const from = day;
    const page = await patiently(waiter, () => source.candles(of.symbol, '1d', DAY, from, count));
    // Days of another shape than ours tell nothing.
    if (page.refused > 0) return Math.min(at, to);
    const first = page.candles.find(({ openTime }) => openTime + DAY > at);
    if (first !== undefined) return Math.min(Math.max(at, first.openTime), to);
    day += count * DAY;
  }
  return to;
}

/** Compares what is stored on both sides of a span, and in it, with what the exchange tells now. */
async function joinSeams(options: FetchOptions, [from, to]: Span, fetched: Fetched): Promise<void> {
  const { series } = options;
  const reach = OVERLAP * series.step;
  const before = (await series.stored(from - reach, to)).slice(-OVERLAP);
  const after = await series.stored(to, to + reach);
  for (const side of [before, after]) await joinSeam(options, side, fetched);
}

async function joinSeam(
  options: FetchOptions,
  stored: readonly StoredCandle[],
  fetched: Fetched,
): Promise<void> {
  const { source, series, waiter } = options;
  const { step, of } = series;
  const first = stored[0];
  const last = stored.at(-1);
  if (first === undefined || last === undefined) return;
  const count = Math.min(source.page, (last.openTime - first.openTime) / step + 1);
  const page = await patiently(waiter, () =>
    source.candles(of.symbol, of.timeframe, step, first.openTime, count),
  );
  const told = new Map(page.candles.map((candle) => [candle.openTime, candle]));
  const both = stored.flatMap((was) => {
    const is = told.get(was.openTime);
    return is === undefined ? [] : [{ was, is }];
  });
  const different = both.filter(({ was, is }) => !same(was, is));
  const [one] = different;
  if (one === undefined) return;
  if (different.length === both.length && both.length > 1)
    throw new DataRefused(
      'DATA_SEAM',
      `${of.symbol}: none of the last ${both.length} candles stored is as the exchange tells it now (${new Date(one.was.openTime).toISOString()} closed at ${one.was.close}, and now at ${one.is.close})`,
      { hint: `give another --data, or remove ${series.folder} to fetch all of it again` },
    );
  // A candle that was fetched as it closed may have been put right since.
  const corrected = await series.put(
    different.map(({ is }) => is),
    null,
  );
  fetched.changed += corrected.changed;
}
