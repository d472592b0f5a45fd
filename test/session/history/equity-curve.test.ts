import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BASE } from '../../../src/market/time.ts';
import { EquityCurve } from '../../../src/session/history/equity-curve.ts';

/** A curve over `closes` closes from time 0. Equity at a close is the number of that close, realised what is left to 5000. */
function curveOf(closes: number, capacity: number): { curve: EquityCurve; now: number } {
  let close = 0;
  const curve = new EquityCurve(() => ({ marked: close, realised: 5_000 - close }), capacity);
  curve.begin(0);
  for (close = 1; close <= closes; close++) curve.closed(close * BASE);
  close = closes;
  return { curve, now: closes * BASE };
}

const even = fc.integer({ min: 1, max: 20 }).map((half) => 2 * half);

test('a session of any length is covered from its start to the present, evenly, in fixed memory', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_000 }), even, (closes, capacity) => {
      const { curve, now } = curveOf(closes, capacity);
      const { points, resolutionMs } = curve.series(now, 10_000);
      assert.ok(points.length <= capacity + 1, `${points.length} points`);
      assert.deepEqual(points[0], { at: 0, equity: 0, realised: 5_000 });
      assert.deepEqual(points.at(-1), { at: now, equity: closes, realised: 5_000 - closes });
      for (const [i, { at, equity }] of points.slice(0, -1).entries()) {
        assert.equal(at, i * resolutionMs, 'on one grid');
        assert.equal(equity, at / BASE, 'as it was then');
      }
      // Never coarser than it has to be.
      if (closes >= capacity) assert.ok(points.length > capacity / 2);
      else assert.equal(resolutionMs, BASE);
    }),
  );
});

test('what a client asks for is thinned over the whole session, not cut off, and ends at the present', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 2, max: 80 }), (closes, limit) => {
      const { curve, now } = curveOf(closes, 64);
      const { points, resolutionMs } = curve.series(now, limit);
      assert.ok(points.length <= limit);
      assert.equal(points[0]?.at, 0);
      assert.equal(points.at(-1)?.at, now);
      for (const [i, { at }] of points.slice(0, -1).entries()) assert.equal(at, i * resolutionMs);
    }),
  );
});

test('a client that asks since its last point gets what came after it, and nothing twice', () => {
  const { curve, now } = curveOf(10, 64);
  assert.deepEqual(
    curve.series(now, 100, 7 * BASE).points.map(({ at }) => at / BASE),
    [8, 9, 10],
  );
  assert.deepEqual(curve.series(now, 100, now).points, []);
});

test('the present stands between two closes too, and before the first', () => {
  const { curve, now } = curveOf(3, 64);
  assert.deepEqual(
    curve.series(now + 1_000, 100).points.map(({ at }) => at),
    [0, BASE, 2 * BASE, 3 * BASE, 3 * BASE + 1_000],
  );
  const empty = new EquityCurve(() => ({ marked: 1, realised: 1 }));
  assert.deepEqual(empty.series(5, 100).points, [], 'no account, no figure');
});

test('a new account forgets the curve of the one before it', () => {
  const { curve } = curveOf(500, 16);
  curve.begin(77 * BASE);
  const { points, resolutionMs } = curve.series(77 * BASE, 100);
  assert.equal(points.length, 1);
  assert.equal(points[0]?.at, 77 * BASE);
  assert.equal(resolutionMs, BASE);
});
