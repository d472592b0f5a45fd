/** A position that the bot did not open and is told to take over. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ForeignHolding } from '../../src/engine/input.ts';
import { PERP, Rig, SECOND_PERP } from './rig.ts';

const long = (price: string, quantity = '5'): ForeignHolding => ({
  symbol: PERP.symbol,
  quantity,
  price,
  orders: 0,
});

/** Running, with the position found and given over. */
function adopted(holding: ForeignHolding, rig = new Rig()): Rig {
  rig.boot();
  rig.reconcile([holding]);
  assert.equal(rig.answer(rig.adopt()), 'ok');
  return rig;
}

it('taken over while it runs: protected at once, with targets, and booked when it closes', () => {
  const rig = adopted(long('100'));
  const stop = rig.last('stop');
  assert.deepEqual([stop.quantity, stop.side, stop.reduceOnly], ['5.00', 'sell', true]);
  assert.ok(Number(stop.stopPrice) < 100);
  rig.accept(stop);
  const [position] = rig.engine.positions();
  assert.deepEqual(
    [position?.strategy, position?.entry, position?.quantity, position?.protectedQuantity],
    ['adopted', '100', '5.00', '5.00'],
  );
  assert.deepEqual(rig.engine.foreign(), [], 'it is the bot’s now');
  assert.equal(rig.events('warning').at(-1)?.code, 'POSITION_ADOPTED');
  assert.ok(rig.last('tp1') && rig.last('tp2'));
  rig.fill(rig.last('tp1'));
  rig.confirmAmend();
  rig.fill(rig.last('tp2'));
  rig.confirmAmend();
  const rest = rig.amends().at(-1);
  rig.fill(stop, { quantity: rest?.quantity ?? '', price: rest?.stopPrice ?? '' });
  const [trade] = rig.trades();
  assert.deepEqual([trade?.strategy, trade?.exitReason, trade?.quantity], ['adopted', 'breakeven', '5']);
  assert.ok(Number(trade?.pnl) > 0 && Number(trade?.r) > 0);
  assert.equal(rig.answer(rig.resume()), 'ok');
});

it('decided on while the engine is idle: taken over by the next start, once its range is known', () => {
  const rig = new Rig();
  rig.reconcile([long('100')]);
  rig.adopt();
  assert.equal(rig.submitted().length, 0);
  rig.start();
  assert.equal(rig.submitted().length, 0, 'no candle has been seen: no stop could be found');
  rig.ready();
  assert.equal(rig.last('stop').quantity, '5.00');
  rig.accept(rig.last('stop'));
  assert.equal(rig.engine.positions()[0]?.strategy, 'adopted');
});

it('one that gains has its stop below its entry, one that loses below the market: neither closes at once', () => {
  for (const price of ['95', '105']) {
    const rig = adopted(long(price));
    const stop = rig.last('stop');
    const { mark = '' } = rig.engine.positions()[0] ?? {};
    assert.ok(Number(stop.stopPrice) < Math.min(Number(price), Number(mark)), `${price}: ${stop.stopPrice}`);
    rig.accept(stop);
    rig.bar();
    assert.equal(rig.submitted('exit').length, 0, price);
    rig.fill(stop);
    const [trade] = rig.trades();
    assert.equal(trade?.exitReason, 'stop');
    assert.ok(trade && trade.r < 0 && Number.isFinite(trade.r), `${price}: ${trade?.r} R`);
  }
});

it('a short is bought back: its stop stands above', () => {
  const rig = adopted(long('100', '-5'));
  const stop = rig.last('stop');
  assert.deepEqual([stop.side, Number(stop.stopPrice) > 100], ['buy', true]);
  rig.accept(stop);
  rig.fill(stop);
  assert.deepEqual([rig.trades()[0]?.side, rig.trades()[0]?.exitReason], ['short', 'stop']);
});

it('what the venue would not let be closed is not taken over, and says so', () => {
  for (const [what, holding] of Object.entries({
    'under the least notional': long('100', '0.04'),
    'under a lot': long('10000', '0.004'),
    'orders alone': { ...long('100', '0'), price: null, orders: 1 },
    'not traded here': { ...long('100'), symbol: 'ZZZUSDT' },
  })) {
    const rig = new Rig().boot();
    rig.reconcile([holding]);
    const id = rig.adopt(holding.symbol);
    assert.equal(rig.answer(id), 'FOREIGN_UNKNOWN', what);
    assert.equal(rig.engine.foreign()[0]?.decision, null, what);
    assert.equal(rig.answer(rig.ignore(holding.symbol)), 'ok', what);
  }
});

it('decided on before the symbols are known, and not among them: undecided again, told, and nothing entered', () => {
  const rig = new Rig();
  rig.reconcile([{ ...long('100'), symbol: 'ZZZUSDT' }]);
  // Another venue had it.
  rig.give({
    kind: 'instruments',
    instruments: [{ ...PERP, symbol: 'ZZZUSDT' }],
    figures: { book: false, tradesPerMinute: false, openInterest: false },
    broker: { amend: true },
  });
  assert.equal(rig.answer(rig.adopt('ZZZUSDT')), 'ok');
  rig.give({
    kind: 'instruments',
    instruments: [PERP],
    figures: { book: false, tradesPerMinute: false, openInterest: false },
    broker: { amend: true },
  });
  rig.start();
  rig.ready();
  assert.equal(rig.events('warning').at(-1)?.code, 'ADOPTION_FAILED');
  rig.bar();
  assert.deepEqual([rig.state, rig.engine.status().pausedBy?.by], ['PAUSED', 'reconciliation']);
});

it('one trade a symbol: the bot’s own ends first, then what is foreign is taken over', () => {
  const rig = new Rig().boot();
  const { stop } = rig.hold();
  rig.reconcile([long('100')]);
  rig.adopt();
  assert.equal(rig.engine.positions().length, 1);
  rig.fill(stop);
  const [position] = rig.engine.positions();
  assert.deepEqual([position?.strategy, position?.quantity], ['adopted', '5.00']);
});

it('a stop under way takes nothing over: it ends, and the next start does', () => {
  const rig = new Rig({ instruments: [PERP, SECOND_PERP] }).boot();
  rig.hold();
  rig.reconcile([{ ...long('100'), symbol: 'BBBUSDT' }]);
  const id = rig.stop(true);
  rig.adopt('BBBUSDT');
  assert.equal(rig.engine.positions().length, 1);
  rig.fill(rig.last('exit'), { price: '101' });
  rig.venueSays([{ symbol: 'BBBUSDT', quantity: '5' }]);
  assert.deepEqual([rig.answer(id), rig.state], ['ok', 'IDLE']);
  rig.start('continue');
  rig.give({ kind: 'ready' });
  assert.equal(rig.engine.positions()[0]?.strategy, 'adopted');
});

it('a panic closes what was taken over, as all that is the bot’s', () => {
  const rig = adopted(long('100'));
  rig.accept(rig.last('stop'));
  rig.panic();
  const exit = rig.last('exit');
  assert.equal(exit.quantity, '5.00');
  rig.fill(exit, { price: '100.5' });
  rig.venueSays();
  assert.equal(rig.state, 'STOPPED');
  assert.equal(rig.trades()[0]?.exitReason, 'panic');
});
