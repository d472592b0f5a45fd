/** What the venue does by itself counts once, for the trade that it is of, whenever it is told. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MINUTE } from '../../src/market/time.ts';
import { Rig, SPOT } from './rig.ts';

describe('what the venue does by itself', () => {
  it('funding that is told twice, by two lists or after a restart, is paid once', () => {
    const rig = new Rig().boot();
    rig.hold();
    const before = rig.engine.equity()?.marked ?? Number.NaN;
    const funding = {
      kind: 'funding',
      symbol: 0,
      amount: '-1.5',
      id: 'f1',
      happenedAt: rig.engine.now,
    } as const;
    rig.give(funding);
    rig.give(funding);
    const restored = new Rig();
    restored.engine.restore(rig.engine.save());
    restored.engine.apply({ ...funding, at: rig.engine.now });
    for (const engine of [rig.engine, restored.engine]) assert.equal(engine.equity()?.marked, before - 1.5);
  });

  it('funding told after the trade has ended is that of the trade that was open then', () => {
    const rig = new Rig().boot();
    const { stop } = rig.hold();
    const due = rig.engine.now;
    rig.fill(stop, { price: '101.65' });
    rig.elapse(10 * MINUTE);
    rig.give({ kind: 'funding', symbol: 0, amount: '-0.75', id: 'f1', happenedAt: due });
    assert.equal(rig.engine.status().equity, '9999.25');
  });

  it('funding that fell due before a restart told of the fill is the bot’s, whether the trade has ended or not', () => {
    for (const ended of [false, true]) {
      const rig = new Rig().boot();
      const entry = rig.breakOut();
      rig.elapse(3 * MINUTE);
      const due = rig.engine.now;
      rig.elapse(7 * MINUTE);
      rig.fill(entry);
      if (ended) rig.fill(rig.last('stop'), { price: '101.65' });
      const before = rig.engine.equity()?.marked ?? Number.NaN;
      rig.give({ kind: 'funding', symbol: 0, amount: '-0.75', id: 'f1', happenedAt: due });
      assert.equal(rig.engine.equity()?.marked, before - 0.75);
    }
  });

  it('funding of a position by hand, while an entry of the bot’s rests in the same market, is not the bot’s', () => {
    const rig = new Rig().boot();
    const entry = rig.breakOut();
    const before = rig.engine.equity()?.marked;
    rig.give({ kind: 'funding', symbol: 0, amount: '-0.75', id: 'f1', happenedAt: rig.engine.now });
    assert.equal(rig.engine.equity()?.marked, before);
    assert.equal(rig.events('warning').at(-1)?.code, 'FUNDING_NOT_OWN');
    assert.equal(rig.engine.positions().length, 0, `${entry.id} has not filled`);
  });

  it('funding of a position that was never the bot’s stays out of its books, and that is said', () => {
    const rig = new Rig().boot();
    const before = rig.engine.status().equity;
    rig.give({ kind: 'funding', symbol: 0, amount: '-0.75', id: 'f1', happenedAt: rig.engine.now });
    assert.equal(rig.engine.status().equity, before);
    assert.equal(rig.events('warning').at(-1)?.code, 'FUNDING_NOT_OWN');
  });

  it('a stop that came with the entry and was hit ends the trade as its stop', () => {
    const rig = new Rig({ attachedStop: true }).boot();
    const entry = rig.breakOut();
    rig.fill(entry);
    const stop = rig.last('stop');
    assert.equal(entry.attachedStop, stop.stopPrice, 'at the same price as the one that follows the fill');
    assert.equal(stop.attachedStop, undefined);
    const close = {
      kind: 'liquidation',
      symbol: 0,
      price: '100.4',
      quantity: entry.quantity,
      fee: '4',
    } as const;
    rig.give({ ...close, cause: 'attached_stop', id: 'x1', happenedAt: rig.engine.now });
    rig.give({ ...close, cause: 'attached_stop', id: 'x1', happenedAt: rig.engine.now });
    const [trade] = rig.trades();
    assert.equal(trade?.exitReason, 'stop');
    assert.equal(rig.engine.positions().length, 0);
    assert.ok(rig.cancels().includes(stop.id));
    assert.equal(rig.events('fill').filter(({ orderId }) => orderId === null).length, 1);
  });

  it('without a venue that takes it no entry carries a stop', () => {
    const rig = new Rig({ instruments: [SPOT] }).boot();
    assert.equal('attachedStop' in rig.breakOut(), false);
  });

  it('a close that concerns more than the bot holds takes the bot’s part alone, with its share of the fee', () => {
    const rig = new Rig().boot();
    const { entry } = rig.hold();
    const double = String(2 * Number(entry.quantity));
    rig.give({ kind: 'liquidation', symbol: 0, price: '90', quantity: double, fee: '8', id: 'x1' });
    const [trade] = rig.trades();
    assert.equal(trade?.exitReason, 'liquidation');
    assert.equal(trade?.pnl, ((90 - 101.65) * Number(entry.quantity) - 4).toFixed(3));
  });

  it('a part that the venue deleverages leaves the rest protected at its size', () => {
    const rig = new Rig().boot();
    const { entry, stop } = rig.hold();
    const part = '10.64';
    rig.give({
      kind: 'liquidation',
      symbol: 0,
      price: '101',
      quantity: part,
      fee: '0',
      id: 'x1',
      cause: 'deleveraging',
    });
    const left = (Number(entry.quantity) - Number(part)).toFixed(2);
    assert.equal(rig.engine.positions()[0]?.quantity, left);
    const amend = rig.amends().at(-1);
    assert.deepEqual([amend?.orderId, Number(amend?.quantity)], [stop.id, Number(left)]);
  });

  it('a close that happened before the trade was opened is not of this trade', () => {
    const rig = new Rig().boot();
    const before = rig.engine.now - 10 * MINUTE;
    rig.hold();
    rig.give({
      kind: 'liquidation',
      symbol: 0,
      price: '90',
      quantity: '1',
      fee: '0',
      id: 'x0',
      happenedAt: before,
    });
    assert.equal(rig.trades().length, 0);
    assert.equal(rig.events('fill').filter(({ orderId }) => orderId === null).length, 0);
  });
});
