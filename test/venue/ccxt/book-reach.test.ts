import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarise } from '../../../src/venue/ccxt/book-feed.ts';
import { BookReaches, WHOLE } from '../../../src/venue/ccxt/book-reach.ts';
import { connect } from '../../../src/venue/ccxt/connect.ts';
import type { CcxtBook, CcxtExchange } from '../../../src/venue/ccxt/exchange.ts';
import { loadExchange } from '../../../src/venue/ccxt/library.ts';

async function binance(): Promise<CcxtExchange> {
  const made = await loadExchange('binanceusdm');
  assert.ok(made !== null);
  return connect(made, { type: 'linear', quote: 'USDT', exact: false });
}

function add(book: CcxtBook, side: 'bids' | 'asks', price: number): void {
  const store: unknown = Reflect.get(book[side], 'store');
  assert.ok(typeof store === 'function');
  store.call(book[side], price, 1);
}

test('a book is known as far as its snapshot went, and a side that came whole to its end', async () => {
  const exchange = await binance();
  const reaches = new BookReaches(exchange, 3);
  const book = exchange.orderBook();
  assert.equal(reaches.of(book), null);
  const bids = [10, 9, 8].map((price) => [price, 1]);
  const asks = [11, 12].map((price) => [price, 1]);
  book.reset({ bids, asks });
  assert.deepEqual(reaches.of(book), { bid: 8, ask: Infinity, bidRoom: 2, askRoom: Infinity });
});

test('levels that are cut off because better ones came are not known any more', async () => {
  const exchange = await binance();
  const reaches = new BookReaches(exchange, 3);
  const book = exchange.orderBook();
  book.reset({
    bids: [10, 9, 8].map((price) => [price, 1]),
    asks: [11, 12, 13].map((price) => [price, 1]),
  });
  for (const price of [10.1, 10.2, 10.3]) add(book, 'bids', price);
  book.limit();
  assert.equal(reaches.of(book)?.bid, 8);
  add(book, 'bids', 10.4);
  book.limit();
  assert.deepEqual([reaches.of(book)?.bid, reaches.of(book)?.ask, book.bids.length], [9, 13, 6]);
});

test('best prices beyond what is known of a book are no prices, and depths end where the knowledge does', () => {
  const book = { bids: [1000, 999, 998].map((price) => [price, 1]), asks: [[1001, 2]] };
  assert.equal(summarise(book, 1, { bid: 1000.5, ask: 2000 }), null);
  assert.equal(summarise(book, 1, { bid: 900, ask: 1000.5 }), null);
  const depthTo = (bid: number) => summarise(book, 1, { bid, ask: 2000 })?.bidDepth03;
  assert.deepEqual([depthTo(999), depthTo(900)], [1999, 2997]);
  assert.equal(summarise(book, 1, WHOLE)?.askDepth05, 2002);
});
