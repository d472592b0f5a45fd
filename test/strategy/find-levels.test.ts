import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findLevels } from '../../src/strategy/find-levels.ts';
import { Series } from '../../src/strategy/series.ts';
import { type Bar, candle, feed, presetOf, sole } from './kit.ts';

/** ATR stays near 1 in all of these, so that tolerances are in points. */
const PRESET = presetOf({
  levels: {
    lookback_bars: 20,
    donchian_bars: 10,
    swing_strength: 2,
    merge_tolerance_atr: 0.2,
    min_touches: 1,
    max_wick_share: 0.5,
    max_levels_per_side: 10,
  },
});

const CALM_CANDLE = candle(100, 100.5, 99.5, 100);

function seriesOf(...candles: readonly Bar[][]): Series {
  const series = new Series(PRESET);
  feed(series, [...Array.from({ length: 20 }, () => CALM_CANDLE), ...candles].flat());
  return series;
}

/** Up to `high`, with a wick of a tenth, and back. */
const peak = (high: number) => candle(100, high, 99.5, high - 0.1);
const back = () => candle(100.5, 100.5, 99.5, 100);
const calm = () => candle(100, 100.5, 99.5, 100);

test('a price that turned the market twice is one level with two touches, born with the first', () => {
  const series = seriesOf(peak(102), back(), calm(), calm(), peak(102.1), back(), calm(), calm());
  const level = findLevels(series, 'long', PRESET).find((l) => l.price > 101);
  assert.equal(level?.price, 102.1);
  assert.equal(level?.touches, 2);
  assert.equal(level?.bornAt, series.closeTime - 7 * 900_000);
});

test('two candles side by side are one touch, not two', () => {
  const series = seriesOf(peak(102), peak(102), back(), calm(), calm());
  assert.equal(findLevels(series, 'long', PRESET).find((l) => l.price > 101)?.touches, 1);
});

test('a spike that is nearly all wick is no touch', () => {
  const spike = candle(100, 102, 99.5, 100.2);
  const series = seriesOf(spike, calm(), calm(), calm());
  assert.equal(
    findLevels(series, 'long', PRESET).find((l) => l.price > 101),
    undefined,
  );
  const lenient = presetOf({ levels: { ...PRESET.levels, max_wick_share: 1 } });
  assert.equal(findLevels(series, 'long', lenient).find((l) => l.price > 101)?.touches, 1);
});

test('a level that a candle closed beyond is broken: earlier touches do not count any more', () => {
  const touched = [peak(102), back(), calm(), calm()];
  const through = candle(100, 102.6, 99.9, 102.5);
  const series = seriesOf(...touched, through, candle(102.5, 102.5, 99.5, 100), calm(), calm(), calm());
  const level = findLevels(series, 'long', PRESET).find((l) => Math.abs(l.price - 102) < 0.3);
  assert.equal(level, undefined, 'the peak at 102 is history');
});

test('a candle that closed beyond a price did not turn there: it is no touch of it', () => {
  // From above, past 101.9; long after it a peak at 101.9.
  const down = [candle(104, 104, 103, 103), candle(103, 103, 102.2, 102.3)];
  const above = candle(102, 102.05, 101.9, 101.95);
  const below = candle(101.5, 101.5, 99.5, 100);
  const long = Array.from({ length: 11 }, calm);
  const series = seriesOf(...down, above, below, ...long, peak(101.9), back(), calm(), calm());
  const level = findLevels(series, 'long', PRESET).find((l) => l.price > 101.5 && l.price < 102);
  assert.equal(level?.price, 101.9);
  assert.equal(level?.touches, 1);
});

test('a support is a resistance upside down', () => {
  const series = seriesOf(candle(100, 100.5, 98, 98.1), candle(99.5, 100.5, 99.5, 100), calm(), calm());
  const level = sole(findLevels(series, 'short', PRESET).filter((l) => l.price < 99));
  assert.equal(level.price, 98);
  assert.equal(level.touches, 1);
});

test('there is no level before there is an ATR', () => {
  const series = new Series(PRESET);
  feed(series, [...peak(102), ...back(), ...calm()]);
  assert.deepEqual(findLevels(series, 'long', PRESET), []);
});

/** Random walks on eighths, whose sums and differences float64 has exactly. */
const eighth = (max: number) => fc.integer({ min: 0, max }).map((n) => n / 8);
const walk = fc
  .array(fc.tuple(fc.integer({ min: -16, max: 16 }), eighth(12), eighth(12)), {
    minLength: 60,
    maxLength: 150,
  })
  .map((moves) => {
    let open = 1000;
    return moves.flatMap(([move, above, below]) => {
      const close = open + move / 8;
      const made = candle(open, Math.max(open, close) + above, Math.min(open, close) - below, close);
      open = close;
      return made;
    });
  });

function mirrored(bars: readonly Bar[]): Bar[] {
  return bars.map((b) => ({
    open: 2000 - b.open,
    high: 2000 - b.low,
    low: 2000 - b.high,
    close: 2000 - b.close,
    volume: b.volume,
  }));
}

const settings = fc.record({
  merge_tolerance_atr: fc.constantFrom(0.1, 0.35, 1),
  max_wick_share: fc.constantFrom(0.3, 0.6, 1),
  swing_strength: fc.integer({ min: 1, max: 4 }),
  max_levels_per_side: fc.integer({ min: 1, max: 6 }),
});

test('levels lie beyond the price, nearest first, further apart than the tolerance, strength between 0 and 1', () => {
  fc.assert(
    fc.property(walk, settings, (bars, levels) => {
      const preset = presetOf({ levels });
      const series = new Series(preset);
      feed(series, bars);
      const ring = series.candles;
      const tolerance = levels.merge_tolerance_atr * series.atr.value;
      for (const side of ['long', 'short'] as const) {
        const d = side === 'long' ? 1 : -1;
        const found = findLevels(series, side, preset);
        assert.ok(found.length <= levels.max_levels_per_side);
        let before = d * series.close;
        for (const [i, level] of found.entries()) {
          assert.ok(d * level.price > before, 'beyond the close, then beyond the level before');
          if (i > 0) assert.ok(d * level.price - before > tolerance, 'apart');
          before = d * level.price;
          assert.ok(level.strength >= 0 && level.strength <= 1, `strength ${level.strength}`);
          assert.ok(level.touches >= 1);
          // No candle since the first touch closed beyond; and the price was really traded at.
          let traded = false;
          for (let age = 0; age < ring.length; age++) {
            const extreme = side === 'long' ? ring.high(age) : ring.low(age);
            if (extreme === level.price) traded = true;
            if (ring.closeTime(age) >= level.bornAt) assert.ok(d * ring.close(age) <= d * level.price);
            if (ring.closeTime(age) === level.bornAt) assert.ok(Math.abs(extreme - level.price) <= tolerance);
          }
          assert.ok(traded, 'a level is the extreme of a candle');
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('turned upside down, the market has the same levels on the other side', () => {
  fc.assert(
    fc.property(walk, settings, (bars, levels) => {
      const preset = presetOf({ levels });
      const up = new Series(preset);
      const down = new Series(preset);
      feed(up, bars);
      feed(down, mirrored(bars));
      assert.deepEqual(
        findLevels(up, 'long', preset),
        findLevels(down, 'short', preset).map((l) => ({ ...l, price: 2000 - l.price })),
      );
    }),
    { numRuns: 60 },
  );
});

test('levels found as the candles came are those found in the same candles afterwards: nothing looks ahead', () => {
  fc.assert(
    fc.property(walk, settings, fc.nat(), (bars, levels, cut) => {
      const preset = presetOf({ levels });
      const seen = bars.slice(0, 3 * (1 + (cut % (bars.length / 3))));
      const live = new Series(preset);
      const again = new Series(preset);
      const found = { long: [{}], short: [{}] };
      for (const [i, b] of bars.entries()) {
        feed(live, [b]);
        if (i + 1 !== seen.length) continue;
        for (const side of ['long', 'short'] as const) found[side] = [...findLevels(live, side, preset)];
      }
      feed(again, seen);
      assert.deepEqual(findLevels(again, 'long', preset), found.long);
      assert.deepEqual(findLevels(again, 'short', preset), found.short);
    }),
    { numRuns: 40 },
  );
});
