import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BASE, HOUR } from '../../src/market/time.ts';
import { Series, warmupBars } from '../../src/strategy/series.ts';
import { CALM, calmSeries, feed, presetOf, push, START } from './kit.ts';

const PRESET = presetOf();

test('every hole in the candles is counted: how many there were and how many candles they swallowed', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 60 }), (steps) => {
      const series = new Series(PRESET);
      let at = START;
      for (const step of steps) {
        at += step * BASE;
        push(series, at, CALM);
      }
      const holes = steps.slice(1).map((step) => step - 1);
      assert.equal(series.bars, steps.length);
      assert.equal(series.gaps, holes.filter((hole) => hole > 0).length);
      assert.equal(
        series.missingBars,
        holes.reduce((sum, hole) => sum + hole, 0),
      );
      assert.equal(series.gapBefore, holes.at(-1) ?? 0);
    }),
  );
});

test('after a hole a symbol is quiet for three candles, and for three more after another hole', () => {
  const series = new Series(PRESET);
  const quiet = [1, 2, 4, 5, 6, 7, 8, 10, 12, 13, 14, 15].map((i) => {
    push(series, START + i * BASE, CALM);
    return series.quiet;
  });
  assert.deepEqual(quiet, [0, 0, 3, 2, 1, 0, 0, 3, 3, 2, 1, 0]);
});

test('a candle that comes twice or late changes nothing', () => {
  const series = new Series(PRESET);
  push(series, START + 2 * BASE, CALM);
  assert.equal(series.push(START + 2 * BASE, 1, 1, 1, 1, 1), false);
  assert.equal(series.push(START + BASE, 1, 1, 1, 1, 1), false);
  assert.equal(series.close, CALM.close);
  assert.equal(series.bars, 1);
});

test('no return is taken across a candle that was not seen, so no correlation is built on it', () => {
  const series = new Series(PRESET);
  feed(series, [CALM, CALM, CALM, CALM, CALM, { ...CALM, close: 101, high: 101 }]);
  assert.ok(Math.abs(series.candleReturn - 0.01) < 1e-12);
  push(series, START + 12 * BASE, CALM);
  assert.ok(series.candleClosed);
  assert.ok(Number.isNaN(series.candleReturn));
});

test('after the warm-up every figure is there, and not before: nothing is judged on half a window', () => {
  for (const preset of [
    PRESET,
    presetOf({ levels: { lookback_bars: 384, donchian_bars: 384 } }),
    presetOf({ levels: { lookback_bars: 20, donchian_bars: 10 } }),
  ]) {
    const series = calmSeries(preset, warmupBars(preset));
    const { atr, widthRank, donchian, volumeMedian, hourlyMedian, vwap, dayVolume, dayChange } = series;
    const all = { atr, widthRank, donchian, volumeMedian, hourlyMedian, vwap, dayVolume, dayChange };
    for (const [name, indicator] of Object.entries(all)) assert.ok(indicator.ready, name);
    assert.equal(series.candles.length, preset.levels.lookback_bars);
    assert.ok(warmupBars(preset) >= 3 * preset.levels.lookback_bars);
  }
  const short = calmSeries(PRESET, 3 * 14);
  assert.ok(!short.atr.ready && Number.isNaN(short.atr.value));
});

test('the last hour counts only when it was seen whole: no surge is made from half an hour or from yesterday', () => {
  const hour = (volume: number) => Array.from({ length: 12 }, () => ({ ...CALM, volume }));
  const series = new Series(PRESET);
  feed(series, hour(10));
  assert.equal(series.lastHourVolume, 120);
  // The next hour lacks its sixth candle: its volume is not whole.
  for (let i = 13; i <= 24; i++) if (i !== 18) push(series, START + i * BASE, CALM);
  assert.ok(Number.isNaN(series.lastHourVolume));
  for (let i = 25; i <= 36; i++) push(series, START + i * BASE, CALM);
  assert.equal(series.lastHourVolume, 120);
  // Inside an hour a hole leaves the last hour as it was ...
  push(series, START + 37 * BASE, CALM);
  push(series, START + 40 * BASE, CALM);
  assert.equal(series.lastHourVolume, 120);
  // ... but a hole over the end of an hour means that the last hour is not known.
  push(series, START + 50 * BASE, CALM);
  assert.equal(series.closeTime % HOUR, 2 * BASE);
  assert.ok(Number.isNaN(series.lastHourVolume));
});

test('a hole brings no volume: the day is the volume of the candles that were seen', () => {
  const series = calmSeries(PRESET);
  const before = series.dayVolume.value;
  assert.equal(before, 288 * 10 * 100);
  push(series, series.closeTime + 10 * BASE, CALM);
  assert.equal(series.dayVolume.value, before);
  assert.equal(series.volumeMedian.value, 10);
});
