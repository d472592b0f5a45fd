/** Read models: plain objects made from the engine's own state when somebody asks. */

import type { OpenTrade } from '../execution/open-trade.ts';
import { isLive } from '../execution/orders.ts';
import { stepsNearest, stepsToText } from '../market/grid.ts';
import type { Millis } from '../market/time.ts';
import type { Controls } from './controls.ts';
import type { CommandName } from './input.ts';
import { refusalByName } from './refusals.ts';
import type { Run } from './run.ts';
import type { CommandView, MetricsView, PositionView, StatusView } from './view.ts';

/** Decimals of unrealised money in views: marks are float64. */
const MONEY_DECIMALS = 8;

const COMMANDS: readonly CommandName[] = [
  'start',
  'stop',
  'pause',
  'resume',
  'emergencyStop',
  'reset',
  'retry',
  'closePosition',
  'cancelOrder',
  'adopt',
  'ignore',
];

export function statusView(controls: Controls, at: Millis): StatusView {
  const { run, machine, latches } = controls;
  return {
    state: machine.state,
    preset: run?.preset.name ?? null,
    mode: run?.mode ?? null,
    startedAt: run?.startedAt ?? null,
    at: run === null ? null : at,
    slots: run?.preset.risk.max_open_positions ?? 0,
    freeSlots: run?.freeSlots ?? 0,
    openPositions: run?.desk.positions ?? 0,
    pendingEntries: run?.desk.entriesPending ?? 0,
    dailyR: run?.limits.dailyR ?? 0,
    consecutiveLosses: run?.limits.consecutiveLosses ?? 0,
    equity: run?.ledger.equity.toFixed() ?? null,
    pausedBy: latches.pause,
    haltedBy: latches.halt,
    stopping: controls.stopping !== null,
  };
}

export function metricsView(run: Run | null): MetricsView | null {
  if (run === null) return null;
  let gaps = 0;
  let missingBars = 0;
  for (const s of run.series) {
    gaps += s.gaps;
    missingBars += s.missingBars;
  }
  return {
    cycleCount: run.counters.cycles,
    scans: run.counters.scans,
    totalSignals: run.counters.signals,
    totalTrades: run.trades.length,
    dailyPnlR: run.limits.dailyR,
    totalR: run.totalR,
    maxDrawdownR: run.maxDrawdownR,
    fees: run.ledger.fees.toFixed(),
    netProfit: run.ledger.closed.toFixed(),
    equity: run.ledger.equity.toFixed(),
    bars: run.counters.bars,
    gaps,
    missingBars,
    lateBars: run.counters.lateBars,
    repeatedBars: run.counters.repeatedBars,
  };
}

export function positionViews(run: Run | null): PositionView[] {
  if (run === null) return [];
  const views: PositionView[] = [];
  for (const trade of run.desk.trades()) if (trade.openLots > 0) views.push(positionView(trade));
  return views;
}

export function commandViews(controls: Controls): CommandView[] {
  return COMMANDS.map((command) => {
    const refusal = refusalByName(controls, command);
    return { command, allowed: refusal === null, reason: refusal?.message ?? '' };
  });
}

function positionView(trade: OpenTrade): PositionView {
  const { ticks, lots } = trade.market;
  const resting = [trade.tp1, trade.tp2].flatMap((order) =>
    isLive(order) && order.request.price !== null && (order.purpose === 'tp1' || order.purpose === 'tp2')
      ? [
          {
            purpose: order.purpose,
            price: order.request.price,
            quantity: stepsToText(lots, order.lots - order.filledLots),
          },
        ]
      : [],
  );
  const { list, taking } = trade.watched;
  const watched = (taking === null ? list : [taking, ...list]).map((target) => ({
    purpose: target.purpose,
    price: trade.priceText(target.priceTicks),
    quantity: trade.quantityText(target.lots),
  }));
  const targets = [...resting, ...watched];
  const { stop } = trade;
  const confirmed =
    trade.protectedLots > 0 && stop !== null && stop.stopTicks !== null ? stop.stopTicks : null;
  const unrealised = trade.direction * (trade.mark - trade.entryPrice) * trade.openQuantity;
  return {
    tradeId: trade.id,
    symbol: trade.market.symbol,
    side: trade.side,
    strategy: trade.strategy,
    quantity: trade.quantityText(trade.openLots),
    entry: trade.account.average('entry'),
    mark: stepsToText(ticks, stepsNearest(ticks, trade.mark)),
    stop: confirmed === null ? null : trade.priceText(confirmed),
    protectedQuantity: stepsToText(lots, Math.min(trade.protectedLots, trade.openLots)),
    targets,
    openedAt: trade.openedAt,
    unrealisedPnl: unrealised.toFixed(MONEY_DECIMALS),
    unrealisedR: trade.rAt(trade.mark),
    risk: (trade.riskDistance * trade.enteredLots * lots.step).toFixed(MONEY_DECIMALS),
    level: trade.levelText(),
  };
}
