/** The emulated exchange in fast time, as the daemon's other tests have it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OrderReport } from '../../src/engine/input.ts';
import { Gateway } from '../../src/session/live/gateway.ts';
import { liveExchange, PROTOCOLS } from './exchange.ts';

for (const protocol of PROTOCOLS)
  test(`an entry that a busy machine sends slowly is not taken for lost and then made, in fast time (${protocol})`, async (t) => {
    const { open, emulator, settings } = await liveExchange(t, { protocol, speed: 30 });
    const venue = await open({
      mode: 'live',
      venue: protocol === 'bybit' ? 'bybit' : 'binanceusdm',
      goesOn: true,
    });
    t.after(() => venue.close());
    const told: OrderReport['status'][] = [];
    const known = new Promise<void>((resolve) => {
      const gateway = new Gateway({
        session: 'slow',
        broker: venue.broker,
        clock: venue.clock,
        report: ({ status }) => {
          told.push(status);
          if (status === 'unknown') return;
          gateway.settled(1);
          resolve();
        },
      });
      const created = protocol === 'bybit' ? 'POST /v5/order/create' : 'POST /fapi/v1/order';
      // Half a second of the machine's.
      emulator.control.requestFault({ kind: 'delay-request', ms: 15_000 }, { match: created });
      gateway.submit({
        id: 1,
        tradeId: 1,
        symbol: `ETH/${settings.quote}:${settings.quote}`,
        side: 'buy',
        type: 'limit',
        purpose: 'entry',
        quantity: '1',
        price: String(Math.floor(Number(emulator.control.price('ETHUSDT').last) * 0.9)),
        stopPrice: null,
        reduceOnly: false,
      });
    });
    await known;
    assert.deepEqual(told, ['unknown', 'accepted']);
  });
