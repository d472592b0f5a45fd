import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { OrderRequest, Side } from '../../src/engine/output.ts';
import { BASE, MINUTE, SECOND } from '../../src/market/time.ts';
import { Series } from '../../src/strategy/series.ts';
import { calmSeries, push, sole } from '../strategy/kit.ts';
import { Bench } from './desk-kit.ts';

const POSITION = { tp1_r: 1.5, tp1_share: 0.4, tp2_r: 3, tp2_share: 0.3, failed_breakout_bars: 0 };
const PRESET = { position: POSITION };

function amended(b: Bench, quantity: string, stopPrice: string): void {
  b.report({ status: 'amended', orderId: b.last('stop').id, quantity, stopPrice });
}

test('every fill is behind a stop at once, and the stop grows with what is filled', () => {
  const b = new Bench({ preset: PRESET });
  b.enter();
  b.accept(b.last('entry'));
  b.fill(b.last('entry'), '100.0', '4.00');
  const stop = b.last('stop');
  assert.deepEqual(
    [stop.side, stop.type, stop.quantity, stop.stopPrice, stop.reduceOnly],
    ['sell', 'stop', '4.00', '98.0', true],
  );
  b.accept(stop);
  b.fill(b.last('entry'), '100.0', '6.00');
  assert.deepEqual(
    b.amends().map((a) => [a.orderId, a.quantity, a.stopPrice]),
    [[stop.id, '10.00', '98.0']],
  );
  assert.equal(b.desk.allProtected, false);
  amended(b, '10.00', '98.0');
  assert.equal(b.desk.allProtected, true);
});

test('where a stop cannot be amended it is cancelled and placed anew', () => {
  const b = new Bench({ preset: PRESET, amend: false });
  b.enter();
  b.fill(b.last('entry'), '100.0', '4.00');
  const first = b.last('stop');
  b.accept(first);
  b.fill(b.last('entry'), '100.0', '6.00');
  assert.deepEqual(b.cancelled(), [first.id]);
  assert.equal(b.sent('stop').length, 1, 'not two at a time: together they would sell more than is held');
  b.cancelDone(first);
  assert.equal(b.last('stop').quantity, '10.00');
});

test('what is not confirmed protected in time is closed at market', () => {
  const b = new Bench({ preset: PRESET });
  b.enter();
  b.fill(b.last('entry'), '100.0');
  b.wait(5 * SECOND - 1);
  assert.equal(b.sent('exit').length, 0);
  b.wait(1);
  assert.deepEqual([b.last('exit').type, b.last('exit').quantity], ['market', '10.00']);
  b.fill(b.last('exit'), '99.5');
  assert.equal(sole(b.trades).exitReason, 'unprotected');
});

test('a stop price that the market has passed already closes at market', () => {
  const b = new Bench({ preset: PRESET });
  b.enter();
  b.fill(b.last('entry'), '97.9');
  assert.equal(b.sent('stop').length, 0);
  assert.equal(b.last('exit').quantity, '10.00');
});

test('an amend that the venue refuses is not sent again and again: the stop is placed anew', () => {
  const b = new Bench({ preset: PRESET });
  b.enter();
  b.accept(b.last('entry'));
  b.fill(b.last('entry'), '100.0', '4.00');
  const first = b.last('stop');
  b.accept(first);
  b.fill(b.last('entry'), '100.0', '6.00');
  b.report({ status: 'amend_rejected', orderId: first.id, reason: 'no' });
  assert.equal(b.amends().length, 1);
  assert.deepEqual(b.cancelled(), [first.id]);
  b.cancelDone(first);
  assert.equal(b.last('stop').quantity, '10.00');
  b.accept(b.last('stop'));
  assert.equal(b.desk.allProtected, true);
});

test('a stop that has begun to fill is left alone: it was triggered and its rest is going', () => {
  const b = new Bench({ preset: PRESET });
  b.hold();
  const stop = b.last('stop');
  b.fill(stop, '98.0', '3.00');
  b.fill(b.last('tp1'), '103.0');
  assert.deepEqual(b.amends(), []);
  assert.deepEqual(b.cancelled(), []);
  b.fill(stop, '97.9', '3.00');
  assert.equal(sole(b.trades).quantity, '10');
});

test('after TP1 the stop goes to where the entry and both fees are paid, rounded to the trader’s side', () => {
  for (const [side, target, expected] of [
    ['long', '103.0', '100.2'],
    ['short', '97.0', '99.8'],
  ] as const) {
    const b = new Bench({ preset: PRESET, market: { takerFee: 0.0006 } });
    b.hold(side);
    b.fill(b.last('tp1'), target);
    const amend = sole(b.amends());
    assert.deepEqual([amend.quantity, amend.stopPrice], ['6.00', expected]);
  }
});

test('a half-filled TP1 moves no stop, but the stop covers only what is left', () => {
  const b = new Bench({ preset: PRESET });
  b.hold();
  b.fill(b.last('tp1'), '103.0', '1.00');
  const amend = sole(b.amends());
  assert.deepEqual([amend.quantity, amend.stopPrice], ['9.00', '98.0']);
});

test('all gone: what rests of the trade is withdrawn, and the trade says what it made', () => {
  const b = new Bench({ preset: PRESET });
  b.hold();
  b.fill(b.last('stop'), '98.0', '10.00', { fee: '0.49' });
  assert.deepEqual(b.cancelled().toSorted(), [b.last('tp1').id, b.last('tp2').id]);
  const trade = sole(b.trades);
  assert.deepEqual(
    [trade.entry, trade.exit, trade.pnl, trade.fees, trade.risk, trade.exitReason],
    ['100', '98', '-20.49', '0.49', '20', 'stop'],
  );
  assert.ok(Math.abs(trade.r + 20.49 / 20) < 1e-12);
  assert.equal(b.ledger.equity.toFixed(), '9979.51');
  assert.equal(b.desk.size, 0);
});

test('R counts the slippage of the entry: risk is what the fills stand to lose', () => {
  const b = new Bench({ preset: PRESET });
  b.enter();
  b.fill(b.last('entry'), '99.0', '5.00');
  b.fill(b.last('entry'), '99.5', '5.00');
  b.accept(b.last('stop'));
  b.fill(b.last('stop'), '98.0', '10.00');
  const trade = sole(b.trades);
  assert.equal(trade.risk, '12.5');
  assert.ok(Math.abs(trade.r + 1) < 1e-12);
});

test('a fill that comes after its entry was cancelled is held, protected and managed', () => {
  const b = new Bench({ preset: PRESET });
  b.enter();
  const entry = b.last('entry');
  b.accept(entry);
  b.fill(entry, '100.0', '4.00');
  b.accept(b.last('stop'));
  b.do((desk) => desk.cancelEntries('test'));
  b.cancelDone(entry);
  b.fill(entry, '100.0', '2.00');
  assert.equal(sole(b.amends()).quantity, '6.00');
});

test('a fill that comes after its trade had ended is a position nobody planned: it is closed at once', () => {
  const b = new Bench({ preset: PRESET });
  b.enter();
  const entry = b.last('entry');
  b.accept(entry);
  b.do((desk) => desk.cancelEntries('test'));
  b.cancelDone(entry);
  assert.equal(b.desk.size, 0);
  b.fill(entry, '100.0', '2.00');
  assert.equal(b.events('warning')[0]?.code, 'LATE_FILL');
  assert.deepEqual([b.last('exit').side, b.last('exit').quantity], ['sell', '2.00']);
  b.fill(b.last('exit'), '99.0');
  assert.equal(sole(b.trades).pnl, '-2');
  assert.equal(b.desk.size, 0);
});

test('a report twice is a report once: no second stop, no double position', () => {
  const b = new Bench({ preset: PRESET });
  b.enter();
  const entry = b.last('entry');
  const fill = b.fill(entry, '100.0', '4.00');
  const before = b.outputs.length;
  b.report(fill);
  b.accept(entry);
  b.accept(entry);
  assert.equal(b.outputs.length, before);
  assert.equal(b.desk.of(0)?.openLots, 400);
});

test('the unfilled rest of an entry is cancelled at the next close; an order at its level stays', () => {
  const b = new Bench({ preset: PRESET });
  const series = calmSeries(b.preset);
  b.outbox.at = series.closeTime;
  b.enter();
  const entry = b.last('entry');
  b.accept(entry);
  push(series, series.closeTime + BASE, { open: 100, high: 100, low: 100, close: 100, volume: 1 });
  b.do((desk) => desk.closeBar([series], series.closeTime));
  assert.deepEqual(b.cancelled(), [entry.id]);

  const rests = new Bench({ preset: PRESET });
  rests.enter('long', 1000, { triggerTicks: 998 });
  rests.accept(rests.last('entry'));
  rests.do((desk) => desk.closeBar([series], series.closeTime));
  assert.deepEqual(rests.cancelled(), []);
  rests.fill(rests.last('entry'), '99.9', '1.00');
  rests.do((desk) => desk.closeBar([series], series.closeTime));
  assert.deepEqual(rests.cancelled(), [rests.last('entry').id], 'once it fills in part, its rest goes too');
});

test('an entry does not wait for a symbol whose candle is missing: it could fill anywhere once that is back', () => {
  for (const triggerTicks of [null, 998]) {
    const b = new Bench({ preset: PRESET });
    const series = calmSeries(b.preset);
    b.outbox.at = series.closeTime;
    b.enter('long', 1000, { triggerTicks });
    const entry = b.last('entry');
    b.accept(entry);
    b.do((desk) => desk.closeBar([series], series.closeTime + BASE));
    assert.deepEqual(b.cancelled(), [entry.id]);
  }
});

test('the candle of the entry counts by its close alone: a high from before the fill trails no stop', () => {
  const b = new Bench({ preset: { position: { ...POSITION, trail_from_r: 0, chandelier_atr: 1 } } });
  const series = calmSeries(b.preset);
  b.outbox.at = series.closeTime + MINUTE;
  const trade = b.hold();
  const bar = { open: 100, high: 110, low: 99.5, close: 100.5, volume: 1 };
  push(series, series.closeTime + BASE, bar);
  b.do((desk) => desk.closeBar([series], series.closeTime));
  assert.equal(trade.best, 100.5);
  push(series, series.closeTime + BASE, { ...bar, high: 101 });
  b.do((desk) => desk.closeBar([series], series.closeTime));
  assert.equal(trade.best, 101);
});

test('exposure counts what is filled at its stop and what is on its way at its limit', () => {
  const b = new Bench({ preset: PRESET });
  b.enter();
  b.accept(b.last('entry'));
  b.fill(b.last('entry'), '99.0', '4.00');
  const e = sole(b.desk.exposures());
  assert.ok(Math.abs(e.risk - (4 * 1 + 6 * 2)) < 1e-9, `${e.risk}`);
  assert.ok(Math.abs(e.notional - (4 * 99 + 6 * 100)) < 1e-9, `${e.notional}`);
});

test('a fee in the base coin leaves less to protect; what is under a lot is said to be left over', () => {
  const b = new Bench({ preset: PRESET, market: { type: 'spot' } });
  b.enter();
  b.fill(b.last('entry'), '100.0', '10.00', { fee: '0.005', feeIn: 'base' });
  assert.equal(b.last('stop').quantity, '9.99');
  b.accept(b.last('stop'));
  b.fill(b.last('stop'), '98.0', '9.99');
  assert.equal(sole(b.events('dust')).quantity, '0.005');
  assert.equal(b.desk.size, 0);
});

test('a market exit that the venue refuses is tried again, for as long as it takes', () => {
  const b = new Bench({ preset: PRESET });
  b.hold();
  b.do((desk) => desk.closeAll('flatten'));
  for (let tries = 1; tries <= 4; tries++) {
    assert.equal(b.sent('exit').length, tries);
    b.report({ status: 'rejected', orderId: b.last('exit').id, reason: 'busy' });
    b.wait(30 * SECOND);
  }
  b.fill(b.last('exit'), '99.0');
  assert.equal(sole(b.trades).exitReason, 'flatten');
});

test('the stop stays at the venue until the exit has filled', () => {
  const b = new Bench({ preset: PRESET });
  b.hold();
  b.do((desk) => desk.closeAll('panic'));
  assert.ok(!b.cancelled().includes(b.last('stop').id));
  b.fill(b.last('exit'), '99.0');
  assert.ok(b.cancelled().includes(b.last('stop').id));
});

/** One life of a position, in ticks above the entry of 1000 for a long. */
interface Life {
  readonly fills: readonly { readonly lots: number; readonly ticks: number }[];
  readonly bars: readonly { readonly move: number; readonly reach: number }[];
  readonly end: number;
}

/** What was sent and what came of it, with prices as distances in the trade's favour. */
function live(side: Side, life: Life): unknown {
  const d = side === 'long' ? 1 : -1;
  const text = (ticks: number) => ((1000 + d * ticks) / 10).toFixed(1);
  // Plus zero: no minus zero, which is not equal to it.
  const away = (price: string | null) =>
    price === null ? null : d * Math.round(Number(price) * 10 - 1000) + 0;
  // The least value of an order is no mirror image: a target below is worth less than one above.
  const b = new Bench({
    // Odd multiples: a price halfway between two ticks goes up on both sides.
    preset: {
      position: { ...POSITION, tp1_r: 1.43, tp2_r: 3.17, trail_step_atr: 0.1, chandelier_atr: 0.57 },
    },
    market: { minNotional: '0.001' },
  });
  const series = new Series(b.preset);
  const flat = (at: number, ticks: number, reach: number) => {
    const close = (1000 + d * ticks) / 10;
    const far = (1000 + d * (ticks + reach)) / 10;
    const near = (1000 + d * (ticks - 10)) / 10;
    push(series, at, {
      open: close,
      high: Math.max(close, far, near),
      low: Math.min(close, far, near),
      close,
      volume: 1,
    });
  };
  for (let i = 1; i <= 60; i++) flat(i * BASE, 0, 10);
  b.outbox.at = series.closeTime;
  b.enter(side, 1000);
  b.accept(b.last('entry'));
  const answer = () => {
    for (const stop of b.sent('stop')) b.accept(stop);
    for (const a of b.amends())
      b.report({ status: 'amended', orderId: a.orderId, quantity: a.quantity, stopPrice: a.stopPrice });
  };
  for (const { lots, ticks } of life.fills) {
    b.fill(b.last('entry'), text(ticks), (lots / 100).toFixed(2));
    answer();
  }
  let ticks = 0;
  for (const { move, reach } of life.bars) {
    ticks += move;
    b.outbox.at += BASE;
    flat(b.outbox.at, ticks, reach);
    b.do((desk) => {
      desk.closeBar([series], series.closeTime);
      desk.manage([series], series.closeTime, new Set());
    });
    for (const id of b.cancelled()) b.report({ status: 'cancelled', orderId: id, reason: '' });
    answer();
  }
  b.do((desk) => desk.closeAll('flatten'));
  for (const exit of b.sent('exit')) b.fill(exit, text(life.end));
  return {
    sent: b
      .sent()
      .map((o: OrderRequest) => [o.purpose, o.type, o.quantity, away(o.price), away(o.stopPrice)]),
    sides: new Set(b.sent().map((o) => (o.side === 'buy') === (side === 'long') && o.reduceOnly)),
    amends: b.amends().map((a) => [a.quantity, away(a.stopPrice)]),
    trades: b.trades.map((t) => [t.pnl, t.risk, t.quantity, t.exitReason, t.r, t.maxR, t.minR].map(round)),
  };
}

const round = (x: unknown) => (typeof x === 'number' ? Math.round(x * 1e9) / 1e9 + 0 : x);

test('a short is traded as a long upside down, order by order and to the last digit', () => {
  const life = fc.record({
    fills: fc.array(
      fc.record({ lots: fc.integer({ min: 1, max: 250 }), ticks: fc.integer({ min: -15, max: 0 }) }),
      { minLength: 1, maxLength: 4 },
    ),
    bars: fc.array(
      fc.record({ move: fc.integer({ min: -6, max: 12 }), reach: fc.integer({ min: 0, max: 15 }) }),
      { maxLength: 30 },
    ),
    end: fc.integer({ min: -30, max: 60 }),
  });
  let trailed = 0;
  fc.assert(
    fc.property(life, (l) => {
      const long = live('long', l);
      assert.deepEqual(live('short', l), long);
      if (JSON.stringify(long).includes('"trail"')) trailed++;
    }),
    { numRuns: 150, seed: 11 },
  );
  assert.ok(trailed > 0, 'some of them end by the trail');
});
