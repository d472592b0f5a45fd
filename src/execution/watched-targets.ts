/**
 * Targets on spot. A stop and a target cannot both hold the same coins, so the stop alone rests at the venue and the
 * engine watches the targets: at its price a part is sold at market, once the stop has been made smaller by it. What is
 * uncovered meanwhile is under the same time limit as a new fill.
 */
import { stepsToNumber } from '../market/grid.ts';
import { closeAtMarket } from './closing.ts';
import { type ExecutionContext, submit } from './context.ts';
import type { OpenTrade } from './open-trade.ts';
import { isFinal, isLive } from './orders.ts';
import { protect } from './protection.ts';

/** The market is at `price`: a target that it has reached is taken. */
export function priceSeen(context: ExecutionContext, trade: OpenTrade, price: number): void {
  const { watched } = trade;
  const [next] = watched.list;
  if (next === undefined || watched.taking !== null || watched.waits || trade.closing !== null) return;
  if (
    trade.openLots === 0 ||
    !(trade.direction * (price - stepsToNumber(trade.market.ticks, next.priceTicks)) >= 0)
  )
    return;
  watched.list.shift();
  if (next.lots >= trade.openLots) {
    closeAtMarket(context, trade, next.purpose);
    return;
  }
  watched.taking = next;
  protect(context, trade);
}

/** After anything happened to the trade: the part is sold once the stop leaves room for it. */
export function takeOn(context: ExecutionContext, trade: OpenTrade): void {
  const { watched, stop } = trade;
  const { taking } = watched;
  if (taking === null || trade.closing !== null) return;
  const order = trade[taking.purpose];
  if (order === null) {
    const covered = isLive(stop) && stop.status === 'working' && !stop.amending && !stop.cancelling;
    if (!covered || stop.lots - stop.filledLots !== trade.openLots - taking.lots) return;
    const { purpose, lots } = taking;
    trade[purpose] = submit(context, trade, {
      purpose,
      type: 'market',
      lots,
      priceTicks: null,
      stopTicks: null,
    });
    return;
  }
  if (!isFinal(order)) return;
  watched.taking = null;
  if (order.status === 'filled') return;
  // What it has not sold is watched again.
  const lots = order.lots - order.filledLots;
  trade[taking.purpose] = null;
  watched.list.unshift({ ...taking, lots });
  watched.waits = true;
  protect(context, trade);
}
