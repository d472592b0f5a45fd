/** Candles of an exchange into a store: paged, gone on with where it stopped, and never more than the exchange has. */
import { nearest } from '../config/problems.ts';
import { loadSettings } from '../config/settings.ts';
import { DEFAULT_EXCHANGE } from '../config/settings-schema.ts';
import type { InstrumentType } from '../market/instrument.ts';
import { DAY, type Millis, SECOND } from '../market/time.ts';
import { CandleStore } from '../venue/candle-store/candle-store.ts';
import { stepOf } from '../venue/candle-store/layout.ts';
import type { SeriesStore } from '../venue/candle-store/series-store.ts';
import { type Gap, gapsOf } from '../venue/candle-store/spans.ts';
import { type CandleSource, candleTimeframes, openCandleSource } from '../venue/ccxt/candle-source.ts';
import { exchangeIds } from '../venue/ccxt/library.ts';
import { noExchange } from '../venue/ccxt/live-support.ts';
import { machineTimer, pause, type Timer } from '../venue/ccxt/time.ts';
import { entryOf, type InstrumentEntry } from '../venue/replay/instruments-file.ts';
import { candlesMissing, fetchSeries } from './fetch-series.ts';
import { patiently, type Waiter } from './patience.ts';
import { DataRefused, refusing } from './refused.ts';

export interface DownloadOptions {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly timeframe: string;
  readonly since: Millis;
  /** Up to and without; as far as candles have closed when missing. */
  readonly until?: Millis | undefined;
  readonly store: string;
  /** Where `config.json` is: how the exchange is reached. */
  readonly configDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
  /** A request has failed, and is sent again after that time. */
  readonly waits?: (reason: string, ms: Millis) => void;
  readonly timer?: Timer;
}

export interface DownloadedSeries {
  readonly symbol: string;
  readonly added: number;
  /** Candles that the exchange tells otherwise than before. */
  readonly changed: number;
  /** Rows of answers that are no candles. */
  readonly refused: number;
  /** Of the whole series in the store; open times. */
  readonly candles: number;
  readonly first: Millis | null;
  readonly last: Millis | null;
  /** Between `since` and `until`: candles that the exchange does not have. */
  readonly gaps: readonly Gap[];
}

export interface DownloadReport {
  readonly store: string;
  readonly exchange: string;
  readonly timeframe: string;
  readonly since: Millis;
  /** Every candle that opens before it has closed. */
  readonly until: Millis;
  readonly series: readonly DownloadedSeries[];
  /** Symbols whose tick, lot and fees are not told now, each with the reason. */
  readonly unknown: readonly string[];
}

/** What `nearest` has behind a name. */
const OR = /\? or $/;

/** Symbols that are asked for at the same time; how fast it goes is the budget's to say. */
const AT_ONCE = 4;

/** A candle that closed just now may be told otherwise in a moment. */
const SETTLES: Millis = 10 * SECOND;

/** @throws DataRefused; ConfigError. What came before is in the store. */
export function download(options: DownloadOptions): Promise<DownloadReport> {
  return refusing(async () => {
    const { exchange, signal } = options;
    requireExchange(exchange);
    // A slip of the keyboard is told of at once, whether or not the exchange can be reached.
    const step = await requireTimeframe(exchange, options.timeframe);
    const settings = loadSettings({ configDir: options.configDir, ...(options.env && { env: options.env }) })
      .settings.exchanges[exchange];
    // Never of the test environment, whatever is traded there: its prices are nobody's.
    const { type, quote, urls } = settings ?? DEFAULT_EXCHANGE;
    const kind = kindOf(options.symbols, type);
    using store = await CandleStore.open(options.store, exchange);
    const timer = options.timer ?? machineTimer;
    const unsourced: Waiter = {
      signal,
      exchange,
      rest: () => undefined,
      pause: (ms, own) => pause(timer, ms, own),
      waits: options.waits ?? (() => undefined),
    };
    const source = await patiently(unsourced, () =>
      openCandleSource({
        exchange,
        type: kind,
        quote,
        ...(urls && { urls: { rest: urls.rest, wsPublic: urls.ws_public, wsPrivate: urls.ws_private } }),
        timer,
      }),
    );
    if (typeof source === 'string') throw new DataRefused('EXCHANGE_REFUSED', source);
    try {
      return await fetchAll(options, step, kind, store, source, {
        ...unsourced,
        rest: (ms) => source.rest(ms),
      });
    } finally {
      await source.close();
    }
  });
}

async function fetchAll(
  options: DownloadOptions,
  step: Millis,
  kind: InstrumentType,
  store: CandleStore,
  source: CandleSource,
  waiter: Waiter,
): Promise<DownloadReport> {
  const { exchange, timeframe, progress } = options;
  const { symbols, entries, unknown } = named(options, kind, source);
  const since = Math.ceil(options.since / step) * step;
  const closed = Math.floor((source.now() - SETTLES) / step) * step;
  const until = Math.min(Math.floor((options.until ?? closed) / step) * step, closed);
  if (options.since >= source.now())
    throw new DataRefused(
      'DATA_EMPTY_RANGE',
      `${iso(options.since)} has yet to come: it is ${iso(source.now())} at ${exchange}`,
    );
  if (since >= until)
    throw new DataRefused(
      'DATA_EMPTY_RANGE',
      `no candle of ${timeframe} has closed between ${iso(options.since)} and ${iso(options.until ?? source.now())}`,
    );
  await store.putInstruments(entries);
  const all = await Promise.all(symbols.map((symbol) => store.series(symbol, timeframe)));
  const total = all.reduce((sum, series) => sum + candlesMissing(series, [since, until]), 0);
  let done = 0;
  const walked = (candles: number): void => {
    done += candles;
    progress?.(done, total);
  };
  const found = new Map<string, DownloadedSeries>();
  await inParallel(all, waiter, async (series, own) => {
    const wanted = [since, until] as const;
    const fetched = await fetchSeries({ source, series, wanted, waiter: own, walked });
    found.set(series.of.symbol, {
      symbol: series.of.symbol,
      ...fetched,
      ...(await shape(series, since, until)),
    });
  });
  const series = symbols.flatMap((symbol) => found.get(symbol) ?? []);
  return { store: store.folder, exchange, timeframe, since, until, series, unknown };
}

/** Each in its turn, some at once; the first that fails ends the others, which keep what they have. */
async function inParallel(
  all: readonly SeriesStore[],
  waiter: Waiter,
  work: (series: SeriesStore, waiter: Waiter) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([waiter.signal, failed.signal]);
  const queue = all.values();
  const worker = async (): Promise<void> => {
    for (const series of queue) {
      if (signal.aborted) return;
      try {
        await work(series, { ...waiter, signal });
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  waiter.signal.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
}

async function shape(
  series: SeriesStore,
  since: Millis,
  until: Millis,
): Promise<Pick<DownloadedSeries, 'candles' | 'first' | 'last' | 'gaps'>> {
  const times = await series.times();
  return {
    candles: times.length,
    first: times.at(0) ?? null,
    last: times.at(-1) ?? null,
    gaps: gapsOf(times, series.step).filter(({ from, to }) => to > since && from < until),
  };
}

function requireExchange(exchange: string): void {
  if (!exchangeIds().includes(exchange)) throw new DataRefused('VENUE_UNKNOWN', noExchange(exchange));
}

async function requireTimeframe(exchange: string, timeframe: string): Promise<Millis> {
  // Weeks begin on different days, and months are of different lengths.
  const known = (await candleTimeframes(exchange)).filter((each) => DAY % stepOf(each) === 0);
  if (known.includes(timeframe)) return stepOf(timeframe);
  throw new DataRefused(
    'TIMEFRAME_UNKNOWN',
    `${exchange} has no candles of ${JSON.stringify(timeframe)}: it has ${known.join(', ')}`,
  );
}

/** Unified names say what they are: `BTC/USDT` is spot, `BTC/USDT:USDT` a perpetual; the exchange's own do not. */
function kindOf(symbols: readonly string[], usual: InstrumentType): InstrumentType {
  const kinds = symbols.map((symbol) =>
    symbol.includes(':') ? 'linear' : symbol.includes('/') ? 'spot' : usual,
  );
  const [first = usual] = kinds;
  const other = symbols[kinds.findIndex((kind) => kind !== first)];
  if (other === undefined) return first;
  throw new DataRefused(
    'SYMBOL_UNKNOWN',
    `${symbols[0]} and ${other} are of two kinds of markets: ask for spot and perpetuals one after the other`,
  );
}

function named(
  { exchange, symbols }: DownloadOptions,
  kind: InstrumentType,
  source: CandleSource,
): { symbols: string[]; entries: Map<string, InstrumentEntry>; unknown: string[] } {
  const entries = new Map<string, InstrumentEntry>();
  const unknown: string[] = [];
  const found = new Set<string>();
  const wrong: string[] = [];
  for (const name of symbols) {
    const market = source.find(name);
    if (market === null) {
      wrong.push(`${name}${near(name, source.symbols)}`);
      continue;
    }
    const { symbol, instrument } = market;
    found.add(symbol);
    if (typeof instrument === 'string') unknown.push(instrument);
    else entries.set(symbol, entryOf(instrument));
  }
  if (wrong.length > 0)
    throw new DataRefused(
      'SYMBOL_UNKNOWN',
      `${exchange} has no ${kind === 'spot' ? 'spot market' : 'linear perpetual'} ${wrong.join(', ')}`,
    );
  return { symbols: [...found], entries, unknown };
}

/** Markets of the same coin, or else the nearest name. */
function near(name: string, known: readonly string[]): string {
  const base = name.split(/[/:-]/)[0] ?? name;
  const same = known.filter((symbol) => symbol.startsWith(`${base}/`)).slice(0, 3);
  const hint = same.length > 0 ? same.join(', ') : nearest(name, known).replace(OR, '');
  return hint === '' ? '' : ` (is it ${hint}?)`;
}

function iso(time: Millis): string {
  return new Date(time).toISOString();
}
