/** The venue holds less of an own position than its fills say; and the end of a daemon whose successor goes on. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SECOND } from '../../src/market/time.ts';
import { BELOW, PERP, Rig, SPOT } from './rig.ts';

const adjust = (rig: Rig, quantity: string, price = '101') =>
  rig.give({ kind: 'adjustment', symbol: 0, quantity, price });

it('a part is gone: the stop covers what is left, and the rest of the trade goes on', () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold();
  adjust(rig, '-10');
  const left = (Number(entry.quantity) - 10).toFixed(2);
  assert.equal(rig.amends().at(-1)?.quantity, left);
  rig.confirmAmend();
  const [position] = rig.engine.positions();
  assert.deepEqual([position?.quantity, position?.protectedQuantity], [left, left]);
  const told = rig.events('position').find(({ change }) => change === 'reduced');
  assert.deepEqual([told?.quantity, told?.reason, rig.trades().length], [left, 'reconciled', 0]);
  rig.fill(stop, { quantity: left });
  assert.equal(rig.trades()[0]?.exitReason, 'stop');
});

it('all of it is gone: the trade is closed as reconciled, its orders withdrawn, its result in the ledger', () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold();
  const targets = [rig.last('tp1').id, rig.last('tp2').id];
  adjust(rig, `-${entry.quantity}`, '103.5');
  const [trade] = rig.trades();
  assert.deepEqual([trade?.exitReason, trade?.exit], ['reconciled', '103.5']);
  assert.deepEqual(new Set(rig.cancels()), new Set([stop.id, ...targets]));
  assert.equal(rig.engine.positions().length, 0);
  const gained = (103.5 - Number(entry.price)) * Number(entry.quantity);
  assert.ok(Math.abs(Number(trade?.pnl) - gained) < 1e-6);
  assert.equal(Number(rig.engine.status().equity), 10_000 + Number(trade?.pnl));
  assert.equal(rig.submitted('exit').length, 0, 'nothing is sold that is not there');
});

it("what an exit sold beyond the position, out of what was not the bot's, is bought back in the books once it is found gone", () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold();
  const { tradeId } = entry;
  rig.command({ name: 'closePosition', tradeId });
  const exit = rig.last('exit');
  rig.accept(exit);
  rig.fill(stop, { quantity: (Number(entry.quantity) - 5).toFixed(2), price: '99' });
  rig.fill(exit, { quantity: '8', price: '99' });
  assert.equal(rig.engine.claims().holdings.get(entry.symbol), '-3');
  const before = Number(rig.engine.status().equity);
  adjust(rig, '3', '98');
  assert.equal(rig.engine.claims().holdings.get(entry.symbol), '0');
  assert.equal(Number(rig.engine.status().equity), before - 3 * 98);
});

it('a short that shrank is bought back in the books', () => {
  const rig = new Rig().boot();
  const { entry } = rig.hold(BELOW);
  adjust(rig, entry.quantity, '98');
  assert.deepEqual([rig.trades()[0]?.side, rig.trades()[0]?.exitReason], ['short', 'reconciled']);
  assert.deepEqual(rig.engine.claims().holdings.get(PERP.symbol) ?? '0', '0');
});

it('an adjustment of a symbol in which nothing is held changes nothing', () => {
  const rig = new Rig().boot();
  assert.deepEqual(adjust(rig, '1'), []);
});

it('an adjustment while the position is being closed: what is left is closed, and no more', () => {
  const rig = new Rig().boot();
  const { entry } = rig.hold();
  rig.panic();
  const exit = rig.last('exit');
  adjust(rig, `-${entry.quantity}`);
  assert.ok(rig.cancels().includes(exit.id));
  rig.cancelled(exit);
  rig.venueSays();
  assert.equal(rig.state, 'STOPPED');
});

it('the daemon ends: entries are withdrawn, positions keep their stops, and the state is as it was', () => {
  const rig = new Rig({ preset: { risk: { max_open_positions: 1 } } }).boot();
  const { stop } = rig.hold();
  const before = rig.engine.status();
  rig.give({ kind: 'shutdown' });
  assert.deepEqual(rig.engine.status(), before);
  assert.ok(!rig.cancels().includes(stop.id));
  assert.equal(rig.submitted('exit').length, 0);
});

it('the daemon ends with an entry out: it is withdrawn, and what it filled on the way is protected', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  rig.give({ kind: 'shutdown' });
  assert.deepEqual([rig.cancels(), rig.state], [[entry.id], 'EXECUTION']);
  rig.fill(entry, { quantity: '10' });
  rig.cancelled(entry);
  assert.equal(rig.last('stop').quantity, '10.00');
  rig.accept(rig.last('stop'));
  assert.equal(rig.engine.positions()[0]?.protectedQuantity, '10.00');
});

it('a pause, and who asked for it, outlives the daemon', () => {
  const rig = new Rig().boot();
  rig.pause('lunch');
  rig.give({ kind: 'shutdown' });
  assert.deepEqual([rig.state, rig.engine.status().pausedBy?.reason], ['PAUSED', 'lunch']);
});

it('a target that filled, of which word comes after the books have followed the position, counts once: the rest keeps its stop', () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold();
  const tp1 = rig.last('tp1');
  const left = (Number(entry.quantity) - Number(tp1.quantity)).toFixed(2);
  adjust(rig, `-${tp1.quantity}`);
  rig.fill(tp1, { filledAt: rig.now });
  const [position] = rig.engine.positions();
  assert.equal(position?.quantity, left);
  assert.ok(!rig.cancels().includes(stop.id));
});

it('what the late word of a fill says of its price is what the trade made', () => {
  const made = (late: boolean): string | undefined => {
    const rig = new Rig().boot();
    const { entry, stop } = rig.hold();
    const tp1 = rig.last('tp1');
    if (late) adjust(rig, `-${tp1.quantity}`, '103');
    rig.fill(tp1, { filledAt: rig.now });
    rig.fill(stop, { quantity: (Number(entry.quantity) - Number(tp1.quantity)).toFixed(2), price: '99' });
    return rig.trades()[0]?.pnl;
  };
  assert.equal(made(true), made(false));
});

for (const instrument of [PERP, SPOT])
  it(`a stop that filled, of which word comes after the position has left the books, opens no other one (${instrument.type})`, () => {
    const rig = new Rig({ instruments: [instrument] }).boot();
    const { entry, stop } = rig.hold();
    adjust(rig, `-${entry.quantity}`);
    assert.equal(rig.trades().length, 1);
    rig.fill(stop, { price: '99', filledAt: rig.now });
    assert.deepEqual(rig.submitted('exit'), []);
    assert.equal(rig.engine.claims().holdings.get(instrument.symbol) ?? '0', '0');
    const lost = (99 - Number(entry.price)) * Number(entry.quantity);
    assert.ok(Math.abs(Number(rig.engine.status().equity) - 10_000 - lost) < 1e-6);
  });

it('what somebody else has of the coin, less than a lot, hides a part of what the stop sold: word of it buys nothing back', () => {
  const rig = new Rig({ instruments: [SPOT] }).boot();
  const { entry, stop } = rig.hold();
  // The venue still counts 0.05 that are not the bot's.
  adjust(rig, (0.05 - Number(entry.quantity)).toFixed(2));
  assert.equal(rig.trades().length, 1);
  rig.fill(stop, { price: '99', filledAt: rig.now });
  assert.deepEqual(rig.submitted('exit'), []);
  assert.equal(Number(rig.engine.claims().holdings.get(SPOT.symbol) ?? 0), 0);
  const lost = (99 - Number(entry.price)) * Number(entry.quantity);
  assert.ok(Math.abs(Number(rig.engine.status().equity) - 10_000 - lost) < 1e-6);
});

it('what was sold by hand is not taken for what the stop sold after it', () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold();
  adjust(rig, '-10');
  rig.elapse(SECOND);
  const left = (Number(entry.quantity) - 10).toFixed(2);
  rig.fill(stop, { quantity: left, price: '99', filledAt: rig.now });
  assert.deepEqual(rig.engine.positions(), []);
});

/** What is left in the books, of 1, when a close of `part` is told after an adjustment of `adjusted` and a restart. */
function heldAfter(part: number, adjusted: number): number {
  const rig = new Rig().boot();
  const { entry } = rig.hold();
  const held = Number(entry.quantity);
  if (adjusted > 0) adjust(rig, (-held * adjusted).toFixed(4), '100');
  const close = { price: '100', quantity: (held * part).toFixed(4), fee: '1', id: 'd1' };
  const happened = { cause: 'deleveraging', happenedAt: rig.now, at: rig.now } as const;
  const restored = new Rig();
  restored.engine.restore(rig.engine.save());
  for (let times = 0; times < 2; times += 1)
    restored.engine.apply({ kind: 'liquidation', symbol: 0, ...close, ...happened });
  return Number(restored.engine.claims().holdings.get(PERP.symbol) ?? 0) / held;
}

it('a close by the venue that is told after the books have followed the position, even by the next life, counts once', () => {
  assert.equal(heldAfter(0.5, 0), 0.5, 'told at once');
  assert.equal(heldAfter(0.5, 0.5), 0.5, 'told after the adjustment');
  assert.equal(heldAfter(0.75, 0.5), 0.25, 'told after a part of it was adjusted');
  assert.equal(heldAfter(1, 1), 0, 'told after the trade has ended with it');
});

it('a close that ended a trade before word of it came is not that of the next trade in the same market', () => {
  const rig = new Rig().boot();
  const { entry } = rig.hold();
  const happenedAt = rig.now;
  adjust(rig, `-${entry.quantity}`, '100');
  for (const order of [rig.last('stop'), rig.last('tp1'), rig.last('tp2')]) rig.cancelled(order);
  rig.hold(BELOW);
  const before = rig.engine.positions()[0]?.quantity;
  assert.ok(before !== undefined);
  const close = { price: '99', quantity: entry.quantity, fee: '1', id: 'd1', happenedAt };
  rig.give({ kind: 'liquidation', symbol: 0, cause: 'liquidation', ...close });
  assert.equal(rig.engine.positions()[0]?.quantity, before);
  const lost = (99 - Number(entry.price)) * Number(entry.quantity) - 1;
  assert.ok(Math.abs(Number(rig.engine.status().equity) - 10_000 - lost) < 1e-6);
});
