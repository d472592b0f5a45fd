import assert from 'node:assert/strict';
import { test } from 'node:test';
import { risk } from '../../../src/tui/panes/risk.ts';
import { aState } from '../samples.ts';
import {
  anAccount,
  detailOf,
  drawn,
  fitsEverywhere,
  linesOf,
  spanWith,
  withRead,
} from './trading-samples.ts';

const state = withRead('account', { account: anAccount() });

test('every limit is a bar with figures and a word: what is full, what is near, what has stopped the trading', () => {
  assert.deepEqual(drawn(risk, state, { width: 56, height: 7 }), [
    ' open positions ███████████████      4 of      4 full',
    ' same side      █████░░░░░░░░░░      1 of      3',
    ' total risk     ████████████░░░  1.61% of  2.00% near',
    ' leverage       █░░░░░░░░░░░░░░  0.12x of  3.00x',
    ' daily loss     ███████████████  3.10% of  3.00% REACHED',
    ' drawdown       █░░░░░░░░░░░░░░  1.20% of 15.00%',
    ' losing streak  ░░░░░░░░░░░░░░░      0 of      6',
  ]);
  const lines = linesOf(risk, state, { height: 7 });
  assert.equal(spanWith(lines, 'REACHED')?.tone, 'bad');
  assert.equal(spanWith(lines, 'full')?.tone, 'warn');
});

test('at 40 columns a mark stands for the word, and the figures are whole', () => {
  const lines = drawn(risk, state, { width: 40, height: 7 });
  assert.equal(lines[0], ' open positions ██████      4 of      4!');
  assert.equal(lines[4], ' daily loss     ██████  3.10% of  3.00%!');
  assert.equal(lines[5], ' drawdown       █░░░░░  1.20% of 15.00%');
});

test('with room for it the account stands below, and a balance that the venue does not tell is no zero', () => {
  const text = drawn(risk, state, { height: 20 }).join('\n');
  assert.match(text, /equity +10125\.40 +10000\.00 at the start/);
  assert.match(text, /marked +10123\.36 +open trades -2\.04/);
  assert.match(text, /at risk +98\.12 +if every stop is hit/);
  assert.match(text, /free +the venue does not tell/);
  const told = withRead('account', { account: anAccount({ available: 812.5 }) });
  assert.match(drawn(risk, told, { height: 20 }).join('\n'), /free +812\.50/);
});

test('before the first answer and before the first session nothing is made up', () => {
  assert.deepEqual(drawn(risk, aState()), ['reading…']);
  assert.equal(risk.summary?.(aState()), '');
  const none = withRead('account', { account: null });
  assert.deepEqual(drawn(risk, none), ['no account yet: no session has run']);
  assert.equal(risk.summary?.(none), '');
  assert.deepEqual(risk.rows?.(none, ''), []);
  assert.equal(risk.summary?.(state), 'at risk 98.12, one R 50.62');
});

test('a limit of nothing is all used, and one that this view does not know is shown by its name', () => {
  const limits = [
    { limit: 'max_leverage', value: 0, max: 0, unit: 'multiple' },
    { limit: 'max_sector_share', value: 0.1, max: 0.5, unit: 'share' },
  ] as const;
  const odd = withRead('account', { account: anAccount({ limits }) });
  const [nothing = '', unknown = ''] = drawn(risk, odd, { width: 56 });
  assert.match(nothing, /^ leverage +█+ +0\.00x of +0\.00x full$/);
  assert.match(unknown, /^ max sector sh… ███░+ 10\.00% of 50\.00%$/);
});

test('a filter leaves the limits that have it, and the detail says what happens at the limit', () => {
  assert.deepEqual(risk.rows?.(state, 'loss'), ['daily_loss_limit']);
  const detail = detailOf(risk, state, 'daily_loss_limit') ?? '';
  assert.match(detail, /3\.10% of 3\.00%, REACHED/);
  assert.match(detail, /daily_loss_limit: 0\.03/);
  assert.match(detail, /no more entries until the next UTC\s+day/);
  assert.equal(detailOf(risk, state, 'max_sector_share'), null);
});

test('a selected limit is marked, and limits fit at every width', () => {
  assert.match(drawn(risk, state, { selected: 'max_drawdown' })[5] ?? '', /^▸drawdown/);
  fitsEverywhere(risk, state, 'max_drawdown');
});
