/** A venue that lists other markets while the engine runs, or on other terms. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../src/engine/engine.ts';
import { HOUR } from '../../src/market/time.ts';
import { ABOVE, PERP, Rig, SECOND_PERP } from './rig.ts';

/** The engine after a restart, and after all its inputs were given to a new one: both have to be the same. */
function restarted(rig: Rig): Engine {
  const fresh = new Engine();
  fresh.restore(rig.engine.save());
  const replayed = new Engine();
  const outputs = rig.inputs.flatMap((input) => [...replayed.apply(input)]);
  assert.deepEqual(outputs, rig.outputs);
  assert.ok(Buffer.from(replayed.save()).equals(fresh.save()));
  return fresh;
}

test('a market that is listed while the engine runs is traded under its own index once it has a history', () => {
  const rig = new Rig().boot();
  rig.list({ added: [SECOND_PERP] });
  assert.deepEqual(rig.engine.symbols(), ['AAAUSDT', 'BBBUSDT']);
  for (let i = 0; i < 600; i++) rig.bar();
  rig.bar(new Map([[1, ABOVE]]));
  assert.equal(rig.last('entry').symbol, 'BBBUSDT');
  assert.deepEqual(restarted(rig).symbols(), ['AAAUSDT', 'BBBUSDT']);
});

test('a market that is traded no more is not entered, and what waits to be filled there is withdrawn', () => {
  const rig = new Rig({ instruments: [PERP, SECOND_PERP] }).boot();
  const entry = rig.breakOut();
  rig.list({ delisted: ['AAAUSDT'] });
  assert.deepEqual(rig.cancels(), [entry.id]);
  rig.cancelled(entry);
  rig.gone.delete('AAAUSDT');
  for (let i = 0; i < 30; i++) rig.bar();
  rig.barTo(ABOVE);
  assert.equal(rig.submitted('entry').length, 1);
  assert.equal(rig.engine.explain('AAAUSDT')?.symbols[0]?.blocking[0]?.condition, 'listed');
  rig.list({ relisted: ['AAAUSDT'] });
  for (let i = 0; i < 60; i++) rig.bar();
  rig.barTo(ABOVE);
  assert.equal(rig.submitted('entry').length, 2);
});

test('a position in a market that is traded no more is shown, keeps its stop, is told of and is closed when its time is over', () => {
  const rig = new Rig({
    instruments: [PERP, SECOND_PERP],
    preset: { position: { max_hold_hours: 2 } },
  }).boot();
  const { stop } = rig.hold();
  rig.list({ delisted: ['AAAUSDT'] });
  const [warning] = rig.events('warning');
  assert.equal(warning?.code, 'SYMBOL_DELISTED');
  assert.match(warning?.message ?? '', /AAAUSDT is traded no more: what is open there stays managed/);
  assert.deepEqual(rig.cancels(), []);
  const [position] = restarted(rig).positions();
  assert.deepEqual([position?.symbol, position?.stop], ['AAAUSDT', stop.stopPrice]);
  const until = rig.now + 2 * HOUR;
  while (rig.now <= until) rig.bar();
  const exit = rig.last('exit');
  rig.accept(exit);
  rig.fill(exit, { price: '101' });
  assert.equal(rig.trades()[0]?.exitReason, 'max_hold');
});

test('a finer tick and lot: the stop stays where it is, and covers what is held to the last of the new lots', () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold();
  const quantity = rig.engine.positions()[0]?.quantity;
  rig.list({ changed: [{ ...PERP, tick: '0.001', lot: '0.001' }] });
  assert.deepEqual(rig.amends(), []);
  const [position] = restarted(rig).positions();
  assert.equal(Number(position?.quantity), Number(quantity));
  assert.equal(Number(position?.protectedQuantity), Number(quantity));
  rig.fill(rig.last('tp1'), { quantity: '1.234' });
  const left = (Number(entry.quantity) - 1.234).toFixed(3);
  assert.deepEqual([rig.amends().at(-1)?.orderId, rig.amends().at(-1)?.quantity], [stop.id, left]);
});

test('a coarser tick: the stop goes to the next price there is, towards the market, and new orders lie on the new steps', () => {
  const rig = new Rig({ preset: { position: { tp1_r: 1 } } }).boot();
  const { stop } = rig.hold();
  rig.list({ changed: [{ ...PERP, tick: '0.5' }] });
  const moved = rig.amends().at(-1);
  assert.equal(moved?.stopPrice, (Math.ceil(Number(stop.stopPrice) / 0.5) * 0.5).toFixed(1));
  rig.confirmAmend();
  rig.closePosition(rig.engine.positions()[0]?.tradeId ?? 0);
  const exit = rig.last('exit');
  rig.accept(exit);
  rig.fill(exit, { price: '101.5' });
  assert.equal(rig.engine.positions().length, 0);
  for (let i = 0; i < 60; i++) rig.bar();
  rig.barTo(ABOVE + 1);
  const entry = rig.last('entry');
  assert.ok(rig.submitted('entry').length === 2 && Number(entry.price) % 0.5 === 0, entry.price ?? '');
  restarted(rig);
});

test('a market with other terms and an entry out: the entry is withdrawn, since it was priced on the old ones', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.list({ changed: [{ ...PERP, lot: '1' }] });
  assert.deepEqual(rig.cancels(), [entry.id]);
  rig.cancelled(entry);
  restarted(rig);
});

test('after a restart a market that is new withdraws no entry in the others', () => {
  const rig = new Rig().boot();
  rig.breakOut();
  const engine = restarted(rig);
  const at = rig.now;
  const outputs = rig.list({ added: [SECOND_PERP] });
  const listed = { added: [SECOND_PERP], changed: [], delisted: [], relisted: [] };
  assert.deepEqual(engine.apply({ kind: 'listings', at, ...listed }), outputs);
  assert.deepEqual(rig.cancels(), []);
});
