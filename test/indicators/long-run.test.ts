import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BollingerWidth } from '../../src/indicators/bollinger-width.ts';
import { RollingMedian } from '../../src/indicators/rolling-median.ts';
import { RollingRank } from '../../src/indicators/rolling-rank.ts';
import { RollingSum } from '../../src/indicators/rolling-sum.ts';
import { RollingVwap } from '../../src/indicators/rolling-vwap.ts';
import { generatedSet, recordedCandles, recordedCandlesExist } from './candles.ts';
import { assertClose } from './compare.ts';
import * as naive from './naive.ts';

/** Eight months of 5 m bars. */
const BARS = 72_000;
const WINDOW = 96;
/** The streams run over every bar and are looked at on every so many. */
const STRIDE = 31;

const sets = generatedSet(BARS);
if (recordedCandlesExist) sets.push(recordedCandles('BTCUSDT'), recordedCandles('PEPEUSDT'));

for (const { name, close, volume } of sets) {
  test(`figures that wander off after months of bars fool an engine that never restarts (${name})`, () => {
    const sum = new RollingSum(WINDOW);
    const vwap = new RollingVwap(WINDOW);
    const median = new RollingMedian(WINDOW);
    const bands = new BollingerWidth(WINDOW, 2);
    const rank = new RollingRank(WINDOW);
    const widths: number[] = [];
    for (const [i, price] of close.entries()) {
      const traded = volume[i] ?? Number.NaN;
      sum.push(traded);
      vwap.push(price, traded);
      median.push(traded);
      bands.push(price);
      if (bands.ready) rank.push(bands.value);
      widths.push(bands.value);
      if (i < 2 * WINDOW || i % STRIDE !== 0) continue;
      const prices = close.slice(i + 1 - WINDOW, i + 1);
      const volumes = volume.slice(i + 1 - WINDOW, i + 1);
      const turnover = naive.total(prices.map((x, k) => x * (volumes[k] ?? Number.NaN)));
      const average = turnover / naive.total(volumes);
      const width = (4 * naive.deviation(prices)) / naive.mean(prices);
      assertClose(`sum, bar ${i}`, sum.value, naive.total(volumes), 1e-12 * naive.total(volumes));
      assertClose(`vwap, bar ${i}`, vwap.value, average, 1e-12 * average);
      assertClose(`width, bar ${i}`, bands.value, width, 1e-10 * width);
      assert.equal(median.value, naive.median(volumes));
      assert.equal(rank.value, naive.rank(widths.slice(-WINDOW)));
    }
  });
}
