import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Aggregator } from '../../src/market/aggregate.ts';
import { BASE, HOUR, MINUTE, type Millis } from '../../src/market/time.ts';

interface Base {
  readonly at: Millis;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}
interface Long extends Base {
  readonly complete: boolean;
}

const T0 = 1_700_000_100_000 - (1_700_000_100_000 % HOUR);

function run(span: Millis, bars: readonly Base[]): Long[] {
  const a = new Aggregator(span);
  const closed: Long[] = [];
  for (const b of bars) {
    if (a.push(b.at, b.open, b.high, b.low, b.close, b.volume)) {
      const { open, high, low, close, volume, complete } = a;
      closed.push({ at: b.at, open, high, low, close, volume, complete });
    }
  }
  return closed;
}

/** What the candles are by their meaning: of each span whose last base candle is there, what there is of it. */
function naive(span: Millis, bars: readonly Base[]): Long[] {
  const ends = bars.filter((b) => b.at % span === 0).map((b) => b.at);
  return ends.map((at) => {
    const members = bars.filter((b) => b.at > at - span && b.at <= at);
    return {
      at,
      open: members[0]?.open ?? Number.NaN,
      high: Math.max(...members.map((b) => b.high)),
      low: Math.min(...members.map((b) => b.low)),
      close: members.at(-1)?.close ?? Number.NaN,
      volume: members.reduce((sum, b) => sum + b.volume, 0),
      complete: members.length === span / BASE,
    };
  });
}

const bar = fc
  .tuple(
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 0, max: 100 }),
    fc.boolean(),
  )
  .map(([x, range, volume, up]) => ({
    open: up ? 100 + x : 100 + x + range,
    close: up ? 100 + x + range : 100 + x,
    high: 101 + x + range,
    low: 99 + x,
    volume,
  }));
/** Base candles with holes in them, wherever they fall. */
const holed = fc
  .array(fc.option(bar, { freq: 4 }), { minLength: 1, maxLength: 80 })
  .map((list) => list.flatMap((b, i) => (b === null ? [] : [{ at: T0 + (i + 1) * BASE, ...b }])));

for (const [name, span] of [
  ['15 m', 15 * MINUTE],
  ['1 h', HOUR],
] as const) {
  test(`${name} candles are those of the base candles that exist, and nothing is invented in gaps`, () => {
    fc.assert(
      fc.property(holed, (bars) => {
        assert.deepEqual(run(span, bars), naive(span, bars));
      }),
    );
  });
}

test('a candle whose last base candle is missing never closes, not even when the next one comes', () => {
  const b = { open: 1, high: 2, low: 1, close: 1, volume: 5 };
  const bars = [1, 2, 4, 5, 6].map((i) => ({ at: T0 + i * BASE, ...b }));
  assert.deepEqual(
    run(15 * MINUTE, bars).map((c) => [c.at - T0, c.volume, c.complete]),
    [[6 * BASE, 15, true]],
  );
});

test('a candle that lacks its first base candles says that it is not complete, so its volume is not taken for whole', () => {
  const b = { open: 1, high: 2, low: 1, close: 1, volume: 5 };
  assert.deepEqual(
    run(HOUR, [{ at: T0 + HOUR, ...b }]).map((c) => [c.volume, c.complete]),
    [[5, false]],
  );
});

test('before the first candle has closed there are no figures', () => {
  const a = new Aggregator(HOUR);
  a.push(T0 + BASE, 1, 2, 1, 1, 5);
  assert.ok([a.open, a.high, a.low, a.close, a.volume].every(Number.isNaN));
});
