/** A session with an answer to every read, for screens on which no pane is empty. */
import type { CandleResult } from '../../src/protocol/trading-views.ts';
import type { ViewState } from '../../src/tui/store/state.ts';
import {
  aDiagnosis,
  aLog,
  aLogLine,
  anExplanation,
  answered,
  someEquity,
  someHealth,
  someMetrics,
  someTrades,
} from './panes/reading-samples.ts';
import { aCandidate, aLevel, anAccount, anOrder, aScan, aSignal, aTrade } from './panes/trading-samples.ts';
import { aState } from './samples.ts';

const at = Date.UTC(2024, 2, 31, 12, 0);

/** A slow wave round a hundred: what SOLUSDT has done. */
const CANDLES: readonly CandleResult[] = Array.from({ length: 120 }, (_, i) => {
  const [open, close] = [100 + 3 * Math.sin(i / 8), 100 + 3 * Math.sin((i + 1) / 8)];
  return {
    closeTime: at - (119 - i) * 900_000,
    open,
    high: Math.max(open, close) + 0.4,
    low: Math.min(open, close) - 0.4,
    close,
  };
});

/** Positions, orders, trades, a scan, levels, signals, figures and a log that belong together. */
export function aFullState(over: Partial<ViewState> = {}): ViewState {
  const btc = { symbol: 'BTCUSDT', side: 'short', price: '64300.0', close: '64480.0' } as const;
  const orders = [
    anOrder({ id: 14, purpose: 'tp1', type: 'limit', price: '105', stopPrice: null, quantity: '1' }),
    anOrder({ id: 13, purpose: 'tp2', type: 'limit', price: '110', stopPrice: null, quantity: '1' }),
    anOrder(),
    anOrder({ id: 21, tradeId: 8, symbol: 'BTCUSDT', side: 'buy', quantity: '0.015', stopPrice: '64800.0' }),
    anOrder({ id: 22, tradeId: 9, symbol: 'LINKUSDT', side: 'buy', purpose: 'entry', status: 'unknown' }),
  ];
  const trades = [
    aTrade(),
    aTrade({ id: 4, symbol: 'ETHUSDT', side: 'short', pnl: '-10.02', r: -1, exitReason: 'stop' }),
    aTrade({ id: 5, symbol: '1000PEPEUSDT', pnl: '125.4', r: 11.25, exitReason: 'max_hold' }),
  ];
  const levels = [
    aLevel(),
    aLevel({ id: 32, ...btc, touches: 12, strength: 0.97, distanceAtr: 1.9 }),
    aLevel({ id: 33, symbol: 'LINKUSDT', price: '18.442', close: '18.460', distanceAtr: -0.05 }),
    aLevel({ id: 34, symbol: 'ETHUSDT', price: '3600.5', close: '3533.7', life: 'broken', brokenAt: at }),
  ];
  const candidates = [
    aCandidate(),
    aCandidate({
      rank: 2,
      symbol: 'BTCUSDT',
      score: 0.44,
      close: '64480.0',
      nearest: aLevel({ id: 32, ...btc }),
    }),
    aCandidate({ rank: 3, symbol: 'LINKUSDT', score: -0.12, armedLevels: 0, nearest: null }),
  ];
  const signals = [
    aSignal({
      signalId: 1,
      outcome: { result: 'closed', tradeId: 3, r: 0.83, pnl: '8.27', exitReason: 'trail' },
    }),
    aSignal({ signalId: 2, symbol: 'BTCUSDT', side: 'short', strategy: 'retest', price: '64210.5' }),
    aSignal({
      signalId: 3,
      symbol: 'LINKUSDT',
      outcome: {
        result: 'refused',
        code: 'free_slot',
        value: 0,
        threshold: 1,
        text: 'no slot is free',
      },
    }),
  ];
  const log = [
    aLogLine(),
    aLogLine({ seq: 2, level: 'warn', component: 'venue', message: 'reconnected', ref: null, detail: {} }),
    aLogLine({ seq: 3, level: 'error', component: 'journal', message: 'commit failed', detail: { code: 5 } }),
  ];
  const reads = {
    orders: answered({ orders }),
    trades: answered(someTrades(trades)),
    signals: answered({ session: 's-1', total: 9, dropped: 0, signals }),
    levels: answered({ levels }),
    candidates: answered(aScan(candidates)),
    account: answered({ account: anAccount() }),
    equity: answered(someEquity()),
    metrics: answered(someMetrics()),
    health: answered(someHealth()),
    diagnostics: answered(aDiagnosis()),
    explain: answered(anExplanation()),
    log: answered(aLog(log)),
    candles: answered({ symbol: 'SOLUSDT', timeframe: '15m' as const, candles: CANDLES }),
  };
  return aState({ reads, orders, ...over });
}
