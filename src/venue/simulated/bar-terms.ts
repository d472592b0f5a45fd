/** What holds for a bar that is walked, where it is not what holds for every bar. */
import type { LiveOrder } from './order.ts';

export interface BarTerms {
  /** Half the spread that takers pay, as a share of the price, in the place of the assumed one. */
  readonly halfSpread: number;
  /**
   * How far bid and ask are from the bar's price, as a share of it: a limit meets the one that would fill it. 0 where the
   * bar is of trades.
   */
  readonly apart: number;
  /** Whether an order was there to meet it. */
  readonly meets: (orderId: number) => boolean;
}

/** What the bar's price is multiplied by for the price that `order` meets. */
export function sideOf(order: LiveOrder, terms: BarTerms | null): number {
  if (terms === null || order.working.kind !== 'limit') return 1;
  return order.buy ? 1 + terms.apart : 1 - terms.apart;
}
