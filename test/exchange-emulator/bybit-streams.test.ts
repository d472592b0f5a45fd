import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE } from '../../src/market/time.ts';
import { bybitSession, only, PERPETUAL, type Session, SPOT, watching } from './harness.ts';

test('candles come while they form and once more when they close, then the next one begins', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  const first = await client.watchOHLCV(PERPETUAL, '5m');
  const start = Number(first.at(-1)?.[0]);
  const seen = client.watchOHLCV(PERPETUAL, '5m');
  control.advance(5_000);
  assert.equal((await seen).at(-1)?.[0], start);
  const rolled = client.watchOHLCV(PERPETUAL, '5m');
  control.advance(BASE - 5_000);
  await rolled;
  const closed = await client.fetchOHLCV(PERPETUAL, '5m', start, 1);
  const cache = client.ohlcvs[PERPETUAL]?.['5m'] ?? [];
  assert.deepEqual(
    [...cache].find((row) => row[0] === start),
    closed[0],
  );
});

test('the book that ccxt keeps out of snapshot and changes is the book of the exchange', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  for (const market of [PERPETUAL, SPOT]) {
    await client.watchOrderBook(market);
    for (let n = 0; n < 40; n += 1) {
      const next = client.watchOrderBook(market);
      control.advance(5_000);
      await next;
    }
    const kept = await client.fetchOrderBook(market, 50);
    const book = client.orderbooks[market];
    assert.deepEqual([[...(book?.bids ?? [])], [...(book?.asks ?? [])]], [kept.bids, kept.asks]);
  }
});

test('tickers and trades of perpetuals and spot follow the price', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  for (const market of [PERPETUAL, SPOT]) {
    const before = await client.watchTicker(market);
    assert.equal(String(before.last), control.price('BTCUSDT').last);
    const trades = client.watchTrades(market);
    await control.whenSubscribed(market === SPOT ? 'public/spot' : 'public/linear', [
      'tickers.BTCUSDT',
      'publicTrade.BTCUSDT',
    ]);
    const ticker = client.watchTicker(market);
    control.advance(5_000);
    assert.equal(String((await ticker).last), control.price('BTCUSDT').last);
    assert.equal(String((await trades).at(-1)?.price), control.price('BTCUSDT').last);
  }
});

/** Watches what is told of the account, from the moment that the exchange knows of it. */
async function watchAccount({ client, control }: Session) {
  await client.loadMarkets();
  await client.watchPositions();
  const watched = {
    orders: client.watchOrders(),
    trades: client.watchMyTrades(),
    positions: client.watchPositions(),
    balance: client.watchBalance(),
  };
  watching(...Object.values(watched));
  await control.whenSubscribed('/v5/private', ['order', 'execution', 'position', 'wallet']);
  return watched;
}

test('orders, trades, positions and the balance are told on the private stream as the books have them', async () => {
  await using session = await bybitSession();
  const watched = await watchAccount(session);
  await session.client.createOrder(PERPETUAL, 'market', 'buy', 0.01, undefined, { clientOrderId: 'entry-1' });
  const execution = only(session.control.books().executions);
  const trade = only(await watched.trades);
  assert.deepEqual(
    [trade.id, trade.order, String(trade.price), trade.amount, String(trade.fee?.cost)],
    [execution.id, execution.orderId, execution.price, 0.01, execution.fee],
  );
  const order = only(await watched.orders);
  assert.deepEqual([order.clientOrderId, order.status, order.filled], ['entry-1', 'closed', 0.01]);
  const position = only(await watched.positions);
  assert.deepEqual([position.symbol, position.side, position.contracts], [PERPETUAL, 'long', 0.01]);
  const balance = await watched.balance;
  // The stream's total is the equity: what is held, and what the position has made so far.
  const equity = Number(session.control.books().wallet.USDT) + Number(position.unrealizedPnl);
  assert.equal(Number(balance.USDT?.total).toFixed(8), equity.toFixed(8));
});

test('a spot order is told as a spot order', async () => {
  await using session = await bybitSession();
  const watched = await watchAccount(session);
  await session.client.createOrder(SPOT, 'market', 'buy', 0.01);
  const order = only(await watched.orders);
  assert.deepEqual([order.symbol, order.status, order.filled], [SPOT, 'closed', 0.01]);
  const trade = only(await watched.trades);
  assert.deepEqual([trade.symbol, trade.fee?.currency, trade.fee?.cost], [SPOT, 'BTC', 0.00001]);
});

test('a private stream with a wrong secret is refused', async () => {
  await using session = await bybitSession();
  await session.client.loadMarkets();
  await session.client.isUnifiedEnabled();
  session.client.secret = 'wrong';
  await assert.rejects(session.client.watchOrders(), /error sign/);
});
