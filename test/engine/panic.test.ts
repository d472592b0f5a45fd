/** The panic: never refused, never late, overtakes, ends verified flat, stays latched. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ABOVE, PERP, Rig, SECOND_PERP, SPOT } from './rig.ts';

it('a panic cancels entries first, closes at market, keeps the stop until the fill, and ends STOPPED', () => {
  const rig = new Rig({
    instruments: [PERP, SECOND_PERP],
  }).boot();
  const { entry, stop } = rig.hold();
  rig.until('SIGNAL_WAIT');
  rig.bar(
    new Map([
      [0, 101.6],
      [1, ABOVE],
    ]),
  );
  const pending = rig.last('entry');
  assert.equal(pending.symbol, 'BBBUSDT');
  const from = rig.outputs.length;
  const id = rig.panic('fire');
  const sent = rig.outputs
    .slice(from)
    .flatMap((o) =>
      o.kind === 'cancel'
        ? [`cancel ${o.orderId}`]
        : o.kind === 'submit'
          ? [`submit ${o.order.purpose}`]
          : [],
    );
  assert.equal(sent[0], `cancel ${pending.id}`, 'entries first');
  assert.ok(sent.includes('submit exit'));
  assert.ok(!sent.includes(`cancel ${stop.id}`), 'protection last');
  const exit = rig.last('exit');
  assert.equal(exit.quantity, entry.quantity);
  rig.fill(exit, { price: '101' });
  assert.ok(rig.cancels().includes(stop.id));
  assert.equal(rig.state, 'EMERGENCY', 'the pending entry is not final');
  rig.cancelled(pending);
  rig.venueSays();
  assert.equal(rig.state, 'STOPPED');
  assert.equal(rig.answer(id), 'ok');
  assert.equal(rig.trades()[0]?.exitReason, 'panic');
});

it('a market exit that the venue rejects or cancels is sent again until it fills, with growing waits', () => {
  const rig = new Rig().boot();
  const { stop } = rig.hold();
  rig.panic();
  for (let tries = 1; tries <= 6; tries++) {
    const exit = rig.last('exit');
    assert.equal(rig.submitted('exit').length, tries);
    if (tries % 2 === 0) rig.cancelled(exit, 'by the venue');
    else rig.rejected(exit, 'try later');
    assert.equal(rig.submitted('exit').length, tries, 'not at once');
    rig.elapse(60_000);
  }
  assert.ok(!rig.cancels().includes(stop.id), 'protected all the while');
  rig.fill(rig.last('exit'), { price: '100.9' });
  rig.venueSays();
  assert.equal(rig.state, 'STOPPED');
});

it('a market exit that fills in part and is cancelled: the rest is sent again', () => {
  const rig = new Rig().boot();
  rig.hold();
  rig.panic();
  const first = rig.last('exit');
  rig.fill(first, { price: '101', quantity: '50' });
  rig.cancelled(first, 'no more liquidity');
  rig.elapse(60_000);
  const second = rig.last('exit');
  assert.notEqual(second.id, first.id);
  assert.equal(second.quantity, '32.64');
});

it('a panic is asked again and again until the venue counts nothing', () => {
  const rig = new Rig().boot();
  const id = rig.panic();
  for (let i = 1; i <= 3; i++) {
    assert.equal(rig.queries().length, i);
    rig.venueSays([{ symbol: 'AAAUSDT', quantity: '-3' }]);
    assert.equal(rig.answer(id), 'waits');
    rig.elapse(60_000);
  }
  rig.venueSays();
  assert.deepEqual([rig.answer(id), rig.state], ['ok', 'STOPPED']);
});

it('dust that cannot be sold does not keep a panic on spot from ending', () => {
  const rig = new Rig({ instruments: [SPOT] }).boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  rig.fill(entry, { fee: '0.0413', feeIn: 'base' });
  const stop = rig.last('stop');
  rig.accept(stop);
  rig.panic();
  const exit = rig.last('exit');
  const dust = (Number(entry.quantity) - 0.0413 - Number(exit.quantity)).toFixed(4);
  assert.ok(Number(dust) > 0 && Number(dust) < 0.1, dust);
  rig.fill(exit, { price: '101' });
  assert.equal(rig.events('dust')[0]?.quantity, dust);
  rig.venueSays([{ symbol: 'AAAUSDT', quantity: dust }]);
  assert.equal(rig.state, 'STOPPED');
});

it('dust of one trade on spot goes out with the next, and never grows to a lot that nobody looks after', () => {
  const rig = new Rig({ instruments: [SPOT] }).boot();
  let bought = 0;
  let sold = 0;
  for (let i = 0; i < 4; i++) {
    rig.until('SIGNAL_WAIT', 200);
    const entry = rig.breakOut();
    rig.fill(entry, { fee: '0.06', feeIn: 'base' });
    bought += Number(entry.quantity) - 0.06;
    const stop = rig.last('stop');
    assert.ok(Math.abs(bought - sold - Number(stop.quantity)) < 0.1, 'the stop covers all whole lots');
    rig.accept(stop);
    rig.fill(stop, { price: '101' });
    sold += Number(stop.quantity);
    for (let bar = 0; bar < 120; bar++) rig.bar();
  }
  assert.equal(rig.trades().length, 4);
  const dust = (bought - sold).toFixed(2);
  assert.equal(rig.events('dust').at(-1)?.quantity, dust);
  const id = rig.stop(true);
  rig.venueSays([{ symbol: 'AAAUSDT', quantity: dust }]);
  assert.equal(rig.answer(id), 'ok');
});

it('the smallest fill, of which the fee leaves less than a lot, is booked and not forgotten', () => {
  const rig = new Rig({ instruments: [SPOT] }).boot();
  const entry = rig.breakOut();
  rig.fill(entry, { quantity: '0.1', price: '101', fee: '0.001', feeIn: 'base' });
  rig.bar();
  rig.cancelled(entry);
  assert.equal(rig.trades()[0]?.pnl, '-10.1');
  assert.equal(rig.events('dust')[0]?.quantity, '0.099');
  assert.equal(rig.engine.status().equity, '9989.9');
});

it('two market exits are never on their way at once, however often a panic is pressed while the venue refuses', () => {
  const rig = new Rig().boot();
  rig.hold();
  rig.stop(true);
  rig.rejected(rig.last('exit'));
  rig.panic();
  rig.rejected(rig.last('exit'));
  const sent = rig.submitted('exit').length;
  rig.elapse(1000);
  rig.rejected(rig.last('exit'));
  rig.elapse(100);
  assert.equal(rig.submitted('exit').length, sent + 1);
});

it('what the venue counts over the known dust is not flat', () => {
  const rig = new Rig({ instruments: [SPOT] }).boot();
  const id = rig.stop(true);
  rig.venueSays([{ symbol: 'AAAUSDT', quantity: '0.1' }]);
  assert.equal(rig.answer(id), 'waits');
});

it('a panic on an idle engine with positions left by a stop closes them, through INITIALIZING', () => {
  const rig = new Rig().boot();
  rig.hold();
  rig.stop();
  const from = rig.passed().length;
  const id = rig.panic();
  assert.deepEqual(rig.passed().slice(from), ['INITIALIZING', 'EMERGENCY']);
  rig.fill(rig.last('exit'), { price: '101' });
  rig.venueSays();
  assert.deepEqual([rig.answer(id), rig.state], ['ok', 'STOPPED']);
});

it('a panic on a stopped engine goes through INITIALIZING again, and is never refused', () => {
  const rig = new Rig().boot();
  rig.panic();
  rig.venueSays();
  const from = rig.passed().length;
  const id = rig.panic('again');
  assert.deepEqual(rig.passed().slice(from), ['INITIALIZING', 'EMERGENCY']);
  rig.venueSays();
  assert.deepEqual([rig.answer(id), rig.state], ['ok', 'STOPPED']);
});

it('a panic overtakes a stop, a pause and a start that wait: each is told so', () => {
  const stopped = new Rig().boot();
  stopped.breakOut();
  const stop = stopped.stop();
  stopped.panic();
  assert.equal(stopped.answer(stop), 'SUPERSEDED');

  const paused = new Rig().boot();
  paused.breakOut();
  const pause = paused.pause();
  paused.panic();
  assert.equal(paused.answer(pause), 'SUPERSEDED');

  const starting = new Rig();
  const start = starting.start();
  starting.panic();
  assert.equal(starting.answer(start), 'SUPERSEDED');
});

it('the warm-up of a start that a panic overtook does not bring the engine back to trading', () => {
  const rig = new Rig();
  rig.start();
  rig.panic();
  rig.ready();
  assert.equal(rig.state, 'EMERGENCY');
  rig.venueSays();
  assert.equal(rig.state, 'STOPPED');
});

it('two panics at once are both answered when all is flat', () => {
  const rig = new Rig().boot();
  rig.hold();
  const first = rig.panic();
  const second = rig.panic();
  rig.fill(rig.last('exit'), { price: '101' });
  rig.venueSays();
  assert.deepEqual([rig.answer(first), rig.answer(second)], ['ok', 'ok']);
  assert.equal(rig.submitted('exit').length, 1, 'nothing is sold twice');
});

it('an emergency stays latched over days until somebody resets it with a reason', () => {
  const rig = new Rig().boot();
  rig.panic('fire');
  rig.venueSays();
  for (let i = 0; i < 600; i++) rig.bar();
  assert.equal(rig.state, 'STOPPED');
  assert.equal(rig.answer(rig.start()), 'EMERGENCY_LATCHED');
  assert.equal(rig.engine.status().haltedBy?.rule, 'panic');
  assert.equal(rig.answer(rig.reset('drill')), 'ok');
  assert.equal(rig.state, 'IDLE');
  assert.match(rig.engine.transitions().at(-1)?.reason ?? '', /drill/);
  assert.equal(rig.answer(rig.start()), 'waits');
});

it('a panic while the kill switch flattens is a panic: it does not lift on the next day', () => {
  const rig = new Rig({
    preset: { risk: { daily_loss_limit: 0.005, on_halt: 'flatten' } },
  }).boot();
  rig.hold();
  rig.barTo([101.6, 101.6, 100.5, 100.6, 1000]);
  assert.equal(rig.state, 'EMERGENCY');
  assert.equal(rig.engine.status().haltedBy?.rule, 'daily_loss');
  const id = rig.panic('get me out for good');
  rig.fill(rig.last('exit'), { price: '100.6' });
  rig.venueSays();
  assert.deepEqual([rig.answer(id), rig.state], ['ok', 'STOPPED']);
  assert.equal(rig.engine.status().haltedBy?.rule, 'panic');
  for (let i = 0; i < 600; i++) rig.bar();
  assert.equal(rig.state, 'STOPPED');
  assert.equal(rig.trades()[0]?.exitReason, 'panic');
});

it('an entry that fills after the panic asked to cancel it is closed at market too', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.panic();
  rig.fill(entry);
  const exit = rig.last('exit');
  assert.deepEqual([exit.side, exit.quantity, exit.type], ['sell', entry.quantity, 'market']);
  rig.fill(exit, { price: '101' });
  rig.venueSays();
  assert.equal(rig.state, 'STOPPED');
});
