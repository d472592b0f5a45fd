/** What an exchange tells of its markets: candles of before and as they close, books, and whether any of it still comes. */
import { setMaxListeners } from 'node:events';
import type { VenueFigures } from '../../engine/input.ts';
import { intAt, item } from '../../market/arrays.ts';
import type { BarColumns } from '../../market/bars.ts';
import type { BookSummary } from '../../market/book.ts';
import { BASE, MINUTE, type Millis, SECOND } from '../../market/time.ts';
import { can, type StreamAbilities } from './abilities.ts';
import { runBookFeed } from './book-feed.ts';
import { BASE_TIMEFRAME, type Candle } from './candle.ts';
import { type AwaitedCandle, CandleFeed } from './candle-feed.ts';
import type { Dialect } from './dialect.ts';
import type { CcxtExchange } from './exchange.ts';
import { history } from './history.ts';
import { contractSizeOf } from './instruments.ts';
import { keepCandles } from './kept-candles.ts';
import type { Listings } from './listings.ts';
import { OpenInterest } from './open-interest.ts';
import type { StreamState } from './stream-watch.ts';
import { BATCH, Streams } from './streams.ts';
import { pause } from './time.ts';
import { TradeRate } from './trade-rate.ts';
import type { VenueClock } from './venue-clock.ts';

export interface MarketListener {
  /** One `live` call a close time, and `late` ones for what came after its turn. The columns are the listener's own. */
  bars(bars: BarColumns, phase: 'live' | 'late'): void;
  book(symbol: number, book: BookSummary): void;
  /** `symbol` null: the whole feed. */
  feed(symbol: number | null, status: 'stale' | 'live'): void;
  /** A closed candle is told differently now. */
  corrected(symbol: number, was: Candle, is: Candle): void;
}

export interface MarketState {
  /** Of candles and of books, where they are streamed. */
  readonly streams: readonly StreamState[];
  /** Since any candle was told of; null before, and where candles are asked for. */
  readonly silentMs: Millis | null;
  /** Nothing has come for so long that no entry is made. */
  readonly stale: boolean;
  /** Those whose last candle did not come in time. */
  readonly staleSymbols: readonly string[];
  readonly awaited: readonly AwaitedCandle[];
  readonly givenUp: number;
}

export interface MarketDataOptions {
  readonly exchange: CcxtExchange;
  readonly dialect: Dialect | null;
  readonly clock: VenueClock;
  readonly listings: Listings;
  readonly abilities: StreamAbilities;
  readonly failed: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Exchanges that do not say give at least so many candles at once. */
const SMALLEST_PAGE = 100;

/** A feed of which nothing at all has come for so long is stale. */
const SILENT_MS: Millis = 30 * SECOND;

/** Streams are changed neither while the candles of a close are gathered nor just before it. */
const AFTER_CLOSE_MS: Millis = 2 * MINUTE;
const BEFORE_CLOSE_MS: Millis = 30 * SECOND;

export class MarketData {
  readonly figures: VenueFigures;
  readonly #options: MarketDataOptions;
  readonly #page: number;
  readonly #prices = new Map<string, number>();
  readonly #staleSymbols = new Set<number>();
  #streams: Streams | null = null;
  #confirmed: ((symbol: string, openTime: Millis) => boolean | null) | null = null;
  #trades: TradeRate | null = null;
  #listen: (() => void) | null = null;
  /** When the streams were opened last, by the clock's even time. */
  #begun: Millis = 0;
  /** Ends what runs for the markets that were listed last. */
  #round = new AbortController();
  #books: Streams | null = null;
  #feed: CandleFeed | null = null;
  #silent = false;

  constructor(options: MarketDataOptions & { readonly page: number | null }) {
    this.#options = options;
    this.#page = options.page ?? SMALLEST_PAGE;
    const { dialect, exchange, listings, abilities } = options;
    this.figures = {
      book: true,
      tradesPerMinute: dialect?.onCandleTrades !== undefined && abilities.candles !== 'none',
      openInterest:
        dialect?.openInterest !== undefined &&
        can(exchange, 'fetchOpenInterest') &&
        listings.instruments.every(({ type }) => type === 'linear'),
    };
  }

  /**
   * Up to `bars` closed base bars before a time (now, when none is given), oldest first, of all that is traded or of
   * some; gaps stay gaps. The columns are used again for the next.
   */
  async history(
    bars: number,
    { before, only }: { readonly before?: Millis; readonly only?: ReadonlySet<string> } = {},
  ): Promise<Iterable<BarColumns>> {
    const { exchange, clock, signal, failed, listings } = this.#options;
    const asked = listings.traded.filter(({ symbol }) => only === undefined || only.has(symbol));
    try {
      const found = await history(
        { exchange, symbols: asked.map(({ symbol }) => symbol), page: this.#page, signal },
        bars,
        before ?? clock.now(),
      );
      return placed(found, asked);
    } catch (error) {
      failed(error);
      throw error;
    }
  }

  /** What a symbol was worth last, as far as books and closes have told; null before. */
  priceOf(symbol: string): number | null {
    return this.#prices.get(symbol) ?? null;
  }

  /** When a stream has told anything last, by the clock's even time; null before. */
  get heardAt(): Millis | null {
    return this.#streams?.heardAt ?? null;
  }

  /** How it stands with what comes by itself, and with the candles of each symbol. */
  get state(): MarketState {
    const { abilities, clock } = this.#options;
    const candles = abilities.candles === 'none' ? null : this.#streams;
    const streams = [candles?.state('candles'), this.#books?.state('books')];
    const { heardAt } = this;
    return {
      streams: streams.filter((each) => each !== undefined),
      silentMs: heardAt === null ? null : clock.steady() - heardAt,
      stale: this.#silent,
      staleSymbols: [...this.#staleSymbols]
        .sort((a, b) => a - b)
        .map((index) => item(this.#options.listings.instruments, index).symbol),
      awaited: this.#feed?.awaited ?? [],
      givenUp: this.#feed?.givenUp ?? 0,
    };
  }

  /**
   * Tells the listener of everything until the venue is closed. Once only, and before the history is asked for: a close
   * between the two would be in neither.
   * @param graceMs how long after a close the candles of all symbols are waited for.
   */
  subscribe(listener: MarketListener, graceMs: Millis): void {
    if (this.#confirmed !== null) throw new Error('the market is listened to already');
    this.#confirmed = this.#confirmations(this.#options.dialect);
    this.#trades = this.#tradeRate(this.#options.dialect);
    this.#listen = () => this.#run(listener, graceMs);
    this.#listen();
    this.#watchSilence(listener).catch(this.#options.failed);
  }

  /** Other markets are listed: streams are opened for what is traded now, between two closes. */
  async relisted(): Promise<void> {
    const { clock, signal } = this.#options;
    const into = (): Millis => clock.now() % BASE;
    while (!signal.aborted && (into() < AFTER_CLOSE_MS || into() > BASE - BEFORE_CLOSE_MS))
      await pause(clock, SECOND, signal);
    if (!signal.aborted) this.#listen?.();
  }

  /** What ran before ends, and begins anew with the markets that are listed now. */
  #run(listener: MarketListener, graceMs: Millis): void {
    const { exchange, clock, abilities, failed, dialect, listings } = this.#options;
    const { markets, traded } = listings;
    this.#round.abort();
    const round = new AbortController();
    setMaxListeners(0, round.signal);
    this.#round = round;
    const signal = AbortSignal.any([this.#options.signal, round.signal]);
    setMaxListeners(0, signal);
    const symbols = traded.map(({ symbol }) => symbol);
    const batch = abilities.candles === 'batch' ? BATCH : 1;
    keepCandles(exchange, symbols);
    const streams = new Streams({
      timer: clock,
      symbols,
      batch,
      watch: (names) =>
        batch > 1
          ? exchange.watchOHLCVForSymbols(names.map((name) => [name, BASE_TIMEFRAME] as const))
          : exchange.watchOHLCV(names[0] ?? '', BASE_TIMEFRAME),
      failed,
      signal,
    });
    this.#streams = streams;
    this.#begun = clock.steady();
    const feed = new CandleFeed({
      exchange,
      clock,
      symbols,
      streams: abilities.candles === 'none' ? null : streams,
      confirmed: this.#confirmed ?? (() => null),
      graceMs,
      bars: (bars, phase) => {
        place(bars, traded);
        this.#noteCloses(bars, listener);
        listener.bars(bars, phase);
      },
      missing: (symbol) => {
        const { index } = item(traded, symbol);
        this.#staleSymbols.add(index);
        listener.feed(index, 'stale');
      },
      corrected: (symbol, was, is) => listener.corrected(item(traded, symbol).index, was, is),
      failed,
      signal,
    });
    this.#feed = feed;
    const sizes = symbols.map((symbol) => {
      const market = markets.get(symbol);
      return market === undefined ? 1 : Number(contractSizeOf(market));
    });
    const interest =
      dialect?.openInterest === undefined || !this.figures.openInterest
        ? null
        : new OpenInterest({
            exchange,
            timer: clock,
            symbols,
            params: dialect.openInterest,
            sizes,
            failed,
            signal,
          });
    const trades = this.#trades;
    const now = new Set(traded.map(({ index }) => index));
    // That one is gone keeps it from being traded; should it come back it is not to be stale for good.
    for (const index of this.#staleSymbols)
      if (!now.has(index) && this.#staleSymbols.delete(index)) listener.feed(index, 'live');
    const books = runBookFeed({
      exchange,
      timer: clock,
      symbols,
      sizes,
      abilities,
      dialect,
      book: (symbol, book) => {
        const { symbol: name, index } = item(traded, symbol);
        const mid = (book.bid + book.ask) / 2;
        this.#prices.set(name, mid);
        const openInterest = interest?.at(name, mid);
        const tradesPerMinute = trades?.of(name, (since) => streams.brokenSince(name, since));
        listener.book(index, {
          ...book,
          ...(openInterest === undefined ? {} : { openInterest }),
          ...(tradesPerMinute === undefined ? {} : { tradesPerMinute }),
        });
      },
      failed,
      opened: (streams) => {
        this.#books = streams;
      },
      signal,
    });
    const running = [feed.run(), books];
    if (interest !== null) running.push(interest.run());
    if (abilities.candles !== 'none') running.push(streams.run());
    for (const each of running) each.catch(failed);
  }

  #confirmations(dialect: Dialect | null): (symbol: string, openTime: Millis) => boolean | null {
    const { exchange } = this.#options;
    const symbolOf = this.#symbolsById();
    const newest = new Map<string, Millis>();
    if (dialect?.onClosedCandle === undefined) return () => null;
    dialect.onClosedCandle(exchange, (marketId, openTime) => {
      const symbol = symbolOf(marketId);
      if (symbol !== undefined && openTime % BASE === 0) newest.set(symbol, openTime);
    });
    return (symbol, openTime) => (newest.get(symbol) ?? -1) >= openTime;
  }

  /** null where the exchange does not tell how many trades there are. */
  #tradeRate(dialect: Dialect | null): TradeRate | null {
    if (dialect?.onCandleTrades === undefined || !this.figures.tradesPerMinute) return null;
    const { exchange, clock } = this.#options;
    const rate = new TradeRate(() => clock.steady());
    const symbolOf = this.#symbolsById();
    dialect.onCandleTrades(exchange, (marketId, candle) => {
      const symbol = symbolOf(marketId);
      if (symbol !== undefined) rate.hear(symbol, candle);
    });
    return rate;
  }

  #symbolsById(): (marketId: string) => string | undefined {
    const { markets } = this.#options.listings;
    const symbols = new Map<string, string>();
    return (marketId) => {
      if (symbols.size !== markets.size)
        for (const { id, symbol } of markets.values()) symbols.set(id, symbol);
      return symbols.get(marketId);
    };
  }

  #noteCloses(bars: BarColumns, listener: MarketListener): void {
    const { instruments } = this.#options.listings;
    for (let i = 0; i < bars.count; i += 1) {
      const symbol = bars.symbol[i] ?? 0;
      const close = bars.close[i];
      if (close !== undefined) this.#prices.set(item(instruments, symbol).symbol, close);
      if (this.#staleSymbols.delete(symbol)) listener.feed(symbol, 'live');
    }
  }

  async #watchSilence(listener: MarketListener): Promise<void> {
    const { clock, signal, abilities } = this.#options;
    if (abilities.candles === 'none') return;
    while (!signal.aborted) {
      await pause(clock, SECOND, signal);
      if (signal.aborted) return;
      const silent = clock.steady() - (this.#streams?.heardAt ?? this.#begun) > SILENT_MS;
      if (silent === this.#silent) continue;
      this.#silent = silent;
      listener.feed(null, silent ? 'stale' : 'live');
    }
  }
}

interface Place {
  readonly index: number;
}

/** Rows that were counted among `places` get the index that each of them has for good. */
function place(bars: BarColumns, places: readonly Place[]): void {
  for (let row = 0; row < bars.count; row += 1)
    bars.symbol[row] = item(places, intAt(bars.symbol, row)).index;
}

function* placed(found: Iterable<BarColumns>, places: readonly Place[]): Iterable<BarColumns> {
  for (const bars of found) {
    place(bars, places);
    yield bars;
  }
}
