/** Statistics of the generated market: what a strategy is shown has to look like the market it is made for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at } from '../../../../src/market/arrays.ts';
import { BASE } from '../../../../src/market/time.ts';
import { MarketFactor } from '../../../../src/venue/simulated/generator/factor.ts';
import { generatedMarket } from '../../../../src/venue/simulated/generator/generated-market.ts';
import { PROFILES } from '../../../../src/venue/simulated/generator/instruments.ts';
import { SymbolPath } from '../../../../src/venue/simulated/generator/path.ts';
import { volatilityRhythm, volumeRhythm } from '../../../../src/venue/simulated/generator/rhythm.ts';
import { quantile, record, type Series } from './recording.ts';

const DAYS = 20;
const recorded = record(generatedMarket({ seed: 21 }), DAYS * 288);
const fifteen = new Map([...recorded].map(([symbol, series]) => [symbol, aggregate(series)]));

/** 15 m candles of 5 m ones. */
function aggregate(series: Series) {
  const count = series.close.length / 3;
  const of = (value: (first: number) => number) =>
    Float64Array.from({ length: count }, (_, i) => value(3 * i));
  return {
    high: of((i) => Math.max(at(series.high, i), at(series.high, i + 1), at(series.high, i + 2))),
    low: of((i) => Math.min(at(series.low, i), at(series.low, i + 1), at(series.low, i + 2))),
    close: of((i) => at(series.close, i + 2)),
  };
}

function returns(close: Float64Array): Float64Array {
  return Float64Array.from({ length: close.length - 1 }, (_, i) => at(close, i + 1) / at(close, i) - 1);
}

function correlation(a: Float64Array, b: Float64Array): number {
  const meanOf = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((x, i) => {
    const y = at(b, i) - meanB;
    ab += (x - meanA) * y;
    aa += (x - meanA) ** 2;
    bb += y * y;
  });
  return ab / Math.sqrt(aa * bb);
}

test('ATR(14) of 15 m is 0.3 to 2 % of the price, so that filters and stops mean what they mean on a venue', () => {
  const shares: number[] = [];
  for (const { high, low, close } of fifteen.values()) {
    let atr = at(high, 0) - at(low, 0);
    for (let i = 1; i < close.length; i += 1) {
      const range = Math.max(at(high, i), at(close, i - 1)) - Math.min(at(low, i), at(close, i - 1));
      atr += (range - atr) / 14;
      shares.push(atr / at(close, i));
    }
  }
  const inside = shares.filter((share) => share >= 0.003 && share <= 0.02).length / shares.length;
  assert.ok(inside > 0.95, `${inside} of the ATRs`);
  assert.ok(quantile(shares, 0.5) > 0.0045 && quantile(shares, 0.5) < 0.01);
});

test('24 h volume runs from some millions for small caps to billions for BTC', () => {
  for (const [symbol, { close, volume }] of recorded) {
    const days = Array.from({ length: DAYS }, (_, day) => {
      let quote = 0;
      for (let i = day * 288; i < (day + 1) * 288; i += 1) quote += at(close, i) * at(volume, i);
      return quote;
    });
    const usual = quantile(days, 0.5);
    assert.ok(usual > 5e6 && usual < 5e9, `${symbol} ${usual}`);
    assert.ok(quantile(days, 1) / quantile(days, 0) < 6, `${symbol}: days differ too much`);
    if (symbol === 'BTCUSDT') assert.ok(usual > 2e9, `BTC ${usual}`);
  }
});

test('symbols go with BTC, but not all the way: the correlation filter has something to choose from', () => {
  const btc = fifteen.get('BTCUSDT');
  assert.ok(btc);
  const leader = returns(btc.close);
  const values: number[] = [];
  for (const [symbol, { close }] of fifteen) {
    const own = returns(close);
    for (let from = 0; symbol !== 'BTCUSDT' && from + 96 <= own.length; from += 96) {
      values.push(correlation(own.subarray(from, from + 96), leader.subarray(from, from + 96)));
    }
  }
  const inside = values.filter((value) => value > 0.3 && value < 0.9).length / values.length;
  assert.ok(inside > 0.7, `${inside} between 0.3 and 0.9`);
});

test('closes beyond the 16 h Donchian channel come one to four times an hour over the whole market', () => {
  let count = 0;
  let hours = 0;
  for (const { high, low, close } of fifteen.values()) {
    let last = -100;
    hours = (close.length - 64) / 4;
    for (let i = 64; i < close.length; i += 1) {
      const top = high.subarray(i - 64, i).reduce((a, b) => Math.max(a, b));
      const bottom = low.subarray(i - 64, i).reduce((a, b) => Math.min(a, b));
      if (at(close, i) <= top && at(close, i) >= bottom) continue;
      // Closes within three hours of each other belong to one breakout.
      if (i - last > 12) count += 1;
      last = i;
    }
  }
  assert.ok(count / hours > 1 && count / hours < 4, `${count / hours} an hour`);
});

test('bases are long, dry and visited on both sides; one to three attempts an hour, half of them hold', () => {
  const factor = new MarketFactor(21);
  const paths = PROFILES.map((profile) => new SymbolPath(21, profile));
  const began = new Map<SymbolPath, number>();
  const baseBars: number[] = [];
  const turns: number[] = [];
  const volume = { early: 0, late: 0, earlyBars: 0, lateBars: 0 };
  const bars = DAYS * 288;
  for (let bar = 0; bar < bars; bar += 1) {
    const opensAt = bar * BASE;
    factor.step(volatilityRhythm(opensAt));
    for (const path of paths) {
      const { regime } = path;
      const was = regime.phase;
      const { floorTurns, ceilingTurns } = regime.box;
      path.step(factor, volumeRhythm(opensAt), volatilityRhythm(opensAt));
      const relative = path.quoteVolume / path.profile.dailyVolume / volumeRhythm(opensAt);
      if (was === 'walk' && regime.phase === 'base') began.set(path, bar);
      const since = bar - (began.get(path) ?? bar);
      if (regime.phase === 'base' && since < 12) {
        volume.early += relative;
        volume.earlyBars += 1;
      } else if (regime.phase === 'base' && since > 84) {
        volume.late += relative;
        volume.lateBars += 1;
      }
      if (was === 'base' && regime.phase === 'approach') {
        if (began.has(path)) baseBars.push(since);
        turns.push(Math.min(floorTurns, ceilingTurns));
      }
      if (regime.phase !== 'base') began.delete(path);
    }
  }
  const attempts = paths.reduce((sum, { regime }) => sum + regime.attempts, 0);
  const genuine = paths.reduce((sum, { regime }) => sum + regime.genuineAttempts, 0);
  const perHour = attempts / (bars / 12);
  assert.ok(perHour > 1 && perHour < 3, `${perHour} attempts an hour`);
  assert.ok(genuine / attempts > 0.45 && genuine / attempts < 0.55, `${genuine / attempts} hold`);
  assert.ok(quantile(baseBars, 0) >= 48 && quantile(baseBars, 1) <= 169, 'bases of 4 to 14 hours');
  assert.ok(quantile(turns, 0.05) >= 3, 'three turns on each side');
  assert.ok(volume.late / volume.lateBars < 0.75 * (volume.early / volume.earlyBars), 'volume dries up');
});

test('an attempt that holds comes with a surge of volume and goes on; one that fails comes back within hours', () => {
  const factor = new MarketFactor(22);
  const paths = PROFILES.map((profile) => new SymbolPath(22, profile));
  const volumes = paths.map(() => new Float64Array(48));
  const surges: number[] = [];
  const watched: { path: SymbolPath; level: number; side: number; genuine: boolean; bars: number }[] = [];
  const back = { genuine: 0, genuineOf: 0, failed: 0, failedOf: 0 };
  for (let bar = 0; bar < DAYS * 288; bar += 1) {
    factor.step(1);
    paths.forEach((path, row) => {
      const before = path.regime.attempts;
      path.step(factor, 1, 1);
      const own = volumes[row];
      assert.ok(own);
      const { level, side, genuine, attempts } = path.regime;
      if (attempts > before && bar > 48) {
        if (genuine) surges.push(path.volume / quantile(own, 0.5));
        watched.push({ path, level, side, genuine, bars: 0 });
      }
      own[bar % 48] = path.volume;
    });
    for (const one of watched) {
      one.bars += 1;
      if (one.bars !== 24) continue;
      const inside = (one.path.close - one.level) * one.side < 0;
      back[one.genuine ? 'genuineOf' : 'failedOf'] += 1;
      if (inside) back[one.genuine ? 'genuine' : 'failed'] += 1;
    }
  }
  assert.ok(quantile(surges, 0.5) > 2 && quantile(surges, 0.5) < 6, `median surge ${quantile(surges, 0.5)}`);
  assert.ok(
    back.failed / back.failedOf > 0.85,
    `${back.failed} of ${back.failedOf} false ones are back inside`,
  );
  assert.ok(
    back.genuine / back.genuineOf < 0.35,
    `${back.genuine} of ${back.genuineOf} true ones are back inside`,
  );
});
