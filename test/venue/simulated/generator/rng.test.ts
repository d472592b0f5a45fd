import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { growth, noiseAt, Rng, streamKey } from '../../../../src/venue/simulated/generator/rng.ts';

const DRAWS = 200_000;

function moments(draw: () => number) {
  let [sum, squares, low, high] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < DRAWS; i += 1) {
    const x = draw();
    sum += x;
    squares += x * x;
    low = Math.min(low, x);
    high = Math.max(high, x);
  }
  const mean = sum / DRAWS;
  return { mean, variance: squares / DRAWS - mean * mean, low, high };
}

const near = (actual: number, expected: number, within: number) =>
  assert.ok(Math.abs(actual - expected) < within, `${actual}, not ${expected}`);

test('noise has the moments that volatilities are reckoned with', () => {
  const rng = new Rng(streamKey(1, 'a'));
  const bell = moments(() => rng.bell());
  near(bell.mean, 0, 0.01);
  near(bell.variance, 1, 0.02);
  const exponential = moments(() => rng.exponential());
  near(exponential.mean, 1, 0.015);
  near(exponential.variance, 1, 0.04);
  assert.ok(exponential.low > 0);
  const unit = moments(() => rng.unit());
  near(unit.mean, 0.5, 0.005);
  near(unit.variance, 1 / 12, 0.002);
  assert.ok(unit.low >= 0 && unit.high < 1);
  const noise = { index: 0 };
  const stateless = moments(() => noiseAt(123, noise.index++, 2));
  near(stateless.mean, 0.5, 0.005);
  near(stateless.variance, 1 / 12, 0.002);
});

test('streams of different names or seeds do not go together', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.string({ minLength: 1, maxLength: 10 }), (seed, name) => {
      const first = new Rng(streamKey(seed, name));
      const others = [streamKey(seed, `${name}x`), streamKey(seed === 0 ? 1 : seed - 1, name)];
      for (const other of others.map((key) => new Rng(key))) {
        let product = 0;
        for (let i = 0; i < 2000; i += 1) product += first.bell() * other.bell();
        // Six standard errors.
        assert.ok(Math.abs(product / 2000) < 0.135, `correlation ${product / 2000}`);
      }
    }),
    { numRuns: 60 },
  );
});

test('a log-normal factor is positive, grows, and is close to the exponential', () => {
  fc.assert(
    fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (x) => {
      near(growth(x) / Math.exp(x), 1, 0.035);
      assert.ok(growth(x - 0.01) < growth(x) && growth(x - 5) > 0);
    }),
  );
});
