import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CandleRing } from '../../src/strategy/candle-ring.ts';

/** A swing point stands out from `strength` candles on each side; of equals the earliest counts. */
function naive(values: readonly number[], strength: number, i: number): boolean {
  const x = values[i] ?? Number.NaN;
  if (i < strength || i + strength >= values.length) return false;
  return (
    values.slice(i - strength, i).every((y) => y < x) &&
    values.slice(i + 1, i + strength + 1).every((y) => y <= x)
  );
}

const walk = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })).map(([low, range]) => ({
    low,
    high: low + range,
  })),
  { minLength: 1, maxLength: 90 },
);

test('the ring holds the last candles, newest first, however often it wraps', () => {
  fc.assert(
    fc.property(walk, fc.integer({ min: 21, max: 40 }), (candles, capacity) => {
      const ring = new CandleRing(capacity, 2);
      for (const [i, c] of candles.entries()) {
        ring.push(i + 1, c.low, c.high, c.low, c.high);
        const kept = candles.slice(0, i + 1).slice(-capacity);
        assert.equal(ring.length, kept.length);
        for (let age = 0; age < kept.length; age++) {
          const c = kept[kept.length - 1 - age];
          assert.equal(ring.high(age), c?.high);
          assert.equal(ring.low(age), c?.low);
          assert.equal(ring.close(age), c?.high);
          assert.equal(ring.closeTime(age), i + 1 - age);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('swing points are those of the plain definition, marked the moment the last candle that they need has closed', () => {
  fc.assert(
    fc.property(walk, fc.integer({ min: 1, max: 5 }), (candles, strength) => {
      const capacity = 24;
      const ring = new CandleRing(capacity, strength);
      for (const [i, c] of candles.entries()) {
        ring.push(i + 1, c.low, c.high, c.low, c.low);
        const seen = candles.slice(0, i + 1);
        const highs = seen.map((x) => x.high);
        const lows = seen.map((x) => -x.low);
        for (let age = 0; age < ring.length; age++) {
          assert.equal(ring.isSwingHigh(age), naive(highs, strength, i - age), `high ${age} after ${i}`);
          assert.equal(ring.isSwingLow(age), naive(lows, strength, i - age), `low ${age} after ${i}`);
        }
      }
    }),
    { numRuns: 60 },
  );
});
