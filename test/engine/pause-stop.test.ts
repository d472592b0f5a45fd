/** Pause, resume and stop: what they do to entries, positions and orders, and what outlives them. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ABOVE, PERP, Rig, SECOND_PERP } from './rig.ts';

it('a paused bot sends no entry, whatever breaks', () => {
  const rig = new Rig().boot();
  rig.pause();
  for (let i = 0; i < 30; i++) rig.barTo(ABOVE + i);
  assert.equal(rig.submitted().length, 0);
  assert.equal(rig.state, 'PAUSED');
});

it('a pause keeps the stop and the targets, and the stop still trails', () => {
  const rig = new Rig({ preset: { position: { chandelier_atr: 1, trail_from_r: 0 } } }).boot();
  const { stop } = rig.hold();
  rig.pause('lunch');
  assert.deepEqual(rig.cancels(), []);
  rig.barTo([101.5, 106, 101.4, 105.9, 1000]);
  const amend = rig.amends().at(-1);
  assert.equal(amend?.orderId, stop.id);
  assert.ok(Number(amend?.stopPrice) > 102, 'moved up behind the price');
  assert.equal(rig.state, 'PAUSED');
});

it('a pause still fills targets, moves the stop to breakeven, and ends trades by time', () => {
  const rig = new Rig({ preset: { position: { max_hold_hours: 0.25 } } }).boot();
  rig.hold();
  rig.pause();
  rig.fill(rig.last('tp1'));
  const amend = rig.amends().at(-1);
  assert.ok(Number(amend?.stopPrice) > 101.65, 'breakeven with fees');
  assert.equal(Number(amend?.quantity), 82.64 - 33.05);
  for (let i = 0; i < 3; i++) rig.barTo(103);
  assert.equal(rig.last('exit').type, 'market');
  rig.fill(rig.last('exit'), { price: '103' });
  assert.equal(rig.trades()[0]?.exitReason, 'max_hold');
});

it('a pause says who and why, twice is no error, and the first reason stays', () => {
  const rig = new Rig().boot();
  rig.command({ name: 'pause', reason: 'news' }, 'anna');
  const { pausedBy } = rig.engine.status();
  assert.deepEqual(pausedBy, { by: 'anna', at: rig.now, reason: 'news' });
  const before = rig.passed().length;
  assert.equal(rig.answer(rig.command({ name: 'pause', reason: 'other' }, 'bert')), 'ok');
  assert.deepEqual(rig.engine.status().pausedBy, pausedBy);
  assert.equal(rig.passed().length, before);
});

it('a pause in EXECUTION cancels the entry at once and answers when its fate is known', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  const id = rig.pause();
  assert.deepEqual(rig.cancels(), [entry.id]);
  assert.equal(rig.answer(id), 'waits');
  assert.equal(rig.state, 'EXECUTION');
  rig.cancelled(entry);
  assert.equal(rig.answer(id), 'ok');
  assert.deepEqual(rig.passed().slice(-2), ['SCANNING', 'PAUSED']);
});

it('an entry that fills although a pause asked to cancel it is protected, managed, and the pause holds', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  const id = rig.pause();
  rig.fill(entry);
  rig.report({ status: 'cancel_rejected', orderId: entry.id, reason: 'already filled' });
  const stop = rig.last('stop');
  assert.equal(stop.quantity, entry.quantity);
  rig.accept(stop);
  assert.equal(rig.answer(id), 'ok');
  assert.deepEqual(rig.passed().slice(-2), ['MANAGING', 'PAUSED']);
});

it('a pause before the start is done is kept: the start ends in PAUSED without a scan', () => {
  const rig = new Rig();
  const start = rig.start();
  const pause = rig.pause();
  rig.ready();
  assert.deepEqual([rig.answer(start), rig.answer(pause)], ['ok', 'ok']);
  assert.deepEqual(rig.passed(), ['INITIALIZING', 'SCANNING', 'PAUSED']);
  assert.equal(rig.events('scan').length, 0);
});

it('a pause survives stop and start: the bot comes back paused, and scans nothing', () => {
  const rig = new Rig().boot();
  rig.pause('holiday');
  rig.stop();
  assert.equal(rig.engine.status().pausedBy?.reason, 'holiday');
  const from = rig.passed().length;
  const scans = rig.events('scan').length;
  const id = rig.start();
  rig.ready();
  assert.deepEqual(rig.passed().slice(from), ['INITIALIZING', 'SCANNING', 'PAUSED']);
  assert.match(rig.replyTo(id)?.message ?? '', /paused by tester \(holiday\)/);
  rig.bar();
  assert.equal(rig.events('scan').length, scans);
  rig.resume();
  rig.until('SIGNAL_WAIT');
});

it('a retry under a pause passes SCANNING to PAUSED in one step', () => {
  const rig = new Rig().boot();
  rig.pause();
  rig.give({ kind: 'fault', reason: 'x' });
  const from = rig.passed().length;
  rig.retry();
  assert.deepEqual(rig.passed().slice(from), ['SCANNING', 'PAUSED']);
  assert.equal(rig.submitted().length, 0);
});

it('a resume trades again: it scans, and with a position open it goes through MANAGING', () => {
  const rig = new Rig().boot();
  rig.pause();
  rig.resume();
  assert.equal(rig.engine.status().pausedBy, null);
  rig.until('SIGNAL_WAIT');
  rig.hold();
  rig.pause();
  const from = rig.passed().length;
  rig.resume();
  assert.equal(rig.passed()[from], 'MANAGING');
});

it('a resume while a pause still waits: both are answered, and entries are allowed again', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  const pause = rig.pause();
  const resume = rig.resume();
  assert.deepEqual([rig.answer(pause), rig.answer(resume)], ['SUPERSEDED', 'ok']);
  rig.cancelled(entry);
  assert.notEqual(rig.state, 'PAUSED');
});

it('a stop cancels entries and waits until their fate is known; a fill in between is protected first', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  const id = rig.stop();
  assert.deepEqual(rig.cancels(), [entry.id]);
  assert.equal(rig.engine.status().stopping, true);
  rig.fill(entry, { quantity: '30' });
  assert.equal(rig.answer(id), 'waits');
  rig.cancelled(entry);
  assert.equal(rig.answer(id), 'waits', 'the fill is not protected yet');
  const stop = rig.last('stop');
  assert.equal(stop.quantity, '30.00');
  rig.accept(stop);
  assert.equal(rig.answer(id), 'ok');
  assert.match(rig.replyTo(id)?.message ?? '', /1 position left/);
  assert.deepEqual(rig.passed().slice(-2), ['STOPPED', 'IDLE']);
});

it('a stop of an order that nothing is known of does not end before there is evidence', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.report({ status: 'unknown', orderId: entry.id });
  const id = rig.stop();
  for (let i = 0; i < 5; i++) rig.bar();
  assert.equal(rig.answer(id), 'waits');
  rig.rejected(entry, 'never arrived');
  assert.equal(rig.answer(id), 'ok');
});

it('a stop that waits still manages what is open', () => {
  const rig = new Rig({
    instruments: [PERP, SECOND_PERP],
    preset: { position: { chandelier_atr: 1, trail_from_r: 0 } },
  }).boot();
  rig.hold();
  rig.until('SIGNAL_WAIT');
  rig.bar(
    new Map([
      [0, 101.6],
      [1, ABOVE],
    ]),
  );
  const entry = rig.last('entry');
  assert.equal(entry.symbol, 'BBBUSDT');
  const id = rig.stop();
  if (rig.amends().length > 0) rig.confirmAmend();
  const before = rig.amends().length;
  rig.barTo([101.6, 108, 101.5, 107.9, 1000]);
  assert.equal(rig.answer(id), 'waits');
  assert.ok(rig.amends().length > before, 'the stop of the open position trails');
});

it('a pause while a stop waits is answered, and is still there after the stop', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  const stop = rig.stop();
  const pause = rig.pause('and stay there');
  rig.cancelled(entry);
  assert.equal(rig.answer(stop), 'ok');
  assert.equal(rig.answer(pause), 'ok');
  assert.equal(rig.engine.status().pausedBy?.reason, 'and stay there');
});

it('a second stop while one waits says so', () => {
  const rig = new Rig().boot();
  rig.breakOut();
  rig.stop();
  assert.equal(rig.answer(rig.stop()), 'STOP_IN_PROGRESS');
});

it('a stop leaves the protective stop and the targets at the venue, and their fills are booked after it', () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold();
  rig.stop();
  assert.equal(rig.state, 'IDLE');
  assert.deepEqual(rig.cancels(), []);
  rig.fill(rig.last('tp1'), { price: '104.07' });
  const amend = rig.amends().at(-1);
  assert.equal(amend?.orderId, stop.id, 'the stop follows what is left');
  rig.fill(stop, { price: '102', quantity: '49.59' });
  assert.equal(rig.trades().length, 1);
  assert.equal(rig.trades()[0]?.quantity, entry.quantity);
  assert.equal(rig.state, 'IDLE');
});

it('a stopped bot does not move stops, does not enter, and does not close by time', () => {
  const rig = new Rig({
    preset: { position: { chandelier_atr: 1, max_hold_hours: 0.25, trail_from_r: 0 } },
  }).boot();
  rig.hold();
  rig.stop();
  const sent = rig.submitted().length;
  for (let i = 0; i < 10; i++) rig.barTo(103 + i);
  assert.equal(rig.submitted().length, sent);
  assert.deepEqual(rig.amends(), []);
});

it('stop --flatten closes at market, and ends only when the venue counts nothing', () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold();
  const id = rig.stop(true);
  const exit = rig.last('exit');
  assert.deepEqual(
    [exit.type, exit.side, exit.quantity, exit.reduceOnly],
    ['market', 'sell', entry.quantity, true],
  );
  assert.ok(!rig.cancels().includes(stop.id), 'protection goes last');
  rig.accept(exit);
  rig.fill(exit, { price: '101' });
  assert.ok(rig.cancels().includes(stop.id));
  assert.equal(rig.answer(id), 'waits');
  rig.venueSays([{ symbol: 'AAAUSDT', quantity: '0.5' }]);
  assert.equal(rig.answer(id), 'waits');
  assert.equal(rig.events('warning').at(-1)?.code, 'NOT_FLAT');
  const asked = rig.queries().length;
  rig.elapse(60_000);
  assert.ok(rig.queries().length > asked, 'asked again');
  rig.venueSays();
  assert.equal(rig.answer(id), 'ok');
  assert.match(rig.replyTo(id)?.message ?? '', /flat/);
  assert.equal(rig.trades()[0]?.exitReason, 'flatten');
  assert.equal(rig.state, 'IDLE');
});

it('an answer to an older question does not count as flat', () => {
  const rig = new Rig().boot();
  const id = rig.stop(true);
  const query = rig.queries().at(-1) ?? 0;
  rig.give({ kind: 'positions', queryId: query - 1, positions: [] });
  assert.equal(rig.answer(id), 'waits');
});

it('an answer that came while a late fill had opened a trade again does not count as flat for its end', () => {
  const rig = new Rig().boot();
  rig.hold();
  const tp1 = rig.last('tp1');
  const id = rig.stop(true);
  rig.fill(rig.last('exit'), { price: '101' });
  assert.equal(rig.answer(id), 'waits', 'the venue is asked');
  rig.fill(tp1);
  rig.venueSays();
  assert.equal(rig.answer(id), 'waits');
  const asked = rig.queries().length;
  rig.fill(rig.last('exit'), { price: '101' });
  assert.ok(rig.queries().length > asked, 'asked anew');
  assert.equal(rig.answer(id), 'waits');
  rig.venueSays();
  assert.equal(rig.answer(id), 'ok');
});

it('an answer that was asked for before a late fill opened a trade again does not count as flat once that has ended', () => {
  const rig = new Rig().boot();
  rig.hold();
  const tp1 = rig.last('tp1');
  const id = rig.stop(true);
  rig.fill(rig.last('exit'), { price: '101' });
  const asked = rig.queries();
  rig.fill(tp1);
  rig.fill(rig.last('exit'), { price: '101' });
  rig.give({ kind: 'positions', queryId: asked.at(-1) ?? 0, positions: [] });
  assert.equal(rig.answer(id), 'waits', 'the venue has not been asked since');
  assert.ok(rig.queries().length > asked.length, 'asked anew');
  rig.venueSays();
  assert.equal(rig.answer(id), 'ok');
});

it('a foreign position in a symbol that is not traded here does not block a flatten', () => {
  const rig = new Rig().boot();
  const id = rig.stop(true);
  rig.venueSays([{ symbol: 'ZZZUSDT', quantity: '5' }]);
  assert.equal(rig.answer(id), 'ok');
});

it('what a stop left open can be closed afterwards: stop --flatten in IDLE, verified flat', () => {
  const rig = new Rig().boot();
  rig.hold();
  rig.stop();
  assert.equal(rig.state, 'IDLE');
  assert.equal(rig.answer(rig.stop()), 'ENGINE_NOT_RUNNING');
  const id = rig.stop(true);
  assert.equal(rig.answer(rig.start()), 'STOP_IN_PROGRESS');
  rig.fill(rig.last('exit'), { price: '100' });
  rig.venueSays();
  assert.equal(rig.answer(id), 'ok');
  assert.equal(rig.state, 'IDLE');
  assert.equal(rig.trades()[0]?.exitReason, 'flatten');
});
