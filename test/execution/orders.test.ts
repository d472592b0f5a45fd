import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { OrderReport } from '../../src/engine/input.ts';
import { submit } from '../../src/execution/context.ts';
import { applyReport, isFinal, type Order, Orders } from '../../src/execution/orders.ts';
import { Bench } from './desk-kit.ts';

/** An order of ten lots, as the desk sends it. */
function order(): Order {
  const bench = new Bench();
  const trade = bench.enter('long', 10);
  return submit(
    { outbox: bench.outbox, orders: new Orders(), preset: bench.preset, broker: { amend: true } },
    trade,
    { purpose: 'entry', type: 'limit', lots: 10, priceTicks: 1000, stopTicks: null },
  );
}

const ACCEPTED: OrderReport = { status: 'accepted', orderId: 1 };
const CANCELLED: OrderReport = { status: 'cancelled', orderId: 1, reason: '' };
const REJECTED: OrderReport = { status: 'rejected', orderId: 1, reason: '' };
const UNKNOWN: OrderReport = { status: 'unknown', orderId: 1 };
const CANCEL_REJECTED: OrderReport = { status: 'cancel_rejected', orderId: 1, reason: '' };
const AMEND_REJECTED: OrderReport = { status: 'amend_rejected', orderId: 1, reason: '' };
const fill = (fillId: string, lots: number): OrderReport => ({
  status: 'fill',
  orderId: 1,
  fillId,
  price: '100',
  quantity: `${lots / 100}`,
  fee: '0',
  feeIn: 'quote',
  liquidity: 'taker',
});
const say = (o: Order, report: OrderReport, lots = 0): boolean => applyReport(o, report, lots, null);

test('a fill before its acceptance is an acceptance, and the late acceptance says nothing new', () => {
  const o = order();
  assert.equal(say(o, fill('a', 4), 4), true);
  assert.equal(o.status, 'working');
  assert.equal(say(o, ACCEPTED), false);
  assert.equal(say(o, fill('b', 6), 6), true);
  assert.equal(o.status, 'filled');
});

test('a fill reported twice counts once', () => {
  const o = order();
  say(o, fill('a', 4), 4);
  assert.equal(say(o, fill('a', 4), 4), false);
  assert.equal(o.filledLots, 4);
});

test('an order that has filled was not rejected, whatever comes later', () => {
  const o = order();
  say(o, fill('a', 4), 4);
  assert.equal(say(o, REJECTED), false);
  assert.equal(o.status, 'working');
});

test('a fill that comes after the cancel still counts; the order stays cancelled until it is full', () => {
  const o = order();
  say(o, ACCEPTED);
  say(o, CANCELLED);
  assert.equal(say(o, fill('a', 4), 4), true);
  assert.equal(o.filledLots, 4);
  assert.equal(o.status, 'cancelled');
  assert.equal(say(o, fill('b', 6), 6), true);
  assert.equal(o.status, 'filled');
});

test('unknown is neither accepted nor rejected: evidence decides, and later doubt undoes no evidence', () => {
  const o = order();
  assert.equal(say(o, UNKNOWN), true);
  assert.equal(o.status, 'unknown');
  assert.ok(!isFinal(o));
  assert.equal(say(o, ACCEPTED), true);
  assert.equal(say(o, UNKNOWN), false);
  assert.equal(o.status, 'working');
});

test('a refused cancel or amend of an order that is already final is no news of it', () => {
  const o = order();
  say(o, fill('a', 10), 10);
  assert.equal(say(o, CANCEL_REJECTED), false);
  assert.equal(say(o, AMEND_REJECTED), false);
  assert.equal(o.status, 'filled');
});

test('an amend changes what is ordered once the venue says so', () => {
  const o = order();
  say(o, ACCEPTED);
  const amended: OrderReport = { status: 'amended', orderId: 1, quantity: '0.05', stopPrice: '98' };
  o.amending = true;
  assert.equal(applyReport(o, amended, 0, { lots: 5, stopTicks: 980 }), true);
  assert.deepEqual([o.lots, o.stopTicks, o.amending], [5, 980, false]);
});

test('in whatever order and however often reports come, every fill counts once and the end is the same', () => {
  const parts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
  const scene = parts.chain((lots) => {
    const whole = lots.reduce((sum, n) => sum + n, 0);
    const reports = [
      { report: ACCEPTED, lots: 0 },
      ...lots.map((n, i) => ({ report: fill(`f${i}`, n), lots: n })),
      ...(whole < 10 ? [{ report: CANCELLED, lots: 0 }] : []),
    ];
    return fc.record({
      whole: fc.constant(whole),
      heard: fc.shuffledSubarray([...reports, ...reports], { minLength: 2 * reports.length }),
    });
  });
  fc.assert(
    fc.property(scene, ({ whole, heard }) => {
      const o = order();
      o.lots = Math.max(10, whole);
      let news = 0;
      for (const { report, lots } of heard) {
        const wasFinal = isFinal(o);
        const filled = o.filledLots;
        if (say(o, report, lots)) news++;
        if (wasFinal) assert.ok(isFinal(o), 'final stays final');
        assert.ok(o.filledLots >= filled);
      }
      assert.equal(o.filledLots, whole);
      assert.equal(o.status, whole >= o.lots ? 'filled' : 'cancelled');
      assert.ok(news <= heard.length / 2, 'of two that say the same, at most one is news');
    }),
  );
});

test('ordinals are never used twice, and old final orders are forgotten while live ones never are', () => {
  const bench = new Bench();
  const trade = bench.enter();
  const orders = new Orders();
  const context = { outbox: bench.outbox, orders, preset: bench.preset, broker: { amend: true } };
  const make = () =>
    submit(context, trade, { purpose: 'entry', type: 'limit', lots: 1, priceTicks: 1, stopTicks: null });
  const live = make();
  const ids = new Set([live.id]);
  for (let i = 0; i < 3000; i++) {
    const o = make();
    assert.ok(!ids.has(o.id));
    ids.add(o.id);
    o.status = 'filled';
    orders.retire(o);
  }
  assert.deepEqual(orders.live(), [live]);
  assert.equal(orders.get(2), undefined);
  assert.notEqual(orders.get(3001), undefined);
});
