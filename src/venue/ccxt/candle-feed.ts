/**
 * Closed candles as they close. ccxt keeps what the stream has told of each symbol; at every close time it is looked
 * through once: a candle counts as closed when the exchange has said so; of an exchange that never says it, when the next
 * one has begun on a stream that has not failed meanwhile. What is missing then is asked for by REST, again and again; what has not come after the
 * grace goes out late, and is never made up.
 */
import { type BarColumns, barColumns } from '../../market/bars.ts';
import { BASE, type Millis } from '../../market/time.ts';
import { BASE_TIMEFRAME, type Candle, candleOf, sameCandle, volumeUnit } from './candle.ts';
import { BASE_FRAME, fetchPage } from './candle-pages.ts';
import type { CcxtCandle, CcxtExchange } from './exchange.ts';
import type { Streams } from './streams.ts';
import { pause } from './time.ts';
import type { VenueClock } from './venue-clock.ts';

export interface CandleFeedOptions {
  readonly exchange: CcxtExchange;
  readonly clock: VenueClock;
  /** By index in bars. */
  readonly symbols: readonly string[];
  /** null where the exchange has no stream of candles: each is asked for. */
  readonly streams: Streams | null;
  /** Whether the exchange has said that the candle is closed; null where it never says so. */
  readonly confirmed: (symbol: string, openTime: Millis) => boolean | null;
  /** How long after the close all symbols are waited for. */
  readonly graceMs: Millis;
  readonly bars: (bars: BarColumns, phase: 'live' | 'late') => void;
  readonly missing: (symbol: number, closeTime: Millis) => void;
  readonly corrected: (symbol: number, was: Candle, is: Candle) => void;
  readonly failed: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Time that an exchange takes to say that a candle is closed. */
const SETTLE_MS: Millis = 1_000;
/** Between two looks for what is missing. */
const LOOK_MS: Millis = 500;
/** A candle that has not come until the next one closes is a gap. */
const LATE_FOR_MS: Millis = BASE - 30_000;
/** Where ccxt keeps candles whose stream does not say of which timeframe they are: no other is asked for. */
const UNTOLD = 'unknown';
/** Requests for missing candles at the same time. */
const AT_ONCE = 8;

export interface AwaitedCandle {
  readonly symbol: string;
  readonly closeTime: Millis;
}

export class CandleFeed {
  readonly #options: CandleFeedOptions;
  /** The newest candle that went out, by symbol. */
  readonly #sent = new Map<string, Candle>();
  /** Candles that have not come in time and are asked for, by what tells them apart. */
  readonly #awaited = new Map<string, AwaitedCandle>();
  #givenUp = 0;

  constructor(options: CandleFeedOptions) {
    this.#options = options;
  }

  /** What is late and still asked for, the oldest first. */
  get awaited(): readonly AwaitedCandle[] {
    return [...this.#awaited.values()];
  }

  /** Candles that have never come. */
  get givenUp(): number {
    return this.#givenUp;
  }

  /** Ends when the signal does. */
  async run(): Promise<void> {
    const { clock, signal } = this.#options;
    let closeTime = Math.ceil((clock.now() + 1) / BASE) * BASE;
    const late = new Set<Promise<void>>();
    while (!signal.aborted) {
      await this.#until(closeTime + SETTLE_MS);
      if (signal.aborted) break;
      const left = await this.#close(closeTime);
      if (left.length > 0) {
        const chase = this.#chase(closeTime, left).finally(() => late.delete(chase));
        late.add(chase);
      }
      // A machine that slept through closes goes on with what is now; the history has the rest.
      closeTime = Math.max(closeTime + BASE, Math.floor(clock.now() / BASE) * BASE);
    }
    await Promise.all(late);
  }

  /** @returns the symbols whose candle has not come in time. */
  async #close(closeTime: Millis): Promise<string[]> {
    const { clock, symbols, graceMs, signal, missing } = this.#options;
    const until = closeTime + Math.max(graceMs, SETTLE_MS);
    const found = new Map<string, Candle>();
    this.#compare(closeTime);
    let left = this.#take(symbols, closeTime, found);
    while (left.length > 0 && !signal.aborted) {
      await this.#ask(left, closeTime, found, until);
      left = this.#take(left, closeTime, found);
      if (left.length === 0 || clock.now() >= until) break;
      await pause(clock, Math.min(LOOK_MS, Math.max(1, until - clock.now())), signal);
    }
    if (signal.aborted) return [];
    this.#send(closeTime, found, 'live');
    for (const symbol of left) missing(symbols.indexOf(symbol), closeTime);
    return left;
  }

  async #chase(closeTime: Millis, symbols: readonly string[]): Promise<void> {
    const { clock, signal } = this.#options;
    const until = closeTime + LATE_FOR_MS;
    let left = [...symbols];
    const key = (symbol: string): string => `${closeTime} ${symbol}`;
    for (const symbol of symbols) this.#awaited.set(key(symbol), { symbol, closeTime });
    while (left.length > 0 && clock.now() < until && !signal.aborted) {
      await pause(clock, LOOK_MS * 10, signal);
      if (signal.aborted) return;
      const found = new Map<string, Candle>();
      await this.#ask(left, closeTime, found, until);
      left = this.#take(left, closeTime, found);
      for (const symbol of found.keys()) this.#awaited.delete(key(symbol));
      if (found.size > 0) this.#send(closeTime, found, 'late');
    }
    for (const symbol of left) this.#awaited.delete(key(symbol));
    this.#givenUp += left.length;
  }

  /** Takes what the streams have; returns what they have not. */
  #take(symbols: readonly string[], closeTime: Millis, found: Map<string, Candle>): string[] {
    const openTime = closeTime - BASE;
    return symbols.filter((symbol) => {
      if (found.has(symbol)) return false;
      const rows = this.#heard(symbol);
      const candle = rows.find((each) => each.openTime === openTime);
      if (candle === undefined || !this.#isClosed(symbol, rows, openTime)) return true;
      found.set(symbol, candle);
      return false;
    });
  }

  #isClosed(symbol: string, rows: readonly Candle[], openTime: Millis): boolean {
    const { confirmed, streams, clock } = this.#options;
    const said = confirmed(symbol, openTime);
    if (said !== null) return said;
    if (!rows.some((each) => each.openTime > openTime)) return false;
    const opened = clock.steady() - (clock.now() - openTime);
    return streams !== null && !streams.brokenSince(symbol, opened);
  }

  #heard(symbol: string): Candle[] {
    const heard = this.#options.exchange.ohlcvs[symbol];
    return this.#candles(symbol, heard?.[BASE_TIMEFRAME] ?? heard?.[UNTOLD] ?? []);
  }

  #candles(symbol: string, rows: readonly CcxtCandle[]): Candle[] {
    const unit = volumeUnit(this.#options.exchange, symbol);
    return [...rows].flatMap((row) => candleOf(row, unit) ?? []);
  }

  async #ask(
    symbols: readonly string[],
    closeTime: Millis,
    found: Map<string, Candle>,
    until: Millis,
  ): Promise<void> {
    const { exchange, clock, failed, signal } = this.#options;
    const queue = symbols.values();
    const worker = async (): Promise<void> => {
      for (const symbol of queue) {
        if (signal.aborted || clock.now() >= until) return;
        try {
          const rows = await fetchPage(exchange, symbol, BASE_FRAME, closeTime - BASE, 2);
          const candle = this.#candles(symbol, rows).find(({ openTime }) => openTime === closeTime - BASE);
          if (candle !== undefined) found.set(symbol, candle);
        } catch (error) {
          failed(error);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  #send(closeTime: Millis, found: ReadonlyMap<string, Candle>, phase: 'live' | 'late'): void {
    const { symbols, bars } = this.#options;
    const columns = barColumns(found.size);
    columns.closeTime = closeTime;
    for (const [symbol, name] of symbols.entries()) {
      const candle = found.get(name);
      if (candle === undefined) continue;
      const i = columns.count;
      columns.symbol[i] = symbol;
      columns.open[i] = candle.open;
      columns.high[i] = candle.high;
      columns.low[i] = candle.low;
      columns.close[i] = candle.close;
      columns.volume[i] = candle.volume;
      columns.count += 1;
      this.#sent.set(name, candle);
    }
    bars(columns, phase);
  }

  /** Whether what went out at the last close is still what the exchange tells. */
  #compare(closeTime: Millis): void {
    const { symbols, corrected } = this.#options;
    for (const [symbol, name] of symbols.entries()) {
      const was = this.#sent.get(name);
      if (was === undefined || was.openTime !== closeTime - 2 * BASE) continue;
      const is = this.#heard(name).find(({ openTime }) => openTime === was.openTime);
      if (is !== undefined && !sameCandle(was, is)) corrected(symbol, was, is);
    }
  }

  async #until(time: Millis): Promise<void> {
    const { clock, signal } = this.#options;
    // In steps: the exchange's clock may be found to be another meanwhile.
    for (let wait = time - clock.now(); wait > 0 && !signal.aborted; wait = time - clock.now())
      await pause(clock, Math.min(wait, 30_000), signal);
  }
}
