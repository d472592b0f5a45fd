/** The gateway over the broker, on an exchange whose network loses, doubles and breaks what is sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import type { OrderReport } from '../../../src/engine/input.ts';
import type { OrderRequest } from '../../../src/engine/output.ts';
import { orderOf } from '../../../src/session/keeping/client-order-id.ts';
import { Gateway } from '../../../src/session/live/gateway.ts';
import { type Emulated, emulated } from './emulated.ts';

const SESSION = '20260101T000000-test';
const ORDERS = 12;

function request(id: number): OrderRequest {
  return {
    id,
    tradeId: id,
    symbol: 'BTC/USDT:USDT',
    side: id % 2 === 1 ? 'buy' : 'sell',
    type: 'market',
    purpose: id % 2 === 1 ? 'entry' : 'exit',
    quantity: '0.01',
    price: null,
    stopPrice: null,
    reduceOnly: id % 2 === 0,
  };
}

/** Makes the network bad for every request about orders. */
function spoil({ control }: Emulated): void {
  const often = { times: null, chance: 0.08 } as const;
  control.requestFault({ kind: 'drop-reply' }, { match: '/v5/order/create', ...often });
  control.requestFault({ kind: 'drop-request' }, { match: '/v5/order/create', ...often });
  control.requestFault({ kind: 'duplicate', reply: 'second' }, { match: '/v5/order/create', ...often });
  control.requestFault({ kind: 'status', status: 502, acted: true }, { match: '/v5/order/create', ...often });
  control.requestFault({ kind: 'status', status: 503, acted: false }, { match: '/v5/', ...often });
  control.requestFault(
    { kind: 'code', code: 10006, message: 'Too many visits!', acted: false },
    { match: '/v5/order/create', ...often },
  );
  control.requestFault({ kind: 'drop-reply' }, { match: '/v5/order/realtime', ...often });
  control.pushFault({ kind: 'drop-push' }, { match: '', times: null, chance: 0.3 });
  control.pushFault({ kind: 'duplicate-push' }, { match: '', times: null, chance: 0.2 });
}

class Told {
  readonly fills = new Map<number, Map<string, string>>();
  readonly ends = new Map<number, string>();

  hear(report: OrderReport): void {
    if (report.status === 'fill') {
      const fills = this.fills.get(report.orderId) ?? new Map<string, string>();
      this.fills.set(report.orderId, fills.set(report.fillId, report.quantity));
    }
    if (report.status === 'rejected' || report.status === 'lost' || report.status === 'cancelled')
      this.ends.set(report.orderId, report.status);
  }

  filled(orderId: number): Big {
    return [...(this.fills.get(orderId)?.values() ?? [])].reduce((sum, each) => sum.plus(each), new Big(0));
  }

  over(orderId: number): boolean {
    return this.ends.has(orderId) || this.filled(orderId).eq('0.01');
  }
}

for (const seed of [1, 2, 3]) {
  test(`on a bad network (${seed}) no order is made twice and no fill forgotten`, async () => {
    await using session = await emulated({ seed });
    const told = new Told();
    const gateway = new Gateway({
      session: SESSION,
      broker: session.account.broker,
      clock: session.venue.clock,
      report: (report) => told.hear(report),
    });
    session.account.listen({
      push: (push) => gateway.pushed(push),
      missed: () => gateway.lookUpAll(() => undefined),
    });
    // As the session does: what no push has told is looked up.
    const sweep = (): void => {
      gateway.lookUpAll(() => undefined);
      session.venue.clock.after(10_000, sweep);
    };
    sweep();
    spoil(session);
    for (let id = 1; id <= ORDERS; id += 1) {
      gateway.submit(request(id));
      await session.until(`the end of order ${id}`, () => told.over(id), 600_000, 250);
    }
    assert.ok(told.fills.size > 0);
    const { executions } = session.control.books();
    for (let id = 1; id <= ORDERS; id += 1) {
      const there = executions.filter(({ linkId }) => orderOf(SESSION, linkId ?? '')?.orderId === id);
      const made = there.reduce((sum, { quantity }) => sum.plus(quantity), new Big(0));
      assert.ok(made.lte('0.01'), `order ${id} was filled with ${made}`);
      assert.ok(made.eq(told.filled(id)), `order ${id}: ${made} filled, ${told.filled(id)} told`);
      assert.deepEqual(
        [...(told.fills.get(id)?.keys() ?? [])].sort(),
        there.map(({ id: fillId }) => fillId).sort(),
      );
    }
  });
}
