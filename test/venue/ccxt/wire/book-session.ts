/** The adapter's own feed of books, by ccxt, on a served market. Time stands still until it is told to pass. */
import type { BookSummary } from '../../../../src/market/book.ts';
import { streamAbilities } from '../../../../src/venue/ccxt/abilities.ts';
import { runBookFeed } from '../../../../src/venue/ccxt/book-feed.ts';
import { RequestBudget } from '../../../../src/venue/ccxt/budget.ts';
import { connect, govern } from '../../../../src/venue/ccxt/connect.ts';
import { dialectOf } from '../../../../src/venue/ccxt/dialects.ts';
import type { CcxtBook, CcxtExchange } from '../../../../src/venue/ccxt/exchange.ts';
import { loadExchange } from '../../../../src/venue/ccxt/library.ts';
import { HandTimer } from '../hand-timer.ts';
import type { Diff, Market } from './recording.ts';
import { type ServedBinance, servedBinance } from './served-binance.ts';

/** ccxt's name of the class that is used for each kind. */
const EXCHANGES = { spot: 'binance', linear: 'binanceusdm' } as const;
const SYMBOLS = { spot: 'BTC/USDT', linear: 'BTC/USDT:USDT' } as const;
export const DEPTH_STREAM = 'btcusdt@depth@100ms';

export interface BookSession extends AsyncDisposable {
  readonly exchange: CcxtExchange;
  readonly symbol: string;
  readonly server: ServedBinance;
  readonly timer: HandTimer;
  /** What the feed has told, the newest last, with the number of the update that the book was at. */
  readonly told: (BookSummary & { readonly update: number | undefined })[];
  /** What went wrong, as the adapter heard of it. */
  readonly failures: string[];
  /** As ccxt has it now. */
  readonly book: CcxtBook | undefined;
  /** Sends it, and waits until ccxt has taken it in where somebody listens. */
  send(diff: Diff): Promise<void>;
  /** Waits, without letting time pass, until it is so. */
  until(done: () => boolean): Promise<void>;
}

export async function exchangeOn(
  server: ServedBinance,
  kind: Market['kind'],
  timer: HandTimer,
): Promise<CcxtExchange> {
  const made = await loadExchange(EXCHANGES[kind]);
  if (made === null) throw new Error('ccxt has lost the exchange');
  const exchange = connect(made, { type: kind, quote: 'USDT', urls: server.urls, exact: false });
  govern(exchange, new RequestBudget(timer, exchange.rateLimit), () => timer.steady());
  await exchange.loadHttpProxyAgent();
  await exchange.loadMarkets();
  return exchange;
}

export const symbolOf = (kind: Market['kind']): string => SYMBOLS[kind];

export async function bookSession(kind: Market['kind']): Promise<BookSession> {
  const server = await servedBinance();
  const timer = new HandTimer();
  const exchange = await exchangeOn(server, kind, timer);
  const symbol = SYMBOLS[kind];
  const told: BookSession['told'] = [];
  const failures: string[] = [];
  const end = new AbortController();
  const taken = onMessages(exchange);
  const feed = runBookFeed({
    exchange,
    timer,
    symbols: [symbol],
    sizes: [1],
    abilities: streamAbilities(exchange, kind),
    dialect: dialectOf(exchange.id),
    book: (_, book) => told.push({ ...book, update: exchange.orderbooks[symbol]?.nonce }),
    failed: (error) => failures.push(error instanceof Error ? error.name : String(error)),
    opened: () => undefined,
    signal: end.signal,
  });
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    exchange,
    symbol,
    server,
    timer,
    told,
    failures,
    get book() {
      return exchange.orderbooks[symbol];
    },
    send: (diff) => {
      const before = taken.count;
      const listeners = server.push(DEPTH_STREAM, diff);
      return taken.reaches(before + listeners);
    },
    until,
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await exchange.close();
      await feed;
      await server[Symbol.asyncDispose]();
    },
  };
}

interface Taken {
  readonly count: number;
  /** Resolves once that many were. */
  reaches(count: number): Promise<void>;
}

/** Counts the messages of books that ccxt has taken in, with or without success. */
function onMessages(exchange: CcxtExchange): Taken {
  let taken = 0;
  let waits: { readonly count: number; readonly heard: () => void } | null = null;
  const handle: unknown = Reflect.get(exchange, 'handleOrderBook');
  if (typeof handle !== 'function') throw new Error('this ccxt has no handleOrderBook');
  Reflect.set(exchange, 'handleOrderBook', (...args: unknown[]) => {
    handle.apply(exchange, args);
    taken += 1;
    if (waits !== null && taken >= waits.count) waits.heard();
  });
  return {
    get count() {
      return taken;
    },
    reaches: (count) =>
      new Promise((resolve) => {
        if (taken >= count) resolve();
        else waits = { count, heard: resolve };
      }),
  };
}
