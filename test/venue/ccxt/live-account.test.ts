import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import type { OrderRequest } from '../../../src/engine/output.ts';
import { type Emulated, emulated } from './emulated.ts';
import { BTC, order } from './order.ts';

const SPOT = 'BTC/USDT';
const id = (order: number, attempt = 1): string => `bo-20260101T000000-test-${order}-${attempt}`;

function stop(session: Emulated, below: number, over: Partial<OrderRequest> = {}): OrderRequest {
  const last = new Big(session.control.price('BTCUSDT').last);
  return order({
    side: 'sell',
    type: 'stop',
    purpose: 'stop',
    stopPrice: last.minus(below).toFixed(1),
    reduceOnly: true,
    ...over,
  });
}

/** Listens, and goes on once fills are heard of: one small trade after another is made until then. */
async function hearing(session: Emulated): Promise<void> {
  session.listenToAccount();
  const heard = (): boolean => session.pushes.some(({ kind }) => kind === 'fill');
  for (let n = 901; !heard(); n += 2) {
    await session.submit(order({ quantity: '0.001' }), id(n));
    await session.submit(order({ side: 'sell', quantity: '0.001', reduceOnly: true }), id(n + 1));
    let steps = 0;
    await session.until('word of it', () => heard() || ++steps > 3);
  }
}

const executionsOf = ({ control }: Emulated, order: number) =>
  control.books().executions.filter(({ linkId }) => linkId === id(order));
const toldFills = ({ pushes }: Emulated, order: number) =>
  pushes.flatMap((push) => (push.kind === 'fill' && push.clientId === id(order) ? [push.fill] : []));

test('an entry, its stop, the stop that trails, and its fill: each step as the exchange has it', async () => {
  await using session = await emulated();
  await hearing(session);
  assert.deepEqual(await session.submit(order({}), id(1)), { kind: 'done' });
  await session.until('the fill to be told', () => toldFills(session, 1).length > 0);
  const entry = await session.lookUp(BTC, id(1));
  assert.ok(entry.kind === 'found');
  const [execution] = executionsOf(session, 1);
  assert.deepEqual(entry.order.fills, [
    {
      fillId: execution?.id,
      price: execution?.price,
      quantity: '0.01',
      fee: execution?.fee,
      feeIn: 'quote',
      liquidity: 'taker',
      filledAt: execution?.at,
    },
  ]);
  assert.deepEqual(toldFills(session, 1), entry.order.fills, 'told by stream as it stands in the records');

  const first = stop(session, 900);
  assert.deepEqual(await session.submit(first, id(2)), { kind: 'done' });
  const trailed = stop(session, 200).stopPrice ?? '';
  assert.deepEqual(await session.amend(BTC, id(2), { quantity: '0.009', stopPrice: trailed }), {
    kind: 'done',
  });
  const resting = await session.lookUp(BTC, id(2));
  assert.ok(resting.kind === 'found');
  assert.deepEqual([resting.order.status, resting.order.quantity], ['open', '0.009']);
  assert.ok(new Big(resting.order.stopPrice ?? 0).eq(trailed));

  await session.until('the stop to be hit', () => executionsOf(session, 2).length > 0, 48 * 3_600_000);
  await session.until('its fill to be told', () => toldFills(session, 2).length > 0);
  const hit = await session.lookUp(BTC, id(2));
  assert.ok(hit.kind === 'found');
  assert.deepEqual([hit.order.status, hit.order.fills.length], ['filled', 1]);
  const books = await session.accountBooks();
  assert.deepEqual(books && [...books.positions].map(([symbol, { quantity }]) => [symbol, quantity]), [
    [BTC, '0.001'],
  ]);
});

for (const protocol of ['bybit', 'binance'] as const)
  test(`${protocol}: what the account holds is what the exchange's wallet has, exactly, whatever open positions are worth`, async () => {
    await using session = await emulated({ protocol });
    const { control, account } = session;
    const wallet = () => control.books().wallet.USDT;
    assert.deepEqual(await session.during(account.funds()), { total: wallet(), available: wallet() });
    await session.submit(order({ quantity: '1' }), id(1));
    const { last } = control.price('BTCUSDT');
    await session.until('the price to move', () => control.price('BTCUSDT').last !== last, 3_600_000);
    const funds = await session.during(account.funds());
    assert.equal(funds?.total, wallet());
    assert.ok(new Big(funds?.available ?? 0).lt(funds?.total ?? 0), 'a position ties some of it up');
  });

test('a reply that got lost leaves the order unknown; the look-up finds it, once', async () => {
  await using session = await emulated();
  session.control.requestFault({ kind: 'drop-reply' }, { match: '/v5/order/create' });
  assert.equal((await session.submit(order({}), id(1))).kind, 'unknown');
  const found = await session.lookUp(BTC, id(1));
  assert.ok(found.kind === 'found');
  assert.equal(found.order.status, 'filled');
  assert.equal(session.control.books().orders.length, 1);
});

test('a request that got lost leaves the order unknown; the look-up finds nothing', async () => {
  await using session = await emulated();
  session.control.requestFault({ kind: 'drop-request' }, { match: '/v5/order/create' });
  assert.equal((await session.submit(order({}), id(1))).kind, 'unknown');
  assert.equal((await session.lookUp(BTC, id(1))).kind, 'absent');
  assert.equal(session.control.books().orders.length, 0);
});

test('a request that the network sent twice makes one order, and no refusal', async () => {
  await using session = await emulated();
  session.control.requestFault({ kind: 'duplicate', reply: 'second' }, { match: '/v5/order/create' });
  assert.equal((await session.submit(order({}), id(1))).kind, 'unknown');
  assert.equal((await session.lookUp(BTC, id(1))).kind, 'found');
  assert.equal(session.control.books().orders.length, 1);
});

test('a 5xx that came after the order was made is no refusal', async () => {
  await using session = await emulated();
  session.control.requestFault({ kind: 'status', status: 502, acted: true }, { match: '/v5/order/create' });
  assert.equal((await session.submit(order({}), id(1))).kind, 'unknown');
  assert.equal((await session.lookUp(BTC, id(1))).kind, 'found');
});

test('a revoked key is told of as that, and the order is refused', async () => {
  await using session = await emulated();
  session.control.revokeKey();
  assert.equal((await session.submit(order({}), id(1))).kind, 'refused');
  assert.deepEqual(
    session.venue.troubles.map(({ trouble }) => trouble),
    ['credentials'],
  );
});

test('an exchange that is down is told of as that, until it answers again', async () => {
  await using session = await emulated();
  session.control.requestFault({ kind: 'status', status: 503, acted: false }, { match: '', times: 2 });
  assert.equal((await session.lookUp(BTC, id(9))).kind, 'failed');
  assert.deepEqual(
    session.venue.troubles.map(({ trouble }) => trouble),
    ['exchange_down'],
  );
  session.control.clearFaults();
  assert.equal((await session.lookUp(BTC, id(9))).kind, 'absent');
  assert.deepEqual(session.venue.troubles, []);
});

test('an order that fills in parts is told with each of them, and they add up', async () => {
  await using session = await emulated();
  await hearing(session);
  session.control.setFillShare('0.25');
  const price = new Big(session.control.price('BTCUSDT').ask ?? 0).plus(50).toFixed(1);
  await session.submit(order({ type: 'limit', price, quantity: '1.2345' }), id(1));
  await session.until(
    'it to be filled',
    () => {
      const found = session.control.books().orders.find(({ linkId }) => linkId === id(1));
      return found?.status === 'filled';
    },
    24 * 3_600_000,
  );
  const found = await session.lookUp(BTC, id(1));
  assert.ok(found.kind === 'found');
  assert.equal(found.order.status, 'filled');
  const total = found.order.fills.reduce((sum, { quantity }) => sum.plus(quantity), new Big(0));
  assert.equal(total.toFixed(), '1.2345');
  assert.deepEqual(
    new Set(found.order.fills.map(({ fillId }) => fillId)).size,
    executionsOf(session, 1).length,
  );
});

test('after the private streams were cut, what they may have missed is to be looked up', async () => {
  await using session = await emulated();
  await hearing(session);
  const before = session.missed();
  session.control.closeStreams('');
  await session.submit(order({}), id(1));
  await session.until('word of it', () => session.missed() > before);
});

test('an order and a position that somebody else made are in the books, under no id of the bot', async () => {
  await using session = await emulated();
  session.control.tradeByHand('BTCUSDT', 'sell', '0.02');
  await session.submit(stop(session, 500, { reduceOnly: false }), id(5));
  const books = await session.accountBooks();
  assert.deepEqual(books && [...books.positions].map(([symbol, { quantity }]) => [symbol, quantity]), [
    [BTC, '-0.02'],
  ]);
  assert.deepEqual(books?.open, [{ clientId: id(5), symbol: BTC }]);
});

test('on spot the fee of a buy is in the coin, and its stop is found, cancelled and sold as another kind of order', async () => {
  await using session = await emulated({ type: 'spot' });
  await session.submit(order({ symbol: SPOT }), id(1));
  const bought = await session.lookUp(SPOT, id(1));
  assert.ok(bought.kind === 'found');
  assert.deepEqual(
    [bought.order.status, bought.order.fills[0]?.feeIn, bought.order.fills[0]?.fee],
    ['filled', 'base', '0.00001'],
  );
  const rest = stop(session, 400, { symbol: SPOT, quantity: '0.0099', reduceOnly: false });
  assert.deepEqual(await session.submit(rest, id(2)), { kind: 'done' });
  const books = await session.accountBooks();
  assert.deepEqual(books?.open, [{ clientId: id(2), symbol: SPOT }]);
  assert.equal(books?.positions.get(SPOT)?.quantity, '0.00999');
  assert.deepEqual(await session.cancel(SPOT, id(2)), { kind: 'done' });
  const gone = await session.lookUp(SPOT, id(2));
  assert.ok(gone.kind === 'found');
  assert.equal(gone.order.status, 'cancelled');
});
