/** What the desk announces of orders and positions. */
import type { OrderReport } from '../engine/input.ts';
import type { DomainEvent, OrderEventStatus } from '../engine/output.ts';
import type { OpenTrade } from './open-trade.ts';
import type { Order } from './orders.ts';
import type { Outbox } from './outbox.ts';

type PositionEvent = Extract<DomainEvent, { type: 'position' }>;

const STATUS: Readonly<Record<OrderReport['status'], OrderEventStatus>> = {
  accepted: 'accepted',
  rejected: 'rejected',
  fill: 'filled',
  cancelled: 'cancelled',
  amended: 'amended',
  amend_rejected: 'accepted',
  cancel_rejected: 'accepted',
  unknown: 'unknown',
  lost: 'rejected',
};

/** What a report made of an order; a partial fill is told by its own event alone. */
export function announceOrder(outbox: Outbox, order: Order, report: OrderReport): void {
  if (report.status === 'fill' && order.status !== 'filled') return;
  const reason = 'reason' in report ? report.reason : '';
  // An answer to an amend may be what tells that all of it has filled.
  const status = order.status === 'filled' ? 'filled' : STATUS[report.status];
  outbox.event({ type: 'order', order: order.request, status, reason });
}

export function announcePosition(
  outbox: Outbox,
  trade: OpenTrade,
  change: PositionEvent['change'],
  reason: string,
): void {
  outbox.event({
    type: 'position',
    change,
    tradeId: trade.id,
    symbol: trade.market.symbol,
    side: trade.side,
    quantity: trade.quantityText(trade.openLots),
    stop: trade.priceText(trade.stopTicks),
    reason,
  });
}
