import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Atr } from '../../src/indicators/atr.ts';
import { BollingerWidth } from '../../src/indicators/bollinger-width.ts';
import { Change } from '../../src/indicators/change.ts';
import { Donchian } from '../../src/indicators/donchian.ts';
import { Ema } from '../../src/indicators/ema.ts';
import { Obv } from '../../src/indicators/obv.ts';
import { RollingCorrelation } from '../../src/indicators/rolling-correlation.ts';
import { RollingSum } from '../../src/indicators/rolling-sum.ts';
import { RollingVwap } from '../../src/indicators/rolling-vwap.ts';
import { Sma } from '../../src/indicators/sma.ts';
import { type Candles, generatedSet, recordedCandles, recordedCandlesExist } from './candles.ts';
import { assertClose, assertSeries, exact, relative } from './compare.ts';
import * as reference from './reference.ts';

/**
 * The indicators against TA-Lib over whole series, to 1e-9 of the value itself where the test says nothing else.
 * What is copied or compared but never rounded differently (channel, on-balance volume) has to be equal to the bit.
 */
const PERIODS = [2, 14, 20, 96, 288];

/** Bands and correlations run over all bars and are asked of TA-Lib at every so many: each takes a call. */
const STRIDE = 41;

/**
 * One part in 1e9 of the value, plus what TA-Lib itself leaves behind of the largest one: it subtracts what
 * leaves the window, so after a burst of 1e13 an empty window has a volume of 0.002 there.
 */
function relativeWithResidue(expected: readonly number[]): (value: number) => number {
  const residue = 1e-14 * expected.reduce((most, x) => Math.max(most, Number.isNaN(x) ? 0 : Math.abs(x)), 0);
  return (value) => relative(value) + residue;
}

function agree(series: () => { candles: Candles; market: Candles }): void {
  test('a moving average that is off moves every trend filter', () => {
    const { candles } = series();
    for (const column of [candles.close, candles.volume]) {
      for (const period of PERIODS) {
        const sma = new Sma(period);
        const ema = new Ema(period);
        const sum = new RollingSum(period);
        const streamed = { sma: [] as number[], ema: [] as number[], sum: [] as number[] };
        for (const x of column) {
          sma.push(x);
          ema.push(x);
          sum.push(x);
          streamed.sma.push(sma.value);
          streamed.ema.push(ema.value);
          streamed.sum.push(sum.value);
        }
        const expected = {
          sma: reference.sma(column, period),
          ema: reference.ema(column, period),
          sum: reference.sum(column, period),
        };
        assertSeries(`SMA(${period})`, streamed.sma, expected.sma, relativeWithResidue(expected.sma));
        assertSeries(`EMA(${period})`, streamed.ema, expected.ema, relative);
        assertSeries(`SUM(${period})`, streamed.sum, expected.sum, relativeWithResidue(expected.sum));
      }
    }
  });

  test('an average true range that is off sizes every position and stop wrongly', () => {
    const { high, low, close } = series().candles;
    for (const period of [1, ...PERIODS]) {
      const atr = new Atr(period);
      const streamed = close.map((c, i) => {
        atr.push(high[i] ?? Number.NaN, low[i] ?? Number.NaN, c);
        return atr.value;
      });
      assertSeries(`ATR(${period})`, streamed, reference.atr(high, low, close, period), relative);
    }
  });

  test('a band width that is off sees compressions that are not there', () => {
    const { close } = series().candles;
    for (const period of PERIODS) {
      const bands = new BollingerWidth(period, 2);
      for (const [i, x] of close.entries()) {
        bands.push(x);
        if (bands.ready !== i >= period - 1) assert.fail(`ready (${period}), bar ${i}`);
        if (!bands.ready || i % STRIDE !== 0) continue;
        const expected = reference.bollinger(close.slice(i - period + 1, i + 1), 2);
        const { upper, middle, lower, value: width } = bands;
        const where = `(${period}), bar ${i}`;
        assertClose(`upper ${where}`, upper, expected.upper, relative(expected.upper));
        assertClose(`middle ${where}`, middle, expected.middle, relative(expected.middle));
        assertClose(`lower ${where}`, lower, expected.lower, relative(expected.lower));
        assertClose(`width ${where}`, width, expected.width, relative(expected.width));
      }
    }
  });

  test('a channel that is off breaks out at the wrong price', () => {
    const { high, low, close } = series().candles;
    for (const period of PERIODS) {
      const channel = new Donchian(period);
      const streamed = { high: [] as number[], low: [] as number[], value: [] as number[] };
      for (const i of close.keys()) {
        channel.push(high[i] ?? Number.NaN, low[i] ?? Number.NaN);
        streamed.high.push(channel.high);
        streamed.low.push(channel.low);
        streamed.value.push(channel.value);
      }
      const highest = reference.max(high, period);
      const lowest = reference.min(low, period);
      assertSeries(`highest high (${period})`, streamed.high, highest, exact);
      assertSeries(`lowest low (${period})`, streamed.low, lowest, exact);
      const middle = highest.map((h, i) => (h + (lowest[i] ?? Number.NaN)) / 2);
      assertSeries(`middle (${period})`, streamed.value, middle, exact);
    }
  });

  test('a volume-weighted price that is off after months of bars misjudges every entry', () => {
    const { close, volume } = series().candles;
    const turnover = close.map((price, i) => price * (volume[i] ?? Number.NaN));
    for (const window of [20, 96, 288]) {
      const vwap = new RollingVwap(window);
      const streamed = close.map((price, i) => {
        vwap.push(price, volume[i] ?? Number.NaN);
        return vwap.value;
      });
      const volumes = reference.sum(volume, window);
      const expected = reference.sum(turnover, window).map((sum, i) => sum / (volumes[i] ?? Number.NaN));
      assertSeries(`VWAP(${window})`, streamed, expected, relative);
    }
  });

  test('an on-balance volume that is off confirms breakouts that nobody bought', () => {
    const { close, volume } = series().candles;
    const obv = new Obv();
    const streamed = close.map((price, i) => {
      obv.push(price, volume[i] ?? Number.NaN);
      return obv.value;
    });
    assertSeries('OBV', streamed, reference.obv(close, volume), exact);
  });

  test('a change that is off ranks the wrong movers', () => {
    const { close } = series().candles;
    for (const period of [1, ...PERIODS]) {
      const change = new Change(period);
      const streamed = close.map((price) => {
        change.push(price);
        return change.value;
      });
      assertSeries(`ROCP(${period})`, streamed, reference.rocp(close, period), exact);
    }
  });

  test('a correlation that is off puts the same bet on twice (to 1e-9 of the full scale)', () => {
    const { candles, market } = series();
    const length = Math.min(candles.close.length, market.close.length);
    const changes = (close: number[]) => reference.rocp(close.slice(0, length), 1).slice(1);
    const pairs = {
      changes: [changes(candles.close), changes(market.close)],
      prices: [candles.close.slice(0, length), market.close.slice(0, length)],
    };
    for (const [what, [x = [], y = []]] of Object.entries(pairs)) {
      for (const window of PERIODS) {
        const correlation = new RollingCorrelation(window);
        for (const [i, value] of x.entries()) {
          correlation.push(value, y[i] ?? Number.NaN);
          if (correlation.ready !== i >= window - 1) assert.fail(`ready (${window}), bar ${i}`);
          if (!correlation.ready || i % STRIDE !== 0) continue;
          const from = i - window + 1;
          const expected = reference.correlation(x.slice(from, i + 1), y.slice(from, i + 1));
          assertClose(`CORREL(${window}) of ${what}, bar ${i}`, correlation.value, expected, 1e-9);
        }
      }
    }
  });
}

before(reference.loadTalib);

const generated = generatedSet(20_000);
for (const candles of generated) {
  const market = generated.find((other) => other !== candles);
  assert(market);
  describe(candles.name, () => agree(() => ({ candles, market })));
}

for (const symbol of ['BTCUSDT', 'PEPEUSDT', 'SOLUSDT', 'JASMYUSDT']) {
  describe(`recorded ${symbol}`, { skip: recordedCandlesExist ? false : 'no recorded candles here' }, () => {
    let loaded: { candles: Candles; market: Candles };
    before(() => {
      const marketSymbol = symbol === 'BTCUSDT' ? 'ETHUSDT' : 'BTCUSDT';
      loaded = { candles: recordedCandles(symbol), market: recordedCandles(marketSymbol) };
    });
    agree(() => loaded);
  });
}
