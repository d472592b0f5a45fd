import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equity } from '../../../src/tui/panes/equity.ts';
import {
  answered,
  aTrade,
  having,
  holdsItsPlace,
  linesOf,
  someEquity,
  someTrades,
  textDrawn,
  toneOf,
} from './reading-samples.ts';

const trades = [
  aTrade({ id: 2, closedAt: Date.UTC(2024, 2, 31, 10, 0), r: -1 }),
  aTrade(),
  aTrade({ id: 3, closedAt: Date.UTC(2024, 2, 31, 11, 0), r: 0.5 }),
];
const state = having({ equity: answered(someEquity()), trades: answered(someTrades(trades)) });

test('equity, what it has gained, its drawdown, and R with its deepest fall', () => {
  const text = textDrawn(equity, state, { width: 60, height: 6 });
  assert.match(text, /^ equity +10120\.00 {2}\+120\.00, \+1\.20 %/);
  assert.match(textDrawn(equity, state, { width: 80 }), /drawdown 0\.80 %/);
  assert.match(text, /^ R +\+1\.48 R {2}in 3 trades {2}drawdown -1\.00 R$/m);
});

test('the highest and the lowest of each curve are named at its right edge', () => {
  const text = textDrawn(equity, state, { width: 60, height: 14 });
  assert.match(text, / 10120\.00$/m);
  assert.match(text, / {2}9980\.00$/m);
  assert.match(text, / \+1\.98 R$/m);
  assert.match(text, / 03-31 08:00 +03-31 11:30 UTC$/m);
});

test('a loss is a loss in sign and tone', () => {
  const points = someEquity().points.map((point) => ({ ...point, equity: 20_000 - point.equity }));
  const lines = linesOf(equity, having({ equity: answered(someEquity({ points })) }));
  assert.equal(toneOf(lines, '-120.00, -1.20 %'), 'bad');
});

test('before anything was started, and before a trade has ended, no curve is made up', () => {
  assert.equal(textDrawn(equity, having({})), 'reading…');
  const none = having({ equity: answered(someEquity({ points: [], maxDrawdown: null })) });
  assert.match(textDrawn(equity, none), /no equity yet: nothing has been started/);
  const fresh = having({ equity: answered(someEquity()), trades: answered(someTrades([])) });
  assert.match(textDrawn(equity, fresh), /R +no trade has ended yet/);
});

test("another session's trades are not drawn into this one's R", () => {
  const other = { ...someTrades(trades), session: 's-0' };
  const mixed = having({ equity: answered(someEquity()), trades: answered(other) });
  assert.doesNotMatch(textDrawn(equity, mixed), /in 3 trades/);
});

test('the curves keep their place at every size', () => {
  holdsItsPlace(equity, state);
  const flat = someEquity({ points: someEquity().points.slice(0, 1) });
  holdsItsPlace(equity, having({ equity: answered(flat), trades: answered(someTrades([])) }));
});
