import assert from 'node:assert/strict';
import { test } from 'node:test';
import { symbolIn } from '../../../src/tui/frame/standing.ts';
import { initialUi } from '../../../src/tui/keys/ui-state.ts';
import { PANES } from '../../../src/tui/panes/registry.ts';
import type { ViewState } from '../../../src/tui/store/state.ts';
import { withRead } from '../panes/trading-samples.ts';
import { aPosition, aState } from '../samples.ts';

const charted = (symbol: string, state: ViewState): ViewState =>
  withRead('candles', { symbol, timeframe: '15m', candles: [] }, state);
const symbolOf = (state: ViewState): string | null =>
  symbolIn({ state, ui: initialUi(120, 40), panes: PANES });

test('without a selection the chart is of what is at risk', () => {
  assert.equal(symbolOf(charted('ADAUSDT', aState())), 'SOLUSDT');
});

test('a chart does not jump to another symbol while its own is at risk', () => {
  const state = aState({ positions: [aPosition(), aPosition({ tradeId: 8, symbol: 'BTCUSDT' })] });
  assert.equal(symbolOf(charted('BTCUSDT', state)), 'BTCUSDT');
});
