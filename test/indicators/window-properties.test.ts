import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Atr } from '../../src/indicators/atr.ts';
import { BollingerWidth } from '../../src/indicators/bollinger-width.ts';
import { Change } from '../../src/indicators/change.ts';
import { Donchian } from '../../src/indicators/donchian.ts';
import { Ema } from '../../src/indicators/ema.ts';
import { Obv } from '../../src/indicators/obv.ts';
import { RollingCorrelation } from '../../src/indicators/rolling-correlation.ts';
import { RollingMedian } from '../../src/indicators/rolling-median.ts';
import { RollingRank } from '../../src/indicators/rolling-rank.ts';
import { RollingSum } from '../../src/indicators/rolling-sum.ts';
import { RollingVwap } from '../../src/indicators/rolling-vwap.ts';
import { Sma } from '../../src/indicators/sma.ts';
import { assertClose } from './compare.ts';
import * as naive from './naive.ts';

/** Magnitudes from a PEPE price to a PEPE volume in one series, level stretches, ties and zeros. */
const amount = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, 1e-8, 1e11),
  fc
    .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: -8, max: 8 }))
    .map(([digits, power]) => digits * 10 ** power),
);
const price = amount.map((x) => x + 1e-8);
const signed = fc.tuple(amount, fc.boolean()).map(([x, negative]) => (negative ? 0 - x : x));
const period = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 }));

/** A series whose values stay for a while, so that windows are level, or nearly, after wild ones. */
const series = (value: fc.Arbitrary<number>) =>
  fc
    .array(fc.tuple(value, fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 50 }))), {
      maxLength: 80,
      size: 'max',
    })
    .map((runs) => runs.flatMap(([x, length]) => new Array<number>(length).fill(x)));

/** A few roundings for each value of a window of these lengths, as a share of the largest magnitude in it. */
const ROUNDING = 1e-13;

interface Indicator {
  readonly ready: boolean;
  readonly value: number;
}

/** Pushes the whole series; before each full window the indicator owes NaN, after it `check` looks at it. */
function slide<I extends Indicator>(
  values: readonly number[],
  window: number,
  indicator: I,
  push: (indicator: I, x: number, i: number) => void,
  check: (indicator: I, window: readonly number[], i: number) => void,
): void {
  for (const [i, x] of values.entries()) {
    push(indicator, x, i);
    assert.equal(indicator.ready, i + 1 >= window, `ready at push ${i + 1} of window ${window}`);
    if (indicator.ready) check(indicator, values.slice(i + 1 - window, i + 1), i);
    else assert.ok(Number.isNaN(indicator.value), `a value before it is ready: ${indicator.value}`);
  }
}

const pushOne = (indicator: { push(x: number): void }, x: number) => indicator.push(x);

test('a sum that drifts after a spike lets illiquid symbols through the volume filter', () => {
  fc.assert(
    fc.property(series(signed), period, (values, window) => {
      slide(values, window, new RollingSum(window), pushOne, (sum, last, i) => {
        const tolerance = ROUNDING * naive.total(last.map(Math.abs));
        assertClose(`sum, push ${i}`, sum.value, naive.total(last), tolerance);
      });
      slide(values, window, new Sma(window), pushOne, (sma, last, i) => {
        assertClose(`average, push ${i}`, sma.value, naive.mean(last), ROUNDING * naive.largest(last));
      });
    }),
  );
});

test('a median that misplaces a value judges volume against the wrong usual', () => {
  fc.assert(
    fc.property(series(signed), period, (values, window) => {
      slide(values, window, new RollingMedian(window), pushOne, (median, last) =>
        assert.equal(median.value, naive.median(last)),
      );
    }),
  );
});

test('a rank that loses count calls a wide band a compression', () => {
  fc.assert(
    fc.property(series(signed), period, (values, others) => {
      slide(values, others + 1, new RollingRank(others + 1), pushOne, (rank, last) =>
        assert.equal(rank.value, naive.rank(last)),
      );
    }),
  );
});

test('a width with lost digits sees compression in noise, or none in a level market', () => {
  fc.assert(
    fc.property(series(price), period, fc.constantFrom(1, 2, 2.5), (values, window, deviations) => {
      slide(values, window, new BollingerWidth(window, deviations), pushOne, (bands, last, i) => {
        const mean = naive.mean(last);
        const reach = deviations * naive.deviation(last);
        const tolerance = ROUNDING * naive.largest(last);
        assertClose(`middle, push ${i}`, bands.middle, mean, tolerance);
        assertClose(`upper, push ${i}`, bands.upper, mean + reach, deviations * tolerance * 2);
        assertClose(`lower, push ${i}`, bands.lower, mean - reach, deviations * tolerance * 2);
        const widthTolerance = (4 * deviations * tolerance) / mean + 1e-12 * ((2 * reach) / mean);
        assertClose(`width, push ${i}`, bands.value, (2 * reach) / mean, widthTolerance);
        if (naive.isConstant(last)) assert.equal(bands.value, 0);
      });
    }),
  );
});

test('a correlation that is off after a spike lets the same bet through twice', () => {
  fc.assert(
    fc.property(series(signed), series(signed), period, (xs, ys, window) => {
      const length = Math.min(xs.length, ys.length);
      const push = (correlation: RollingCorrelation, x: number, i: number) =>
        correlation.push(x, ys[i] ?? Number.NaN);
      slide(xs.slice(0, length), window, new RollingCorrelation(window), push, (correlation, x, i) => {
        const y = ys.slice(i + 1 - window, i + 1);
        assert.ok(Math.abs(correlation.value) <= 1, `outside [-1, 1]: ${correlation.value}`);
        if (naive.isConstant(x) || naive.isConstant(y)) {
          assert.equal(correlation.value, 0);
          return;
        }
        // A side that varies little against its level is known by that much fewer digits, here and there.
        const condition = naive.largest(x) / naive.deviation(x) + naive.largest(y) / naive.deviation(y);
        const expected = naive.correlation(x, y);
        assertClose(`correlation, push ${i}`, correlation.value, expected, ROUNDING * condition);
      });
    }),
  );
});

test('a channel that keeps or drops a bar too long breaks out at the wrong price', () => {
  fc.assert(
    fc.property(series(price), series(price), period, (a, b, window) => {
      const length = Math.min(a.length, b.length);
      const highs = a.slice(0, length).map((x, i) => Math.max(x, b[i] ?? Number.NaN));
      const lows = a.slice(0, length).map((x, i) => Math.min(x, b[i] ?? Number.NaN));
      const push = (channel: Donchian, high: number, i: number) => channel.push(high, lows[i] ?? Number.NaN);
      slide(highs, window, new Donchian(window), push, (channel, last, i) => {
        const high = Math.max(...last);
        const low = Math.min(...lows.slice(i + 1 - window, i + 1));
        assert.deepEqual([channel.high, channel.low, channel.value], [high, low, (high + low) / 2]);
      });
    }),
  );
});

test('a volume-weighted price forgets no burst and invents none where nothing was traded', () => {
  fc.assert(
    fc.property(series(price), series(amount), period, (prices, volumes, window) => {
      const length = Math.min(prices.length, volumes.length);
      const push = (vwap: RollingVwap, x: number, i: number) => vwap.push(x, volumes[i] ?? Number.NaN);
      slide(prices.slice(0, length), window, new RollingVwap(window), push, (vwap, last, i) => {
        const volume = volumes.slice(i + 1 - window, i + 1);
        const expected = naive.total(last.map((x, k) => x * (volume[k] ?? Number.NaN))) / naive.total(volume);
        if (naive.total(volume) === 0) assert.ok(Number.isNaN(vwap.value));
        else assertClose(`vwap, push ${i}`, vwap.value, expected, 10 * ROUNDING * expected);
      });
    }),
  );
});

test('a change against the wrong bar ranks the wrong movers', () => {
  fc.assert(
    fc.property(series(amount), period, (values, back) => {
      slide(values, back + 1, new Change(back), pushOne, (change, [old = Number.NaN, ...rest]) => {
        const newest = rest.at(-1) ?? Number.NaN;
        assert.equal(change.value, old === 0 ? 0 : (newest - old) / old);
      });
    }),
  );
});

test('averages by recursion begin with the plain average and forget at their stated rate', () => {
  fc.assert(
    fc.property(series(price), period, (closes, length) => {
      const weight = 2 / (length + 1);
      const tolerance = ROUNDING * naive.largest(closes);
      let average = naive.mean(closes.slice(0, length));
      slide(closes, length, new Ema(length), pushOne, (ema, _, i) => {
        if (i >= length) average += (closes[i] ?? Number.NaN) * weight - average * weight;
        assertClose(`EMA, push ${i}`, ema.value, average, tolerance);
      });

      const ranges = closes.slice(1).map((close, i) => Math.abs(close - (closes[i] ?? Number.NaN)));
      let range = naive.mean(ranges.slice(0, length));
      const push = (atr: Atr, x: number) => atr.push(x, x, x);
      slide(closes, length + 1, new Atr(length), push, (atr, _, i) => {
        if (i > length) range += ((ranges[i - 1] ?? Number.NaN) - range) / length;
        assertClose(`ATR, push ${i}`, atr.value, range, tolerance);
      });
    }),
  );
});

test('on-balance volume counts each bar once, with the sign of its close', () => {
  fc.assert(
    fc.property(series(fc.integer({ min: 1, max: 5 })), fc.integer({ min: 1, max: 1e6 }), (closes, step) => {
      const volumes = closes.map((_, i) => ((i * step) % 1009) + 1);
      let expected = volumes[0] ?? 0;
      const push = (obv: Obv, close: number, i: number) => obv.push(close, volumes[i] ?? Number.NaN);
      slide(closes, 1, new Obv(), push, (obv, _, i) => {
        const before = closes[i - 1];
        if (before !== undefined) expected += Math.sign((closes[i] ?? 0) - before) * (volumes[i] ?? 0);
        assert.equal(obv.value, expected);
      });
    }),
  );
});
