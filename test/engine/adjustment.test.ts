/** The venue holds less of an own position than its fills say; and the end of a daemon whose successor goes on. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BELOW, PERP, Rig } from './rig.ts';

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
