import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR } from '../../src/market/time.ts';
import { bybitSession, only, PERPETUAL, SPOT } from './harness.ts';

test('a market order is filled from the book, and order, trade, position, balance and books agree', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  const { ask } = control.price('BTCUSDT');
  await client.createOrder(PERPETUAL, 'market', 'buy', 0.01, undefined, { clientOrderId: 'entry-1' });

  const order = only(
    await client.fetchOpenOrders(PERPETUAL, undefined, undefined, { orderLinkId: 'entry-1' }),
  );
  assert.deepEqual([order.status, order.filled, String(order.average)], ['closed', 0.01, ask]);
  const trade = only(await client.fetchMyTrades(PERPETUAL));
  assert.deepEqual([trade.order, String(trade.price), trade.amount], [order.id, ask, 0.01]);
  const position = only(await client.fetchPositions());
  assert.deepEqual([position.side, position.contracts, String(position.entryPrice)], ['long', 0.01, ask]);

  const books = control.books();
  const execution = only(books.executions);
  assert.equal(execution.price, ask);
  assert.equal(only(books.positions).size, '0.01');
  const balance = await client.fetchBalance();
  assert.equal(String(balance.USDT?.total), books.wallet.USDT);
  assert.equal(Number(books.wallet.USDT), 100_000 - Number(execution.fee));
});

test('an order larger than the best level takes the next ones, each at its own price', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  const book = await client.fetchOrderBook(PERPETUAL);
  const best = Number(book.asks[0]?.[1]);
  const amount = Math.round((best + 0.5) * 1e4) / 1e4;
  await client.createOrder(PERPETUAL, 'market', 'buy', amount);
  const { executions } = control.books();
  assert.deepEqual(
    executions.map(({ price }) => Number(price)),
    book.asks.slice(0, executions.length).map((level) => level[0]),
  );
  assert.ok(executions.length > 1);
});

test('a resting limit order fills as a maker when the price comes to it', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  const price = Number(control.price('BTCUSDT').bid) - 20;
  await client.createOrder(PERPETUAL, 'limit', 'buy', 0.02, price, { clientOrderId: 'rest-1' });
  assert.equal(only(await client.fetchOpenOrders(PERPETUAL)).clientOrderId, 'rest-1');
  for (let n = 0; n < 48 && control.books().executions.length === 0; n += 1) control.advance(HOUR);
  const execution = only(control.books().executions);
  assert.deepEqual([Number(execution.price), execution.maker], [price, true]);
  assert.deepEqual(await client.fetchOpenOrders(PERPETUAL), []);
});

test('a reduce-only stop waits with the venue, is amended, and closes the position when its price is met', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  await client.createOrder(PERPETUAL, 'market', 'buy', 0.01);
  const last = Number(control.price('BTCUSDT').last);
  const stop = await client.createOrder(PERPETUAL, 'market', 'sell', 0.01, undefined, {
    clientOrderId: 'stop-1',
    triggerPrice: last - 5_000,
    triggerDirection: 'descending',
    reduceOnly: true,
  });
  await client.editOrder(stop.id ?? '', PERPETUAL, 'market', 'sell', undefined, undefined, {
    triggerPrice: last - 100,
  });
  const waiting = only(await client.fetchOpenOrders(PERPETUAL));
  assert.deepEqual([waiting.triggerPrice, waiting.reduceOnly, waiting.status], [last - 100, true, 'open']);

  for (let n = 0; n < 96 && control.books().positions.length > 0; n += 1) control.advance(HOUR);
  assert.deepEqual(control.books().positions, []);
  const done = only(await client.fetchOpenOrders(PERPETUAL, undefined, undefined, { orderLinkId: 'stop-1' }));
  assert.deepEqual([done.status, done.filled], ['closed', 0.01]);
  assert.ok(Number(done.average) <= last - 100);
});

test('an entry with an attached stop is protected by its fill, and the stop goes when the position is closed', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  const last = Number(control.price('BTCUSDT').last);
  await client.createOrder(PERPETUAL, 'market', 'buy', 0.01, undefined, {
    stopLoss: { triggerPrice: last - 2_000 },
    takeProfit: { triggerPrice: last + 2_000 },
  });
  const position = only(await client.fetchPositions([PERPETUAL]));
  assert.deepEqual([position.stopLossPrice, position.takeProfitPrice], [last - 2_000, last + 2_000]);
  const stops = await client.fetchOpenOrders(PERPETUAL, undefined, undefined, { trigger: true });
  assert.deepEqual(stops.map(({ triggerPrice }) => triggerPrice).sort(), [last - 2_000, last + 2_000].sort());
  await client.createOrder(PERPETUAL, 'market', 'sell', 0.01, undefined, { reduceOnly: true });
  assert.deepEqual(await client.fetchOpenOrders(PERPETUAL), []);
  assert.deepEqual(
    control
      .books()
      .orders.filter(({ kind }) => kind !== null)
      .map(({ status }) => status),
    ['deactivated', 'deactivated'],
  );
});

test('spot buys take their fee in the coin that is bought, and a stop sells what is then there', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  await client.createOrder(SPOT, 'market', 'buy', 0.01);
  assert.equal(control.books().wallet.BTC, '0.00999');
  const last = Number(control.price('BTCUSDT').last);
  await client.createOrder(SPOT, 'market', 'sell', 0.0099, undefined, {
    triggerPrice: last - 50,
    clientOrderId: 'spot-stop',
  });
  const waiting = only(await client.fetchOpenOrders(SPOT));
  assert.deepEqual([waiting.symbol, waiting.triggerPrice, waiting.status], [SPOT, last - 50, 'open']);
  for (let n = 0; n < 96 && control.books().executions.length < 2; n += 1) control.advance(HOUR);
  assert.equal(control.books().wallet.BTC, '0.00009');
});
