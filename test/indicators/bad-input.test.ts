import assert from 'node:assert/strict';
import { test } from 'node:test';
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

/** For each indicator: how it is made with a period, and a push whose last argument is `x`. */
const all: Record<string, (period: number) => (x: number) => void> = {
  Sma: (period) => pusher(new Sma(period)),
  Ema: (period) => pusher(new Ema(period)),
  RollingSum: (period) => pusher(new RollingSum(period)),
  RollingMedian: (period) => pusher(new RollingMedian(period)),
  RollingRank: (period) => pusher(new RollingRank(period)),
  BollingerWidth: (period) => pusher(new BollingerWidth(period, 2)),
  Change: (period) => pusher(new Change(period)),
  Atr: (period) => pusher(new Atr(period), 1, 1),
  Donchian: (period) => pusher(new Donchian(period), 1),
  RollingVwap: (period) => pusher(new RollingVwap(period), 1),
  RollingCorrelation: (period) => pusher(new RollingCorrelation(period), 1),
};

function pusher<A extends number[]>(
  indicator: { push(...values: [...A, number]): void },
  ...first: A
): (x: number) => void {
  return (x) => indicator.push(...first, x);
}

for (const [name, make] of Object.entries(all)) {
  test(`a broken number never becomes a quiet NaN in every later decision (${name})`, () => {
    const push = make(3);
    const expected = new RegExp(`^${name}: push takes finite numbers, got `);
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      assert.throws(() => push(x), { name: 'RangeError', message: expected });
    }
  });

  test(`a period that makes no sense is refused at the start (${name})`, () => {
    for (const period of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => make(period), { name: 'RangeError', message: new RegExp(`^${name}: the period`) });
    }
  });
}

test('on-balance volume refuses a broken close or volume', () => {
  const obv = new Obv();
  assert.throws(() => obv.push(Number.NaN, 1), /^RangeError: Obv/);
  assert.throws(() => obv.push(1, Number.NaN), /^RangeError: Obv/);
});

test('a rank among one value means nothing and is refused', () => {
  assert.throws(() => new RollingRank(1), /at least 2, got 1/);
});
