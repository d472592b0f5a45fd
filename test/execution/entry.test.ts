import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MINUTE, SECOND } from '../../src/market/time.ts';
import { Bench } from './desk-kit.ts';

const TWAP = { execution: { twap: { above_notional: 500, slices: 4, interval_ms: 10_000 } } };
const ICEBERG = { execution: { iceberg: { above_notional: 500, show_share: 0.25 } } };

const quantities = (b: Bench) => b.sent('entry').map((o) => o.quantity);

test('up to its threshold an entry goes out whole; above it in slices, each at its time, and no more after the last', () => {
  const small = new Bench({ preset: TWAP });
  small.enter('long', 500);
  small.wait(5 * MINUTE);
  assert.deepEqual(quantities(small), ['5.00']);
  const large = new Bench({ preset: TWAP });
  large.enter('long', 1001);
  assert.deepEqual(quantities(large), ['2.51']);
  large.wait(10 * SECOND - 1);
  assert.equal(quantities(large).length, 1);
  large.wait(1);
  assert.equal(quantities(large).length, 2);
  large.wait(5 * MINUTE);
  assert.deepEqual(quantities(large), ['2.51', '2.51', '2.51', '2.48']);
});

test('an iceberg shows its next part when the last has filled, not before', () => {
  const b = new Bench({ preset: ICEBERG });
  b.enter('long', 1000);
  b.accept(b.last('entry'));
  b.wait(MINUTE);
  assert.deepEqual(quantities(b), ['2.50']);
  b.fill(b.last('entry'), '100.0', '2.00');
  assert.equal(quantities(b).length, 1);
  b.fill(b.last('entry'), '100.0', '0.50');
  assert.equal(quantities(b).length, 2);
});

test('a slice that the venue refuses ends the entry: nothing more is sent', () => {
  for (const preset of [TWAP, ICEBERG]) {
    const b = new Bench({ preset });
    b.enter('long', 1000);
    b.report({ status: 'rejected', orderId: b.last('entry').id, reason: 'no' });
    b.wait(5 * MINUTE);
    assert.equal(quantities(b).length, 1);
    assert.equal(b.desk.size, 0);
  }
});

test('a cancelled entry sends no later slice', () => {
  const b = new Bench({ preset: TWAP });
  b.enter('long', 1000);
  b.accept(b.last('entry'));
  b.do((desk) => desk.cancelEntries('pause'));
  b.wait(5 * MINUTE);
  assert.equal(quantities(b).length, 1);
  assert.deepEqual(b.cancelled(), [b.last('entry').id]);
});

test('an order that rests at its level is sent whole, whatever its size', () => {
  for (const preset of [TWAP, ICEBERG]) {
    const b = new Bench({ preset });
    b.enter('long', 1000, { triggerTicks: 998 });
    assert.deepEqual(quantities(b), ['10.00']);
    assert.equal(b.last('entry').type, 'stop_limit');
    assert.equal(b.last('entry').stopPrice, '99.8');
    assert.equal(b.last('entry').price, '100.0');
  }
});

test('slices add up to the plan and none is too small to send', () => {
  const scene = fc.record({
    lots: fc.integer({ min: 1, max: 5000 }),
    iceberg: fc.boolean(),
    slices: fc.integer({ min: 2, max: 20 }),
    share: fc.integer({ min: 5, max: 50 }).map((n) => n / 100),
    minNotional: fc.integer({ min: 1, max: 400 }),
  });
  fc.assert(
    fc.property(scene, ({ lots, iceberg, slices, share, minNotional }) => {
      const least = Math.max(1, minNotional);
      fc.pre(lots >= least);
      const b = new Bench({
        market: { minNotional: `${minNotional}` },
        preset: {
          execution: {
            // Stops are not answered here: what is filled is not to be closed for it.
            protect_timeout_ms: MINUTE,
            ...(iceberg
              ? { iceberg: { above_notional: 1, show_share: share } }
              : { twap: { above_notional: 1, slices, interval_ms: SECOND } }),
          },
        },
      });
      b.enter('long', lots);
      const sizes: number[] = [];
      for (let n = 0; n < sizes.length + 1 && n < 200; n++) {
        const order = b.sent('entry')[n];
        if (order === undefined) break;
        sizes.push(Math.round(Number(order.quantity) * 100));
        b.fill(order, '100.0');
        if (!iceberg) b.wait(SECOND);
      }
      assert.equal(
        sizes.reduce((sum, n) => sum + n, 0),
        lots,
      );
      assert.ok(
        sizes.every((n) => n >= least),
        `${sizes} under ${least}`,
      );
      assert.ok(sizes.length <= (iceberg ? Math.ceil(1 / share) : slices), `${sizes.length} parts`);
    }),
    { numRuns: 200 },
  );
});
