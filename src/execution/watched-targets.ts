/**
 * Targets on spot. A stop and a target cannot both hold the same coins, so the stop alone rests at the venue and the
 * engine watches the targets: at its price a part is sold at market, once the stop has been made smaller by it. What is
 * uncovered meanwhile is under the same time limit as a new fill.
 */
import type { Archive, Codes, Shape } from '../archive/archive.ts';
import { stepsToNumber } from '../market/grid.ts';
import { closeAtMarket } from './closing.ts';
import { type ExecutionContext, submit } from './context.ts';
import type { OpenTrade } from './open-trade.ts';
import { isFinal, isLive, type Order } from './orders.ts';
import { protect } from './protection.ts';

export interface WatchedTarget {
  readonly purpose: 'tp1' | 'tp2';
  readonly lots: number;
  readonly priceTicks: number;
}

const PURPOSE_CODES: Codes<WatchedTarget['purpose']> = { tp1: 0, tp2: 1 };

const targetShape: Shape<WatchedTarget> = (a, target) => ({
  purpose: a.choice(target?.purpose, PURPOSE_CODES),
  lots: a.number(target?.lots),
  priceTicks: a.number(target?.priceTicks),
});

/** The targets of one trade that are watched, nearest first. */
export class WatchedTargets {
  list: WatchedTarget[] = [];
  /** The one that is being taken: the stop is made smaller for it, or its order is out. */
  taking: WatchedTarget | null = null;
  /** A sale was refused: no other is tried before the next close. */
  waits = false;

  /** What the stop leaves uncovered: the part that is about to be sold, or is being sold. */
  givenUp(order: Order | null): number {
    if (this.taking === null) return 0;
    if (order === null) return this.taking.lots;
    return isLive(order) ? order.lots - order.filledLots : 0;
  }

  archive(a: Archive): void {
    a.items(this.list, targetShape);
    this.taking = a.nullable(this.taking, targetShape);
    this.waits = a.flag(this.waits);
  }
}

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
