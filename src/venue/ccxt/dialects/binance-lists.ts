import type { CcxtExchange, CcxtOrder } from '../exchange.ts';
import { inSpans, type Listing } from './spans.ts';

/** Of orders, fills and income alike. */
export const LISTING: Listing = { longest: 7 * 86_400_000 - 1, most: 1_000 };

/** Orders of a symbol that were made between `since` and `now`, stops that wait for their price left out. */
export function ordersSince(
  exchange: CcxtExchange,
  symbol: string,
  since: number,
  now: number,
): Promise<CcxtOrder[]> {
  return inSpans(since, now, LISTING, (from, until) =>
    exchange.fetchOrders(symbol, from, LISTING.most, { until }),
  );
}
