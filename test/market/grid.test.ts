import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import fc from 'fast-check';
import { grid, stepsDown, stepsNearest, stepsToNumber, stepsToText, stepsUp } from '../../src/market/grid.ts';

const STEPS = ['0.05', '2.5', '10', '0.00000001', '1', '0.1', '0.3', '0.000025', '1000', '0.50'];

test('an order carries the exact decimal of its steps, with no float dust', () => {
  assert.equal(stepsToText(grid('0.05'), 3), '0.15');
  assert.equal(stepsToText(grid('2.5'), 3), '7.5');
  assert.equal(stepsToText(grid('10'), 12), '120');
  assert.equal(stepsToText(grid('0.00000001'), 1), '0.00000001');
  assert.equal(stepsToText(grid('0.1'), 0), '0.0');
  assert.equal(stepsToText(grid('0.05'), -3), '-0.15');
  assert.equal(stepsToNumber(grid('0.1'), 3), 0.3);
});

test('a step that is no positive plain decimal is refused by name', () => {
  for (const text of ['0', '0.000', '-1', '1e-8', '', ' 1', '0.1.2', 'NaN', '.5', '9007199254740993']) {
    assert.throws(() => grid(text), /a step must be a positive decimal/, text);
  }
});

test('any number of steps of any decimal step is printed as big.js has it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...STEPS), fc.maxSafeInteger(), (text, steps) => {
      assert.equal(new Big(stepsToText(grid(text), steps)).cmp(new Big(text).times(steps)), 0);
    }),
  );
});

test('rounding never goes the wrong way by more than float error, and grid points stay where they are', () => {
  const value = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...STEPS), value, (text, x) => {
      const g = grid(text);
      const exact = new Big(x).div(text);
      const slack = Math.max(1e-6, Number(exact) * 2 ** -50);
      const down = stepsDown(g, x);
      const up = stepsUp(g, x);
      assert.ok(exact.minus(down).gte(-slack) && exact.minus(down).lt(1 + slack), `down ${down} of ${exact}`);
      assert.ok(new Big(up).minus(exact).gte(-slack) && new Big(up).minus(exact).lt(1 + slack));
      assert.ok(
        exact
          .minus(stepsNearest(g, x))
          .abs()
          .lte(0.5 + slack),
      );
    }),
  );
});

test('a quantity that is a whole number of lots loses none of them, up to ten billion lots', () => {
  fc.assert(
    fc.property(fc.constantFrom(...STEPS), fc.integer({ min: 0, max: 1e10 }), (text, steps) => {
      const g = grid(text);
      const x = stepsToNumber(g, steps);
      assert.equal(stepsDown(g, x), steps);
      assert.ok(stepsUp(g, x) === steps);
      assert.equal(stepsNearest(g, x), steps);
      assert.equal(stepsDown(g, Number(stepsToText(g, steps))), steps);
    }),
    { numRuns: 500 },
  );
});

test('a sum of lots that float64 has a little below a grid point is that grid point', () => {
  const g = grid('0.1');
  assert.ok(0.1 + 0.2 + 0.3 + 0.1 < 0.7000000001);
  assert.equal(stepsDown(g, 0.7 - 1e-16), 7);
  assert.equal(stepsDown(g, 0.1 * 3), 3);
  assert.equal(stepsUp(g, 0.1 * 3), 3);
  assert.equal(stepsDown(g, 0.6999), 6);
  assert.equal(stepsUp(g, 0.6001), 7);
});
