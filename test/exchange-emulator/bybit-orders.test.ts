/** The rarer kinds of orders and events, and what the account is after them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR } from '../../src/market/time.ts';
import { bybitSession, only, PERPETUAL, type Session, SPOT } from './harness.ts';

/** The order of that id, live or done. */
const named = async ({ client }: Session, id: string, symbol = PERPETUAL) =>
  only(await client.fetchOpenOrders(symbol, undefined, undefined, { orderLinkId: id }));

test('post-only, immediate and whole-or-nothing orders end as they say', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  const ask = Number(control.price('BTCUSDT').ask);
  const book = await client.fetchOrderBook(PERPETUAL, 1);
  const best = Number(book.asks[0]?.[1]);
  const place = (amount: number, price: number, id: string, timeInForce: string) =>
    client.createOrder(PERPETUAL, 'limit', 'buy', amount, price, { clientOrderId: id, timeInForce });
  await place(0.01, ask, 'maker', 'PO');
  assert.deepEqual(
    [(await named(session, 'maker')).status, control.books().executions.length],
    ['canceled', 0],
  );
  const more = Math.round((best + 0.5) * 1e4) / 1e4;
  await place(more, ask, 'whole', 'FOK');
  assert.deepEqual(
    [(await named(session, 'whole')).status, control.books().executions.length],
    ['canceled', 0],
  );
  await place(more, ask, 'now', 'IOC');
  const now = await named(session, 'now');
  assert.deepEqual([now.status, now.filled], ['canceled', best]);
});

test('a spot buy with an attached stop and target leaves one of them when the other has acted', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  const ask = Number(control.price('BTCUSDT').ask);
  await client.createOrder(SPOT, 'limit', 'buy', 0.01, ask + 10, {
    stopLoss: { triggerPrice: ask - 150 },
    takeProfit: { triggerPrice: ask + 150 },
  });
  const waiting = await client.fetchOpenOrders(SPOT);
  assert.deepEqual(
    waiting.map(({ side, amount, triggerPrice }) => [side, amount, triggerPrice]).sort(),
    [
      ['sell', 0.0099, ask - 150],
      ['sell', 0.0099, ask + 150],
    ].sort(),
  );
  assert.equal((await client.fetchBalance()).BTC?.used, 0.0099, 'the coins are held once');
  for (let n = 0; n < 96 && control.books().executions.length < 2; n += 1) control.advance(HOUR);
  assert.deepEqual(await client.fetchOpenOrders(SPOT), []);
  assert.equal(control.books().wallet.BTC, '0.00009');
});

test('the stop of a position is set, moved and taken away with the position', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  await client.createOrder(PERPETUAL, 'market', 'sell', 0.02);
  const last = Number(control.price('BTCUSDT').last);
  const set = (stopLossPrice: number) =>
    client.createOrder(PERPETUAL, 'market', 'buy', 0, undefined, {
      stopLossPrice,
      tradingStopEndpoint: true,
    });
  await set(last + 3_000);
  await set(last + 2_000);
  const stop = only(await client.fetchOpenOrders(PERPETUAL));
  assert.deepEqual([stop.side, stop.triggerPrice, stop.amount], ['buy', last + 2_000, 0.02]);
  await client.editOrder(stop.id ?? '', PERPETUAL, 'market', 'buy', undefined, undefined, {
    triggerPrice: last + 1_000,
  });
  assert.equal(only(await client.fetchPositions([PERPETUAL])).stopLossPrice, last + 1_000);
  await client.createOrder(PERPETUAL, 'market', 'buy', 0.01, undefined, { reduceOnly: true });
  assert.equal(only(await client.fetchOpenOrders(PERPETUAL)).amount, 0.01);
  await client.createOrder(PERPETUAL, 'market', 'buy', 0.05, undefined, { reduceOnly: true });
  assert.deepEqual([control.books().positions, await client.fetchOpenOrders(PERPETUAL)], [[], []]);
});

test('a position turned round in one order keeps its realised profit and enters anew at the price of the rest', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  await client.createOrder(PERPETUAL, 'market', 'buy', 0.01);
  const [bought] = control.books().executions;
  control.advance(HOUR);
  await client.createOrder(PERPETUAL, 'market', 'sell', 0.03);
  const [, sold] = control.books().executions;
  const position = only(control.books().positions);
  assert.deepEqual([position.size, position.average], ['-0.02', sold?.price]);
  assert.deepEqual([sold?.closed, sold?.quantity], ['0.01', '0.03']);
  const made = (Number(sold?.price) - Number(bought?.price)) * 0.01;
  assert.equal(Number(sold?.realised).toFixed(8), made.toFixed(8));
  const fees = Number(bought?.fee) + Number(sold?.fee);
  assert.equal(Number(control.books().wallet.USDT).toFixed(8), (100_000 + made - fees).toFixed(8));
});

test('both legs of a hedged account are held, and each is closed by its own side', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  await client.setPositionMode(true, PERPETUAL);
  await client.createOrder(PERPETUAL, 'market', 'buy', 0.02, undefined, { hedged: true });
  await client.createOrder(PERPETUAL, 'market', 'sell', 0.01, undefined, { hedged: true });
  assert.deepEqual(
    control.books().positions.map(({ leg, size }) => [leg, size]),
    [
      [1, '0.02'],
      [2, '-0.01'],
    ],
  );
  await client.createOrder(PERPETUAL, 'market', 'sell', 0.02, undefined, { hedged: true, reduceOnly: true });
  assert.deepEqual(
    control.books().positions.map(({ leg, size }) => [leg, size]),
    [[2, '-0.01']],
  );
  await assert.rejects(client.setPositionMode(false, PERPETUAL), /110024/);
});

test('funding is paid by the longs, and a liquidation closes what is held', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  await client.createOrder(PERPETUAL, 'market', 'buy', 0.02);
  const before = Number(control.books().wallet.USDT);
  assert.ok(control.fund('BTCUSDT', '0.0001'));
  const paid = Number(control.price('BTCUSDT').last) * 0.02 * 0.0001;
  assert.equal(Number(control.books().wallet.USDT).toFixed(8), (before - paid).toFixed(8));
  assert.equal((await client.fetchMyTrades(PERPETUAL)).length, 1, 'funding is no trade');
  assert.ok(control.liquidate('BTCUSDT'));
  assert.deepEqual(control.books().positions, []);
  assert.equal(control.books().executions.at(-1)?.kind, 'liquidation');
});
