import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clientOrderId, orderOf } from '../../../src/session/keeping/client-order-id.ts';
import { sessionId } from '../../../src/session/session.ts';
import { clientIds } from '../../../src/venue/ccxt/client-ids.ts';

/** What the exchanges' documents say of client order ids. */
const RULES: Readonly<Record<string, RegExp>> = {
  binance: /^[.A-Z:/a-z0-9_-]{1,36}$/,
  binanceusdm: /^[.A-Z:/a-z0-9_-]{1,36}$/,
  bybit: /^[A-Za-z0-9_-]{1,36}$/,
  bitget: /^[A-Za-z0-9._-]{1,40}$/,
  kucoin: /^[A-Za-z0-9_-]{1,40}$/,
  kucoinfutures: /^[A-Za-z0-9_-]{1,40}$/,
  okx: /^[A-Za-z0-9]{1,32}$/,
  myokx: /^[A-Za-z0-9]{1,32}$/,
  gate: /^t-[0-9a-zA-Z_.-]{1,28}$/,
};

for (const [exchange, rule] of Object.entries(RULES)) {
  test(`${exchange} takes the client order ids of any session, and they are known again when read`, () => {
    const ids = clientIds(exchange);
    assert.ok(ids);
    const wall = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2069, 0, 1) });
    const order = fc.integer({ min: 1, max: 99_999 });
    fc.assert(
      fc.property(
        wall,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        order,
        fc.integer({ min: 1, max: 3 }),
        (at, dice, orderId, attempt) => {
          const session = sessionId(at, () => dice.next().value ?? 0);
          const own = clientOrderId(session, orderId, attempt);
          const sent = ids.toVenue(own);
          assert.match(sent, rule);
          const read = ids.fromVenue(sent);
          assert.deepEqual(orderOf(session, read ?? ''), { orderId, attempt });
        },
      ),
    );
  });

  test(`${exchange}: an order that somebody else made is nobody's of ours`, () => {
    const ids = clientIds(exchange);
    for (const foreign of ['web-1', 't-web', 'x-abc123', '', undefined])
      assert.equal(ids?.fromVenue(foreign), null);
  });
}

test('an exchange whose form nobody has looked into has no client order ids here', () => {
  assert.equal(clientIds('hyperliquid'), null);
  assert.equal(clientIds('toString'), null);
});
