/** What the account holds and the bot did not make: seen, told, in the way until decided on, never touched unasked. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Engine } from '../../src/engine/engine.ts';
import type { ForeignHolding } from '../../src/engine/input.ts';
import { ABOVE, PERP, Rig, SECOND_PERP } from './rig.ts';

const foreign = (change: Partial<ForeignHolding> = {}): ForeignHolding => ({
  symbol: PERP.symbol,
  quantity: '5',
  price: '100.2',
  orders: 0,
  ...change,
});

const pausedBy = (rig: Rig) => rig.engine.status().pausedBy?.by ?? null;

it('every finding of a reconciliation is told, in its words', () => {
  const rig = new Rig().boot();
  rig.reconcile(
    [],
    [
      { code: 'FILL_FOUND', symbol: PERP.symbol, message: 'order 1 had filled' },
      { code: 'ORDER_GONE', symbol: null, message: 'order 2 was gone' },
    ],
  );
  assert.deepEqual(
    rig.events('warning').map(({ code, symbol, message }) => [code, symbol, message]),
    [
      ['FILL_FOUND', PERP.symbol, 'order 1 had filled'],
      ['ORDER_GONE', null, 'order 2 was gone'],
    ],
  );
  assert.equal(rig.state, 'SIGNAL_WAIT', 'what has been put right holds nothing up');
});

it('a start over a position that nobody has decided on is refused, and says which and what to do', () => {
  const rig = new Rig({ instruments: [PERP, SECOND_PERP] });
  rig.reconcile([foreign(), foreign({ symbol: 'BBBUSDT', quantity: '0', price: null, orders: 2 })]);
  const id = rig.start();
  assert.deepEqual([rig.answer(id), rig.state], ['FOREIGN_POSITION', 'IDLE']);
  assert.match(rig.replyTo(id)?.error?.message ?? '', /AAAUSDT, BBBUSDT.*--adopt.*--ignore/);
  rig.ignore('AAAUSDT');
  assert.equal(rig.answer(rig.start()), 'FOREIGN_POSITION', 'each has to be decided on');
  rig.ignore('BBBUSDT');
  assert.equal(rig.answer(rig.start()), 'waits');
});

it('found while it trades: paused by the reconciliation, entries cancelled, own positions managed on', () => {
  const rig = new Rig({ instruments: [PERP, SECOND_PERP] }).boot();
  const { stop } = rig.hold();
  rig.until('SIGNAL_WAIT');
  rig.bar(new Map([[1, ABOVE]]));
  const pending = rig.last('entry');
  assert.equal(pending.symbol, 'BBBUSDT');
  rig.reconcile([foreign()]);
  assert.ok(rig.cancels().includes(pending.id));
  rig.cancelled(pending);
  assert.deepEqual([rig.state, pausedBy(rig)], ['PAUSED', 'reconciliation']);
  assert.equal(rig.answer(rig.resume()), 'FOREIGN_POSITION');
  assert.equal(rig.engine.positions().length, 1);
  rig.fill(stop, { price: stop.stopPrice ?? '' });
  assert.equal(rig.trades()[0]?.exitReason, 'stop', 'its stop works as before');
});

it('found during the warm-up: the engine comes up paused and enters nothing', () => {
  const rig = new Rig();
  const id = rig.start();
  rig.reconcile([foreign()]);
  rig.ready();
  assert.deepEqual([rig.answer(id), rig.state, pausedBy(rig)], ['ok', 'PAUSED', 'reconciliation']);
  rig.bar();
  rig.barTo(ABOVE);
  assert.equal(rig.submitted().length, 0);
});

it('a pause of a person is not taken over: who paused, and why, stays', () => {
  const rig = new Rig().boot();
  rig.pause('lunch');
  rig.reconcile([foreign()]);
  assert.deepEqual([pausedBy(rig), rig.engine.status().pausedBy?.reason], ['tester', 'lunch']);
  assert.equal(rig.answer(rig.resume()), 'FOREIGN_POSITION');
});

it('decisions that came out differently at a recovery hold entries until a person resumes', () => {
  const rig = new Rig().boot();
  rig.reconcile([], [{ code: 'DECISIONS_DIFFER', symbol: null, message: 'input 7 came out differently' }]);
  assert.deepEqual(
    [rig.state, rig.engine.status().pausedBy?.reason],
    ['PAUSED', 'input 7 came out differently'],
  );
  assert.equal(rig.answer(rig.resume()), 'ok');
});

it('what is ignored is in nobody’s way: resume goes on, and trades beside it', () => {
  const rig = new Rig().boot();
  rig.reconcile([foreign()]);
  assert.equal(rig.answer(rig.ignore()), 'ok');
  assert.deepEqual(rig.engine.foreign(), [{ ...foreign(), decision: 'ignore', by: 'tester' }]);
  assert.equal(rig.answer(rig.resume()), 'ok');
  rig.until('SIGNAL_WAIT');
  rig.hold();
  assert.equal(rig.engine.positions().length, 1);
});

it('a panic is flat when the venue counts no more than what is ignored', () => {
  const rig = new Rig().boot();
  rig.reconcile([foreign()]);
  rig.ignore();
  rig.resume();
  rig.until('SIGNAL_WAIT');
  rig.hold();
  const id = rig.panic();
  rig.fill(rig.last('exit'), { price: '101' });
  rig.venueSays([{ symbol: PERP.symbol, quantity: '6' }]);
  assert.equal(rig.state, 'EMERGENCY', 'one more than that is somebody’s loss');
  rig.elapse(60_000);
  rig.venueSays([{ symbol: PERP.symbol, quantity: '5' }]);
  assert.deepEqual([rig.state, rig.answer(id)], ['STOPPED', 'ok']);
  assert.equal(rig.submitted('exit').length, 1, 'what is ignored was not sold');
});

it('a decision is forgotten when what it was made on has changed', () => {
  const rig = new Rig();
  rig.reconcile([foreign()]);
  rig.ignore();
  rig.reconcile([foreign()]);
  assert.equal(rig.engine.foreign()[0]?.decision, 'ignore', 'the same holding is decided on');
  rig.reconcile([foreign({ quantity: '6' })]);
  assert.equal(rig.engine.foreign()[0]?.decision, null);
  rig.ignore();
  rig.reconcile([foreign({ quantity: '6', orders: 1 })]);
  assert.equal(rig.engine.foreign()[0]?.decision, null, 'orders have come to it');
  rig.reconcile([]);
  assert.equal(rig.answer(rig.ignore()), 'FOREIGN_UNKNOWN', 'it is gone');
});

it('what nobody has decided on starts no entry on the day that a halt lifts by itself', () => {
  const rig = new Rig({
    preset: { risk: { losing_streak_limit: 1, on_halt: 'flatten', halt_release: 'next_utc_day' } },
  }).boot();
  const { stop } = rig.hold();
  rig.fill(stop, { price: '99' });
  rig.venueSays();
  assert.equal(rig.state, 'STOPPED');
  rig.reconcile([foreign()]);
  const sent = rig.submitted().length;
  for (let i = 0; i < 300; i++) rig.bar(i % 7 === 6 ? new Map([[0, ABOVE]]) : new Map());
  assert.deepEqual([rig.state, pausedBy(rig)], ['PAUSED', 'reconciliation']);
  assert.equal(rig.submitted().length, sent);
});

it('what is foreign, and what was decided about it, outlives the daemon', () => {
  const rig = new Rig({ instruments: [PERP, SECOND_PERP] }).boot();
  rig.reconcile([foreign(), foreign({ symbol: 'BBBUSDT', quantity: '0', price: null, orders: 2 })]);
  rig.ignore('BBBUSDT');
  const saved = rig.engine.save();
  const next = new Engine();
  next.restore(saved);
  assert.deepEqual(next.foreign(), rig.engine.foreign());
  assert.deepEqual(next.save(), saved);
  rig.adopt();
  assert.equal(rig.engine.positions()[0]?.strategy, 'adopted');
  next.restore(rig.engine.save());
  assert.deepEqual(next.positions(), rig.engine.positions());
});
