/** Entries: how a planned quantity is sent - whole, in time slices (TWAP) or a part at a time (iceberg). */
import type { Preset } from '../config/preset.ts';
import { cancel, type ExecutionContext, submit } from './context.ts';
import type { EntryPlan, OpenTrade } from './open-trade.ts';

export interface PlanRequest {
  readonly lots: number;
  /** Value of the whole at its limit, in quote. */
  readonly notional: number;
  readonly limitTicks: number;
  readonly triggerTicks: number | null;
  readonly purpose: 'entry' | 'add_on';
  /** Smallest number of lots that the venue takes. */
  readonly minLots: number;
}

/** A resting entry is always whole: its price is its protection. */
export function planEntry(request: PlanRequest, preset: Preset): EntryPlan {
  const { twap, iceberg } = preset.execution;
  const resting = request.triggerTicks !== null;
  const base = {
    resting,
    limitTicks: request.limitTicks,
    triggerTicks: request.triggerTicks,
    unsentLots: request.lots,
    purpose: request.purpose,
  };
  const slice = (lots: number) => Math.min(request.lots, Math.max(request.minLots, Math.ceil(lots)));
  if (!resting && twap !== null && request.notional > twap.above_notional) {
    return { ...base, sliceLots: slice(request.lots / twap.slices), intervalMs: twap.interval_ms };
  }
  if (!resting && iceberg !== null && request.notional > iceberg.above_notional) {
    return { ...base, sliceLots: slice(request.lots * iceberg.show_share), intervalMs: null };
  }
  return { ...base, sliceLots: request.lots, intervalMs: null };
}

/** Sends the next part of the plan; a last part that would be too small to send goes with the one before. */
export function sendSlice(context: ExecutionContext, trade: OpenTrade, minLots: number): void {
  const { plan } = trade;
  if (plan === null || plan.unsentLots === 0) return;
  const rest = plan.unsentLots - plan.sliceLots;
  const lots = rest < minLots ? plan.unsentLots : plan.sliceLots;
  plan.unsentLots -= lots;
  trade.entries.push(
    submit(context, trade, {
      purpose: plan.purpose,
      type: plan.resting ? 'stop_limit' : 'limit',
      lots,
      priceTicks: plan.limitTicks,
      stopTicks: plan.triggerTicks,
    }),
  );
  if (plan.unsentLots > 0 && plan.intervalMs !== null) {
    context.outbox.timer(context.outbox.at + plan.intervalMs, { kind: 'slice', tradeId: trade.id });
  }
}

/** Sends nothing more and cancels what rests. */
export function cancelEntry(context: ExecutionContext, trade: OpenTrade, reason: string): void {
  if (trade.plan !== null) trade.plan.unsentLots = 0;
  for (const order of trade.entries) cancel(context, order, reason);
}
