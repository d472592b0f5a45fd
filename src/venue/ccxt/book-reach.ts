/**
 * How far a book is known. One that began with a snapshot of so many levels has, beyond the worst of them, only what has
 * changed since: an order that nobody touches is not there, and once the price has come that far the best prices
 * themselves are wrong.
 */
import type { CcxtBook, CcxtExchange, CcxtKeptBook, Figure } from './exchange.ts';

export interface Reach {
  /** Between these two prices every level is there. */
  readonly bid: number;
  readonly ask: number;
  /** How far it was from the best price to them when the book began. */
  readonly bidRoom: number;
  readonly askRoom: number;
}

/** Of a book that shows all that it knows, in one piece. */
export const WHOLE = { bid: 0, ask: Number.POSITIVE_INFINITY } as const;

type Levels = readonly (readonly Figure[])[];

/** Levels that are kept to one of the snapshot: what comes between does not push out what is known. */
const KEPT = 2;

export class BookReaches {
  readonly #depth: number;
  readonly #reaches = new WeakMap<CcxtBook, Reach>();

  /** @param depth levels on each side of the snapshots that the exchange is asked for. */
  constructor(exchange: CcxtExchange, depth: number) {
    this.#depth = depth;
    const make = exchange.orderBook.bind(exchange);
    exchange.orderBook = (snapshot) => this.#follow(make(snapshot, depth * KEPT));
  }

  /** null for a book that has not begun. */
  of(book: CcxtBook): Reach | null {
    return this.#reaches.get(book) ?? null;
  }

  #follow(book: CcxtKeptBook): CcxtKeptBook {
    const reset = book.reset.bind(book);
    book.reset = (snapshot) => {
      const bid = end(snapshot.bids, this.#depth) ?? 0;
      const ask = end(snapshot.asks, this.#depth) ?? Number.POSITIVE_INFINITY;
      this.#reaches.set(book, {
        bid,
        ask,
        bidRoom: Number(snapshot.bids[0]?.[0] ?? bid) - bid,
        askRoom: ask - Number(snapshot.asks[0]?.[0] ?? ask),
      });
      return reset(snapshot);
    };
    const limit = book.limit.bind(book);
    book.limit = () => {
      this.#cut(book);
      return limit();
    };
    return book;
  }

  #cut(book: CcxtBook): void {
    const reach = this.#reaches.get(book);
    if (reach === undefined) return;
    const most = this.#depth * KEPT;
    this.#reaches.set(book, {
      ...reach,
      bid: Math.max(reach.bid, end(book.bids, most) ?? 0),
      ask: Math.min(reach.ask, end(book.asks, most) ?? Number.POSITIVE_INFINITY),
    });
  }
}

/** The price of the last of so many levels; undefined for a side that has fewer, and is there whole. */
function end(levels: Levels, most: number): number | undefined {
  const last = levels[most - 1];
  return last === undefined ? undefined : Number(last[0]);
}
