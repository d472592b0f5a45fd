/**
 * Own orders and where each of them stands. Reports may come twice, late or out of order: a fill counts once,
 * a final order stays final, a fill before its acceptance is an acceptance.
 */
import type { OrderReport } from '../engine/input.ts';
import type { OrderPurpose, OrderRequest } from '../engine/output.ts';
import type { Millis } from '../market/time.ts';

export type OrderStatus = 'submitted' | 'unknown' | 'working' | 'filled' | 'cancelled' | 'rejected';

export interface Order {
  readonly id: number;
  readonly tradeId: number;
  readonly request: OrderRequest;
  readonly purpose: OrderPurpose;
  /** Venue time at which it was sent, and of the last report on it. */
  readonly sentAt: Millis;
  updatedAt: Millis;
  status: OrderStatus;
  /** Whole lots ordered (as amended) and filled. */
  lots: number;
  filledLots: number;
  /** Current stop price in ticks; null when the order has none. */
  stopTicks: number | null;
  /** A cancel was sent and the order is not final yet. */
  cancelling: boolean;
  /** Cancels that the venue refused: the next one waits longer. */
  refusedCancels: number;
  /** An amend was sent and has not been answered. */
  amending: boolean;
  /** The venue refused to amend it: it has to be cancelled and placed anew. */
  amendRefused: boolean;
  readonly fillIds: Set<string>;
}

export function isFinal(order: Order): boolean {
  return order.status === 'filled' || order.status === 'cancelled' || order.status === 'rejected';
}

export function isLive(order: Order | null): order is Order {
  return order !== null && !isFinal(order);
}

/** Final orders that are still known, for reports that come late. */
const REMEMBERED = 1024;

export class Orders {
  readonly #known = new Map<number, Order>();
  readonly #final: number[] = [];
  #ordinal = 0;

  /** The next order's ordinal. */
  nextId(): number {
    return ++this.#ordinal;
  }

  add(order: Order): void {
    this.#known.set(order.id, order);
  }

  get(id: number): Order | undefined {
    return this.#known.get(id);
  }

  /** Every order still known: the live ones and the final ones of late, oldest first. */
  known(): IterableIterator<Order> {
    return this.#known.values();
  }

  /** Orders that are not final, oldest first. */
  live(): Order[] {
    return [...this.#known.values()].filter((order) => !isFinal(order));
  }

  /** Called when an order became final: the oldest final ones are forgotten in time. */
  retire(order: Order): void {
    this.#final.push(order.id);
    const oldest = this.#final.length > REMEMBERED ? this.#final.shift() : undefined;
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}

/** Applies what a report says of the order itself; false when it says nothing new. */
export function applyReport(
  order: Order,
  report: OrderReport,
  fillLots: number,
  amended: { lots: number; stopTicks: number | null } | null,
): boolean {
  switch (report.status) {
    case 'accepted':
      if (order.status !== 'submitted' && order.status !== 'unknown') return false;
      order.status = 'working';
      return true;
    case 'unknown':
      if (order.status !== 'submitted') return false;
      order.status = 'unknown';
      return true;
    case 'rejected':
      // An order that has filled was not rejected, whatever comes later.
      if (isFinal(order) || order.filledLots > 0) return false;
      order.status = 'rejected';
      return true;
    case 'lost':
      // Whatever has been heard of an order proves that the venue had it.
      if (order.status !== 'submitted' && order.status !== 'unknown') return false;
      order.cancelling = false;
      order.status = 'rejected';
      return true;
    case 'cancelled':
      order.cancelling = false;
      if (isFinal(order)) return false;
      order.status = 'cancelled';
      return true;
    case 'cancel_rejected':
      // It stays `cancelling`: asked again at once the venue would say the same, so that waits for a timer.
      order.refusedCancels++;
      return !isFinal(order);
    case 'amended':
      order.amending = false;
      if (isFinal(order) || amended === null) return false;
      order.lots = amended.lots;
      order.stopTicks = amended.stopTicks;
      return true;
    case 'amend_rejected':
      order.amending = false;
      order.amendRefused = true;
      return !isFinal(order);
    case 'fill':
      if (order.fillIds.has(report.fillId)) return false;
      order.fillIds.add(report.fillId);
      order.filledLots += fillLots;
      if (order.filledLots >= order.lots) order.status = 'filled';
      else if (!isFinal(order)) order.status = 'working';
      return true;
  }
}
