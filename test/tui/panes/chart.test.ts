import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CandleResult, LevelResult } from '../../../src/protocol/trading-views.ts';
import { chart } from '../../../src/tui/panes/chart.ts';
import type { ViewState } from '../../../src/tui/store/state.ts';
import { aPosition, aState } from '../samples.ts';
import { answered, holdsItsPlace, linesOf, textDrawn, toneOf } from './reading-samples.ts';

const FIRST = Date.UTC(2024, 2, 30, 20, 0);

const candle = (i: number, open: number, high: number, low: number, close: number): CandleResult => ({
  closeTime: FIRST + i * 900_000,
  open,
  high,
  low,
  close,
});

/** A slow wave round a hundred. */
const WAVE = Array.from({ length: 120 }, (_, i) => {
  const [open, close] = [100 + 3 * Math.sin(i / 8), 100 + 3 * Math.sin((i + 1) / 8)];
  return candle(i, open, Math.max(open, close) + 0.4, Math.min(open, close) - 0.4, close);
});

const aLevel = (over: Partial<LevelResult>): LevelResult => ({
  id: 1,
  symbol: 'SOLUSDT',
  side: 'long',
  price: '102.5',
  life: 'armed',
  touches: 3,
  strength: 0.7,
  bornAt: FIRST,
  brokenAt: null,
  close: '101',
  distanceAtr: 0.8,
  ...over,
});

function charted(
  candles: readonly CandleResult[],
  { symbol = 'SOLUSDT', ...over }: Partial<ViewState> & { symbol?: string } = {},
): ViewState {
  return aState({
    reads: {
      candles: answered({ symbol, timeframe: '15m', candles }),
      levels: answered({ levels: [aLevel({}), aLevel({ id: 2, symbol: 'BTCUSDT', price: '64000' })] }),
    },
    ...over,
  });
}

const SOL = { symbol: 'SOLUSDT' };

test('level, entry, stop and targets of the position are named at the right edge, at their price', () => {
  const lines = textDrawn(chart, charted(WAVE), { ...SOL, width: 70, height: 16 }).split('\n');
  const at = (name: string): number => lines.findIndex((text) => text.endsWith(name));
  for (const name of ['stop 95', 'entry 100', 'TP1 105', 'level 99.5', 'armed 102.5'])
    assert.ok(at(name) > 0, name);
  assert.ok(at('TP1 105') < at('armed 102.5'));
  assert.ok(at('armed 102.5') < at('entry 100'));
  assert.ok(at('entry 100') < at('stop 95'));
  assert.match(lines[at('stop 95')] ?? '', /┄{30}/);
  assert.doesNotMatch(lines.join('\n'), /64000/, 'a level of another symbol');
});

test('a target far beyond the candles does not press them flat: it is named at the edge with a sign', () => {
  const far = aPosition({ targets: [{ purpose: 'tp2', price: '150', quantity: '2' }] });
  const lines = textDrawn(chart, charted(WAVE, { positions: [far] }), {
    ...SOL,
    width: 70,
    height: 12,
  }).split('\n');
  assert.match(lines[1] ?? '', / TP2 150 ▲$/);
});

test('a level far from the price is left out, not named where it is not', () => {
  const far = answered({ levels: [aLevel({ price: '300' })] });
  const state = charted(WAVE, { positions: [] });
  const text = textDrawn(chart, { ...state, reads: { ...state.reads, levels: far } }, { ...SOL, height: 12 });
  assert.doesNotMatch(text, /300/);
});

test('a candle that rose and one that fell differ without any colour', () => {
  const two = [candle(0, 10, 21, 9, 20), candle(1, 20, 21, 9, 10)];
  const state = charted(two, { positions: [] });
  const text = textDrawn(chart, state, { ...SOL, height: 12 });
  assert.match(text, /┃ ║/);
  const ascii = textDrawn(chart, state, { ...SOL, height: 12, ascii: true });
  assert.match(ascii, /# o/);
  const lines = linesOf(chart, state, { ...SOL, height: 12 });
  assert.equal(toneOf(lines, '┃'), 'good');
  assert.equal(toneOf(lines, '║'), 'bad');
});

test('the newest candles stand at the right, as many as there is room for, and the head says how many', () => {
  const narrow = textDrawn(chart, charted(WAVE), { ...SOL, width: 60, height: 12 });
  assert.match(narrow, /^ SOLUSDT +\S+ {2}[+-]\d+\.\d\d % {2}in 4\d x 15m {2}closed 01:45$/m);
  assert.match(
    textDrawn(chart, charted(WAVE), { ...SOL, width: 90, height: 12 }),
    /03-31 \d\d:\d\d +\d\d:\d\d/,
  );
});

test('the price of now is the one that was streamed, where it is newer than the last close', () => {
  const at = FIRST + 200 * 900_000;
  const live = { ...charted(WAVE), prices: new Map([['SOLUSDT', { price: '101.77', at }]]) };
  assert.match(textDrawn(chart, live, { ...SOL, width: 70, height: 14 }), / last 101\.77$/m);
  const old = { ...charted(WAVE), prices: new Map([['SOLUSDT', { price: '77', at: FIRST }]]) };
  assert.doesNotMatch(textDrawn(chart, old, { ...SOL, width: 70, height: 14 }), /last 77/);
});

test("the candles of the symbol before are never shown as another one's", () => {
  assert.equal(textDrawn(chart, charted(WAVE), { symbol: 'BTCUSDT' }), 'reading…');
  assert.match(textDrawn(chart, charted(WAVE), { symbol: null }), /^no symbol yet: select/);
  assert.match(textDrawn(chart, charted([]), SOL), /^no candle of SOLUSDT has closed yet/);
});

test('a market that stands still is drawn, in the middle', () => {
  const still = Array.from({ length: 5 }, (_, i) => candle(i, 10, 10, 10, 10));
  const text = textDrawn(chart, charted(still, { positions: [] }), { ...SOL, height: 8 });
  assert.match(text, /[╻╹]/);
});

test('the chart keeps its place at every size', () => {
  holdsItsPlace(chart, charted(WAVE), SOL);
  holdsItsPlace(chart, charted(WAVE.slice(0, 1), { positions: [] }), SOL);
});
