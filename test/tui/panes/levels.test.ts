import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levels } from '../../../src/tui/panes/levels.ts';
import { aState } from '../samples.ts';
import { aLevel, detailOf, drawn, fitsEverywhere, withRead } from './trading-samples.ts';

const state = withRead('levels', {
  levels: [
    aLevel({
      id: 1,
      symbol: 'ADAUSDT',
      price: '1.13445',
      close: '1.14135',
      side: 'short',
      distanceAtr: 1.34,
    }),
    aLevel({ id: 2, symbol: 'ADAUSDT', price: '1.1420', close: '1.14135', life: 'formed', distanceAtr: 0.1 }),
    aLevel({ id: 3, symbol: 'SOLUSDT', distanceAtr: null }),
    aLevel({
      id: 4,
      symbol: 'BTCUSDT',
      price: '64180.0',
      close: '64210.5',
      distanceAtr: -0.12,
      life: 'broken',
      brokenAt: Date.UTC(2024, 2, 31, 11, 50),
    }),
    aLevel({
      id: 5,
      symbol: 'GALAUSDT',
      price: '0.039115',
      close: '0.030390',
      side: 'short',
      distanceAtr: -32.53,
      life: 'formed',
    }),
  ],
});

test('what is watched comes first, the nearest first; what only formed comes after it, however near', () => {
  assert.deepEqual(levels.rows?.(state, ''), ['level 4', 'level 1', 'level 3', 'level 2', 'level 5']);
});

test('side, distance and life are readable at 40 columns', () => {
  assert.deepEqual(drawn(levels, state, { width: 40 }), [
    ' symbol      level           ATR  life',
    ' BTCUSDT     ▲   64180.0   -0.12  broken',
    ' ADAUSDT     ▼   1.13445    1.34  armed',
    ' SOLUSDT     ▲     102.5       -  armed',
    ' ADAUSDT     ▲    1.1420    0.10  formed',
    ' GALAUSDT    ▼  0.039115  -32.53  formed',
  ]);
});

test('touches, strength, distance in percent, close and ages stand beside them where there is room', () => {
  const [head = '', broken = '', ada = ''] = drawn(levels, state, { width: 130 });
  assert.match(head, /to go +life +hits +strength +away % +close +since +broken$/);
  assert.match(broken, /beyond +broken +4 +0\.82 +-0\.05 +64210\.5 +03-30 22:15 +03-31 11:50$/);
  assert.match(ada, /█+░+ +armed +4 +0\.82 +\+0\.60 +1\.14135 +03-30 22:15 +-$/);
});

test('a filter finds a symbol, a life and a direction; a row stays with its level', () => {
  assert.deepEqual(levels.rows?.(state, 'ada'), ['level 1', 'level 2']);
  assert.deepEqual(levels.rows?.(state, 'formed'), ['level 2', 'level 5']);
  assert.deepEqual(levels.rows?.(state, 'usdt down'), ['level 1', 'level 5']);
  assert.equal(levels.symbolOf?.(state, 'level 4'), 'BTCUSDT');
  assert.equal(levels.symbolOf?.(state, 'level 99'), null);
  assert.deepEqual(drawn(levels, state, { filter: 'xrp' }), ['no level has that in it']);
});

test('the detail says what an unknown ATR leaves unknown', () => {
  assert.match(detailOf(levels, state, 'level 3') ?? '', /0\.59 % of the close; the ATR is not known yet/);
  assert.match(detailOf(levels, state, 'level 4') ?? '', /the close is beyond it/);
  assert.equal(detailOf(levels, state, 'level 99'), null);
});

test('before the first answer it says so; without levels it says that; the title counts the armed ones', () => {
  assert.deepEqual(drawn(levels, aState()), ['reading…']);
  assert.deepEqual(drawn(levels, withRead('levels', { levels: [] })), ['no level has formed yet']);
  assert.equal(levels.summary?.(aState()), '');
  assert.equal(levels.summary?.(withRead('levels', { levels: [] })), '');
  assert.equal(levels.summary?.(state), '2 armed of 5');
});

test('levels fit at every width', () => {
  fitsEverywhere(levels, state, 'level 2');
});
