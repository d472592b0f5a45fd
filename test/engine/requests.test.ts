/** Closing one position and withdrawing one entry by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ABOVE, PERP, Rig, SECOND_PERP } from './rig.ts';

describe('closing one position by hand', () => {
  it('sells what is held at market, answers once it is gone, and withdraws its stop and targets', () => {
    const rig = new Rig().boot();
    const { entry, stop } = rig.hold();
    const id = rig.closePosition(entry.tradeId);
    const exit = rig.last('exit');
    assert.equal(exit.quantity, entry.quantity);
    assert.equal(exit.reduceOnly, true);
    assert.equal(rig.answer(id), 'waits');
    assert.ok(!rig.cancels().includes(stop.id), 'the stop stays until nothing is held');
    rig.accept(exit);
    rig.fill(exit);
    assert.match(rig.replyTo(id)?.message ?? '', /^closed long AAAUSDT at /);
    assert.ok(rig.cancels().includes(stop.id));
    assert.equal(rig.trades()[0]?.exitReason, 'manual');
  });

  it('leaves the other positions alone', () => {
    const rig = new Rig({ instruments: [PERP, SECOND_PERP] }).boot();
    rig.bar(
      new Map([
        [0, ABOVE],
        [1, ABOVE],
      ]),
    );
    const [first, second] = rig.submitted('entry');
    assert.ok(first && second);
    for (const order of [first, second]) {
      rig.accept(order);
      rig.fill(order);
    }
    for (const stop of rig.submitted('stop')) rig.accept(stop);
    rig.closePosition(first.tradeId);
    assert.deepEqual(
      rig.submitted('exit').map((order) => order.symbol),
      [first.symbol],
    );
  });

  it('works in every state in which a position may be open: paused, failed, stopped with it left', () => {
    const ways: readonly ((rig: Rig) => void)[] = [
      (rig) => rig.pause(),
      (rig) => rig.give({ kind: 'fault', reason: 'the disk is full' }),
      (rig) => rig.stop(),
    ];
    for (const way of ways) {
      const rig = new Rig().boot();
      const { entry } = rig.hold();
      way(rig);
      const id = rig.closePosition(entry.tradeId);
      rig.accept(rig.last('exit'));
      rig.fill(rig.last('exit'));
      assert.equal(rig.answer(id), 'ok', rig.state);
    }
  });

  it('refuses a trade that is not open, and one whose entry has not filled', () => {
    const rig = new Rig().boot();
    const { entry } = rig.hold();
    assert.equal(rig.answer(rig.closePosition(entry.tradeId + 1)), 'POSITION_UNKNOWN');
    assert.deepEqual(rig.submitted('exit'), []);
  });

  it('sends one market order for two requests, and answers both', () => {
    const rig = new Rig().boot();
    const { entry } = rig.hold();
    const both = [rig.closePosition(entry.tradeId), rig.closePosition(entry.tradeId)];
    assert.equal(rig.submitted('exit').length, 1);
    rig.accept(rig.last('exit'));
    rig.fill(rig.last('exit'));
    assert.deepEqual(
      both.map((id) => rig.answer(id)),
      ['ok', 'ok'],
    );
  });

  it('is overtaken by a panic, which closes the position itself', () => {
    const rig = new Rig().boot();
    const { entry } = rig.hold();
    const id = rig.closePosition(entry.tradeId);
    rig.panic();
    assert.equal(rig.answer(id), 'SUPERSEDED');
    assert.equal(rig.submitted('exit').length, 1);
  });

  it('is tried again when the venue refuses the market order', () => {
    const rig = new Rig().boot();
    const { entry } = rig.hold();
    const id = rig.closePosition(entry.tradeId);
    rig.rejected(rig.last('exit'));
    rig.elapse(1000);
    assert.equal(rig.submitted('exit').length, 2);
    rig.accept(rig.last('exit'));
    rig.fill(rig.last('exit'));
    assert.equal(rig.answer(id), 'ok');
  });
});

describe('withdrawing an entry by hand', () => {
  it('answers once the venue has confirmed it', () => {
    const rig = new Rig().boot();
    const entry = rig.breakOut();
    rig.accept(entry);
    const id = rig.cancelOrder(entry.id);
    assert.deepEqual(rig.cancels(), [entry.id]);
    assert.equal(rig.answer(id), 'waits');
    rig.cancelled(entry);
    assert.equal(rig.replyTo(id)?.message, `order ${entry.id} is cancelled`);
  });

  it('says that the order filled when the fill came first, and the position is protected', () => {
    const rig = new Rig().boot();
    const entry = rig.breakOut();
    rig.accept(entry);
    const id = rig.cancelOrder(entry.id);
    rig.fill(entry);
    assert.equal(rig.replyTo(id)?.message, `order ${entry.id} filled before the cancel reached it`);
    assert.equal(rig.last('stop').quantity, entry.quantity);
  });

  it('keeps what had filled', () => {
    const rig = new Rig().boot();
    const entry = rig.breakOut();
    rig.accept(entry);
    rig.fill(entry, { quantity: '1' });
    const id = rig.cancelOrder(entry.id);
    rig.cancelled(entry);
    assert.match(rig.replyTo(id)?.message ?? '', /what had filled is held and protected/);
  });

  it('never touches the stop or a target of a position', () => {
    const rig = new Rig().boot();
    const { stop } = rig.hold();
    const before = rig.cancels().length;
    for (const order of [stop, ...rig.submitted('tp1'), ...rig.submitted('tp2')]) {
      // Not that no entry is out: who names a stop is to hear that it is one.
      assert.equal(rig.answer(rig.cancelOrder(order.id)), 'ORDER_NOT_CANCELLABLE');
    }
    assert.equal(rig.answer(rig.cancelOrder(999)), 'ORDER_UNKNOWN');
    assert.equal(rig.cancels().length, before);
    assert.equal(rig.engine.status().openPositions, 1);
  });

  it('does not place the order again at the next close where entries rest at their levels', () => {
    const rig = new Rig({ preset: { entry: { policy: 'stop' }, scan: { scan_interval_seconds: 3600 } } });
    rig.start();
    rig.ready();
    rig.until('SIGNAL_WAIT');
    for (let i = 0; i < 13 && rig.submitted('entry').length === 0; i++) rig.bar();
    const entry = rig.last('entry');
    rig.accept(entry);
    rig.cancelOrder(entry.id);
    rig.cancelled(entry);
    rig.bar();
    assert.equal(rig.submitted('entry').filter((order) => order.stopPrice === entry.stopPrice).length, 1);
  });
});
