import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Preset } from '../../src/config/preset.ts';
import type { VenueFigures } from '../../src/engine/input.ts';
import { item } from '../../src/market/arrays.ts';
import type { BookQuote } from '../../src/market/book.ts';
import { BASE, MINUTE } from '../../src/market/time.ts';
import type { Condition } from '../../src/strategy/conditions.ts';
import { Scanner, type ScanResult } from '../../src/strategy/scanner.ts';
import { Series, warmupBars } from '../../src/strategy/series.ts';
import {
  type Bar,
  CALM,
  failures,
  feed,
  judged,
  marketOf,
  type Part,
  presetOf,
  START,
  whyOf,
} from './kit.ts';

const ALL: VenueFigures = { book: true, tradesPerMinute: true, openInterest: true };
const NONE: VenueFigures = { book: false, tradesPerMinute: false, openInterest: false };
const BARS = Math.ceil(warmupBars(presetOf()) / 12) * 12;

type Make = (i: number, symbol: number) => Bar;

/** A wave, so that figures are no round numbers and every symbol has its own. */
const WAVE: Make = (i, symbol) => {
  const close = 100 + 3 * Math.sin(i / (9 + symbol)) + ((i * 7 + symbol * 5) % 11) / 10;
  return {
    open: close - 0.2,
    high: close + 0.3 + symbol / 10,
    low: close - 0.4,
    close,
    volume: 10 + ((i * 13 + symbol * 3) % 17) + 5 * symbol,
  };
};

function world(symbols: number, part: Part<Preset> = {}, make: Make = WAVE, btc = -1) {
  const preset = presetOf(part);
  const markets = Array.from({ length: symbols }, (_, i) => marketOf({ symbol: `S${i}USDT` }, i));
  const bars = markets.map((_, s) => Array.from({ length: BARS }, (_, i) => make(i, s)));
  const series = bars.map((list) => {
    const s = new Series(preset);
    feed(s, list);
    return s;
  });
  const why = whyOf(symbols);
  const scanner = new Scanner(preset, markets, warmupBars(preset), why);
  const at = START + BARS * BASE;
  const books: (BookQuote | null)[] = markets.map(() => null);
  const scan = (figures: VenueFigures = NONE): ScanResult =>
    scanner.scan({ at, markets, series, books, figures, btc, gone: new Set() });
  return { preset, markets, bars, series, why, scanner, books, at, scan };
}

function quote(at: number, part: Partial<BookQuote> = {}): BookQuote {
  return {
    bid: 99.95,
    ask: 100.05,
    bidDepth03: 3000,
    askDepth03: 2000,
    bidDepth05: 4000,
    askDepth05: 5000,
    tradesPerMinute: 30,
    openInterest: 1e6,
    at,
    ...part,
  };
}

const names = (result: ScanResult) => result.candidates.map((c) => c.symbol);

function medianOf(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (item(sorted, Math.ceil(half) - 1) + item(sorted, Math.floor(half))) / 2;
}

/** What each figure is, worked out from the plain list of bars. */
const FILTERS: readonly {
  condition: Condition;
  sense: 'least' | 'most';
  expected?: (bars: readonly Bar[]) => number;
  part: (threshold: number) => Part<Preset>;
}[] = [
  {
    condition: 'min_24h_volume',
    sense: 'least',
    expected: (bars) => bars.slice(-288).reduce((sum, b) => sum + b.volume * b.close, 0),
    part: (x) => ({ liquidity_filters: { min_24h_volume: x } }),
  },
  {
    condition: 'atr_range_min',
    sense: 'least',
    part: (x) => ({ volatility_filters: { atr_range_min: x } }),
  },
  { condition: 'atr_range_max', sense: 'most', part: (x) => ({ volatility_filters: { atr_range_max: x } }) },
  {
    condition: 'bb_width_percentile_max',
    sense: 'most',
    part: (x) => ({ volatility_filters: { bb_width_percentile_max: x } }),
  },
  {
    condition: 'volume_surge_1h_min',
    sense: 'least',
    expected: (bars) => {
      const hours = Array.from({ length: 24 }, (_, h) =>
        bars.slice(bars.length - 12 * (h + 1), bars.length - 12 * h).reduce((sum, b) => sum + b.volume, 0),
      );
      return item(hours, 0) / medianOf(hours);
    },
    part: (x) => ({ volatility_filters: { volume_surge_1h_min: x } }),
  },
  {
    condition: 'volume_surge_5m_min',
    sense: 'least',
    expected: (bars) => item(bars, bars.length - 1).volume / medianOf(bars.slice(-48).map((b) => b.volume)),
    part: (x) => ({ volatility_filters: { volume_surge_5m_min: x } }),
  },
  {
    condition: 'change_24h_min',
    sense: 'least',
    expected: (bars) => item(bars, bars.length - 1).close / item(bars, bars.length - 289).close - 1,
    part: (x) => ({ volatility_filters: { change_24h_min: x } }),
  },
  {
    condition: 'change_24h_max',
    sense: 'most',
    part: (x) => ({ volatility_filters: { change_24h_max: x } }),
  },
];

/** Loose thresholds that every symbol passes: a first scan with them tells the figure. */
const LOOSE: Part<Preset> = {
  liquidity_filters: {
    min_24h_volume: 0,
    max_spread_bps: 500,
    min_depth_03pct: 0,
    min_depth_05pct: 0,
    min_trades_per_minute: 0,
    min_open_interest: 0,
  },
  volatility_filters: {
    volume_surge_1h_min: 0,
    volume_surge_5m_min: 0,
    change_24h_min: -1,
    change_24h_max: 100,
  },
};

for (const { condition, sense, expected, part } of FILTERS) {
  test(`${condition}: passes at its threshold and on the right side of it, fails on the other, with both figures`, () => {
    const probe = world(1, LOOSE);
    probe.books[0] = quote(probe.at);
    probe.scan(ALL);
    const value = judged(probe.why, condition)?.value;
    if (value === null || value === undefined) throw new Error(`${condition} has no value`);
    if (expected !== undefined) {
      const plain = expected(item(probe.bars, 0));
      assert.ok(Math.abs(value - plain) <= 1e-9 * Math.abs(plain), `${value} against ${plain}`);
    }
    const step = Math.abs(value) * 1e-9;
    for (const [threshold, passes] of [
      [value, true],
      [value - step, sense === 'least'],
      [value + step, sense === 'most'],
    ] as const) {
      const w = world(1, part(threshold));
      assert.deepEqual(names(w.scan()), passes ? [0] : [], `${value} against ${threshold}`);
      assert.deepEqual(failures(w.why), passes ? [] : [condition]);
      const { verdict, ...figures } = judged(w.why, condition) ?? {};
      assert.equal(verdict, passes ? 'passed' : 'failed');
      assert.deepEqual(figures, { condition, value, threshold });
    }
  });
}

const BOOK_FILTERS: readonly {
  condition: Condition;
  value: number;
  fails: number;
  part: (x: number) => Part<Preset>;
}[] = [
  {
    condition: 'max_spread_bps',
    value: 10,
    fails: 9.99,
    part: (x) => ({ liquidity_filters: { max_spread_bps: x } }),
  },
  {
    condition: 'min_depth_03pct',
    value: 2000,
    fails: 2000.1,
    part: (x) => ({ liquidity_filters: { min_depth_03pct: x } }),
  },
  {
    condition: 'min_depth_05pct',
    value: 4000,
    fails: 4000.1,
    part: (x) => ({ liquidity_filters: { min_depth_05pct: x } }),
  },
  {
    condition: 'min_trades_per_minute',
    value: 30,
    fails: 30.1,
    part: (x) => ({ liquidity_filters: { min_trades_per_minute: x } }),
  },
  {
    condition: 'min_open_interest',
    value: 1e6,
    fails: 1e6 + 1,
    part: (x) => ({ liquidity_filters: { min_open_interest: x } }),
  },
];

for (const { condition, value, fails, part } of BOOK_FILTERS) {
  test(`${condition}: judged where the venue gives it, not evaluated where it never does, a block while it is lacking`, () => {
    const good = world(1, part(condition === 'max_spread_bps' ? value + 1e-6 : value));
    good.books[0] = quote(good.at);
    assert.deepEqual(names(good.scan(ALL)), [0]);
    const seen = judged(good.why, condition)?.value;
    assert.ok(seen !== null && seen !== undefined && Math.abs(seen - value) < 1e-6, `${seen}`);

    const bad = world(1, part(fails));
    bad.books[0] = quote(bad.at);
    assert.deepEqual(names(bad.scan(ALL)), []);
    assert.deepEqual(failures(bad.why), [condition]);

    const never = world(1, part(fails));
    assert.deepEqual(names(never.scan(NONE)), [0]);
    assert.deepEqual(judged(never.why, condition), {
      condition,
      verdict: 'not_evaluated',
      value: null,
      threshold: fails,
    });
    assert.equal(never.why.counts()[condition]?.notEvaluated, 1);

    const lacking = world(1, part(value));
    assert.deepEqual(names(lacking.scan(ALL)), [], 'none');
    assert.deepEqual(judged(lacking.why, condition)?.value, null);
    lacking.books[0] = quote(lacking.at - 10 * MINUTE - 1);
    assert.deepEqual(names(lacking.scan(ALL)), [], 'too old');
    lacking.books[0] = quote(lacking.at - 10 * MINUTE, { bid: 99.9501, ask: 100.0499 });
    assert.deepEqual(names(lacking.scan(ALL)), [0], 'fresh enough');
  });
}

test('open interest is compared with the last scan; the first one has nothing to compare with and blocks', () => {
  const w = world(1, { volatility_filters: { oi_change_min: 0.1 } });
  w.books[0] = quote(w.at);
  assert.deepEqual(names(w.scan(ALL)), []);
  w.books[0] = quote(w.at, { openInterest: 1_100_000.1 });
  assert.deepEqual(names(w.scan(ALL)), [0]);
  w.books[0] = quote(w.at, { openInterest: 1_200_000 });
  assert.deepEqual(names(w.scan(ALL)), []);
  assert.deepEqual(names(w.scan(NONE)), [0], 'a venue without open interest is not held to it');
});

/** Symbol 1 moves with BTC (symbol 0), symbol 2 against it. */
const TOGETHER: Make = (i, symbol) => {
  const move = ((i * i * 31) % 17) / 40 - 0.2;
  const close = 100 + (symbol === 2 ? -move : move);
  return { open: close, high: close + 0.5, low: close - 0.5, close, volume: 10 };
};

function correlated(part: Part<Preset>, btc: number) {
  const w = world(3, part, (i, s) => TOGETHER(i, s), btc);
  for (let i = 0; i < 97; i++) {
    const x = Math.sin(i * i) / 100;
    for (const [s, sign] of [1, 1, -1].entries()) item(w.series, s).correlation.push(sign * x, x);
  }
  return w;
}

test('a symbol that moves with BTC is kept out, BTC itself is not, and without BTC nobody is judged', () => {
  const part: Part<Preset> = { scan: { max_btc_correlation: 0.9 } };
  const w = correlated(part, 0);
  assert.deepEqual(names(w.scan()).sort(), [0, 2]);
  assert.deepEqual(failures(w.why, 1), ['max_btc_correlation']);
  assert.equal(judged(w.why, 'max_btc_correlation', 0), undefined);
  const without = correlated(part, -1);
  assert.equal(names(without.scan()).length, 3);
  assert.equal(judged(without.why, 'max_btc_correlation', 1)?.verdict, 'not_evaluated');
});

test('for the risk of a correlated group BTC counts as what it is: fully correlated', () => {
  const w = correlated({}, 0);
  w.scan();
  assert.equal(w.scanner.btcCorrelation(0), 1);
  assert.ok(w.scanner.btcCorrelation(1) > 0.999);
  assert.ok(w.scanner.btcCorrelation(2) < -0.999);
});

test('the universe is what the lists allow, and of it the largest by volume', () => {
  // Volumes grow with the symbol's number.
  const top = world(5, { universe: { top_n_by_volume: 2 } });
  assert.deepEqual(names(top.scan()).sort(), [3, 4]);
  assert.deepEqual(judged(top.why, 'top_n_by_volume', 2), {
    condition: 'top_n_by_volume',
    verdict: 'failed',
    value: 3,
    threshold: 2,
  });
  const white = world(5, { universe: { top_n_by_volume: 2, whitelist: ['S0USDT', 'S1USDT', 'S2USDT'] } });
  assert.deepEqual(names(white.scan()).sort(), [1, 2]);
  assert.deepEqual(failures(white.why, 4), ['listed']);
  const black = world(5, { universe: { blacklist: ['S4USDT', 'S1USDT'] } });
  assert.deepEqual(names(black.scan()).sort(), [0, 2, 3]);
  const both = world(3, { universe: { whitelist: ['S0USDT', 'S1USDT'], blacklist: ['S1USDT'] } });
  assert.deepEqual(names(both.scan()), [0]);
});

test('a symbol without a candle now, or with too few of them, is left out for that reason', () => {
  const w = world(2);
  const late = new Series(w.preset);
  feed(late, item(w.bars, 0).slice(0, -2));
  const young = new Series(w.preset);
  young.push(w.at, 100, 101, 99, 100, 10);
  const why = whyOf(3);
  const markets = [0, 1, 2].map((i) => marketOf({ symbol: `S${i}USDT` }, i));
  const scanner = new Scanner(w.preset, markets, warmupBars(w.preset), why);
  const series = [late, young, item(w.series, 1)];
  const result = scanner.scan({
    at: w.at,
    markets,
    series,
    books: [null, null, null],
    gone: new Set(),
    figures: NONE,
    btc: -1,
  });
  assert.deepEqual(names(result), [2]);
  assert.equal(result.universe, 1);
  assert.deepEqual(failures(why, 0), ['fresh_candle']);
  assert.equal(judged(why, 'fresh_candle', 0)?.value, 2);
  assert.deepEqual(failures(why, 1), ['history']);
  assert.deepEqual(judged(why, 'history', 1), {
    condition: 'history',
    verdict: 'failed',
    value: 1,
    threshold: warmupBars(w.preset),
  });
});

/** Score by hand: z by the population deviation over the universe, weighted, over the sum of the weights. */
function byHand(columns: readonly (readonly number[])[], weights: readonly number[]): number[] {
  const first = item(columns, 0);
  const z = columns.map((column) => {
    const mean = column.reduce((sum, x) => sum + x, 0) / column.length;
    const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / column.length);
    return column.map((x) => (deviation === 0 ? 0 : (x - mean) / deviation));
  });
  const whole = weights.reduce((sum, w) => sum + Math.abs(w), 0);
  return first.map((_, s) => weights.reduce((sum, w, k) => sum + w * item(item(z, k), s), 0) / whole);
}

function scoresOf(result: ScanResult, n: number): number[] {
  const scores = Array.from({ length: n }, () => Number.NaN);
  for (const c of result.candidates) scores[c.symbol] = c.score;
  return scores;
}

function near(a: readonly number[], b: readonly number[]): void {
  assert.equal(a.length, b.length);
  for (const [i, x] of a.entries()) assert.ok(Math.abs(x - item(b, i)) < 1e-9, `${a} against ${b}`);
}

const N = 6;
const WEIGHTS = { volume_24h: 0.5, atr_range: -1, volume_surge_5m: 2, spread: -0.7, depth: 0.3 };

test('the score is the weighted sum of z-scores, over the weights', () => {
  const w = world(N, { scan: { score_weights: WEIGHTS } });
  for (let s = 0; s < N; s++) {
    w.books[s] = quote(w.at, {
      ask: 100.05 + s / 50,
      bidDepth03: 1000 + 700 * ((s * 5) % 6),
      askDepth03: 9000,
    });
  }
  const result = w.scan(ALL);
  const spread = w.books.map((q) => (q === null ? 0 : ((q.ask - q.bid) / ((q.ask + q.bid) / 2)) * 1e4));
  const depth = w.books.map((q) => (q === null ? 0 : Math.min(q.bidDepth03, q.askDepth03)));
  const columns = [
    w.bars.map((b) => b.slice(-288).reduce((sum, x) => sum + x.volume * x.close, 0)),
    w.series.map((s) => s.atr.value / s.close),
    w.bars.map((b) => item(b, b.length - 1).volume / medianOf(b.slice(-48).map((x) => x.volume))),
    spread,
    depth,
  ];
  const expected = byHand(columns, Object.values(WEIGHTS));
  near(scoresOf(result, N), expected);
  const order = expected.map((_, i) => i).sort((a, b) => item(expected, b) - item(expected, a));
  assert.deepEqual(names(result), order);
});

test('a figure that the venue never gives is left out and the other weights are scaled up', () => {
  const with5 = world(N, { scan: { score_weights: WEIGHTS } }).scan(NONE);
  const with3 = world(N, { scan: { score_weights: { ...WEIGHTS, spread: 0, depth: 0 } } }).scan(NONE);
  near(scoresOf(with5, N), scoresOf(with3, N));
});

test('the z-scores are taken over the universe, not over those that passed the filters', () => {
  const free = world(N);
  const scores = scoresOf(free.scan(), N);
  const volumes = free.bars.map((b) => b.slice(-288).reduce((sum, x) => sum + x.volume * x.close, 0));
  const least = volumes.toSorted((a, b) => a - b)[2] ?? 0;
  const some = world(N, { liquidity_filters: { min_24h_volume: least * (1 - 1e-9) } });
  const result = some.scan();
  assert.equal(result.universe, N);
  assert.equal(result.passed, 4);
  for (const c of result.candidates) assert.ok(Math.abs(c.score - item(scores, c.symbol)) < 1e-12);
});

test('equal scores come in the order of their symbols, and only the best are watched', () => {
  const same: Make = () => CALM;
  const w = world(5, { scan: { max_candidates: 3 } }, same);
  const result = w.scan();
  assert.deepEqual(
    result.candidates,
    [0, 1, 2].map((symbol) => ({ symbol, score: 0 })),
  );
  assert.equal(result.passed, 5);
  assert.deepEqual(judged(w.why, 'max_candidates', 3), {
    condition: 'max_candidates',
    verdict: 'failed',
    value: 4,
    threshold: 3,
  });
});

test('every filter is judged, also after one that failed: the record says all that stands in the way', () => {
  const w = world(1, {
    liquidity_filters: { min_24h_volume: 1e12 },
    volatility_filters: { change_24h_min: 99, volume_surge_5m_min: 99 },
  });
  w.scan();
  assert.deepEqual(failures(w.why), ['min_24h_volume', 'volume_surge_5m_min', 'change_24h_min']);
});
