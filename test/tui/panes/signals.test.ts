import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signals } from '../../../src/tui/panes/signals.ts';
import { aState } from '../samples.ts';
import { aSignal, detailOf, drawn, fitsEverywhere, linesOf, spanWith, withRead } from './trading-samples.ts';

const list = [
  aSignal({
    outcome: { result: 'closed', tradeId: 7, r: -1.05, pnl: '-52.11', exitReason: 'failed_breakout' },
  }),
  aSignal({
    signalId: 2,
    symbol: 'ADAUSDT',
    outcome: { result: 'closed', tradeId: 8, r: 2.02, pnl: '96.99', exitReason: 'trail' },
  }),
  aSignal({
    signalId: 3,
    symbol: 'LINKUSDT',
    side: 'short',
    outcome: { result: 'refused', code: 'free_slot', value: 0, threshold: 1, text: 'no slot is free' },
  }),
  aSignal({
    signalId: 4,
    symbol: 'BTCUSDT',
    price: '64210.5',
    outcome: { result: 'unfilled', tradeId: 9, reason: 'timed out' },
  }),
  aSignal({ signalId: 5, symbol: 'ETHUSDT', outcome: { result: 'open', tradeId: 10 } }),
  aSignal({ signalId: 6, symbol: 'XRPUSDT', outcome: { result: 'pending' } }),
];
const state = withRead('signals', { session: 's-1', total: 6, dropped: 0, signals: list });

test('each signal says what became of it, the newest at the bottom', () => {
  const lines = drawn(signals, state, { width: 140 });
  assert.match(lines[0] ?? '', /time +symbol +side +by +price +level +stop +conf +outcome$/);
  assert.match(
    lines[1] ?? '',
    /03-31 12:05 +SOLUSDT +long +momentum +100 +99\.5 +95 +0\.79 +-1\.05 R by failed breakout$/,
  );
  assert.match(lines[3] ?? '', /LINKUSDT +short .* refused free_slot \(found 0, threshold 1\)$/);
  assert.match(lines[4] ?? '', /BTCUSDT .* not filled, trade 9: timed out$/);
  assert.match(lines[6] ?? '', /XRPUSDT .* being decided$/);
});

test('side and outcome are readable at 40 columns; the outcome has the sign and a word beside its colour', () => {
  const lines = drawn(signals, state, { width: 40 });
  assert.equal(lines[0], ' time   symbol      side   outcome');
  assert.equal(lines[1], ' 12:05  SOLUSDT     long   -1.05 R by f…');
  assert.match(drawn(signals, state, { width: 70 })[3] ?? '', /refused free_slot$/);
  const toned = linesOf(signals, state, { width: 140 });
  assert.equal(spanWith(toned, '-1.05 R')?.tone, 'bad');
  assert.equal(spanWith(toned, '+2.02 R')?.tone, 'good');
  assert.equal(spanWith(toned, 'refused')?.tone, 'warn');
});

test('with less room than signals the newest are shown, and a selected older one is brought into sight', () => {
  assert.match(drawn(signals, state, { height: 3 }).at(-1) ?? '', /XRPUSDT/);
  const older = drawn(signals, state, { height: 3, selected: 'signal 1' });
  assert.match(older[1] ?? '', /^▸.*SOLUSDT/);
});

test('a filter finds a symbol, a side and an outcome; a row stays with its signal', () => {
  assert.deepEqual(signals.rows?.(state, 'ada'), ['signal 2']);
  assert.deepEqual(signals.rows?.(state, 'short'), ['signal 3']);
  assert.deepEqual(signals.rows?.(state, 'refused'), ['signal 3']);
  assert.deepEqual(signals.rows?.(state, 'closed'), ['signal 1', 'signal 2']);
  assert.equal(signals.symbolOf?.(state, 'signal 4'), 'BTCUSDT');
  assert.equal(signals.symbolOf?.(state, 'signal 99'), null);
});

test('the detail says why there was a signal, and why it was refused in words and figures', () => {
  const refused = detailOf(signals, state, 'signal 3') ?? '';
  assert.match(refused, /refused: no slot is free \(free_slot \(found 0, threshold 1\)\)/);
  assert.match(refused, /Why: close beyond the level with 2\.1 times the usual volume/);
  assert.match(detailOf(signals, state, 'signal 1') ?? '', /trade +7, -52\.11 after fees and funding/);
  assert.equal(detailOf(signals, state, 'signal 99'), null);
});

test('before the first answer it says so; the title says when older signals are not shown', () => {
  assert.deepEqual(drawn(signals, aState()), ['reading…']);
  const none = withRead('signals', { session: null, total: 0, dropped: 0, signals: [] });
  assert.deepEqual(drawn(signals, none), ['no signal yet']);
  assert.equal(signals.summary?.(aState()), '');
  assert.equal(signals.summary?.(none), '');
  assert.equal(signals.summary?.(state), '6 so far');
  const many = withRead('signals', { session: 's-1', total: 950, dropped: 0, signals: list });
  assert.equal(signals.summary?.(many), 'the last 6 of 950');
});

test('words from a venue move no cursor and shift no column', () => {
  const outcome = { result: 'unfilled', tradeId: 9, reason: 'rejected\u001b[2J\n日本' } as const;
  const odd = withRead('signals', { session: 's-1', total: 1, dropped: 0, signals: [aSignal({ outcome })] });
  assert.match(drawn(signals, odd, { width: 140 })[1] ?? '', /rejected \[2J \?\?$/);
});

test('signals fit at every width', () => {
  fitsEverywhere(signals, state, 'signal 2');
});
