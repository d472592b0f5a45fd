import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Bench } from './desk-kit.ts';

const POSITION = { tp1_r: 1.5, tp1_share: 0.4, tp2_r: 3, tp2_share: 0.3 };

const targets = (b: Bench) =>
  [...b.sent('tp1'), ...b.sent('tp2')].map((o) => [o.purpose, o.side, o.price, o.quantity, o.reduceOnly]);

test('targets rest at their multiples of R, for their shares of what was entered, and only reduce', () => {
  const long = new Bench({ preset: { position: POSITION } });
  long.hold('long');
  assert.deepEqual(targets(long), [
    ['tp1', 'sell', '103.0', '4.00', true],
    ['tp2', 'sell', '106.0', '3.00', true],
  ]);
  const short = new Bench({ preset: { position: POSITION } });
  short.hold('short');
  assert.deepEqual(targets(short), [
    ['tp1', 'buy', '97.0', '4.00', true],
    ['tp2', 'buy', '94.0', '3.00', true],
  ]);
});

test('R is that of the fills, not of the plan', () => {
  const b = new Bench({ preset: { position: POSITION } });
  b.enter('long');
  b.fill(b.last('entry'), '99.0');
  assert.equal(b.last('tp1').price, '100.5');
  assert.equal(b.last('tp2').price, '102.0');
});

test('targets wait until the entry is complete', () => {
  const b = new Bench({ preset: { position: POSITION } });
  b.enter('long');
  b.accept(b.last('entry'));
  b.fill(b.last('entry'), '100.0', '4.00');
  assert.deepEqual(targets(b), []);
  b.do((desk) => desk.cancelEntries('test'));
  b.cancelDone(b.last('entry'));
  assert.deepEqual(
    targets(b).map(([, , , quantity]) => quantity),
    ['1.60', '1.20'],
  );
});

test('shares that add up to one leave nothing over', () => {
  const b = new Bench({ preset: { position: { ...POSITION, tp1_share: 1 / 3, tp2_share: 2 / 3 } } });
  b.hold('long', 1000);
  assert.deepEqual(
    targets(b).map(([, , , quantity]) => quantity),
    ['3.33', '6.67'],
  );
});

test('a share of nothing is no order', () => {
  const b = new Bench({ preset: { position: { ...POSITION, tp1_share: 0, tp2_share: 0.5 } } });
  b.hold();
  assert.deepEqual(
    targets(b).map(([purpose]) => purpose),
    ['tp2'],
  );
});

test('what a short keeps after its targets is worth an order where it will be closed, below its entry', () => {
  // Three lots of 100 lots' worth kept: 300 at the entry, 210 at TP2 (r = 1.5 a step of 10).
  const preset = { position: { ...POSITION, tp1_share: 0.4, tp2_share: 0.3, tp1_r: 5, tp2_r: 15 } };
  const b = new Bench({ preset, market: { minNotional: '250' } });
  b.hold('short', 1000);
  const closed = b.sent('tp2').reduce((sum, o) => sum + Number(o.quantity), 0);
  const first = b.sent('tp1').reduce((sum, o) => sum + Number(o.quantity), 0);
  const rest = 10 - closed - first;
  assert.ok(rest === 0 || rest * 70 >= 250, `${first} + ${closed}, ${rest} left`);
});

test('no part and no remainder is too small to be sent, and the parts are never more than is held', () => {
  const scene = fc.record({
    long: fc.boolean(),
    lots: fc.integer({ min: 1, max: 400 }),
    minNotional: fc.integer({ min: 1, max: 120 }),
    tp1_share: fc.integer({ min: 0, max: 10 }).map((n) => n / 10),
    rest: fc.integer({ min: 0, max: 10 }).map((n) => n / 10),
    tp1_r: fc.integer({ min: 1, max: 9 }),
    more: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(scene, ({ long, lots, minNotional, tp1_share, rest, tp1_r, more }) => {
      fc.pre(lots >= minNotional * 1.03);
      const tp2_share = Math.floor((1 - tp1_share) * rest * 10) / 10;
      const position = { tp1_r, tp1_share, tp2_r: tp1_r + more, tp2_share, chandelier_atr: 3 };
      const b = new Bench({ preset: { position }, market: { minNotional: `${minNotional}` } });
      b.hold(long ? 'long' : 'short', lots);
      const stop = long ? 98 : 102;
      let left = lots;
      let least = stop;
      for (const o of [...b.sent('tp1'), ...b.sent('tp2')]) {
        const part = Math.round(Number(o.quantity) * 100);
        const price = Number(o.price);
        assert.ok(part > 0 && price > 0);
        assert.ok(long ? price > 100 : price < 100);
        assert.ok((part / 100) * price >= minNotional - 1e-9, `${part} lots at ${price}`);
        left -= part;
        least = Math.min(least, price);
      }
      assert.ok(left >= 0);
      assert.ok(left === 0 || (left / 100) * least >= minNotional - 1e-9, `${left} lots left at ${least}`);
    }),
    { numRuns: 500 },
  );
});
