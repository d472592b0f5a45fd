/**
 * Order books, as the summaries that the engine takes: at most one a second for each symbol. Few symbols are watched;
 * many are asked for in turn, because a stream of hundreds of whole books costs more than the engine uses of them.
 */
import type { BookSummary } from '../../market/book.ts';
import { type Millis, SECOND } from '../../market/time.ts';
import type { StreamAbilities } from './abilities.ts';
import type { CcxtBook, CcxtExchange } from './exchange.ts';
import { BATCH, Streams } from './streams.ts';
import { pause, type Timer } from './time.ts';

export interface BookFeedOptions {
  readonly exchange: CcxtExchange;
  readonly timer: Timer;
  readonly symbols: readonly string[];
  /** Base units of what each book counts in. */
  readonly sizes: readonly number[];
  readonly abilities: StreamAbilities;
  readonly book: (symbol: number, book: BookSummary) => void;
  readonly failed: (error: unknown) => void;
  /** They are streamed, not asked for. */
  readonly opened: (streams: Streams) => void;
  readonly signal: AbortSignal;
}

const MOST_WATCHED = 40;
/** Levels on each side: the deepest that streams are had with in common. */
const WATCHED_DEPTH = 50;
const ASKED_DEPTH = 200;
/** A symbol that is asked for is asked again no sooner. */
const ASK_AGAIN_MS: Millis = 10 * SECOND;

const NEAR = 0.003;
const FAR = 0.005;

/** Ends when the signal does. */
export async function runBookFeed(options: BookFeedOptions): Promise<void> {
  const watches = options.abilities.books !== 'none' && options.symbols.length <= MOST_WATCHED;
  await (watches ? watched(options) : asked(options));
}

async function watched({
  exchange,
  timer,
  symbols,
  sizes,
  abilities,
  book,
  failed,
  opened,
  signal,
}: BookFeedOptions): Promise<void> {
  const batch = abilities.books === 'batch' ? BATCH : 1;
  const streams = new Streams({
    timer,
    symbols,
    batch,
    watch: (names) =>
      batch > 1
        ? exchange.watchOrderBookForSymbols(names, WATCHED_DEPTH)
        : exchange.watchOrderBook(names[0] ?? '', WATCHED_DEPTH),
    failed,
    signal,
  });
  opened(streams);
  const seen = new Map<string, unknown>();
  const sample = async (): Promise<void> => {
    while (!signal.aborted) {
      await pause(timer, SECOND, signal);
      if (signal.aborted) return;
      for (const [i, symbol] of symbols.entries()) {
        const found = exchange.orderbooks[symbol];
        // A book that has not moved is no news, and one whose stream is down is none at all.
        if (found === undefined) continue;
        if (found.timestamp !== undefined && seen.get(symbol) === found.timestamp) continue;
        seen.set(symbol, found.timestamp);
        const summary = summarise(found, sizes[i] ?? 1);
        if (summary !== null) book(i, summary);
      }
    }
  };
  await Promise.all([streams.run(), sample()]);
}

async function asked({
  exchange,
  timer,
  symbols,
  sizes,
  book,
  failed,
  signal,
}: BookFeedOptions): Promise<void> {
  while (!signal.aborted) {
    const begun = timer.steady();
    for (const [i, symbol] of symbols.entries()) {
      if (signal.aborted) return;
      try {
        const summary = summarise(await exchange.fetchOrderBook(symbol, ASKED_DEPTH), sizes[i] ?? 1);
        if (signal.aborted) return;
        if (summary !== null) book(i, summary);
      } catch (error) {
        failed(error);
        await pause(timer, SECOND, signal);
      }
    }
    await pause(timer, Math.max(0, begun + ASK_AGAIN_MS - timer.steady()), signal);
  }
}

/**
 * Depths count what the book shows: where it ends nearer than 0.5 % there may be more.
 * @returns null for a book with an empty or a crossed side, which is no price.
 */
export function summarise(book: CcxtBook, size: number): BookSummary | null {
  const bid = Number(book.bids[0]?.[0]);
  const ask = Number(book.asks[0]?.[0]);
  if (!(bid > 0) || !(ask > 0) || bid >= ask) return null;
  const mid = (bid + ask) / 2;
  return {
    bid,
    ask,
    bidDepth03: depth(book.bids, mid, NEAR, size),
    askDepth03: depth(book.asks, mid, NEAR, size),
    bidDepth05: depth(book.bids, mid, FAR, size),
    askDepth05: depth(book.asks, mid, FAR, size),
  };
}

function depth(levels: CcxtBook['bids'], mid: number, within: number, size: number): number {
  let sum = 0;
  for (const [level, amount] of levels) {
    const price = Number(level);
    if (Math.abs(price - mid) > mid * within) break;
    sum += price * Number(amount) * size;
  }
  return sum;
}
