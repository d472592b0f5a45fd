/**
 * The protective stop. It always covers what is held: after every fill the wanted stop is compared with the one
 * at the venue and amended, replaced where two may rest, or cancelled and placed anew. What is not confirmed protected in time is closed.
 */
import { stepsNearest } from '../market/grid.ts';
import { closeAtMarket } from './closing.ts';
import { cancel, type ExecutionContext, submit } from './context.ts';
import type { OpenTrade } from './open-trade.ts';
import { isLive, type Order } from './orders.ts';

/** Brings the venue's stop in line with the position; does nothing while an answer is outstanding. */
export function protect(context: ExecutionContext, trade: OpenTrade): void {
  if (trade.openLots === 0) return;
  watchProtection(context, trade);
  const { stop } = trade;
  const wanted = lotsToCover(trade);
  if (wanted === 0) return;
  if (!isLive(stop)) {
    // While the position is being closed at market a lost stop is not replaced: the exit is on its way.
    if (trade.closing !== null) return;
    if (trade.direction * (trade.mark - trade.stopPrice) <= 0) {
      closeAtMarket(context, trade, 'stop_passed');
      return;
    }
    trade.stop = submitStop(context, trade, wanted);
    return;
  }
  if (stop.status !== 'working' || stop.cancelling || stop.amending) return;
  const covered = stop.lots - stop.filledLots;
  if (covered === wanted && stop.stopTicks === trade.stopTicks) return;
  // A stop that has begun to fill was triggered: the rest of it is on its way out, and no venue moves it any more.
  if (stop.filledLots > 0 && covered >= wanted) return;
  if (!context.broker.amend && context.broker.twoStops === true) {
    // One replacement at a time: the one before has yet to be withdrawn.
    if (trade.closing !== null || isLive(trade.formerStop)) return;
    trade.formerStop = stop;
    trade.stop = submitStop(context, trade, wanted);
    return;
  }
  if (!context.broker.amend || stop.amendRefused) {
    // Between the cancel and the new stop nothing protects: while an exit is on its way the old one stays.
    if (trade.closing === null) cancel(context, stop, 'replaced');
    return;
  }
  stop.amending = true;
  context.outbox.put({
    kind: 'amend',
    at: context.outbox.at,
    orderId: stop.id,
    quantity: trade.quantityText(stop.filledLots + wanted),
    stopPrice: trade.priceText(trade.stopTicks),
  });
}

function submitStop(context: ExecutionContext, trade: OpenTrade, lots: number): Order {
  return submit(context, trade, {
    purpose: 'stop',
    type: 'stop',
    lots,
    priceTicks: null,
    stopTicks: trade.stopTicks,
  });
}

/** A stop that takes another's place has been confirmed: the other one is one too many. */
export function withdrawFormer(context: ExecutionContext, trade: OpenTrade): void {
  if (trade.formerStop === null) return;
  if (!isLive(trade.formerStop)) trade.formerStop = null;
  else if (trade.stop?.status === 'working') cancel(context, trade.formerStop, 'replaced');
}

/** All that is held, but for what is sold at its target. A part whose sale has not begun is covered with the last of the rest. */
function lotsToCover(trade: OpenTrade): number {
  const { watched } = trade;
  if (watched.taking === null) return trade.openLots;
  const order = trade[watched.taking.purpose];
  const rest = trade.openLots - watched.givenUp(order);
  // What is being closed is not sold at a target any more.
  if ((rest > 0 && trade.closing === null) || order !== null) return Math.max(0, rest);
  watched.taking = null;
  return trade.openLots;
}

/** The protect timer ran out: what is still uncovered is closed at market. */
export function protectionDue(context: ExecutionContext, trade: OpenTrade): void {
  trade.protectTimer = false;
  if (trade.finished || trade.openLots === 0 || trade.closing !== null) return;
  const { unprotectedSince } = trade;
  if (unprotectedSince === null || trade.protectedLots >= trade.openLots) return;
  // The timer may have been set for an earlier fill, which was protected in time.
  if (context.outbox.at - unprotectedSince >= context.preset.execution.protect_timeout_ms)
    closeAtMarket(context, trade, 'unprotected');
}

/** Moves the wanted stop towards the market; it never moves away from it. True when it moved. */
export function raiseStop(trade: OpenTrade, price: number, by: 'breakeven' | 'trail'): boolean {
  const ticks = stepsNearest(trade.market.ticks, price);
  if (trade.direction * (ticks - trade.stopTicks) <= 0) return false;
  trade.stopTicks = ticks;
  trade.stopReason = by;
  return true;
}

function watchProtection(context: ExecutionContext, trade: OpenTrade): void {
  if (trade.protectedLots >= trade.openLots) {
    trade.unprotectedSince = null;
    return;
  }
  trade.unprotectedSince ??= context.outbox.at;
  if (trade.protectTimer || trade.closing !== null) return;
  trade.protectTimer = true;
  context.outbox.timer(trade.unprotectedSince + context.preset.execution.protect_timeout_ms, {
    kind: 'protect',
    tradeId: trade.id,
  });
}
