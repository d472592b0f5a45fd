import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candidates } from '../../../src/tui/panes/candidates.ts';
import { glyphsFor } from '../../../src/tui/text/glyphs.ts';
import { aState } from '../samples.ts';
import {
  aCandidate,
  aLevel,
  aScan,
  detailOf,
  drawn,
  fitsEverywhere,
  linesOf,
  spanWith,
  withRead,
} from './trading-samples.ts';

const scan = aScan([
  aCandidate(),
  aCandidate({
    rank: 2,
    symbol: 'BTCUSDT',
    score: -0.08,
    close: '64210.5',
    armedLevels: 1,
    nearest: aLevel({
      symbol: 'BTCUSDT',
      side: 'short',
      price: '64180.0',
      close: '64210.5',
      distanceAtr: 0.12,
    }),
  }),
  aCandidate({ rank: 3, symbol: 'LINKUSDT', nearest: null, armedLevels: 0 }),
]);
const state = withRead('candidates', scan);

test('the nearest level, the distance to it and its bar stand on one line with the rank at 40 columns', () => {
  assert.deepEqual(drawn(candidates, state, { width: 40 }), [
    '  # symbol     nearest        ATR to go',
    '  1 SOLUSDT    ▲     102.5   0.75 █████░',
    '  2 BTCUSDT    ▼   64180.0   0.12 █████░',
    '  3 LINKUSDT   no level',
  ]);
});

test('score, close and figures of the scan stand beside them where there is room', () => {
  const [head = '', first = ''] = drawn(candidates, state, { width: 200 });
  assert.match(
    head,
    /score +close .* 24h % +volume +vol1h +vol5m +ATR % +BBpct +bps +depth +tr\/m +OI % +BTC/,
  );
  assert.match(first, /\+0\.91 +101\.9 .* -5\.8 +111M +1\.6x +0\.7x +0\.71 +1 +2\.5 +366k +105 +- +\+0\.43/);
});

test('a figure that the venue does not give is a dash, never a zero', () => {
  const figures = { volume_24h: null, change_24h: null };
  const [, row = ''] = drawn(candidates, withRead('candidates', aScan([aCandidate({ figures })])), {
    width: 200,
  });
  assert.doesNotMatch(row, /(?<![\d.])[+-]?0(\.0+)?(x|k|M)?(?!\S)/);
  assert.match(
    detailOf(candidates, withRead('candidates', aScan([aCandidate({ figures })])), 'SOLUSDT') ?? '',
    /24 h, % +not known/,
  );
});

test('a level that the close is beyond says so in a word, a near one is marked, a far one has an empty bar', () => {
  const of = (distanceAtr: number | null) =>
    linesOf(candidates, withRead('candidates', aScan([aCandidate({ nearest: aLevel({ distanceAtr }) })])));
  assert.equal(spanWith(of(-0.07), 'beyond')?.tone, 'warn');
  assert.equal(spanWith(of(0.12), '█████░')?.tone, 'accent');
  assert.equal(spanWith(of(5.1), '░░░░░░')?.tone, 'plain');
  assert.equal(spanWith(of(null), '░'), undefined);
});

test('before the first answer, before the first scan and without candidates nothing is made up', () => {
  assert.deepEqual(drawn(candidates, aState()), ['reading…']);
  assert.equal(candidates.summary?.(aState()), '');
  const before = { at: null, markets: 0, universe: 0, passed: 0, candidates: [] };
  assert.deepEqual(drawn(candidates, withRead('candidates', before)), ['no scan yet']);
  assert.deepEqual(drawn(candidates, withRead('candidates', { ...aScan([]), passed: 0 })), [
    'no candidate: 0 of 30 symbols pass the filters',
  ]);
  assert.equal(candidates.summary?.(state), '23 of 30 pass, scan 12:05');
});

test('a filter leaves the symbols that have it, and a row keeps its symbol when the ranks change', () => {
  assert.deepEqual(candidates.rows?.(state, 'btc'), ['BTCUSDT']);
  assert.equal(candidates.symbolOf?.(state, 'BTCUSDT'), 'BTCUSDT');
  const later = withRead('candidates', aScan([aCandidate({ rank: 1, symbol: 'BTCUSDT' })]));
  assert.equal(candidates.symbolOf?.(later, 'BTCUSDT'), 'BTCUSDT');
  assert.equal(candidates.symbolOf?.(later, 'SOLUSDT'), null);
  assert.equal(detailOf(candidates, later, 'SOLUSDT'), null);
});

test('the detail has every figure with its name, and the nearest level whole', () => {
  const detail = detailOf(candidates, state, 'BTCUSDT') ?? '';
  assert.match(detail, /rank +2 of 3, score -0\.08/);
  assert.match(detail, /spread in basis points +2\.5/);
  assert.match(detail, /64180\.0, a support, broken downwards/);
  assert.match(detail, /0\.12 ATR \(of 15 minutes\), 0\.05 % of the close/);
});

test('candidates fit at every width, and need no character beyond ASCII where there is none', () => {
  fitsEverywhere(candidates, state, 'BTCUSDT');
  const ascii = drawn(candidates, state, { glyphs: glyphsFor(true) }).join('');
  assert.match(ascii, /^[\x20-\x7e]*$/);
});
