/** Each way in which a request can go wrong, as the real ccxt shows it, and what the books say of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bybitSession, only, PERPETUAL, type Session } from './harness.ts';

const CREATE = { match: 'POST /v5/order/create' };

const order = ({ client }: Session, clientOrderId: string, params: Record<string, unknown> = {}) =>
  client.createOrder(PERPETUAL, 'market', 'buy', 0.01, undefined, { clientOrderId, ...params });

const links = ({ control }: Session) => control.books().orders.map(({ linkId }) => linkId);

test('a request that is lost leaves no order, and one whose answer is lost leaves one', async () => {
  await using session = await bybitSession();
  session.control.requestFault({ kind: 'drop-request' }, CREATE);
  await assert.rejects(order(session, 'lost'), { name: 'NetworkError' });
  assert.deepEqual(links(session), []);
  session.control.requestFault({ kind: 'drop-reply' }, CREATE);
  await assert.rejects(order(session, 'made'), { name: 'NetworkError' });
  assert.deepEqual(links(session), ['made']);
  await assert.rejects(order(session, 'made'), /110072/);
  assert.equal(session.control.books().executions.length, 1);
});

test('a request that arrives twice is acted on once for its id, and the sender may hear the refusal', async () => {
  await using session = await bybitSession();
  session.control.requestFault({ kind: 'duplicate', reply: 'second' }, CREATE);
  await assert.rejects(order(session, 'twice'), /110072/);
  assert.deepEqual(links(session), ['twice']);
  session.control.requestFault({ kind: 'duplicate', reply: 'first' }, CREATE);
  await session.client.createOrder(PERPETUAL, 'market', 'buy', 0.01);
  assert.equal(session.control.books().orders.length, 3, 'without an id it is done twice');
});

test('rate limits and broken gateways are told apart, acted on or not', async () => {
  await using session = await bybitSession();
  const { control } = session;
  control.requestFault({ kind: 'code', code: 10006, message: 'Too many visits!', acted: false }, CREATE);
  await assert.rejects(order(session, 'a'), { name: 'RateLimitExceeded' });
  control.requestFault({ kind: 'status', status: 429, acted: false }, CREATE);
  await assert.rejects(order(session, 'b'), { name: 'RateLimitExceeded' });
  control.requestFault({ kind: 'status', status: 503, acted: false }, CREATE);
  await assert.rejects(order(session, 'c'), { name: 'ExchangeNotAvailable' });
  assert.deepEqual(links(session), []);
  control.requestFault({ kind: 'status', status: 502, acted: true }, CREATE);
  await assert.rejects(order(session, 'd'), { name: 'ExchangeNotAvailable' });
  control.requestFault({ kind: 'code', code: 10016, message: 'Server error.', acted: true }, CREATE);
  await assert.rejects(order(session, 'e'), { name: 'ExchangeError' });
  assert.deepEqual(links(session), ['d', 'e']);
});

test('an answer that never comes is given up by the client, though the order is there', async () => {
  await using session = await bybitSession({}, { timeout: 300 });
  await session.client.loadMarkets();
  await session.client.isUnifiedEnabled();
  session.control.requestFault({ kind: 'hold-reply' }, CREATE);
  await assert.rejects(order(session, 'held'), { name: 'RequestTimeout' });
  assert.deepEqual(links(session), ['held']);
});

test('a request that arrives late is refused for its age, and one within its window is acted on after all', async () => {
  await using session = await bybitSession();
  const { control } = session;
  control.requestFault({ kind: 'delay-request', ms: 10_000 }, CREATE);
  control.requestFault({ kind: 'hold-request' }, CREATE);
  const aged = order(session, 'aged');
  const late = control.whenHeld(1).then(() => control.advance(4_000));
  // The first is delayed by the venue's time, the second is held: both are on their way now.
  const held = order(session, 'held');
  await late;
  control.release();
  await held;
  control.advance(6_000);
  await assert.rejects(aged, { name: 'InvalidNonce' });
  assert.deepEqual(links(session), ['held']);
});

test('an order that fills before its answer is told of first', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  await client.loadMarkets();
  const orders = client.watchOrders();
  await control.whenSubscribed('/v5/private', ['order']);
  control.requestFault({ kind: 'hold-reply' }, CREATE);
  let answered = false;
  const placed = order(session, 'fast').then(() => {
    answered = true;
  });
  assert.equal(only(await orders).status, 'closed');
  assert.equal(answered, false);
  control.release();
  await placed;
});

test('a clock that is off refuses signed requests until the client follows it', async () => {
  await using session = await bybitSession();
  await session.client.loadMarkets();
  session.control.skewClock(30_000);
  await assert.rejects(session.client.fetchBalance(), { name: 'InvalidNonce' });
  await session.client.loadTimeDifference();
  await session.client.fetchBalance();
});

test('a revoked key, a reading key, a wrong secret and a right to withdraw are seen', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  await client.loadMarkets();
  control.setKey({ readOnly: true, withdraw: true });
  await assert.rejects(order(session, 'a'), { name: 'PermissionDenied' });
  const info = await client.privateGetV5UserQueryApi();
  assert.ok(info.result.permissions.Wallet.includes('Withdraw'));
  control.setKey({ readOnly: false, withdraw: false });
  client.secret = 'wrong';
  await assert.rejects(client.fetchBalance(), { name: 'AuthenticationError' });
  client.secret = session.emulator.secret;
  control.revokeKey();
  await assert.rejects(client.fetchBalance(), { name: 'AuthenticationError' });
});

test('what the account cannot pay for, reduce or have at that price is refused in the codes of the exchange', async () => {
  await using session = await bybitSession();
  const { client } = session;
  await assert.rejects(client.createOrder(PERPETUAL, 'market', 'buy', 500), { name: 'InsufficientFunds' });
  await assert.rejects(
    client.createOrder(PERPETUAL, 'market', 'sell', 0.01, undefined, { reduceOnly: true }),
    /110017/,
  );
  await assert.rejects(order(session, 'x', { triggerPrice: 1_000, triggerDirection: 'ascending' }), /110092/);
  await assert.rejects(
    order(session, 'x', { triggerPrice: 900_000, triggerDirection: 'descending' }),
    /110093/,
  );
  await assert.rejects(client.createOrder(PERPETUAL, 'limit', 'buy', 0.0001, 1_000), /110094/);
  await assert.rejects(client.cancelOrder('unknown', PERPETUAL), { name: 'OrderNotFound' });
  await assert.rejects(client.createOrder('BTC/USDT', 'market', 'sell', 1), { name: 'InsufficientFunds' });
});

test('an account in hedge mode refuses orders of a one-way account', async () => {
  await using session = await bybitSession();
  session.control.setHedged(true);
  await assert.rejects(order(session, 'one-way'), /position idx not match position mode/);
  await order(session, 'hedged', { hedged: true });
  const positions = await session.client.fetchPositions([PERPETUAL]);
  assert.deepEqual(positions.map(({ side, hedged }) => [side, hedged]).sort(), [
    ['long', true],
    ['short', true],
  ]);
});

test('an exchange that is gone breaks every request until it is up again', async () => {
  await using session = await bybitSession();
  await session.client.loadMarkets();
  session.control.setDown(true);
  await assert.rejects(session.client.fetchTime(), { name: 'NetworkError' });
  session.control.setDown(false);
  assert.equal(await session.client.fetchTime(), session.control.now());
});

test('the exchange cancels on its own, fills in parts, and the owner trades by hand', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  const bid = Number(control.price('BTCUSDT').bid);
  await client.createOrder(PERPETUAL, 'limit', 'buy', 0.01, bid - 5_000, { clientOrderId: 'gone' });
  assert.ok(control.cancelOrder('gone'));
  const gone = only(await client.fetchOpenOrders(PERPETUAL, undefined, undefined, { orderLinkId: 'gone' }));
  assert.deepEqual([gone.status, gone.filled], ['canceled', 0]);
  control.setFillShare('0.5');
  await client.createOrder(PERPETUAL, 'limit', 'buy', 0.01, bid + 500, { clientOrderId: 'half' });
  const half = only(await client.fetchOpenOrders(PERPETUAL));
  assert.deepEqual(
    [half.clientOrderId, half.filled, half.remaining, half.status],
    ['half', 0.005, 0.005, 'open'],
  );
  control.setFillShare(null);
  control.tradeByHand('BTCUSDT', 'sell', '0.005');
  assert.deepEqual(await client.fetchPositions(), []);
});
