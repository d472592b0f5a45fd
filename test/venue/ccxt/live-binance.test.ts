/** The same promises on a second protocol, where a stop lives in books of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import { BASE } from '../../../src/market/time.ts';
import { emulated } from './emulated.ts';
import { BTC, order } from './order.ts';

const id = (order: number): string => `bo-20260101T000000-test-${order}-1`;

test('Binance: an entry and its stop that is hit are found by the ids that they were sent with, to the last decimal', async () => {
  await using session = await emulated({ protocol: 'binance' });
  assert.deepEqual(await session.submit(order({}), id(1)), { kind: 'done' });
  const entry = await session.lookUp(BTC, id(1));
  assert.ok(entry.kind === 'found', JSON.stringify(entry));
  const [execution] = session.control.books().executions;
  assert.deepEqual(
    entry.order.fills.map(({ price, quantity, fee }) => [price, quantity, fee]),
    [[execution?.price, execution?.quantity, execution?.fee]],
  );
  const stopPrice = new Big(session.control.price('BTCUSDT').last).minus(300).toFixed(1);
  const stop = order({ side: 'sell', type: 'stop', purpose: 'stop', stopPrice, reduceOnly: true });
  assert.deepEqual(await session.submit(stop, id(2)), { kind: 'done' });
  const waiting = await session.lookUp(BTC, id(2));
  assert.ok(waiting.kind === 'found', JSON.stringify(waiting));
  assert.equal(waiting.order.status, 'open');
  assert.deepEqual((await session.accountBooks())?.open, [{ clientId: id(2), symbol: BTC }]);
  await session.until(
    'the stop to be hit',
    () => session.control.books().executions.length > 1,
    48 * 3_600_000,
  );
  const hit = await session.lookUp(BTC, id(2));
  assert.ok(hit.kind === 'found', JSON.stringify(hit));
  assert.deepEqual([hit.order.status, hit.order.fills.length], ['filled', 1]);
  const books = await session.accountBooks();
  assert.deepEqual(books && [[...books.positions], books.open], [[], []]);
});

test('Binance: a stop is cancelled by the id that it was sent with, and is gone', async () => {
  await using session = await emulated({ protocol: 'binance' });
  await session.submit(order({}), id(1));
  const stopPrice = new Big(session.control.price('BTCUSDT').last).minus(3_000).toFixed(1);
  await session.submit(order({ side: 'sell', type: 'stop', stopPrice, reduceOnly: true }), id(2));
  assert.deepEqual(await session.cancel(BTC, id(2)), { kind: 'done' });
  const gone = await session.lookUp(BTC, id(2));
  assert.ok(gone.kind === 'found', JSON.stringify(gone));
  assert.equal(gone.order.status, 'cancelled');
});

test('Binance: an entry at a stop that rests with a part filled is cancelled by the id that it was sent with', async () => {
  await using session = await emulated({ protocol: 'binance' });
  session.control.setFillShare('0.3');
  const last = new Big(session.control.price('BTCUSDT').last);
  const stopPrice = last.times('1.0005').toFixed(1);
  const price = last.times('1.0008').toFixed(1);
  await session.submit(order({ type: 'stop_limit', stopPrice, price, quantity: '2' }), id(1));
  const there = () => session.control.books().orders[0];
  await session.until('a part to fill', () => there()?.status === 'partly-filled', 48 * 3_600_000);
  assert.deepEqual(await session.cancel(BTC, id(1)), { kind: 'done' });
  assert.equal(there()?.status, 'cancelled');
});

test('Binance: what became of lost, doubled and refused orders', async () => {
  await using session = await emulated({ protocol: 'binance' });
  session.control.requestFault({ kind: 'drop-reply' }, { match: '/fapi/v1/order' });
  assert.equal((await session.submit(order({}), id(1))).kind, 'unknown');
  assert.equal((await session.lookUp(BTC, id(1))).kind, 'found');
  session.control.requestFault({ kind: 'duplicate', reply: 'second' }, { match: '/fapi/v1/order' });
  // Binance takes an id again once its order is over: one that rests is doubled here.
  const price = new Big(session.control.price('BTCUSDT').last).times('0.97').toFixed(1);
  assert.equal((await session.submit(order({ type: 'limit', price }), id(3))).kind, 'unknown');
  assert.equal((await session.lookUp(BTC, id(3))).kind, 'found');
  assert.equal(session.control.books().orders.length, 2);
  assert.equal((await session.lookUp(BTC, id(4))).kind, 'absent');
  assert.equal((await session.submit(order({ quantity: '900' }), id(5))).kind, 'refused');
  session.control.revokeKey();
  assert.equal((await session.submit(order({}), id(6))).kind, 'refused');
  assert.ok(session.venue.troubles.some(({ trouble }) => trouble === 'credentials'));
});

test('Binance: fills are told by stream, and candles close on its word', async () => {
  await using session = await emulated({ protocol: 'binance' });
  session.listenToAccount();
  session.listen();
  const heard = (): boolean => session.pushes.some(({ kind }) => kind === 'fill');
  for (let n = 901; !heard(); n += 1) {
    await session.submit(order({ quantity: '0.001' }), id(n));
    let steps = 0;
    await session.until('word of it', () => heard() || ++steps > 3);
  }
  await session.until('two closes', () => session.bars.length >= 2);
  for (const { closeTime, phase, rows } of session.bars) {
    assert.equal(phase, 'live');
    const told: unknown = session.control.candle('BTCUSDT', closeTime - BASE);
    assert.ok(typeof told === 'object' && told !== null);
    assert.equal(rows.get(BTC)?.[3], Number(Reflect.get(told, 'close')) / 10);
  }
});

test('Binance: an exit that a network sent twice is known by its fill, though the second was refused; a true refusal is one', async () => {
  await using session = await emulated({ protocol: 'binance' });
  await session.submit(order({}), id(1));
  const exit = order({ side: 'sell', purpose: 'exit', reduceOnly: true });
  session.control.requestFault({ kind: 'duplicate', reply: 'second' }, { match: '/fapi/v1/order' });
  assert.equal((await session.submit(exit, id(2))).kind, 'unknown');
  const found = await session.lookUp(BTC, id(2));
  assert.ok(found.kind === 'found' && found.order.fills.length === 1, JSON.stringify(found));
  assert.equal((await session.submit(exit, id(3))).kind, 'refused', 'nothing is held any more');
});

test('Binance: an order that filled and that a network sent twice is two orders under one id: the list of fills has those of both', async () => {
  await using session = await emulated({ protocol: 'binance' });
  const since = session.control.now();
  session.control.requestFault({ kind: 'duplicate', reply: 'first' }, { match: '/fapi/v1/order' });
  assert.deepEqual(await session.submit(order({}), id(1)), { kind: 'done' });
  const found = await session.lookUp(BTC, id(1));
  assert.ok(found.kind === 'found' && found.order.fills.length === 1, JSON.stringify(found));
  const { executions } = session.control.books();
  assert.equal(executions.length, 2);
  const fills = await session.fills(BTC, since);
  assert.deepEqual(
    fills?.map(({ clientId, fill }) => [clientId, fill.price, fill.quantity, fill.fee]),
    executions.map(({ price, quantity, fee }) => [id(1), price, quantity, fee]),
  );
});
