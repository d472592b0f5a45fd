import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Preset } from '../../src/config/preset.ts';
import type { BookQuote } from '../../src/market/book.ts';
import { BASE, MINUTE } from '../../src/market/time.ts';
import type { Condition } from '../../src/strategy/conditions.ts';
import { LevelBook } from '../../src/strategy/level-book.ts';
import { Series } from '../../src/strategy/series.ts';
import { type Signal, watchLevels } from '../../src/strategy/signals.ts';
import {
  type Bar,
  CALM,
  calmSeries,
  candle,
  failures,
  judged,
  type Part,
  presetOf,
  push,
  sole,
  whyOf,
} from './kit.ts';

const LEVELS = { lookback_bars: 20, donchian_bars: 10, min_touches: 1 };

interface Scene {
  readonly preset: Preset;
  readonly series: Series;
  readonly book: LevelBook;
  readonly why: ReturnType<typeof whyOf>;
  readonly lives: string[];
  quote: BookQuote | null;
  hasBook: boolean;
  live: boolean;
  /** The next bar, `missing` bars later than it should be; the signals it gives. */
  bar(bar: Partial<Bar>, missing?: number): Signal[];
}

/** Calm candles round 100 with ATR 1, levels armed at 100.5 and 99.5. */
function scene(part: Part<Preset> = {}): Scene {
  const preset = presetOf({ levels: LEVELS, ...part });
  const series = calmSeries(preset);
  const why = whyOf();
  const lives: string[] = [];
  const book = new LevelBook(preset, 1, why, (level, reason) =>
    lives.push(`${level.side} ${level.life}: ${reason}`),
  );
  book.rebuild([0], [series], series.closeTime);
  assert.equal(series.atr.value, 1);
  assert.deepEqual(
    book.of(0).map((l) => [l.side, l.price, l.life]),
    [
      ['long', 100.5, 'armed'],
      ['short', 99.5, 'armed'],
    ],
  );
  lives.length = 0;
  return {
    preset,
    series,
    book,
    why,
    lives,
    quote: null,
    hasBook: false,
    live: true,
    bar(bar, missing = 0) {
      push(series, series.closeTime + (1 + missing) * BASE, { ...CALM, ...bar });
      const signals: Signal[] = [];
      const { quote, hasBook, live } = this;
      watchLevels(
        { preset, why, book, series: [series], quotes: [quote], hasBook, live: () => live },
        0,
        series.closeTime,
        signals,
      );
      return signals;
    },
  };
}

function quoteOf(s: Scene, bids: number, asks: number, age = 0): BookQuote {
  return {
    bid: 99.99,
    ask: 100.01,
    bidDepth03: bids,
    askDepth03: asks,
    bidDepth05: bids,
    askDepth05: asks,
    at: s.series.closeTime + BASE - age,
  };
}

/** Closes 0.3 ATR beyond 100.5, three quarters of it body, on three times the volume. */
const BREAK: Bar = { open: 100.2, high: 100.9, low: 100.1, close: 100.8, volume: 30 };
/** The same out of the bottom. */
const BREAK_DOWN: Bar = { open: 99.8, high: 99.9, low: 99.1, close: 99.2, volume: 30 };

test('a close beyond an armed level with volume and body is a signal, with its stop behind the level', () => {
  const s = scene();
  const signal = sole(s.bar(BREAK));
  assert.equal(signal.side, 'long');
  assert.equal(signal.level, 100.5);
  assert.equal(signal.price, 100.8);
  assert.ok(Math.abs(signal.stop - 99.7) < 1e-9, '0.8 ATR behind the level');
  assert.ok(signal.confidence > 0 && signal.confidence <= 1);
  assert.match(signal.reason, /3\.00 x volume/);
  assert.deepEqual(s.lives, ['long broken: closed beyond', 'long expired: traded']);
  assert.deepEqual(failures(s.why), []);
});

test('the stop is no nearer to the close than the least distance of the preset', () => {
  const s = scene({ position: { stop_buffer_atr: 0.05, min_stop_atr: 2 } });
  assert.ok(Math.abs(sole(s.bar(BREAK)).stop - 98.8) < 1e-9);
});

/** Each spoils one condition of the breakout above and no other. */
const SPOILT: readonly {
  condition: Condition;
  bar?: Partial<Bar>;
  preset?: Part<Preset>;
  value: number;
  threshold: number;
}[] = [
  { condition: 'max_extension_atr', bar: { close: 102.2, high: 102.3 }, value: 1.7, threshold: 1.5 },
  { condition: 'volume_multiple', bar: { volume: 17.9 }, value: 1.79, threshold: 1.8 },
  { condition: 'min_body_share', bar: { open: 100.45 }, value: 0.4375, threshold: 0.5 },
  { condition: 'min_body_share', bar: { open: 100.85 }, value: -0.0625, threshold: 0.5 },
  {
    condition: 'max_vwap_gap_atr',
    preset: { momentum: { max_vwap_gap_atr: 0.7 } },
    value: 0.8 - 0.0063,
    threshold: 0.7,
  },
];

for (const { condition, bar = {}, preset = {}, value, threshold } of SPOILT) {
  test(`a breakout with everything but ${condition} (${value}) is no signal, and says so`, () => {
    const s = scene(preset);
    assert.deepEqual(s.bar({ ...BREAK, ...bar }), []);
    assert.deepEqual(failures(s.why), [condition]);
    const judgement = judged(s.why, condition);
    assert.ok(Math.abs((judgement?.value ?? Number.NaN) - value) < 2e-3, `${judgement?.value}`);
    assert.equal(judgement?.threshold, threshold);
    assert.deepEqual(s.lives, ['long broken: closed beyond', 'long expired: broke without a signal']);
  });
}

test('a condition met exactly is met', () => {
  const s = scene({ momentum: { volume_multiple: 3, min_body_share: 0.5, epsilon_atr: 0.25 } });
  assert.equal(s.bar({ open: 100.25, high: 101, low: 100, close: 100.75, volume: 30 }).length, 1);
});

test('a close that reaches the level but not epsilon beyond it breaks nothing: the level stays armed', () => {
  const s = scene();
  assert.deepEqual(s.bar({ ...BREAK, close: 100.55 }), []);
  assert.deepEqual(failures(s.why), ['epsilon_atr']);
  const judgement = judged(s.why, 'epsilon_atr');
  assert.ok(Math.abs((judgement?.value ?? 0) - 0.05) < 1e-9);
  assert.equal(judgement?.threshold, 0.1);
  assert.deepEqual(s.lives, []);
  assert.equal(s.bar(BREAK).length, 1, 'and breaks with the next candle');
});

test('a wick beyond the level is no breakout', () => {
  const s = scene();
  assert.deepEqual(s.bar({ ...BREAK, high: 105, close: 100.4 }), []);
  assert.equal(judged(s.why, 'epsilon_atr'), undefined);
});

test('the book has to lean towards the breakout, where there is one', () => {
  const momentum = { min_imbalance: 0.2 };
  const cases = [
    ['long', BREAK, 60, 40, true],
    ['long', BREAK, 59, 41, false],
    ['short', BREAK_DOWN, 40, 60, true],
    ['short', BREAK_DOWN, 60, 40, false],
  ] as const;
  for (const [side, bar, bids, asks, passes] of cases) {
    const s = scene({ momentum });
    s.hasBook = true;
    s.quote = quoteOf(s, bids, asks);
    assert.deepEqual(
      s.bar(bar).map((x) => x.side),
      passes ? [side] : [],
      `${side} ${bids}:${asks}`,
    );
    assert.deepEqual(failures(s.why), passes ? [] : ['min_imbalance']);
  }
});

test('a book that should be there and is not, is empty or is old blocks; a venue without books does not', () => {
  const momentum = { min_imbalance: -1 };
  for (const [name, quote] of [
    ['none', () => null],
    ['empty', (s: Scene) => quoteOf(s, 0, 0)],
    ['old', (s: Scene) => quoteOf(s, 50, 50, 11 * MINUTE)],
  ] as const) {
    const s = scene({ momentum });
    s.hasBook = true;
    s.quote = quote(s);
    assert.deepEqual(s.bar(BREAK), [], name);
    assert.deepEqual(failures(s.why), ['min_imbalance'], name);
  }
  const s = scene({ momentum });
  assert.equal(s.bar(BREAK).length, 1);
  assert.equal(judged(s.why, 'min_imbalance')?.verdict, 'not_evaluated');
});

test('a stale feed gives no signal', () => {
  const s = scene();
  s.live = false;
  assert.deepEqual(s.bar(BREAK), []);
  assert.deepEqual(failures(s.why), ['feed_live']);
});

test('a level crossed while candles were missing is spent, and the candle after the hole is no breakout of it', () => {
  const s = scene();
  assert.deepEqual(s.bar(BREAK, 1), []);
  assert.deepEqual(s.lives, ['long invalidated: crossed in a gap of the candles']);
  assert.deepEqual(s.bar({ ...BREAK, close: 101, high: 101 }), []);
});

test('no signal for three candles after a hole, then again', () => {
  for (const quiet of [0, 1, 2]) {
    const s = scene();
    s.bar(CALM, 2);
    for (let i = 1; i <= quiet; i++) s.bar(CALM);
    const signals = s.bar(BREAK);
    assert.equal(signals.length, quiet === 2 ? 1 : 0, `candle ${quiet + 2} after the hole`);
    if (quiet < 2) assert.deepEqual(failures(s.why), ['no_gap']);
  }
});

test('a candle of another close time gives no signal: nothing is judged twice', () => {
  const s = scene();
  push(s.series, s.series.closeTime + BASE, BREAK);
  const signals: Signal[] = [];
  const { preset, why, book, series } = s;
  watchLevels(
    { preset, why, book, series: [series], quotes: [null], hasBook: false, live: () => true },
    0,
    series.closeTime + BASE,
    signals,
  );
  assert.deepEqual(signals, []);
  assert.deepEqual(s.lives, []);
});

test('with an order resting at the level the close decides nothing', () => {
  const s = scene({ entry: { policy: 'stop' } });
  assert.deepEqual(s.bar(BREAK), []);
  assert.deepEqual(s.lives, ['long broken: closed beyond', 'long expired: broke']);
});

const RETEST: Part<Preset> = { strategy: 'retest' };
/** Comes back to 0.1 ATR above 100.5 and closes in the upper half. */
const BACK: Bar = { open: 100.8, high: 100.9, low: 100.6, close: 100.8, volume: 10 };

function broken(part: Part<Preset> = {}): Scene {
  const s = scene({ ...RETEST, ...part });
  assert.deepEqual(s.bar(BREAK), []);
  assert.deepEqual(s.lives, ['long broken: closed beyond; a retest is waited for']);
  s.lives.length = 0;
  return s;
}

test('a broken level that holds when price comes back is a signal, once', () => {
  const s = broken();
  assert.deepEqual(s.bar({ open: 100.9, high: 101.6, low: 101.2, close: 101.4 }), [], 'stays away');
  const signal = sole(s.bar(BACK));
  assert.equal(signal.strategy, 'retest');
  assert.equal(signal.side, 'long');
  assert.ok(Math.abs(signal.stop - (100.5 - 0.8 * signal.atr)) < 1e-9, 'behind the level');
  assert.ok(signal.confidence > 0 && signal.confidence <= 1);
  assert.deepEqual(s.lives, ['long retested: held on its retest']);
  assert.deepEqual(s.bar(BACK), []);
});

const SPOILT_RETEST: readonly {
  condition: Condition;
  bar: Partial<Bar>;
  value: number;
  threshold: number;
}[] = [
  { condition: 'tolerance_atr', bar: { low: 100.85, close: 100.9 }, value: 0.35, threshold: 0.3 },
  { condition: 'max_pierce_atr', bar: { low: 99.9 }, value: 0.6, threshold: 0.5 },
  { condition: 'epsilon_atr', bar: { high: 100.6, low: 100.2, close: 100.4 }, value: -0.1, threshold: 0 },
  { condition: 'max_extension_atr', bar: { high: 102.6, close: 102.5 }, value: 2, threshold: 1.5 },
  { condition: 'min_activity_multiple', bar: { volume: 5 }, value: 0.5, threshold: 0.6 },
  { condition: 'min_bounce_share', bar: { high: 101.6, close: 100.8 }, value: 0.2, threshold: 0.3 },
];

for (const { condition, bar, value, threshold } of SPOILT_RETEST) {
  test(`a retest with everything but ${condition} is no signal, says so, and is waited for still`, () => {
    const s = broken();
    assert.deepEqual(s.bar({ ...BACK, ...bar }), []);
    assert.deepEqual(failures(s.why), [condition]);
    const judgement = judged(s.why, condition);
    assert.ok(Math.abs((judgement?.value ?? Number.NaN) - value) < 2e-3, `${judgement?.value}`);
    assert.equal(judgement?.threshold, threshold);
    assert.deepEqual(s.lives, []);
    assert.equal(s.bar(BACK).length, 1);
  });
}

test('a close back through the level ends the wait', () => {
  const s = broken();
  assert.deepEqual(s.bar({ open: 100.6, high: 100.6, low: 99.8, close: 99.9 }), []);
  assert.deepEqual(s.lives, ['long invalidated: closed back through']);
  assert.deepEqual(s.bar(BACK), []);
});

test('a break on too little volume is not worth a retest', () => {
  const s = scene(RETEST);
  assert.deepEqual(s.bar({ ...BREAK, volume: 11 }), []);
  assert.deepEqual(s.lives, ['long expired: broke on too little volume']);
  assert.deepEqual(failures(s.why), ['min_breakout_volume_multiple']);
});

test('a retest that comes too late is none', () => {
  const s = broken({ retest: { max_wait_bars: 1 } });
  const away = { open: 101.4, high: 101.6, low: 101.2, close: 101.4 };
  for (let i = 0; i < 3; i++) assert.deepEqual(s.bar(away), []);
  assert.deepEqual(s.bar(BACK), []);
  assert.deepEqual(s.lives, ['long expired: no retest came in time']);
});

test('a wait does not go over a hole in the candles, nor is a signal given on a stale feed', () => {
  const gap = broken();
  assert.deepEqual(gap.bar(BACK, 1), []);
  assert.deepEqual(gap.lives, ['long invalidated: crossed in a gap of the candles']);
  const stale = broken();
  stale.live = false;
  assert.deepEqual(stale.bar(BACK), []);
  assert.deepEqual(failures(stale.why), ['feed_live']);
});

/** Random walks on eighths round 1000, which float64 adds and mirrors exactly. */
const moves = fc.array(
  fc.tuple(
    fc.integer({ min: -20, max: 20 }),
    fc.integer({ min: 0, max: 8 }),
    fc.integer({ min: 0, max: 8 }),
    fc.integer({ min: 1, max: 40 }),
  ),
  { minLength: 200, maxLength: 300 },
);

interface Given {
  readonly at: number;
  readonly signal: Signal;
}

function trade(preset: Preset, bars: readonly Bar[], quote: BookQuote): Given[] {
  const series = new Series(preset);
  const why = whyOf();
  const book = new LevelBook(preset, 1, why, () => undefined);
  const given: Given[] = [];
  for (const [i, bar] of bars.entries()) {
    push(series, (i + 1) * BASE, bar);
    const signals: Signal[] = [];
    const at = series.closeTime;
    const quotes = [{ ...quote, at }];
    watchLevels(
      { preset, why, book, series: [series], quotes, hasBook: true, live: () => true },
      0,
      at,
      signals,
    );
    for (const signal of signals) given.push({ at, signal });
    if (i >= 150 && series.candleClosed) book.rebuild([0], [series], at);
  }
  return given;
}

for (const strategy of ['momentum', 'retest'] as const) {
  test(`${strategy}: turned upside down, the market gives the same signals on the other side`, () => {
    const wide = { max_extension_atr: 5, volume_multiple: 0.5, min_body_share: 0.1, max_vwap_gap_atr: 50 };
    const preset = presetOf({
      strategy,
      levels: { lookback_bars: 40, donchian_bars: 20, min_touches: 1, min_strength: 0, max_wick_share: 1 },
      momentum: { ...wide, min_imbalance: -0.5 },
      retest: {
        tolerance_atr: 1,
        max_pierce_atr: 1,
        min_breakout_volume_multiple: 0,
        min_activity_multiple: 0,
      },
    });
    let total = 0;
    const calm = Array.from({ length: 300 }, (_, i) => {
      const x = 1000 + (i % 7) / 8;
      return { open: x, high: x + 1, low: x - 1, close: x, volume: 10 };
    });
    fc.assert(
      fc.property(moves, (list) => {
        let open = 1000;
        const bars = list.map(([move, above, below, volume]) => {
          const close = open + move / 8;
          const bar = {
            open,
            high: Math.max(open, close) + above / 8,
            low: Math.min(open, close) - below / 8,
            close,
            volume,
          };
          open = close;
          return bar;
        });
        const all = [...calm, ...bars];
        const mirrored = all.map((b) => ({
          ...b,
          open: 2000 - b.open,
          high: 2000 - b.low,
          low: 2000 - b.high,
          close: 2000 - b.close,
        }));
        const quote = {
          bid: 1,
          ask: 1,
          bidDepth03: 60,
          askDepth03: 40,
          bidDepth05: 60,
          askDepth05: 40,
          at: 0,
        };
        const swapped = { ...quote, bidDepth03: 40, askDepth03: 60 };
        const up = trade(preset, all, quote);
        const down = trade(preset, mirrored, swapped);
        total += up.length;
        // Two levels broken by one candle come in the order of their numbers, which the mirror does not keep.
        const sorted = (list: readonly Given[], flip: boolean) =>
          list
            .map(({ at, signal }) => {
              const price = (x: number) => Math.round((flip ? 2000 - x : x) * 1e6) / 1e6;
              const long = (signal.side === 'long') !== flip;
              const { level, stop, confidence } = signal;
              return {
                at,
                long,
                level: price(level),
                price: price(signal.price),
                stop: price(stop),
                confidence,
              };
            })
            .sort((a, b) => a.at - b.at || a.level - b.level);
        assert.deepEqual(sorted(down, true), sorted(up, false));
      }),
      { numRuns: 25, seed: 7 },
    );
    assert.ok(total > 20, `the walks gave ${total} signals, too few to say anything`);
  });
}

test('a candle pushed as fifteen minutes is what the kit says it is', () => {
  const s = scene();
  for (const bar of candle(100, 101, 99, 100.5, 90)) push(s.series, s.series.closeTime + BASE, bar);
  assert.equal(s.series.candles.high(0), 101);
  assert.equal(s.series.candles.close(0), 100.5);
});
