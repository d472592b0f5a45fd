/** What the daemon answers about the trading, for tests of the panes that need no daemon. */
import assert from 'node:assert/strict';
import type { SignalResult } from '../../../src/protocol/history-views.ts';
import type {
  AccountResult,
  LevelResult,
  OrderResult,
  ScanResult,
} from '../../../src/protocol/trading-views.ts';
import type { TradeResult } from '../../../src/protocol/views.ts';
import type { Pane, PaneView } from '../../../src/tui/panes/pane.ts';
import type { ReadName, ReadResult } from '../../../src/tui/store/reads.ts';
import { applyRead } from '../../../src/tui/store/reduce.ts';
import type { ViewState } from '../../../src/tui/store/state.ts';
import { glyphsFor } from '../../../src/tui/text/glyphs.ts';
import { fitted, type Line, type Span, widthOf } from '../../../src/tui/text/line.ts';
import { aState, NOW } from '../samples.ts';

const at = Date.UTC(2024, 2, 31, 12, 5);

const textOf = (of: Line): string => of.map(({ text }) => text).join('');

/** The sample session with an answer to a read. */
export function withRead<K extends ReadName>(name: K, data: ReadResult<K>, state = aState()): ViewState {
  return applyRead(state, name, data, NOW);
}

export function linesOf(pane: Pane, state: ViewState, over: Partial<PaneView> = {}): readonly Line[] {
  const glyphs = glyphsFor(false);
  const view = { width: 80, height: 10, focused: false, selected: null, filter: '', symbol: null };
  return pane.render({ ...view, state, glyphs, ...over });
}

/** As the frame shows them: cut to the width, blanks at the ends left out. */
export function drawn(pane: Pane, state: ViewState, over: Partial<PaneView> = {}): string[] {
  const width = over.width ?? 80;
  return linesOf(pane, state, over).map((of) => textOf(fitted(of, width)).trimEnd());
}

export function detailOf(pane: Pane, state: ViewState, key: string): string | null {
  const lines = pane.detail?.(state, key, 72) ?? null;
  return lines === null ? null : lines.map(textOf).join('\n');
}

/** The span that has a text in it. */
export function spanWith(lines: readonly Line[], text: string): Span | undefined {
  return lines.flat().find((span) => span.text.includes(text));
}

/** Nothing of the pane is cut off at any width, and it stays within its height. */
export function fitsEverywhere(pane: Pane, state: ViewState, selected: string | null = null): void {
  for (let width = pane.minWidth; width <= 200; width++) {
    for (const height of [1, 3, pane.minHeight - 1, 30]) {
      const lines = linesOf(pane, state, { width, height, selected });
      assert.ok(lines.length <= height, `${pane.id} takes ${lines.length} of ${height} rows`);
      for (const of of lines) assert.ok(widthOf(of) <= width, `${width}: ${textOf(of)}`);
    }
  }
}

export function aLevel(over: Partial<LevelResult> = {}): LevelResult {
  return {
    id: 31,
    symbol: 'SOLUSDT',
    side: 'long',
    price: '102.5',
    life: 'armed',
    touches: 4,
    strength: 0.82,
    bornAt: Date.UTC(2024, 2, 30, 22, 15),
    brokenAt: null,
    close: '101.9',
    distanceAtr: 0.75,
    ...over,
  };
}

export function aCandidate(
  over: Partial<ScanResult['candidates'][number]> = {},
): ScanResult['candidates'][number] {
  return {
    rank: 1,
    symbol: 'SOLUSDT',
    score: 0.914,
    close: '101.9',
    figures: {
      volume_24h: 110_756_551,
      atr_range: 0.00709,
      bb_width_percentile: 0.0105,
      volume_surge_1h: 1.58,
      volume_surge_5m: 0.74,
      change_24h: -0.0575,
      btc_correlation: 0.43,
      oi_change: null,
      spread: 2.46,
      depth: 366_389,
      trades_per_minute: 105,
    },
    armedLevels: 3,
    nearest: aLevel(),
    ...over,
  };
}

export function aScan(candidates: readonly ScanResult['candidates'][number][] = [aCandidate()]): ScanResult {
  return { at, markets: 36, universe: 30, passed: 23, candidates };
}

export function aSignal(over: Partial<SignalResult> = {}): SignalResult {
  return {
    signalId: 1,
    at,
    wallAt: NOW,
    symbol: 'SOLUSDT',
    side: 'long',
    strategy: 'momentum',
    levelId: 31,
    level: '99.5',
    price: '100',
    stop: '95',
    confidence: 0.79,
    reason: 'close beyond the level with 2.1 times the usual volume',
    outcome: { result: 'open', tradeId: 7 },
    ...over,
  };
}

export function anOrder(over: Partial<OrderResult> = {}): OrderResult {
  return {
    id: 12,
    tradeId: 7,
    symbol: 'SOLUSDT',
    side: 'sell',
    type: 'stop',
    purpose: 'stop',
    quantity: '2',
    filled: '0',
    price: null,
    stopPrice: '95',
    reduceOnly: true,
    status: 'working',
    cancelling: false,
    sentAt: at - 600_000,
    updatedAt: at - 540_000,
    ...over,
  };
}

export function aTrade(over: Partial<TradeResult> = {}): TradeResult {
  return {
    id: 3,
    symbol: 'SOLUSDT',
    side: 'long',
    strategy: 'momentum',
    openedAt: at - 7_500_000,
    closedAt: at,
    entry: '100',
    exit: '104.25',
    quantity: '2',
    fees: '0.21',
    funding: '0.02',
    pnl: '8.27',
    r: 0.83,
    risk: '10',
    initialStop: '95',
    level: '99.5',
    exitReason: 'trail',
    maxR: 1.12,
    minR: -0.31,
    addedOn: false,
    ambiguous: false,
    ...over,
  };
}

export function anAccount(over: Partial<AccountResult> = {}): AccountResult {
  return {
    startEquity: '10000',
    equity: '10125.40',
    realised: '125.40',
    fees: '12.91',
    funding: '0.40',
    openResult: -2.04,
    markedEquity: 10_123.36,
    sizingEquity: 10_123.36,
    available: null,
    openRisk: 98.12,
    openNotional: 1_169.35,
    riskPerTrade: 50.62,
    dailyR: 1.25,
    limits: [
      { limit: 'max_open_positions', value: 4, max: 4, unit: 'count' },
      { limit: 'max_same_side', value: 1, max: 3, unit: 'count' },
      { limit: 'max_total_risk', value: 0.0161, max: 0.02, unit: 'share' },
      { limit: 'max_leverage', value: 0.12, max: 3, unit: 'multiple' },
      { limit: 'daily_loss_limit', value: 0.031, max: 0.03, unit: 'share' },
      { limit: 'max_drawdown', value: 0.012, max: 0.15, unit: 'share' },
      { limit: 'losing_streak_limit', value: 0, max: 6, unit: 'count' },
    ],
    ...over,
  };
}
