/** An exchange's candles of before, without keys and without streams: what a download reads. */
import type { Instrument, InstrumentType } from '../../market/instrument.ts';
import type { Millis } from '../../market/time.ts';
import { can, candlePage, lackOfTicks } from './abilities.ts';
import { RequestBudget } from './budget.ts';
import { type Candle, candleOf, volumeUnit } from './candle.ts';
import { fetchPage } from './candle-pages.ts';
import { type BaseUrls, connect, govern } from './connect.ts';
import type { CcxtMarket } from './exchange.ts';
import { instrumentsOf } from './instruments.ts';
import { loadExchange } from './library.ts';
import { machineTimer, type Timer } from './time.ts';
import { VenueClock } from './venue-clock.ts';

export interface CandleSourceOptions {
  /** ccxt's id, e.g. `bybit`. */
  readonly exchange: string;
  readonly type: InstrumentType;
  /** The coin that contracts are settled in. */
  readonly quote: string;
  readonly urls?: BaseUrls | undefined;
  readonly timer?: Timer | undefined;
}

export interface CandlePage {
  /** In order of time, each once, and none from outside what was asked for. */
  readonly candles: readonly Candle[];
  /** Rows of the answer that are no candles. */
  readonly refused: number;
  /** Nothing at all was in the answer. */
  readonly empty: boolean;
}

export interface CandleSource {
  readonly timeframes: readonly string[];
  /** Candles that may be asked for at once. */
  readonly page: number;
  /** The exchange's own time. */
  now(): Millis;
  /** The markets of the kind that was opened, by ccxt's names. */
  readonly symbols: readonly string[];
  /** By ccxt's name or the exchange's own. @returns null where there is none of that kind */
  find(name: string): { readonly symbol: string; readonly instrument: Instrument | string } | null;
  /** Those that open in [from, from + count steps). @throws ccxt's errors */
  candles(symbol: string, timeframe: string, step: Millis, from: Millis, count: number): Promise<CandlePage>;
  /** Sends nothing for so long. */
  rest(ms: Millis): void;
  /** Whoever waits for the rate limit then waits for ever. */
  close(): Promise<void>;
}

/** Exchanges that do not say give at least so many candles at once. */
const SMALLEST_PAGE = 100;

/** @returns in words why it gives no candles, where it gives none. @throws ccxt's errors when it cannot be reached */
export async function openCandleSource(options: CandleSourceOptions): Promise<CandleSource | string> {
  const { type, quote } = options;
  const timer = new EndingTimer(options.timer ?? machineTimer);
  const made = await loadExchange(options.exchange);
  if (made === null) return `ccxt has no exchange ${JSON.stringify(options.exchange)}`;
  const exchange = connect(made, { ...options, credentials: undefined, exact: false });
  const close = async (): Promise<void> => {
    timer.end();
    await exchange.close();
  };
  const lack = can(exchange, 'fetchOHLCV') ? lackOfTicks(exchange) : 'candles';
  if (lack !== null) {
    await close();
    return `ccxt has no ${lack} of ${options.exchange}`;
  }
  const budget = new RequestBudget(timer, exchange.rateLimit);
  const clock = new VenueClock({ timer, fetchTime: () => exchange.fetchTime() });
  govern(exchange, budget, () => clock.now());
  try {
    if (exchange.has.fetchTime === true) await clock.measure();
    const markets = await exchange.loadMarkets();
    const ofKind = Object.values(markets).filter((market) => isKind(market, type));
    return {
      timeframes: Object.keys(exchange.timeframes ?? {}),
      page: candlePage(exchange, type) ?? SMALLEST_PAGE,
      now: () => clock.now(),
      symbols: ofKind.map(({ symbol }) => symbol),
      find: (name) => {
        const named = ofKind.filter(({ symbol, id }) => symbol === name || id === name);
        // An exchange's own name may be that of several: of those, the one that is settled as it is usual here.
        const market = named.find((each) => each.quote === quote) ?? named[0];
        if (market === undefined) return null;
        const { symbol } = market;
        const { list, refused } = instrumentsOf(markets, { type, quote: market.quote, symbols: [symbol] });
        return { symbol, instrument: list[0] ?? refused[0] ?? 'the exchange does not tell enough of it' };
      },
      candles: async (symbol, timeframe, step, from, count) => {
        const end = from + count * step;
        const rows = await fetchPage(exchange, symbol, { timeframe, step }, from, count);
        const unit = volumeUnit(exchange, symbol);
        const candles: Candle[] = [];
        let refused = 0;
        let next = from;
        for (const row of [...rows].sort((a, b) => Number(a[0]) - Number(b[0]))) {
          const candle = candleOf(row, unit, step);
          if (candle === null) refused += 1;
          if (candle === null || candle.openTime < next || candle.openTime >= end) continue;
          next = candle.openTime + step;
          candles.push(candle);
        }
        return { candles, refused, empty: rows.length === 0 };
      },
      rest: (ms) => budget.close(ms),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function isKind(market: CcxtMarket, type: InstrumentType): boolean {
  return type === 'spot' ? market.spot === true : market.swap === true && market.linear === true;
}

/** Timeframes of an exchange's candles by ccxt's own table, which asks nobody; none where it has no such exchange. */
export async function candleTimeframes(id: string): Promise<readonly string[]> {
  const exchange = await loadExchange(id);
  return exchange === null ? [] : Object.keys(new exchange({}).timeframes ?? {});
}

/** A timer whose waits are all called off at the end, so that none holds the process. */
class EndingTimer implements Timer {
  readonly #timer: Timer;
  readonly #waits = new Set<() => void>();

  constructor(timer: Timer) {
    this.#timer = timer;
  }

  steady(): Millis {
    return this.#timer.steady();
  }

  after(ms: Millis, run: () => void): () => void {
    const callOff = this.#timer.after(ms, () => {
      this.#waits.delete(callOff);
      run();
    });
    this.#waits.add(callOff);
    return () => {
      this.#waits.delete(callOff);
      callOff();
    };
  }

  end(): void {
    for (const callOff of this.#waits) callOff();
    this.#waits.clear();
  }
}
