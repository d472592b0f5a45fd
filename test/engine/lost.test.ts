/** Orders that got lost on the way, and orders of which nothing is known: never two where one was meant, never none. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { OrderRequest } from '../../src/engine/output.ts';
import { ABOVE, Rig } from './rig.ts';

const lost = (rig: Rig, order: OrderRequest) =>
  rig.report({ status: 'lost', orderId: order.id, reason: 'the venue never had it' });
const unknown = (rig: Rig, order: OrderRequest) => rig.report({ status: 'unknown', orderId: order.id });

/** An entry filled, and its stop sent and not answered. */
function filled(): { rig: Rig; entry: OrderRequest; stop: OrderRequest } {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  rig.fill(entry);
  return { rig, entry, stop: rig.last('stop') };
}

it('an entry that got lost is no trade: its slot is free again and nothing is sent in its place', () => {
  const rig = new Rig({ preset: { risk: { max_open_positions: 1 } } }).boot();
  const entry = rig.breakOut();
  unknown(rig, entry);
  lost(rig, entry);
  assert.deepEqual([rig.engine.status().pendingEntries, rig.engine.status().freeSlots], [0, 1]);
  assert.equal(rig.trades().length, 0);
  assert.equal(rig.submitted().length, 1);
  assert.match(rig.events('order').at(-1)?.reason ?? '', /never had it/);
  rig.until('SIGNAL_WAIT');
});

it('one part of a sliced entry got lost: what is filled is kept and protected, the rest is not sent', () => {
  const rig = new Rig({
    preset: { execution: { iceberg: { above_notional: 100, show_share: 0.25 } } },
  }).boot();
  const first = rig.breakOut();
  rig.accept(first);
  rig.fill(first);
  rig.accept(rig.last('stop'));
  const second = rig.last('entry');
  assert.notEqual(second.id, first.id);
  lost(rig, second);
  rig.elapse(60_000);
  assert.equal(rig.last('entry').id, second.id);
  assert.equal(rig.engine.positions()[0]?.protectedQuantity, first.quantity);
});

it('a stop that got lost is sent again at once, as a new order', () => {
  const { rig, entry, stop } = filled();
  lost(rig, stop);
  const again = rig.last('stop');
  assert.notEqual(again.id, stop.id);
  assert.deepEqual([again.quantity, again.stopPrice], [entry.quantity, stop.stopPrice]);
  assert.equal(rig.submitted('exit').length, 0);
  rig.accept(again);
  assert.equal(rig.engine.positions()[0]?.protectedQuantity, entry.quantity);
});

it('a stop that got lost and that the market has passed meanwhile closes at market', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  rig.fill(entry, { quantity: '10' });
  const stop = rig.last('stop');
  rig.fill(entry, { quantity: '5', price: String(Number(stop.stopPrice) - 0.5) });
  lost(rig, stop);
  assert.equal(rig.submitted('stop').length, 1);
  rig.fill(rig.last('exit'), { price: '99' });
  rig.cancelled(entry);
  assert.equal(rig.trades()[0]?.exitReason, 'stop_passed');
});

it('a target that got lost is sent again, as a new order, and fills as it would have', () => {
  const { rig, stop } = filled();
  rig.accept(stop);
  for (const purpose of ['tp1', 'tp2'] as const) {
    const target = rig.last(purpose);
    lost(rig, target);
    const again = rig.last(purpose);
    assert.notEqual(again.id, target.id);
    assert.deepEqual([again.quantity, again.price, again.type], [target.quantity, target.price, 'limit']);
  }
  rig.fill(rig.last('tp1'));
  assert.equal(rig.events('position').at(-1)?.reason, 'breakeven', 'it is the TP1 of the trade');
});

it('a market exit that got lost is tried again until it is through', () => {
  const { rig, stop } = filled();
  rig.accept(stop);
  rig.panic();
  const exit = rig.last('exit');
  lost(rig, exit);
  assert.equal(rig.submitted('exit').length, 1, 'not at once');
  rig.elapse(60_000);
  const again = rig.last('exit');
  assert.notEqual(again.id, exit.id);
  rig.fill(again, { price: '101' });
  rig.venueSays();
  assert.equal(rig.state, 'STOPPED');
});

it('an order that the venue has been heard of cannot get lost: such a report changes nothing', () => {
  const { rig, entry, stop } = filled();
  rig.accept(stop);
  for (const order of [entry, stop, rig.last('tp1')]) {
    if (order.purpose === 'tp1') rig.accept(order);
    assert.deepEqual(lost(rig, order), [], order.purpose);
  }
  assert.equal(rig.submitted('stop').length, 1);
  assert.equal(rig.engine.positions()[0]?.protectedQuantity, entry.quantity);
});

it('an entry that fills after it was said to be lost is a position: it is closed at market', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  lost(rig, entry);
  rig.fill(entry);
  const exit = rig.last('exit');
  assert.deepEqual([exit.quantity, exit.side], [entry.quantity, 'sell']);
  assert.equal(rig.events('warning').at(-1)?.code, 'LATE_FILL');
});

it('no second stop is sent while nothing is known of the first; in time the position is closed at market', () => {
  const { rig, stop } = filled();
  const timeout = rig.preset.execution.protect_timeout_ms;
  unknown(rig, stop);
  rig.elapse(timeout - 1);
  assert.deepEqual([rig.submitted('stop').length, rig.submitted('exit').length], [1, 0]);
  rig.elapse(1);
  assert.deepEqual([rig.submitted('stop').length, rig.submitted('exit').length], [1, 1]);
  rig.fill(rig.last('exit'), { price: '101' });
  assert.ok(rig.cancels().includes(stop.id), 'it may be at the venue: it is withdrawn');
  assert.equal(rig.trades()[0]?.exitReason, 'unprotected');
});

it('an unknown stop that turns out to be there protects; the timer then closes nothing', () => {
  const { rig, entry, stop } = filled();
  unknown(rig, stop);
  rig.accept(stop);
  rig.elapse(rig.preset.execution.protect_timeout_ms);
  assert.equal(rig.submitted('exit').length, 0);
  assert.equal(rig.engine.positions()[0]?.protectedQuantity, entry.quantity);
});

it('an unknown entry holds the state in EXECUTION and a stop waits for it, however long', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  unknown(rig, entry);
  rig.elapse(60_000);
  assert.equal(rig.state, 'EXECUTION');
  const id = rig.stop();
  rig.bar();
  assert.deepEqual([rig.answer(id), rig.state], ['waits', 'EXECUTION']);
  assert.deepEqual(rig.submitted('entry'), [entry], 'never sent a second time');
  lost(rig, entry);
  assert.deepEqual([rig.answer(id), rig.state], ['ok', 'IDLE']);
});

it('an unknown entry that filled after all is protected before the stop is done', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut(ABOVE);
  unknown(rig, entry);
  const id = rig.stop();
  rig.fill(entry);
  assert.equal(rig.answer(id), 'waits');
  rig.accept(rig.last('stop'));
  assert.equal(rig.answer(id), 'ok');
  assert.equal(rig.engine.positions().length, 1);
});
