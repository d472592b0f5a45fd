import { stepsOn } from '../market/grid.ts';
import type { Market } from '../market/instrument.ts';
import type { Order } from './orders.ts';

/** Counts orders in the ticks and lots that their market has now; what they were sent with stays. */
export function regridOrders(orders: Iterable<Order>, from: Market, to: Market): void {
  for (const order of orders) {
    order.lots = stepsOn(from.lots, to.lots, order.lots, 'down');
    order.filledLots = stepsOn(from.lots, to.lots, order.filledLots, 'down');
    if (order.stopTicks === null) continue;
    // Between two ticks it counts as the one away from the market, so that it is seen not to be where it is wanted.
    const away = order.request.side === 'sell' ? 'down' : 'up';
    order.stopTicks = stepsOn(from.ticks, to.ticks, order.stopTicks, away);
  }
}
