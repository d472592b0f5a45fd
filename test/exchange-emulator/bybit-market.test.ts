import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, MINUTE } from '../../src/market/time.ts';
import { bybitSession, PERPETUAL, SPOT } from './harness.ts';

test('ccxt finds the perpetuals and the spot markets with their steps, limits and fees', async () => {
  await using session = await bybitSession();
  await session.client.loadMarkets();
  const perpetual = session.client.market(PERPETUAL);
  assert.deepEqual(
    [perpetual.linear, perpetual.precision.price, perpetual.precision.amount, perpetual.contractSize],
    [true, 0.1, 0.0001, 1],
  );
  assert.equal(perpetual.limits.cost?.min, 5);
  const spot = session.client.market(SPOT);
  assert.deepEqual([spot.spot, spot.precision.price, spot.precision.amount], [true, 0.1, 0.0001]);
  assert.equal(Object.keys(session.client.markets ?? {}).length, 4);
});

test('candles of every timeframe agree with the base candles that they are made of', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  control.advance(12 * BASE);
  const base = await client.fetchOHLCV(PERPETUAL, '5m', control.now() - 12 * BASE, 12);
  const hour = await client.fetchOHLCV(PERPETUAL, '1h', control.now() - 12 * BASE, 1);
  assert.equal(base.length, 12);
  const prices = (column: number) => base.map((row) => Number(row[column]));
  assert.deepEqual(hour[0]?.slice(1, 5), [
    prices(1)[0],
    Math.max(...prices(2)),
    Math.min(...prices(3)),
    prices(4)[11],
  ]);
  const minutes = await client.fetchOHLCV(PERPETUAL, '1m', control.now() - BASE, 5);
  assert.equal(minutes.length, 5);
  assert.equal(minutes[0]?.[1], base[11]?.[1]);
  assert.equal(Math.max(...minutes.map((row) => Number(row[2]))), base[11]?.[2]);
  assert.equal(minutes[4]?.[4], base[11]?.[4]);
});

test('candles can be paged over the whole history without a gap or a repetition', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  const start = control.now() - 1_000 * BASE;
  const first = await client.fetchOHLCV(PERPETUAL, '5m', start, 600);
  const rest = await client.fetchOHLCV(PERPETUAL, '5m', start + 600 * BASE, 600);
  const times = [...first, ...rest].map((row) => Number(row[0]));
  const closed = times.slice(0, 1_000);
  assert.deepEqual(
    closed,
    closed.map((_, index) => start + index * BASE),
  );
});

test('ticker, book, trades and open interest are of one moment', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  control.advance(MINUTE);
  const price = control.price('BTCUSDT');
  const tickers = await client.fetchTickers([PERPETUAL]);
  assert.equal(String(tickers[PERPETUAL]?.last), price.last);
  assert.equal(String(tickers[PERPETUAL]?.bid), price.bid);
  const book = await client.fetchOrderBook(PERPETUAL, 50);
  assert.deepEqual([String(book.bids[0]?.[0]), String(book.asks[0]?.[0])], [price.bid, price.ask]);
  assert.equal(book.bids.length, 50);
  const trades = await client.fetchTrades(SPOT);
  assert.equal(String(trades.at(-1)?.price), price.last);
  const interest = await client.fetchOpenInterest(PERPETUAL);
  assert.ok(Number(interest.openInterestAmount) > 0);
  assert.equal(await client.fetchTime(), control.now());
});

test('the same seed gives the same market to the last digit, whatever the steps in which time passes', async () => {
  await using one = await bybitSession({ seed: 7 });
  await using other = await bybitSession({ seed: 7 });
  one.control.advance(3 * BASE);
  for (let n = 0; n < 9; n += 1) other.control.advance(BASE / 3);
  const candles = await one.client.fetchOHLCV(PERPETUAL, '5m');
  assert.deepEqual(candles, await other.client.fetchOHLCV(PERPETUAL, '5m'));
  assert.deepEqual(one.control.price('ETHUSDT'), other.control.price('ETHUSDT'));
});
