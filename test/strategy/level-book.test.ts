import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Preset } from '../../src/config/preset.ts';
import { BASE, HOUR } from '../../src/market/time.ts';
import type { Level } from '../../src/strategy/level.ts';
import { LevelBook } from '../../src/strategy/level-book.ts';
import type { Series } from '../../src/strategy/series.ts';
import {
  type Bar,
  CALM,
  calmSeries,
  candle,
  failures,
  feed,
  judged,
  type Part,
  presetOf,
  push,
  sole,
  whyOf,
} from './kit.ts';

interface Change {
  readonly id: number;
  readonly life: string;
  readonly price: number;
  readonly reason: string;
}

function bookOf(preset: Preset, symbols = 1) {
  const why = whyOf(symbols);
  const changes: Change[] = [];
  const book = new LevelBook(preset, symbols, why, (l, reason) =>
    changes.push({ id: l.id, life: l.life, price: l.price, reason }),
  );
  return { why, changes, book };
}

const LEVELS: Part<Preset['levels']> = {
  lookback_bars: 40,
  donchian_bars: 10,
  swing_strength: 2,
  min_touches: 1,
};
const LONG = presetOf({ sides: 'long', levels: LEVELS });

/** Calm candles with a peak at 102 and one at 101. */
const calm4 = () => Array.from({ length: 4 }, () => candle(100, 100.5, 99.5, 100));
const PEAK = [candle(100, 102, 99.5, 101.9), ...calm4(), candle(100, 101, 99.5, 100.9), ...calm4()];

function peakSeries(preset = LONG): Series {
  const series = calmSeries(preset);
  feed(series, PEAK.flat());
  return series;
}

test('a found level is formed and, when the preset allows it, armed; the second search keeps its id', () => {
  const { book, changes } = bookOf(LONG);
  const series = peakSeries();
  book.rebuild([0], [series], series.closeTime);
  const ids = book.of(0).map((l) => l.id);
  assert.deepEqual(
    book.of(0).map((l) => l.life),
    ['armed', 'armed'],
  );
  assert.equal(book.armed, 2);
  assert.deepEqual(book.watched, [0]);
  feed(series, candle(100, 100.5, 99.5, 100));
  book.rebuild([0], [series], series.closeTime);
  assert.deepEqual(
    book.of(0).map((l) => l.id),
    ids,
  );
  assert.deepEqual(
    changes.map((c) => c.life),
    ['formed', 'armed', 'formed', 'armed'],
  );
});

test('an id stays with the nearest level when levels shift: an order never rests on another one’s number', () => {
  const { book } = bookOf(presetOf({ sides: 'long', levels: { ...LEVELS, merge_tolerance_atr: 0.5 } }));
  const series = peakSeries();
  book.rebuild([0], [series], series.closeTime);
  const before = new Map(book.of(0).map((l) => [l.price, l.id]));
  // A new peak a little above the old one: the level moves out by less than the tolerance.
  feed(series, [...candle(100, 102.3, 99.5, 102), ...calm4().flat()]);
  book.rebuild([0], [series], series.closeTime);
  const after = book.of(0);
  assert.equal(after.find((l) => l.price === 102.3)?.id, before.get(102));
  assert.equal(after.find((l) => l.price === 101)?.id, before.get(101));
});

for (const [condition, levels, value, threshold] of [
  ['min_touches', { min_touches: 10 }, 1, 10],
  ['min_strength', { min_strength: 1 }, undefined, 1],
  ['max_distance_atr', { max_distance_atr: 0.2 }, undefined, 0.2],
  ['max_base_height_atr', { max_base_height_atr: 0.5 }, undefined, 0.5],
] as const) {
  test(`a level that fails ${condition} is formed but not watched, and the record says why`, () => {
    const preset = presetOf({ sides: 'long', levels: { ...LEVELS, ...levels } });
    const { book, why } = bookOf(preset);
    const series = peakSeries(preset);
    book.rebuild([0], [series], series.closeTime);
    assert.equal(book.of(0).find((l) => l.price === 102)?.life, 'formed');
    const judgement = judged(why, condition);
    assert.equal(judgement?.verdict, 'failed');
    assert.equal(judgement?.threshold, threshold);
    if (value !== undefined) assert.equal(judgement?.value, value);
    assert.ok(judgement?.value !== null);
  });
}

test('a level too old expires, and the next search does not take it for a new one', () => {
  const preset = presetOf({ sides: 'long', levels: { ...LEVELS, max_age_hours: 3 } });
  const { book, changes, why } = bookOf(preset);
  const series = calmSeries(preset);
  feed(series, PEAK.flat());
  for (let i = 0; i < 12; i++) {
    feed(series, candle(100, 100.5, 99.5, 100));
    book.rebuild([0], [series], series.closeTime);
  }
  assert.equal(judged(why, 'max_age_hours')?.verdict, 'failed');
  const ofPeaks = changes.filter((c) => c.price >= 101);
  assert.deepEqual(
    ofPeaks.map((c) => [c.id, c.life]),
    [
      [1, 'formed'],
      [1, 'armed'],
      [2, 'formed'],
      [2, 'armed'],
      [2, 'expired'],
      [1, 'expired'],
    ],
  );
  assert.deepEqual(
    book.all().filter((l) => l.price >= 101),
    [],
  );
});

test('an aged price that the candles no longer show may become a level again', () => {
  const preset = presetOf({ sides: 'long', levels: { ...LEVELS, max_age_hours: 3 } });
  const { book, changes } = bookOf(preset);
  const series = peakSeries(preset);
  book.rebuild([0], [series], series.closeTime);
  const calm = () => feed(series, candle(100, 100.5, 99.5, 100));
  for (let i = 0; i < 12; i++) calm();
  book.rebuild([0], [series], series.closeTime);
  // Forty candles later the peak has left the window; a new one at the same price is a new level.
  for (let i = 0; i < 40; i++) calm();
  book.rebuild([0], [series], series.closeTime);
  feed(series, PEAK.flat());
  book.rebuild([0], [series], series.closeTime);
  const level = book.of(0).find((l) => l.price === 102);
  assert.equal(level?.life, 'armed');
  assert.ok(changes.some((c) => c.id === level?.id && c.life === 'formed'));
});

test('when a symbol is no candidate its levels rest as formed, and are armed again under the same id', () => {
  const { book } = bookOf(LONG);
  const series = peakSeries();
  book.rebuild([0], [series], series.closeTime);
  const ids = book.of(0).map((l) => l.id);
  book.rebuild([], [series], series.closeTime);
  assert.deepEqual(
    book.of(0).map((l) => l.life),
    ['formed', 'formed'],
  );
  assert.equal(book.armed, 0);
  assert.deepEqual(book.watched, []);
  book.rebuild([0], [series], series.closeTime);
  assert.deepEqual(
    book.of(0).map((l) => [l.id, l.life]),
    ids.map((id) => [id, 'armed']),
  );
});

test('a broken level of a symbol that is no candidate any more is still watched for its retest', () => {
  const { book } = bookOf(LONG);
  const series = peakSeries();
  book.rebuild([0], [series], series.closeTime);
  const level = firstOf(book);
  book.move(level, 'broken', 'test');
  book.rebuild([], [series], series.closeTime);
  assert.equal(level.life, 'broken');
  assert.deepEqual(book.watched, [0]);
});

test('retested, invalidated and expired levels are gone: nothing can be traded on them again', () => {
  for (const life of ['retested', 'invalidated', 'expired'] as const) {
    const { book, changes } = bookOf(LONG);
    const series = peakSeries();
    book.rebuild([0], [series], series.closeTime);
    const level = firstOf(book);
    book.move(level, life, 'test');
    assert.ok(!book.of(0).includes(level));
    assert.deepEqual(changes.at(-1), { id: level.id, life, price: level.price, reason: 'test' });
  }
});

test('a price crossed in a hole of the candles is spent; one that was not reached stays armed', () => {
  const { book } = bookOf(LONG);
  const series = peakSeries();
  book.rebuild([0], [series], series.closeTime);
  push(series, series.closeTime + 4 * BASE, { ...CALM, close: 101.5, high: 101.5 });
  book.crossedInGap(0, series.close);
  assert.deepEqual(
    book.of(0).map((l) => [l.price, l.life]),
    [[102, 'armed']],
  );
});

test('a level that waits for its retest does not outlive a hole: the retest may have been in it', () => {
  const { book } = bookOf(LONG);
  const series = peakSeries();
  book.rebuild([0], [series], series.closeTime);
  const level = firstOf(book);
  book.move(level, 'broken', 'test');
  book.crossedInGap(0, series.close);
  assert.equal(level.life, 'invalidated');
});

test('a retest is waited for exactly as long as the preset says', () => {
  const preset = presetOf({
    sides: 'long',
    strategy: 'retest',
    levels: LEVELS,
    retest: { max_wait_bars: 4 },
  });
  const { book, why } = bookOf(preset);
  const series = peakSeries(preset);
  book.rebuild([0], [series], series.closeTime);
  const level = firstOf(book);
  level.brokenAt = series.closeTime;
  book.move(level, 'broken', 'test');
  book.expireBroken(0, level.brokenAt + HOUR);
  assert.equal(level.life, 'broken', 'four candles are allowed');
  book.expireBroken(0, level.brokenAt + HOUR + BASE);
  assert.equal(level.life, 'expired');
  assert.equal(judged(why, 'max_wait_bars')?.threshold, 4);
});

test('a level that the candles no longer show expires', () => {
  const { book, changes } = bookOf(LONG);
  const series = peakSeries();
  book.rebuild([0], [series], series.closeTime);
  const level = book.of(0).find((l) => l.price === 102);
  const through: Bar[] = [...candle(100, 103, 99.9, 102.9), ...candle(102.9, 103, 101, 101)];
  feed(series, through);
  book.rebuild([0], [series], series.closeTime);
  assert.deepEqual(
    changes.filter((c) => c.id === level?.id).map((c) => c.life),
    ['formed', 'armed', 'expired'],
  );
});

test('a symbol with a level on one side has a level: the record does not say that none was found', () => {
  const preset = presetOf({ levels: LEVELS });
  const { book, why } = bookOf(preset);
  const series = peakSeries(preset);
  // New low on the last candle: nothing below it.
  feed(series, candle(100, 100.5, 96, 96));
  book.rebuild([0], [series], series.closeTime);
  assert.ok(book.of(0).every((l) => l.side === 'long') && book.of(0).length > 0);
  assert.ok(!failures(why).includes('level_found'));
});

test('only the sides that the preset trades get levels', () => {
  for (const sides of ['long', 'short'] as const) {
    const preset = presetOf({ sides, levels: LEVELS });
    const { book } = bookOf(preset);
    const series = peakSeries(preset);
    book.rebuild([0], [series], series.closeTime);
    assert.ok(book.of(0).length > 0 && book.of(0).every((l) => l.side === sides));
  }
});

function firstOf(book: LevelBook): Level {
  return sole(book.of(0).filter((l) => l.price === 102));
}
