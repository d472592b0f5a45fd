import type { SnapshotBooks } from '../dialect.ts';

/** The most that one request gives on futures. */
const DEPTH = 1_000;

export const binanceBooks: SnapshotBooks = {
  depth: DEPTH,

  renew(exchange, symbol) {
    const book = exchange.orderbooks[symbol];
    const name = `orderbook::${symbol}`;
    const client = Object.values(exchange.clients).find(
      ({ subscriptions }) => subscriptions[name] !== undefined,
    );
    const subscription = client?.subscriptions[name];
    // A stream that is down, or is just being asked for, begins anew by itself.
    if (book?.nonce === undefined || typeof subscription !== 'object' || subscription === null) return;
    const begin: unknown = Reflect.get(exchange, 'fetchOrderBookSnapshot');
    if (typeof begin !== 'function') throw new Error('this ccxt has no fetchOrderBookSnapshot');
    // Without a number ccxt keeps the changes back until the snapshot is there, as at the very beginning.
    book.nonce = undefined;
    book.cache = [];
    exchange.spawn(begin, client, null, { ...subscription, symbol });
  },
};
