/**
 * Order books, as the summaries that the engine takes: at most one a second for each symbol. Few symbols are watched;
 * many are asked for in turn, because a stream of hundreds of whole books costs more than the engine uses of them.
 */
import type { BookSummary } from '../../market/book.ts';
import { type Millis, SECOND } from '../../market/time.ts';
import type { StreamAbilities } from './abilities.ts';
import { BookDepth, type Levels } from './book-depth.ts';
import { BookReaches, type Reach, WHOLE } from './book-reach.ts';
import type { Dialect, SnapshotBooks } from './dialect.ts';
import type { CcxtBook, CcxtExchange } from './exchange.ts';
import { BATCH, Streams } from './streams.ts';
import { pause, type Timer } from './time.ts';
import { isA } from './troubles.ts';

export interface BookFeedOptions {
  readonly exchange: CcxtExchange;
  readonly timer: Timer;
  readonly symbols: readonly string[];
  /** Base units of what each book counts in. */
  readonly sizes: readonly number[];
  readonly abilities: StreamAbilities;
  /** null for an exchange of which no more is known than what ccxt says. */
  readonly dialect: Dialect | null;
  readonly book: (symbol: number, book: BookSummary) => void;
  readonly failed: (error: unknown) => void;
  /** They are streamed, not asked for. */
  readonly opened: (streams: Streams) => void;
  readonly signal: AbortSignal;
}

const MOST_WATCHED = 40;
/** Levels on each side where a stream keeps them: most take the first. */
const WATCHED_DEPTHS: readonly Levels[] = [50, 100, undefined];
/**
 * Where the first would name a channel that the exchange has for other accounts alone. What it says to that comes too
 * late: ccxt takes the book for subscribed to from then on, and asks for it no more.
 */
const OTHER_DEPTHS: Readonly<Record<string, readonly Levels[]>> = { bitget: [100, undefined] };
/**
 * Where ccxt adds the snapshot of a new connection to the book of the one before: what was taken away in between would
 * stay in it, and most of the time cross it.
 */
const ADD_SNAPSHOTS: ReadonlySet<string> = new Set(['dydx']);
/** Levels that are asked for at once. */
const ASKED_DEPTHS: readonly Levels[] = [100, undefined];
/** A symbol that is asked for is asked again no sooner. */
const ASK_AGAIN_MS: Millis = 10 * SECOND;

/** A book is begun anew no sooner. */
const RENEW_AGAIN_MS: Millis = 10 * SECOND;
/** It is when the price has used up so much of what is known on one side. */
const WORN = 0.5;

const NEAR = 0.003;
const FAR = 0.005;

/** Ends when the signal does. */
export async function runBookFeed(options: BookFeedOptions): Promise<void> {
  const watches = options.abilities.books !== 'none' && options.symbols.length <= MOST_WATCHED;
  await (watches ? watched(options) : asked(options));
}

/** The exchanges of a dialect are known to take the first number: whatever goes wrong there, their books stay as deep. */
function depthOf(steps: readonly Levels[], dialect: Dialect | null): BookDepth {
  return new BookDepth(dialect === null ? steps : steps.slice(0, 1));
}

async function watched(options: BookFeedOptions): Promise<void> {
  const { exchange, timer, symbols, sizes, abilities, dialect, book, failed, opened, signal } = options;
  const batch = abilities.books === 'batch' ? BATCH : 1;
  const snapshots = dialect?.snapshotBooks ?? null;
  const depth = depthOf(OTHER_DEPTHS[exchange.id] ?? WATCHED_DEPTHS, dialect);
  const streams = new Streams({
    timer,
    symbols,
    batch,
    watch: async (names) => {
      const get = (levels: Levels): Promise<unknown> =>
        batch > 1
          ? exchange.watchOrderBookForSymbols(names, levels)
          : exchange.watchOrderBook(names[0] ?? '', levels);
      // How far a snapshot is known to reach hangs on how deep it was asked for.
      try {
        return await (snapshots === null ? depth.ask(get) : get(snapshots.depth));
      } catch (error) {
        if (ADD_SNAPSHOTS.has(exchange.id) && isA(error, 'NetworkError'))
          for (const name of names) delete exchange.orderbooks[name];
        throw error;
      }
    },
    failed,
    signal,
  });
  opened(streams);
  const renewals = snapshots === null ? null : new Renewals(options, snapshots);
  const seen = new Map<string, string>();
  const sample = async (): Promise<void> => {
    while (!signal.aborted) {
      await pause(timer, SECOND, signal);
      if (signal.aborted) return;
      for (const [i, symbol] of symbols.entries()) {
        const found = exchange.orderbooks[symbol];
        // A book that has not moved is no news, and one whose stream is down is none at all.
        if (found === undefined) continue;
        const told = found.timestamp ?? found.nonce;
        // Of one that is neither numbered nor dated it is not known what moved: its stream is heard, or not.
        const state = told === undefined ? `${streams.heardOf(symbol)}` : `${found.timestamp} ${found.nonce}`;
        if (seen.get(symbol) === state) continue;
        seen.set(symbol, state);
        const reach = renewals === null ? WHOLE : renewals.reachOf(found);
        const summary = reach === null ? null : summarise(found, sizes[i] ?? 1, reach);
        if (summary !== null) book(i, summary);
        renewals?.renewWorn(symbol, found);
      }
    }
  };
  await Promise.all([streams.run(), sample()]);
}

/** Has books begun anew before the price comes to the end of what is known of them. */
class Renewals {
  readonly #options: BookFeedOptions;
  readonly #snapshots: SnapshotBooks;
  readonly #reaches: BookReaches;
  readonly #renewedAt = new Map<string, Millis>();

  constructor(options: BookFeedOptions, snapshots: SnapshotBooks) {
    this.#options = options;
    this.#snapshots = snapshots;
    this.#reaches = new BookReaches(options.exchange, snapshots.depth);
  }

  /** null for a book that waits for its beginning. */
  reachOf(book: CcxtBook): Reach | null {
    return book.nonce === undefined ? null : this.#reaches.of(book);
  }

  renewWorn(symbol: string, book: CcxtBook): void {
    const reach = this.reachOf(book);
    if (reach === null || !isWorn(book, reach)) return;
    const { exchange, timer, failed } = this.#options;
    const now = timer.steady();
    if (now - (this.#renewedAt.get(symbol) ?? Number.NEGATIVE_INFINITY) < RENEW_AGAIN_MS) return;
    this.#renewedAt.set(symbol, now);
    try {
      this.#snapshots.renew(exchange, symbol);
    } catch (error) {
      failed(error);
    }
  }
}

function isWorn(book: CcxtBook, { bid, ask, bidRoom, askRoom }: Reach): boolean {
  const bestBid = Number(book.bids[0]?.[0]);
  const bestAsk = Number(book.asks[0]?.[0]);
  // Nothing is counted further out.
  const enough = bestBid * FAR;
  return bestBid - bid < Math.min(bidRoom * WORN, enough) || ask - bestAsk < Math.min(askRoom * WORN, enough);
}

async function asked({
  exchange,
  timer,
  symbols,
  sizes,
  dialect,
  book,
  failed,
  signal,
}: BookFeedOptions): Promise<void> {
  const depth = depthOf(ASKED_DEPTHS, dialect);
  while (!signal.aborted) {
    const begun = timer.steady();
    for (const [i, symbol] of symbols.entries()) {
      if (signal.aborted) return;
      try {
        const found = await depth.ask((levels) => exchange.fetchOrderBook(symbol, levels));
        const summary = summarise(found, sizes[i] ?? 1, WHOLE);
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
 * @returns null for a book with an empty or a crossed side, or whose best prices lie beyond what is known: that is no price.
 */
export function summarise(
  book: CcxtBook,
  size: number,
  reach: Pick<Reach, 'bid' | 'ask'>,
): BookSummary | null {
  const bid = Number(book.bids[0]?.[0]);
  const ask = Number(book.asks[0]?.[0]);
  if (!(bid > 0) || !(ask > 0) || bid >= ask || bid < reach.bid || ask > reach.ask) return null;
  const mid = (bid + ask) / 2;
  const within = (share: number) => ({
    bids: depth(book.bids, mid, Math.min(mid * share, mid - reach.bid), size),
    asks: depth(book.asks, mid, Math.min(mid * share, reach.ask - mid), size),
  });
  const near = within(NEAR);
  const far = within(FAR);
  return {
    bid,
    ask,
    bidDepth03: near.bids,
    askDepth03: near.asks,
    bidDepth05: far.bids,
    askDepth05: far.asks,
  };
}

function depth(levels: CcxtBook['bids'], mid: number, distance: number, size: number): number {
  let sum = 0;
  for (const [level, amount] of levels) {
    const price = Number(level);
    if (Math.abs(price - mid) > distance) break;
    sum += price * Number(amount) * size;
  }
  return sum;
}
