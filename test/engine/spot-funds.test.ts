/** What a spot account holds in coins and in cash, against the books. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Rig, SPOT } from './rig.ts';

/** Cash that an account of 10,000 has left after it bought. */
function cashAfter(quantity: string, price: string | null): number {
  return 10_000 - Number(quantity) * Number(price);
}

it('coins that are worth less than they cost are no money that is missing: on paper they make the next trade no smaller', () => {
  const rig = new Rig({ instruments: [SPOT] }).boot();
  const { entry } = rig.hold();
  const cash = cashAfter(entry.quantity, entry.price);
  const before = rig.engine.account()?.sizingEquity;
  rig.barTo(100.5);
  assert.equal(rig.engine.positions().length, 1);
  rig.give({ kind: 'balance', total: `${cash}`, available: `${cash}` });
  assert.equal(rig.engine.account()?.sizingEquity, before);
});

it('coins that are worth more than they cost do not stand in for money that was taken away', () => {
  const rig = new Rig({ instruments: [SPOT] }).boot();
  const { entry } = rig.hold();
  const cash = cashAfter(entry.quantity, entry.price);
  const before = rig.engine.account()?.sizingEquity ?? 0;
  rig.barTo(102);
  assert.equal(rig.engine.positions().length, 1);
  rig.give({ kind: 'balance', total: `${cash - 1_000}`, available: `${cash - 1_000}` });
  assert.ok(Math.abs((rig.engine.account()?.sizingEquity ?? 0) - (before - 1_000)) < 1e-6);
});

it('an order that has bought nothing yet does not stand in for money that was taken away', () => {
  const rig = new Rig({ instruments: [SPOT] }).boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  const { sizingEquity: before = 0, openNotional = 0 } = rig.engine.account() ?? {};
  assert.ok(openNotional > 1_000);
  rig.give({ kind: 'balance', total: '9000', available: `${9_000 - openNotional}` });
  assert.ok(Math.abs((rig.engine.account()?.sizingEquity ?? 0) - (before - 1_000)) < 1e-6);
});

it('what a fee in coins leaves beside whole lots is there', () => {
  const rig = new Rig({ instruments: [{ ...SPOT, lot: '1' }] }).boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  rig.fill(entry, { fee: `${Number(entry.quantity) * 0.001}`, feeIn: 'base' });
  const cash = cashAfter(entry.quantity, entry.price);
  const before = rig.engine.account()?.sizingEquity;
  rig.give({ kind: 'balance', total: `${cash}`, available: `${cash}` });
  assert.equal(rig.engine.account()?.sizingEquity, before);
});
