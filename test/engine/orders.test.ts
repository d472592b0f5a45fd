/** Reports as real venues give them: late, twice, out of order, never; and the stop that must be behind it all. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ABOVE, BELOW, type Ohlcv, PERP, Rig, SECOND_PERP, SPOT } from './rig.ts';

it('a run really passes scanning, levels, waiting, sizing, execution and managing', () => {
  const rig = new Rig({ preset: { risk: { max_open_positions: 1 } } }).boot();
  const entry = rig.breakOut();
  assert.deepEqual(rig.passed(), [
    'INITIALIZING',
    'SCANNING',
    'LEVEL_BUILDING',
    'SIGNAL_WAIT',
    'SIZING',
    'EXECUTION',
  ]);
  rig.accept(entry);
  assert.equal(rig.state, 'EXECUTION');
  rig.fill(entry);
  assert.equal(rig.state, 'MANAGING');
});

it('with slots free and levels armed it goes on waiting for signals while a position is open', () => {
  const rig = new Rig().boot();
  const from = rig.passed().length;
  rig.hold();
  assert.deepEqual(rig.passed().slice(from), [
    'SIZING',
    'EXECUTION',
    'MANAGING',
    'SCANNING',
    'LEVEL_BUILDING',
    'SIGNAL_WAIT',
  ]);
});

it('a break downwards is sold short, with the stop above', () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold(BELOW);
  assert.equal(entry.side, 'sell');
  assert.equal(stop.side, 'buy');
  assert.ok(Number(stop.stopPrice) > Number(entry.price));
});

it('spot cannot be sold short: the signal is refused with its reason', () => {
  const rig = new Rig({ instruments: [SPOT] }).boot();
  rig.barTo(BELOW);
  assert.equal(rig.submitted().length, 0);
  assert.equal(rig.events('refused')[0]?.rejection.code, 'short_allowed');
});

it('one R is risked from the worst price allowed, and the notional is the whole lots of it', () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold();
  const risk = Number(entry.quantity) * (Number(entry.price) - Number(stop.stopPrice));
  assert.ok(risk <= 100 && risk > 100 - 0.01 * (Number(entry.price) - Number(stop.stopPrice)), `${risk}`);
});

it('signals of one close are ranked and sized as one batch: the second slot is the last', () => {
  const third = { ...PERP, symbol: 'CCCUSDT', base: 'CCC' };
  const rig = new Rig({
    instruments: [PERP, SECOND_PERP, third],
    preset: { risk: { max_open_positions: 2 } },
  }).boot();
  rig.bar(
    new Map([
      [0, ABOVE],
      [1, ABOVE],
      [2, ABOVE],
    ]),
  );
  assert.deepEqual(
    rig.submitted('entry').map((o) => o.symbol),
    ['AAAUSDT', 'BBBUSDT'],
  );
  assert.equal(rig.events('refused')[0]?.rejection.code, 'free_slot');
});

it('a fill is protected at once, a stop sized to what is filled grows with it, targets wait for the whole', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  rig.fill(entry, { quantity: '10' });
  const stop = rig.last('stop');
  assert.deepEqual([stop.quantity, stop.type, stop.reduceOnly], ['10.00', 'stop', true]);
  rig.accept(stop);
  rig.fill(entry, { quantity: '20' });
  assert.deepEqual(rig.amends().at(-1)?.quantity, '30.00');
  rig.fill(entry, { quantity: '2.64' });
  assert.equal(rig.amends().length, 1, 'one amendment at a time');
  rig.confirmAmend();
  assert.equal(rig.amends().at(-1)?.quantity, '32.64');
  rig.confirmAmend();
  assert.equal(rig.submitted('tp1').length, 0);
  rig.bar();
  assert.ok(rig.cancels().includes(entry.id), 'the unfilled rest goes at the next close');
  rig.cancelled(entry);
  assert.equal(rig.last('tp1').quantity, '13.05', '40 % of 32.64 in whole lots');
  assert.equal(rig.engine.positions()[0]?.protectedQuantity, '32.64');
});

it('an entry that does not fill at all is cancelled at the next close and leaves nothing behind', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  rig.bar();
  assert.deepEqual(rig.cancels(), [entry.id]);
  rig.cancelled(entry);
  assert.equal(rig.engine.status().pendingEntries, 0);
  assert.equal(rig.engine.status().openPositions, 0);
  assert.equal(rig.trades().length, 0);
  rig.until('SIGNAL_WAIT');
});

it('an entry that the venue rejects is no trade, and scanning goes on', () => {
  const rig = new Rig().boot();
  rig.rejected(rig.breakOut());
  assert.equal(rig.engine.status().pendingEntries, 0);
  assert.equal(rig.trades().length, 0);
  rig.until('SIGNAL_WAIT');
});

it('a fill before its acceptance is an acceptance, and a rejection after a fill is no rejection', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.fill(entry, { quantity: '5' });
  rig.accept(entry);
  rig.rejected(entry, 'out of order');
  assert.equal(rig.engine.positions()[0]?.quantity, '5.00');
  assert.equal(rig.engine.status().pendingEntries, 1, 'the rest is still out');
  rig.fill(entry, { quantity: '77.64' });
  assert.equal(rig.engine.positions()[0]?.quantity, '82.64');
});

it('the same fill reported twice is counted once', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.fill(entry, { quantity: '5', fillId: 'x' });
  rig.fill(entry, { quantity: '5', fillId: 'x' });
  assert.equal(rig.engine.positions()[0]?.quantity, '5.00');
  assert.equal(rig.events('fill').length, 1);
});

it('a fill after the cancel was confirmed still counts and is protected', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.fill(entry, { quantity: '5' });
  rig.accept(rig.last('stop'));
  rig.bar();
  rig.cancelled(entry);
  rig.fill(entry, { quantity: '3' });
  assert.equal(rig.engine.positions()[0]?.quantity, '8.00');
  assert.equal(rig.amends().at(-1)?.quantity, '8.00');
});

it('an order of which nothing is known is not sent again and not given up; its late fill is protected', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.report({ status: 'unknown', orderId: entry.id });
  for (let i = 0; i < 3; i++) rig.bar();
  assert.equal(rig.submitted('entry').length, 1);
  assert.equal(rig.engine.status().pendingEntries, 1);
  rig.fill(entry);
  assert.equal(rig.last('stop').quantity, entry.quantity);
});

it('a report of an order that is not ours is said and changes nothing', () => {
  const rig = new Rig().boot();
  const before = JSON.stringify(rig.engine.status());
  rig.report({
    status: 'fill',
    orderId: 999,
    fillId: 'z',
    price: '1',
    quantity: '1',
    fee: '0',
    feeIn: 'quote',
    liquidity: 'taker',
  });
  assert.equal(rig.events('warning')[0]?.code, 'ORDER_NOT_KNOWN');
  assert.equal(JSON.stringify(rig.engine.status()), before);
});

it('a stop that the venue rejects closes the position at market at once', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.fill(entry);
  rig.rejected(rig.last('stop'), 'would trigger immediately');
  const exit = rig.last('exit');
  assert.deepEqual([exit.type, exit.quantity], ['market', entry.quantity]);
  rig.fill(exit, { price: '101' });
  assert.equal(rig.trades()[0]?.exitReason, 'stop_passed');
});

it('a stop price that the market has already passed closes at market instead of resting', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.fill(entry, { price: '100.30' });
  assert.equal(rig.submitted('stop').length, 0);
  assert.equal(rig.last('exit').quantity, entry.quantity);
});

it('a stop that the venue cancels by itself is placed again', () => {
  const rig = new Rig().boot();
  const { stop } = rig.hold();
  rig.cancelled(stop, 'by the venue');
  const again = rig.last('stop');
  assert.notEqual(again.id, stop.id);
  assert.equal(again.quantity, stop.quantity);
});

it('a fill that is not confirmed protected in time is closed at market; one that is, is left alone', () => {
  const rig = new Rig({ preset: { execution: { protect_timeout_ms: 5000 } } }).boot();
  rig.fill(rig.breakOut());
  rig.elapse(4999);
  assert.equal(rig.submitted('exit').length, 0);
  rig.elapse(1);
  const exit = rig.last('exit');
  rig.fill(exit, { price: '101' });
  assert.equal(rig.trades()[0]?.exitReason, 'unprotected');

  const quick = new Rig().boot();
  quick.hold();
  quick.elapse(200_000);
  assert.equal(quick.submitted('exit').length, 0);
});

it('a stop of which nothing is known protects nothing', () => {
  const rig = new Rig().boot();
  rig.fill(rig.breakOut());
  rig.report({ status: 'unknown', orderId: rig.last('stop').id });
  assert.equal(rig.engine.positions()[0]?.stop, null);
  rig.elapse(5000);
  assert.equal(rig.submitted('exit').length, 1);
});

it('a second fill has its own time to be protected in, however old the first one is', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.fill(entry, { quantity: '10' });
  rig.elapse(100);
  rig.accept(rig.last('stop'));
  rig.elapse(4800);
  rig.fill(entry, { quantity: '10' });
  rig.elapse(1000);
  assert.equal(rig.submitted('exit').length, 0, 'not yet 5 s since the second fill');
  rig.elapse(4000);
  assert.equal(rig.submitted('exit').length, 1, 'its stop was never confirmed');
});

it('a market exit is for all that is held, and what fills after it was sent is closed too', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.fill(entry, { quantity: '10' });
  rig.elapse(5000);
  const first = rig.last('exit');
  assert.ok(rig.cancels().includes(entry.id));
  rig.fill(entry, { quantity: '4' });
  rig.fill(first, { price: '101', quantity: '10' });
  assert.equal(rig.last('exit').quantity, '4.00');
  rig.cancelled(entry);
  rig.fill(rig.last('exit'), { price: '101' });
  assert.equal(rig.trades().length, 1);
  assert.equal(rig.trades()[0]?.quantity, '14');
});

it('a stop that has filled in part is amended to that part and all that is held', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.fill(entry, { quantity: '10' });
  const stop = rig.last('stop');
  rig.accept(stop);
  rig.fill(stop, { quantity: '4' });
  rig.fill(entry, { quantity: '5' });
  assert.equal(rig.amends().at(-1)?.quantity, '15.00', 'of which 4 are filled and 11 are held');
});

it('an entry that fills after the exit found nothing left to close is closed too', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.fill(entry, { quantity: '10' });
  rig.accept(rig.last('stop'));
  rig.stop(true);
  const exit = rig.last('exit');
  rig.fill(rig.last('stop'), { price: '100.4' });
  rig.cancelled(exit, 'reduce_only');
  rig.fill(entry, { quantity: '7' });
  assert.notEqual(rig.last('exit').id, exit.id);
  assert.equal(rig.last('exit').quantity, '7.00');
});

it('an exit that fills in full ends the trade, cancels what rests, and books it to the last digit', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  rig.fill(entry, { price: '101.61', quantity: '80.01', fee: '4.06490305' });
  rig.fill(entry, { price: '101.65', quantity: '2.63', fee: '0.1336697' });
  const stop = rig.last('stop');
  rig.accept(stop);
  rig.confirmAmend();
  const tp1 = rig.last('tp1');
  rig.fill(tp1, { price: '104.04', quantity: tp1.quantity, fee: '0.6877' });
  rig.confirmAmend();
  rig.fill(stop, { price: '101.70', quantity: (82.64 - Number(tp1.quantity)).toFixed(2), fee: '2.5' });
  const trade = rig.trades()[0];
  assert.ok(trade);
  // 33.05 x 104.04 + 49.59 x 101.70 - 80.01 x 101.61 - 2.63 x 101.65 - fees
  assert.equal(tp1.quantity, '33.05');
  assert.equal(trade.pnl, '77.28312725');
  assert.equal(trade.fees, '7.38627275');
  assert.equal(rig.engine.status().equity, '10077.28312725');
  assert.equal(trade.entry, '101.611272991288');
  assert.equal(rig.engine.positions().length, 0);
});

it('a fill after the trade has ended is a position nobody planned: said, closed at market, booked', () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold();
  const tp1 = rig.last('tp1');
  rig.fill(stop, { price: '100.44' });
  assert.equal(rig.trades().length, 1);
  rig.fill(tp1, { price: '104.07' });
  assert.equal(rig.events('warning').at(-1)?.code, 'LATE_FILL');
  const exit = rig.last('exit');
  assert.deepEqual([exit.side, exit.quantity], ['buy', tp1.quantity], `${entry.id}`);
  rig.fill(exit, { price: '104.10' });
  assert.equal(rig.trades().length, 2);
  assert.equal(rig.trades()[1]?.side, 'short');
  assert.equal(rig.trades()[1]?.pnl, (-0.03 * 33.05).toFixed(4));
  const total = rig.trades().reduce((sum, t) => sum + Number(t.pnl), 10_000);
  assert.ok(Math.abs(Number(rig.engine.status().equity) - total) < 1e-9);
});

it('a late repetition of a fill of an ended trade is nothing new', () => {
  const rig = new Rig().boot();
  const { stop } = rig.hold();
  rig.fill(stop, { price: '100.44', fillId: 'once' });
  rig.fill(stop, { price: '100.44', fillId: 'once' });
  assert.equal(rig.trades().length, 1);
  assert.equal(rig.submitted('exit').length, 0);
});

it('at a venue that cannot amend, the stop is cancelled and placed anew for what is held', () => {
  const rig = new Rig({ amend: false }).boot();
  const entry = rig.breakOut();
  rig.fill(entry, { quantity: '10' });
  const first = rig.last('stop');
  rig.accept(first);
  rig.fill(entry, { quantity: '20' });
  assert.deepEqual(rig.amends(), []);
  assert.ok(rig.cancels().includes(first.id));
  assert.equal(rig.submitted('stop').length, 1, 'never two stops at once');
  rig.cancelled(first);
  const second = rig.last('stop');
  assert.equal(second.quantity, '30.00');
  rig.accept(second);
  assert.equal(rig.engine.positions()[0]?.protectedQuantity, '30.00');
});

it('at a venue that cannot amend, a new stop that is not confirmed in time closes the position', () => {
  const rig = new Rig({ amend: false }).boot();
  const entry = rig.breakOut();
  rig.fill(entry, { quantity: '10' });
  rig.accept(rig.last('stop'));
  rig.fill(entry, { quantity: '20' });
  rig.cancelled(rig.last('stop'));
  rig.elapse(5000);
  assert.equal(rig.last('exit').quantity, '30.00');
});

it('at a venue that cannot amend, a position that is being closed keeps the stop that it has', () => {
  const rig = new Rig({ amend: false }).boot();
  const { stop } = rig.hold();
  rig.panic();
  rig.fill(rig.last('exit'), { price: '101', quantity: '40' });
  rig.rejected(rig.last('exit'), 'out of order');
  assert.ok(!rig.cancels().includes(stop.id));
});

it('an amendment that the venue refuses is not sent again and again: the stop is cancelled and placed anew', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.fill(entry, { quantity: '10' });
  const stop = rig.last('stop');
  rig.accept(stop);
  rig.fill(entry, { quantity: '20' });
  rig.report({ status: 'amend_rejected', orderId: stop.id, reason: 'no' });
  assert.equal(rig.amends().length, 1);
  assert.ok(rig.cancels().includes(stop.id));
  rig.cancelled(stop);
  assert.equal(rig.last('stop').quantity, '30.00');
});

it('a cancel that the venue refuses is asked again later, not at once, until the order is final', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  rig.accept(entry);
  rig.pause();
  const refuse = () => rig.report({ status: 'cancel_rejected', orderId: entry.id, reason: 'busy' });
  refuse();
  assert.equal(rig.cancels().length, 1);
  rig.elapse(1000);
  assert.equal(rig.cancels().length, 2);
  refuse();
  rig.elapse(1999);
  assert.equal(rig.cancels().length, 2);
  rig.elapse(1);
  assert.equal(rig.cancels().length, 3);
  rig.cancelled(entry);
  refuse();
  rig.elapse(200_000);
  assert.equal(rig.cancels().length, 3);
  assert.equal(rig.state, 'PAUSED');
});

it('a cancel refused because the order has filled does not hide the fill that is on its way', () => {
  const rig = new Rig().boot();
  const { stop } = rig.hold();
  const tp1 = rig.last('tp1');
  rig.fill(stop, { price: '100.44' });
  assert.ok(rig.cancels().includes(tp1.id));
  rig.report({ status: 'cancel_rejected', orderId: tp1.id, reason: 'already filled' });
  rig.fill(tp1, { price: '104.07' });
  assert.equal(rig.last('exit').side, 'buy');
});

it('a liquidation books the loss, withdraws all orders and ends the trade as what it was', () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold();
  rig.give({ kind: 'liquidation', symbol: 0, price: '90', quantity: entry.quantity, fee: '5' });
  assert.equal(rig.trades()[0]?.exitReason, 'liquidation');
  assert.equal(rig.trades()[0]?.pnl, ((90 - 101.65) * 82.64 - 5).toFixed(3));
  assert.ok(rig.cancels().includes(stop.id));
  assert.equal(rig.engine.positions().length, 0);
});

it('funding paid while a position is open is part of its result', () => {
  const rig = new Rig().boot();
  const { stop } = rig.hold();
  rig.give({ kind: 'funding', symbol: 0, amount: '-1.23456789' });
  rig.give({ kind: 'funding', symbol: 0, amount: '0.2' });
  rig.fill(stop, { price: '101.65' });
  assert.equal(rig.trades()[0]?.funding, '-1.03456789');
  assert.equal(rig.trades()[0]?.pnl, '-1.03456789');
  assert.equal(rig.engine.status().equity, '9998.96543211');
});

it('on spot the stop covers the fill net of the fee taken in the base coin, in whole lots', () => {
  const rig = new Rig({ instruments: [SPOT] }).boot();
  const entry = rig.breakOut();
  rig.fill(entry, { quantity: '50', fee: '0.05', feeIn: 'base' });
  assert.equal(rig.last('stop').quantity, '49.9');
});

it('what cannot be sold is said as dust, with its quantity', () => {
  const rig = new Rig({ instruments: [SPOT] }).boot();
  const entry = rig.breakOut();
  rig.fill(entry, { fee: '0.0413', feeIn: 'base' });
  const stop = rig.last('stop');
  rig.accept(stop);
  rig.fill(stop, { price: '100.44', fee: '1', feeIn: 'quote' });
  const [dust] = rig.events('dust');
  assert.ok(dust);
  assert.equal(dust.quantity, (Number(entry.quantity) - 0.0413 - Number(stop.quantity)).toFixed(4));
  const expected = Number(stop.quantity) * 100.44 - Number(entry.quantity) * Number(entry.price) - 1;
  assert.ok(Math.abs(Number(rig.trades()[0]?.pnl) - expected) < 1e-9);
});

it('a target or a rest too small for the venue is not made: the whole is left to the stop', () => {
  const rig = new Rig({
    instruments: [{ ...PERP, lot: '1', minNotional: '5000' }],
    equity: '10000',
  }).boot();
  rig.hold();
  assert.deepEqual(rig.submitted('tp1'), []);
});

it('a stale feed cancels entries and gives none; it trades again when the feed is back', () => {
  const rig = new Rig().boot();
  rig.give({ kind: 'feed', symbol: null, status: 'stale' });
  rig.barTo(ABOVE);
  assert.equal(rig.submitted().length, 0);
  rig.give({ kind: 'feed', symbol: null, status: 'live' });
  for (let i = 0; i < 120; i++) rig.bar();
  rig.until('SIGNAL_WAIT');
  const entry = rig.breakOut();
  rig.give({ kind: 'feed', symbol: 0, status: 'stale' });
  assert.ok(rig.cancels().includes(entry.id));
});

it('a late bar updates indicators and never causes an entry', () => {
  const rig = new Rig().boot();
  rig.bar(new Map([[0, ABOVE]]), 'late');
  assert.equal(rig.submitted().length, 0);
  rig.barTo(101.6);
  assert.equal(rig.submitted().length, 0, 'the level was crossed unseen');
  assert.equal(rig.engine.metrics()?.lateBars, 1);
});

it('an add-on waits for breakeven, and never makes the whole risk more than the first R', () => {
  const rig = new Rig({
    preset: { position: { add_on: { at_r: 0.5, share: 1 }, chandelier_atr: 1, trail_from_r: 0 } },
  }).boot();
  const { entry, stop } = rig.hold();
  rig.barTo([101.5, 103, 101.4, 102.9, 1000]);
  const early = rig.submitted('add_on');
  if (rig.amends().length > 0) rig.confirmAmend();
  rig.barTo([102.9, 105, 102.8, 104.9, 1000]);
  if (rig.amends().length > 0) rig.confirmAmend();
  rig.barTo([104.9, 106, 104.8, 105.9, 1000]);
  const [addOn] = rig.submitted('add_on');
  assert.ok(addOn, 'it was added to');
  assert.deepEqual(early, [], 'the stop was not yet at breakeven');
  const firstRisk = Number(entry.quantity) * (Number(entry.price) - Number(stop.stopPrice));
  const stopNow = Number(rig.engine.positions()[0]?.stop);
  const whole =
    Number(entry.quantity) * (Number(entry.price) - stopNow) +
    Number(addOn.quantity) * (Number(addOn.price) - stopNow);
  assert.ok(whole <= firstRisk, `${whole} <= ${firstRisk}`);
  rig.fill(addOn);
  rig.confirmAmend();
  assert.equal(
    Number(rig.amends().at(-1)?.quantity),
    Number((Number(entry.quantity) + Number(addOn.quantity)).toFixed(2)),
  );
});

it('an add-on has no room when the risk of the others fills the limit', () => {
  const added = (room: number): number => {
    const rig = new Rig({
      instruments: [PERP, SECOND_PERP],
      preset: {
        risk: { max_total_risk: room },
        position: { add_on: { at_r: 1.5, share: 1 }, chandelier_atr: 1, trail_from_r: 1 },
      },
    }).boot();
    rig.hold();
    rig.barTo([101.5, 103, 101.4, 102.9, 1000]);
    rig.confirmAmend();
    rig.until('SIGNAL_WAIT');
    // The stop of the first is at breakeven: its risk is free, and the second takes all of it.
    rig.bar(
      new Map<number, number | Ohlcv>([
        [0, [102.9, 103.1, 102.8, 103, 1000]],
        [1, ABOVE],
      ]),
    );
    const second = rig.last('entry');
    assert.equal(second.symbol, 'BBBUSDT');
    rig.fill(second);
    rig.accept(rig.last('stop'));
    if (rig.amends().length > 1) rig.confirmAmend();
    rig.bar(
      new Map<number, number | Ohlcv>([
        [0, [103, 106, 102.9, 105.9, 1000]],
        [1, [101.6, 101.7, 101.5, 101.6, 1000]],
      ]),
    );
    return rig.submitted('add_on').length;
  };
  assert.equal(added(0.5), 1);
  assert.equal(added(0.01), 0);
});

it('no add-on is sent in ERROR or under a pause, though the position is managed', () => {
  for (const hinder of ['fault', 'pause'] as const) {
    const rig = new Rig({
      preset: { position: { add_on: { at_r: 0.5, share: 1 }, chandelier_atr: 1, trail_from_r: 0 } },
    }).boot();
    rig.hold();
    if (hinder === 'fault') rig.give({ kind: 'fault', reason: 'x' });
    else rig.pause();
    rig.barTo([101.5, 103, 101.4, 102.9, 1000]);
    rig.confirmAmend();
    rig.barTo([102.9, 105, 102.8, 104.9, 1000]);
    rig.barTo([104.9, 106, 104.8, 105.9, 1000]);
    assert.deepEqual(rig.submitted('add_on'), [], hinder);
    assert.ok(rig.amends().length > 0, hinder);
  }
});

it('a large entry goes out in slices, each protected as it fills, and a pause ends the slicing', () => {
  const rig = new Rig({
    preset: { execution: { twap: { above_notional: 1000, slices: 4, interval_ms: 10_000 } } },
  }).boot();
  rig.breakOut();
  const [first] = rig.submitted('entry');
  assert.ok(first);
  assert.equal(first.quantity, '20.66');
  rig.fill(first);
  rig.accept(rig.last('stop'));
  assert.equal(rig.state, 'EXECUTION');
  rig.elapse(10_000);
  const second = rig.last('entry');
  rig.fill(second);
  assert.equal(rig.amends().at(-1)?.quantity, '41.32');
  rig.confirmAmend();
  rig.pause();
  rig.elapse(60_000);
  assert.equal(rig.submitted('entry').length, 2);
  assert.equal(rig.state, 'PAUSED');
  assert.equal(rig.last('tp1').quantity, '16.52');
});

it('an iceberg shows a part at a time, and the next only when the last has filled', () => {
  const rig = new Rig({
    preset: { execution: { iceberg: { above_notional: 1000, show_share: 0.5 } } },
  }).boot();
  rig.breakOut();
  const [first] = rig.submitted('entry');
  assert.ok(first);
  rig.accept(first);
  rig.elapse(60_000);
  assert.equal(rig.submitted('entry').length, 1);
  rig.fill(first);
  assert.equal(rig.submitted('entry').length, 2);
  const total = rig.submitted('entry').reduce((sum, o) => sum + Number(o.quantity), 0);
  assert.equal(total.toFixed(2), '82.64');
});

it('policy stop: the entry rests at the level, is out of EXECUTION once accepted, and its fill is handled', () => {
  const rig = new Rig({ preset: { entry: { policy: 'stop' } } });
  rig.start();
  rig.ready();
  for (let i = 0; i < 10 && rig.submitted('entry').length === 0; i++) rig.bar();
  const entry = rig.last('entry');
  assert.equal(entry.type, 'stop_limit');
  assert.equal(rig.state, 'EXECUTION');
  rig.accept(entry);
  assert.equal(rig.state, 'SIGNAL_WAIT');
  rig.pause();
  rig.fill(entry);
  assert.equal(rig.last('stop').quantity, entry.quantity);
  assert.equal(rig.state, 'PAUSED');
});

it('a failed breakout is left at market, long before its stop', () => {
  const rig = new Rig({
    preset: { position: { failed_breakout_bars: 4, failed_breakout_atr: 0.1 } },
  }).boot();
  rig.hold();
  rig.barTo([101.5, 101.5, 100.6, 100.7, 1000]);
  rig.fill(rig.last('exit'), { price: '100.7' });
  assert.equal(rig.trades()[0]?.exitReason, 'failed_breakout');
});

it('a balance below the equity caps the size of the next trade', () => {
  const rig = new Rig().boot();
  rig.give({ kind: 'balance', total: '1000', available: '1000' });
  const entry = rig.breakOut();
  assert.ok(Math.abs(Number(entry.quantity) - 8.26) < 0.011, entry.quantity);
});

for (const [name, instrument] of [
  ['spot', SPOT],
  ['margin', PERP],
] as const)
  it(`on ${name}, what open positions tie up of the balance leaves the next trade its size`, () => {
    const rig = new Rig({ instruments: [instrument] }).boot();
    rig.hold();
    const before = rig.engine.account();
    assert.ok(before !== null && before.openNotional > 0);
    const free = before.sizingEquity - (name === 'spot' ? before.openNotional : before.openNotional / 20);
    const total = name === 'spot' ? free : before.sizingEquity;
    rig.give({ kind: 'balance', total: `${total}`, available: `${free}` });
    const after = rig.engine.account();
    assert.deepEqual([after?.available, after?.sizingEquity], [free, before.sizingEquity]);
    rig.give({ kind: 'balance', total: `${total - 5_000}`, available: `${free - 5_000}` });
    assert.equal(rig.engine.account()?.sizingEquity, before.sizingEquity - 5_000, 'somebody took it');
  });

it('funding that comes after the position is gone still reaches the account', () => {
  const rig = new Rig().boot();
  const { stop } = rig.hold();
  rig.fill(stop, { price: '101.65' });
  rig.give({ kind: 'funding', symbol: 0, amount: '-0.75' });
  assert.equal(rig.trades()[0]?.funding, '0');
  assert.equal(rig.engine.status().equity, '9999.25');
});
