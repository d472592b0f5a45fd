/** Read models of the host in the shape of the wire. */
import Big from 'big.js';
import type { OrderView } from '../../engine/view.ts';
import type { MetricsResult, StatusResult, TradeResult, TradeTotals } from '../../protocol/views.ts';
import type { SessionHost } from '../../session/host.ts';

export function statusOf(host: SessionHost): StatusResult {
  return host.status();
}

/** Before the first start nothing has been counted: the counters are zero, and there is no equity. */
const NOTHING_COUNTED = {
  cycleCount: 0,
  scans: 0,
  totalSignals: 0,
  totalTrades: 0,
  dailyPnlR: 0,
  totalR: 0,
  maxDrawdownR: 0,
  fees: '0',
  netProfit: '0',
  equity: null,
  bars: 0,
  gaps: 0,
  missingBars: 0,
  lateBars: 0,
  repeatedBars: 0,
} as const;

export function metricsOf(host: SessionHost): MetricsResult {
  const { engine, ...measured } = host.metrics();
  return { ...(engine ?? NOTHING_COUNTED), ...measured };
}

/** Neither final nor yet to be sent: the venue has it, or may have it. */
export function isOut({ status }: OrderView): boolean {
  return status === 'submitted' || status === 'unknown' || status === 'working';
}

/** What finished trades come to. */
export function tradeTotals(trades: readonly Pick<TradeResult, 'pnl' | 'r'>[]): TradeTotals {
  const won = trades.filter(({ pnl }) => new Big(pnl).gt(0)).length;
  const r = trades.reduce((sum, trade) => sum + trade.r, 0);
  const pnl = trades.reduce((sum, trade) => sum.plus(trade.pnl), new Big(0));
  return { trades: trades.length, won, r, pnl: pnl.toFixed() };
}
