import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HOUR, MINUTE } from '../../src/market/time.ts';
import { breakeven, type ManagedPosition, manage } from '../../src/strategy/exits.ts';
import { presetOf } from './kit.ts';

const PRESET = presetOf({
  position: {
    chandelier_atr: 3,
    trail_from_r: 1,
    trail_step_atr: 0.25,
    max_hold_hours: 24,
    failed_breakout_bars: 4,
    failed_breakout_atr: 0.4,
  },
});
const LONG: ManagedPosition = {
  direction: 1,
  entry: 100,
  risk: 2,
  level: 99.5,
  stop: 98,
  best: 100,
  openedAt: 0,
  trailing: false,
};
const LATER = 5 * HOUR;

test('a position is closed when its time is up, and not a minute before', () => {
  assert.deepEqual(manage(LONG, 101, 1, 24 * HOUR, PRESET), { do: 'exit', reason: 'max_hold' });
  assert.equal(manage(LONG, 101, 1, 24 * HOUR - MINUTE, PRESET).do, 'nothing');
});

test('a breakout that falls back through its level is left, but only while it is young and far enough back', () => {
  assert.deepEqual(manage(LONG, 99, 1, HOUR, PRESET), { do: 'exit', reason: 'failed_breakout' });
  assert.equal(manage({ ...LONG, level: 100 }, 99.5, 1.25, HOUR, PRESET).do, 'nothing', 'exactly 0.4 ATR');
  assert.equal(manage(LONG, 99, 1, HOUR + MINUTE, PRESET).do, 'nothing', 'four candles have gone');
  const off = presetOf({ position: { failed_breakout_bars: 0 } });
  assert.equal(manage(LONG, 98.5, 1, 0, off).do, 'nothing');
});

test('the trail starts at its R and then stays on, also when price comes back', () => {
  assert.equal(manage({ ...LONG, best: 101.9 }, 101.9, 0.5, LATER, PRESET).do, 'nothing');
  assert.deepEqual(manage({ ...LONG, best: 102 }, 101.9, 0.5, LATER, PRESET), {
    do: 'move_stop',
    price: 100.5,
    trailing: true,
  });
  const small = manage({ ...LONG, best: 101, trailing: true }, 100.9, 0.5, LATER, PRESET);
  assert.deepEqual(small, { do: 'move_stop', price: 99.5, trailing: true });
});

test('the stop moves in whole steps: a gain under the step leaves it', () => {
  const p = { ...LONG, best: 106, trailing: true };
  assert.equal(manage({ ...p, stop: 102.8 }, 105, 1, LATER, PRESET).do, 'nothing');
  assert.deepEqual(manage({ ...p, stop: 102.75 }, 105, 1, LATER, PRESET), {
    do: 'move_stop',
    price: 103,
    trailing: true,
  });
});

test('a trail that the market has already passed is an exit, not an order that would fill at once', () => {
  assert.deepEqual(manage({ ...LONG, best: 110, trailing: true }, 106.5, 1, LATER, PRESET), {
    do: 'exit',
    reason: 'trail',
  });
});

test('without an ATR or a chandelier the stop stays where it is', () => {
  const p = { ...LONG, best: 120, trailing: true };
  assert.equal(manage(p, 119, Number.NaN, LATER, PRESET).do, 'nothing');
  const none = presetOf({ position: { chandelier_atr: null } });
  assert.equal(manage(p, 119, 1, LATER, none).do, 'nothing');
});

const eighths = (min: number, max: number) => fc.integer({ min: min * 8, max: max * 8 }).map((n) => n / 8);
const position = fc
  .record({
    risk: eighths(1, 20),
    level: eighths(80, 120),
    stop: eighths(80, 120),
    best: eighths(100, 150),
    trailing: fc.boolean(),
  })
  .map((p) => ({ ...LONG, ...p }));

test('a stop never moves away from the market, nor past it', () => {
  fc.assert(
    fc.property(position, eighths(60, 150), eighths(1, 10), (p, close, atr) => {
      const decision = manage(p, close, atr, LATER, PRESET);
      if (decision.do !== 'move_stop') return;
      assert.ok(decision.price >= p.stop + 0.25 * atr, 'nearer by a step');
      assert.ok(decision.price < close, 'on its own side of the market');
    }),
  );
});

test('a short is managed as a long upside down', () => {
  fc.assert(
    fc.property(
      position,
      eighths(60, 150),
      eighths(1, 10),
      fc.integer({ min: 0, max: 30 * 60 }),
      (p, close, atr, minutes) => {
        const long = manage(p, close, atr, minutes * MINUTE, PRESET);
        const flip = (x: number) => 200 - x;
        const mirror: ManagedPosition = {
          ...p,
          direction: -1,
          entry: flip(p.entry),
          level: flip(p.level),
          stop: flip(p.stop),
          best: flip(p.best),
        };
        const short = manage(mirror, flip(close), atr, minutes * MINUTE, PRESET);
        assert.deepEqual(short, long.do === 'move_stop' ? { ...long, price: flip(long.price) } : long);
      },
    ),
    { numRuns: 500 },
  );
});

test('breakeven gives back the entry and both fees, no more and no less', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      fc.double({ min: 0, max: 0.01, noNaN: true }),
      (entry, fee) => {
        const long = breakeven(1, entry, fee);
        const short = breakeven(-1, entry, fee);
        assert.ok(Math.abs(long - entry - fee * (entry + long)) <= 1e-12 * entry, 'long');
        assert.ok(Math.abs(entry - short - fee * (entry + short)) <= 1e-12 * entry, 'short');
        assert.ok(long >= entry && short <= entry);
      },
    ),
  );
});
