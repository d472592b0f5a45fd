/**
 * What the engine holds to be true of its venue: its orders, and what its fills have left in the account. A
 * reconciliation holds it against the venue's own books.
 */
import { isFinal, type Order } from '../execution/orders.ts';
import { item } from '../market/arrays.ts';
import { stepsToText } from '../market/grid.ts';
import type { Market } from '../market/instrument.ts';
import type { OrderRequest } from './output.ts';
import type { Run } from './run.ts';

export interface OrderClaim {
  readonly id: number;
  readonly request: OrderRequest;
  readonly status: Order['status'];
  readonly final: boolean;
  /** As amended; exact decimals in base units. */
  readonly quantity: string;
  readonly filled: string;
  readonly stopPrice: string | null;
  /** A cancel, or an amend, was sent and has not been answered. */
  readonly cancelling: boolean;
  readonly amending: boolean;
  /** The venue's ids of the fills that are booked. */
  readonly fillIds: ReadonlySet<string>;
}

export interface Claims {
  /** Live orders and final ones of late, by ascending id. */
  readonly orders: readonly OrderClaim[];
  /** By symbol: signed base quantity, dust included; what is zero may be missing. */
  readonly holdings: ReadonlyMap<string, string>;
  /** Ordinal of the order that was made last; 0 before the first. */
  readonly lastOrder: number;
}

export function claimsOf(run: Run | null): Claims {
  if (run === null) return { orders: [], holdings: new Map(), lastOrder: 0 };
  const markets = new Map(run.markets.map((market) => [market.symbol, market]));
  const orders: OrderClaim[] = [];
  for (const order of run.desk.orders()) {
    const market = markets.get(order.request.symbol);
    if (market !== undefined) orders.push(claimOf(order, market));
  }
  const holdings = new Map<string, string>();
  for (const [index, quantity] of run.desk.holdings())
    holdings.set(item(run.markets, index).symbol, quantity);
  return { orders, holdings, lastOrder: run.desk.lastOrder };
}

function claimOf(order: Order, market: Market): OrderClaim {
  return {
    id: order.id,
    request: order.request,
    status: order.status,
    final: isFinal(order),
    quantity: stepsToText(market.lots, order.lots),
    filled: stepsToText(market.lots, order.filledLots),
    stopPrice: order.stopTicks === null ? null : stepsToText(market.ticks, order.stopTicks),
    cancelling: order.cancelling,
    amending: order.amending,
    fillIds: order.fillIds,
  };
}
