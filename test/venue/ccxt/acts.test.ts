/** What an exchange does by itself reaches the books: funding, what it closes, and stops that came with an entry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import { type Emulated, emulated } from './emulated.ts';
import { BTC, order } from './order.ts';

const id = (order: number): string => `bo-20260101T000000-test-${order}-1`;

const last = (session: Emulated): Big => new Big(session.control.price('BTCUSDT').last);

for (const protocol of ['bybit', 'binance'] as const) {
  test(`${protocol}: funding that is paid and received is told to the last decimal, each with an id of its own`, async () => {
    await using session = await emulated({ protocol });
    const since = session.control.now();
    await session.submit(order({}), id(1));
    const wallet = () => new Big(session.control.books().wallet.USDT ?? '0');
    const before = wallet();
    assert.ok(session.control.fund('BTCUSDT', '0.0001'));
    session.control.advance(1_000);
    assert.ok(session.control.fund('BTCUSDT', '-0.0003'));
    const events = (await session.events(since)) ?? [];
    assert.deepEqual(
      events.map(({ kind, symbol }) => [kind, symbol]),
      [
        ['funding', BTC],
        ['funding', BTC],
      ],
    );
    const amounts = events.map((event) => (event.kind === 'funding' ? event.amount : '0'));
    const [paid = '0', received = '0'] = amounts;
    assert.ok(new Big(paid).lt(0) && new Big(received).gt(0), amounts.join(' '));
    assert.equal(wallet().toFixed(), before.plus(paid).plus(received).toFixed());
    assert.equal(new Set(events.map((event) => event.id)).size, 2);
    // Asked again it is the same that is told.
    assert.deepEqual(await session.events(since), events);
  });

  test(`${protocol}: a position that the exchange liquidates is told with its price, quantity and fee`, async () => {
    await using session = await emulated({ protocol });
    const since = session.control.now();
    await session.submit(order({}), id(1));
    assert.ok(session.control.liquidate('BTCUSDT'));
    const [event, ...others] = (await session.events(since)) ?? [];
    assert.ok(event?.kind === 'closed' && others.length === 0, JSON.stringify([event, others]));
    const execution = session.control.books().executions.at(-1);
    assert.deepEqual(
      [event.cause, event.symbol, event.price, event.quantity, event.fee],
      ['liquidation', BTC, execution?.price, execution?.quantity, execution?.fee],
    );
  });

  test(`${protocol}: a liquidation that found no market for all of it is told with the part that it closed`, async () => {
    await using session = await emulated({ protocol });
    const since = session.control.now();
    await session.submit(order({ quantity: '1' }), id(1));
    session.control.setFillShare('0.2');
    assert.ok(session.control.liquidate('BTCUSDT'));
    const [event] = (await session.events(since)) ?? [];
    const execution = session.control.books().executions.at(-1);
    assert.ok(event?.kind === 'closed', JSON.stringify(event));
    assert.deepEqual([event.quantity, event.price], [execution?.quantity, execution?.price]);
    assert.equal(execution?.kind, 'liquidation');
  });

  test(`${protocol}: ids of orders that were made are told, filled or resting or over`, async () => {
    await using session = await emulated({ protocol });
    await session.submit(order({}), id(1));
    const since = session.control.now() + 1;
    session.control.advance(60_000);
    const ids = async () => [...(await session.ids(since))].sort();
    assert.deepEqual(await ids(), []);
    await session.submit(order({}), id(7));
    await session.submit(order({ type: 'limit', price: last(session).times('0.97').toFixed(1) }), id(8));
    // Where all orders are not to be had at once, those of markets that traded are.
    assert.deepEqual(await ids(), [id(7), id(8)]);
  });

  test(`${protocol}: own fills, and trades made by hand, are no doing of the exchange`, async () => {
    await using session = await emulated({ protocol });
    const since = session.control.now();
    await session.submit(order({}), id(1));
    session.control.tradeByHand('BTCUSDT', 'sell', '0.01');
    assert.deepEqual(await session.events(since), []);
  });
}

test('an entry at Bybit carries its stop along, which protects what fills without anybody having to ask', async () => {
  await using session = await emulated();
  assert.equal(session.account.broker.capabilities.attachedStop, true);
  const attachedStop = last(session).minus(300).toFixed(1);
  assert.deepEqual(await session.submit(order({ attachedStop }), id(1)), { kind: 'done' });
  const books = await session.accountBooks();
  assert.deepEqual(books?.open, [{ clientId: null, symbol: BTC, attachedTo: id(1) }]);
  const since = session.control.now();
  await session.until(
    'the stop to be hit',
    () => session.control.books().executions.length > 1,
    48 * 3_600_000,
  );
  const [event, ...others] = (await session.events(since)) ?? [];
  assert.ok(event?.kind === 'closed' && others.length === 0, JSON.stringify([event, others]));
  const execution = session.control.books().executions.at(-1);
  assert.deepEqual(
    [event.cause, event.attachedTo, event.price, event.quantity, event.fee],
    ['attached_stop', id(1), execution?.price, execution?.quantity, execution?.fee],
  );
  assert.deepEqual((await session.accountBooks())?.open, []);
});

test('a stop that came with an entry is taken away once it is not needed, and other orders stay', async () => {
  await using session = await emulated();
  const attachedStop = last(session).minus(3_000).toFixed(1);
  await session.submit(order({ attachedStop }), id(1));
  const stop = {
    side: 'sell',
    type: 'stop',
    purpose: 'stop',
    stopPrice: attachedStop,
    reduceOnly: true,
  } as const;
  await session.submit(order(stop), id(2));
  assert.equal((await session.accountBooks())?.open.length, 2);
  assert.equal(await session.detach(BTC), true);
  assert.deepEqual((await session.accountBooks())?.open, [{ clientId: id(2), symbol: BTC }]);
  assert.equal(await session.detach(BTC), true, 'with nothing left there is nothing to do');
});

test('Binance takes no stop with an entry, and says so', async () => {
  await using session = await emulated({ protocol: 'binance' });
  assert.equal(session.account.broker.capabilities.attachedStop, undefined);
});

for (const protocol of ['bybit', 'binance'] as const)
  test(`${protocol}: what the exchange does to a position in a market that was listed meanwhile is told too: its funding and its end would be missing in the books`, async () => {
    await using session = await emulated({ protocol, unlisted: ['BTCUSDT'] });
    session.listen();
    session.control.setListed('BTCUSDT', true);
    await session.until('it to be listed', () => session.listed() > 0);
    const since = session.control.now();
    await session.submit(order({}), id(1));
    assert.ok(session.control.fund('BTCUSDT', '0.0001'));
    session.control.advance(1_000);
    assert.ok(session.control.liquidate('BTCUSDT'));
    const events = (await session.events(since)) ?? [];
    assert.deepEqual(
      events.map(({ kind, symbol }) => [kind, symbol]),
      [
        ['funding', BTC],
        ['closed', BTC],
      ],
    );
    assert.deepEqual(await session.ids(since), [id(1)]);
  });
