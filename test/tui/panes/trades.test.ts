import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trades } from '../../../src/tui/panes/trades.ts';
import { aState } from '../samples.ts';
import { someTrades } from './reading-samples.ts';
import { aTrade, detailOf, drawn, fitsEverywhere, linesOf, spanWith, withRead } from './trading-samples.ts';

const list = [
  aTrade({
    id: 1,
    symbol: 'BTCUSDT',
    side: 'short',
    r: -1.05,
    pnl: '-52.11',
    exitReason: 'stop',
    ambiguous: true,
  }),
  aTrade({ id: 2, symbol: 'ADAUSDT', r: 0, pnl: '0', exitReason: 'breakeven' }),
  aTrade(),
];
const answer = someTrades(list);
const none = someTrades([]);
const state = withRead('trades', answer);

test('R and why it was closed are readable at 40 columns, the newest at the bottom', () => {
  assert.deepEqual(drawn(trades, state, { width: 40 }), [
    ' time  symbol          R closed by',
    ' 12:05 BTCUSDT     -1.05 stop (ambiguou…',
    ' 12:05 ADAUSDT     +0.00 breakeven',
    ' 12:05 SOLUSDT     +0.83 trail',
  ]);
  assert.match(drawn(trades, state, { height: 2 }).at(-1) ?? '', /SOLUSDT/);
});

test('money, prices, time held, best and worst stand beside them where there is room', () => {
  const lines = drawn(trades, state, { width: 180 });
  assert.match(
    lines[0] ?? '',
    /closed +symbol +side +R +P&L +entry +exit +quantity +held +best +worst +fees +by +closed by$/,
  );
  assert.match(
    lines[3] ?? '',
    /03-31 12:05 +SOLUSDT +long +\+0\.83 +\+8\.27 +100 +104\.25 +2 +2h05m +\+1\.12 +-0\.31 +0\.21 +momentum +trail$/,
  );
});

test('a loss and a gain differ by sign as well as colour, and what is neither has no colour', () => {
  const lines = linesOf(trades, state);
  assert.equal(spanWith(lines, '-1.05')?.tone, 'bad');
  assert.equal(spanWith(lines, '+0.83')?.tone, 'good');
  assert.equal(spanWith(lines, '+0.00')?.tone, 'plain');
});

test('the title has the totals, and none before there is a trade', () => {
  assert.equal(trades.summary?.(state), '3 trades, 1 won, -0.22 R, -43.84');
  assert.equal(trades.summary?.(aState()), '');
  assert.equal(trades.summary?.(withRead('trades', none)), '');
});

test('the totals are those of all trades, however few of them are listed', () => {
  const totals = { trades: 1_234, won: 600, r: 12.5, pnl: '-3.1' };
  assert.equal(
    trades.summary?.(withRead('trades', { ...answer, totals })),
    'the last 3 of 1234 trades, 600 won, +12.50 R, -3.10',
  );
});

test('before the first answer it says so; without trades it says that', () => {
  assert.deepEqual(drawn(trades, aState()), ['reading…']);
  assert.deepEqual(drawn(trades, withRead('trades', none)), ['no finished trade']);
});

test('a filter finds a symbol, a side, a result and a reason; a row stays with its trade', () => {
  assert.deepEqual(trades.rows?.(state, 'ada'), ['trade 2']);
  assert.deepEqual(trades.rows?.(state, 'lost'), ['trade 1']);
  assert.deepEqual(trades.rows?.(state, 'won'), ['trade 3']);
  assert.deepEqual(trades.rows?.(state, 'breakeven'), ['trade 2']);
  assert.equal(trades.symbolOf?.(state, 'trade 1'), 'BTCUSDT');
  assert.equal(trades.symbolOf?.(state, 'trade 99'), null);
});

test('the detail has the result with its costs, and says what makes it ambiguous', () => {
  const detail = detailOf(trades, state, 'trade 1') ?? '';
  assert.match(detail, /-1\.05 R, -52\.11 after fees and funding/);
  assert.match(detail, /its outcome hung on the unknown order of a candle's extremes/);
  assert.match(detail, /0\.21, funding 0\.02/);
  assert.match(detail, /03-31 12:05:00 UTC, after 2h05m/);
  assert.equal(detailOf(trades, state, 'trade 99'), null);
});

test('trades fit at every width', () => {
  fitsEverywhere(trades, state, 'trade 2');
});
