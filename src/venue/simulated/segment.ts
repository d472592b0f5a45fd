/** Where orders meet the price on its way from one path point to the next. Prices are in ticks. */
import type { LiveOrder } from './order.ts';

export interface Meeting {
  readonly order: LiveOrder;
  /** How far along the way, in ticks. */
  readonly distance: number;
  /** Market orders and stops go before limits at the same place. */
  readonly rank: 0 | 1;
  /** The price met: a taker's reference, or a resting limit's own price. */
  readonly price: number;
  /** For limits: marketable on arrival. */
  readonly taker: boolean;
}

export function byPath(a: Meeting, b: Meeting): number {
  return a.distance - b.distance || a.rank - b.rank || a.order.id - b.order.id;
}

/**
 * Where `order` meets the price on its way `from` -> `to`, or null.
 * - A market order, and what is left of one, takes the price at the end of the way.
 * - A stop fires at its own price, or at once at `from` when that has already passed it (a gap into the open, where
 *   `from` = `to`; a stop placed or moved behind the price).
 * - A limit that is marketable at the first price it ever meets takes that price; a target that answers a fill inside
 *   the bar gets no more than its own price, which the market passed on its way. A resting one is filled at its
 *   own price once the price is a tick beyond it, after a gap too: it is never given the better price.
 */
export function meet(order: LiveOrder, from: number, to: number): Meeting | null {
  const { trigger, working } = order;
  if (trigger === null) {
    return { order, distance: Math.abs(to - from), rank: 0, price: to, taker: true };
  }
  const passed = (price: number, level: number) => (trigger.up ? price >= level : price <= level);
  if (working.kind === 'limit') {
    if (order.fresh && passed(from, trigger.onArrival)) {
      return { order, distance: 0, rank: 1, price: belated(order) ? working.limit : from, taker: true };
    }
    const distance = passed(from, trigger.at) ? 0 : Math.abs(trigger.at - from);
    return distance === 0 || passed(to, trigger.at)
      ? { order, distance, rank: 1, price: working.limit, taker: false }
      : null;
  }
  if (passed(from, trigger.at)) return { order, distance: 0, rank: 0, price: from, taker: true };
  if (!passed(to, trigger.at)) return null;
  return { order, distance: Math.abs(trigger.at - from), rank: 0, price: trigger.at, taker: true };
}

/**
 * Placed at an extreme of the bar, in answer to a fill on the way there: it comes late only because the path is
 * walked in four steps, and must not gain the extreme by that.
 */
function belated(order: LiveOrder): boolean {
  return order.reducing && (order.sincePoint === 1 || order.sincePoint === 2);
}
