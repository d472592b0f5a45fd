/** An entry that waits for the breakout: a trigger beyond the price with a limit behind it, on the exchange's own wire. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import { PROTOCOLS } from '../../live/exchange.ts';
import { emulated } from './emulated.ts';
import { order } from './order.ts';

const id = (order: number): string => `bo-20260101T000000-test-${order}-1`;

for (const protocol of PROTOCOLS) {
  test(`${protocol}: an entry at a breakout arrives with its trigger and its limit, and buys or sells nothing before`, async () => {
    await using session = await emulated({ protocol });
    const { last } = session.control.price('BTCUSDT');
    const away = (share: string): string => new Big(last).times(share).toFixed(1);
    const long = { side: 'buy', stopPrice: away('1.1'), price: away('1.102') } as const;
    const short = { side: 'sell', stopPrice: away('0.9'), price: away('0.898') } as const;
    assert.deepEqual(await session.submit(order({ type: 'stop_limit', ...long }), id(1)), { kind: 'done' });
    assert.deepEqual(await session.submit(order({ type: 'stop_limit', ...short }), id(2)), { kind: 'done' });
    const books = session.control.books();
    assert.deepEqual(
      books.orders.map(({ linkId, side, type, status, quantity, reduceOnly, triggerPrice, price }) => [
        linkId,
        side,
        type,
        status,
        quantity,
        reduceOnly,
        new Big(triggerPrice ?? 0).toFixed(1),
        new Big(price ?? 0).toFixed(1),
      ]),
      [
        [id(1), 'buy', 'limit', 'untriggered', '0.01', false, long.stopPrice, long.price],
        [id(2), 'sell', 'limit', 'untriggered', '0.01', false, short.stopPrice, short.price],
      ],
    );
    assert.deepEqual(books.executions, []);
  });

  test(`${protocol}: an entry at a breakout fires once the price has risen to it, and never pays more than its limit`, async () => {
    await using session = await emulated({ protocol });
    const { last } = session.control.price('BTCUSDT');
    const stopPrice = new Big(last).times('1.0005').toFixed(1);
    const price = new Big(last).times('1.002').toFixed(1);
    await session.submit(order({ type: 'stop_limit', stopPrice, price }), id(1));
    const entry = () => session.control.books().orders[0];
    assert.equal(entry()?.status, 'untriggered');
    await session.until('the entry to fire', () => entry()?.triggered === true, 48 * 3_600_000);
    await session.until('it to fill', () => entry()?.status === 'filled', 48 * 3_600_000);
    const { executions } = session.control.books();
    assert.ok(executions.length > 0);
    for (const { price: paid } of executions) assert.ok(new Big(paid).lte(price), `${paid} over ${price}`);
  });
}
