/**
 * Own orders and where each of them stands. Reports may come twice, late or out of order: a fill counts once,
 * a final order stays final, a fill before its acceptance is an acceptance.
 */
import {
  type Archive,
  ArchiveError,
  type Codes,
  numberShape,
  type Shape,
  textShape,
} from '../archive/archive.ts';
import type { OrderReport } from '../engine/input.ts';
import type { OrderPurpose, OrderRequest, OrderSide, OrderType } from '../engine/output.ts';
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

const STATUS_CODES: Codes<OrderStatus> = {
  submitted: 0,
  unknown: 1,
  working: 2,
  filled: 3,
  cancelled: 4,
  rejected: 5,
};
const TYPE_CODES: Codes<OrderType> = { market: 0, limit: 1, stop: 2, stop_limit: 3 };
const ORDER_SIDE_CODES: Codes<OrderSide> = { buy: 0, sell: 1 };
const PURPOSE_CODES: Codes<OrderPurpose> = { entry: 0, add_on: 1, stop: 2, tp1: 3, tp2: 4, exit: 5 };

function attachedShape(a: Archive, request: OrderRequest | undefined): Pick<OrderRequest, 'attachedStop'> {
  const attachedStop = a.nullable(request?.attachedStop ?? null, textShape);
  return attachedStop === null ? {} : { attachedStop };
}

const requestShape: Shape<OrderRequest> = (a, request) => ({
  id: a.number(request?.id),
  tradeId: a.number(request?.tradeId),
  symbol: a.text(request?.symbol),
  side: a.choice(request?.side, ORDER_SIDE_CODES),
  type: a.choice(request?.type, TYPE_CODES),
  purpose: a.choice(request?.purpose, PURPOSE_CODES),
  quantity: a.text(request?.quantity),
  price: a.nullable(request?.price, textShape),
  stopPrice: a.nullable(request?.stopPrice, textShape),
  reduceOnly: a.flag(request?.reduceOnly),
  ...attachedShape(a, request),
});

const orderShape: Shape<Order> = (a, order) => {
  const request = requestShape(a, order?.request);
  const fillIds = new Set(order?.fillIds);
  a.set(fillIds, textShape);
  return {
    id: request.id,
    tradeId: request.tradeId,
    request,
    purpose: request.purpose,
    sentAt: a.number(order?.sentAt),
    updatedAt: a.number(order?.updatedAt),
    status: a.choice(order?.status, STATUS_CODES),
    lots: a.number(order?.lots),
    filledLots: a.number(order?.filledLots),
    stopTicks: a.nullable(order?.stopTicks, numberShape),
    cancelling: a.flag(order?.cancelling),
    refusedCancels: a.number(order?.refusedCancels),
    amending: a.flag(order?.amending),
    amendRefused: a.flag(order?.amendRefused),
    fillIds,
  };
};

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

  /** The ordinal that was given last; 0 before the first. */
  get lastId(): number {
    return this.#ordinal;
  }

  /** The next one is beyond `ordinal`. */
  skipTo(ordinal: number): void {
    this.#ordinal = Math.max(this.#ordinal, ordinal);
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

  archive(a: Archive): void {
    a.section('Orders');
    a.map(this.#known, numberShape, orderShape);
    a.items(this.#final, numberShape);
    this.#ordinal = a.number(this.#ordinal);
  }

  /** An order as a trade holds it: the one that is known here, or one that a long trade has kept beyond that. */
  readonly heldShape: Shape<Order> = (a, order) => {
    const known = this.#known.get(a.number(order?.id));
    if (a.flag(order === undefined ? undefined : order === known)) {
      if (known === undefined) throw new ArchiveError('a trade holds an order that is not among the orders');
      return known;
    }
    return orderShape(a, order);
  };
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
      // Made as small as what had filled of it: nothing is left of it to wait for.
      completed(order);
      return true;
    case 'amend_rejected':
      order.amending = false;
      order.amendRefused = true;
      if (isFinal(order)) return false;
      completed(order);
      return true;
    case 'fill':
      if (order.fillIds.has(report.fillId)) return false;
      order.fillIds.add(report.fillId);
      order.filledLots += fillLots;
      // While an amend is unanswered its size is not known: there may be more to fill.
      if (order.filledLots >= order.lots && !order.amending) order.status = 'filled';
      else if (!isFinal(order)) order.status = 'working';
      return true;
  }
}

/** Its size is known now, and all of that may have filled already. */
function completed(order: Order): void {
  if (order.filledLots > 0 && order.filledLots >= order.lots) order.status = 'filled';
}
