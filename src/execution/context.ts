import type { Preset } from '../config/preset.ts';
import type { BrokerCapabilities } from '../engine/input.ts';
import type { OrderPurpose, OrderRequest, OrderType } from '../engine/output.ts';
import { SECOND } from '../market/time.ts';
import type { OpenTrade } from './open-trade.ts';
import type { Order, Orders } from './orders.ts';
import type { Outbox } from './outbox.ts';

/** What the parts of execution share. */
export interface ExecutionContext {
  readonly outbox: Outbox;
  readonly orders: Orders;
  preset: Preset;
  broker: BrokerCapabilities;
}

export interface NewOrder {
  readonly purpose: OrderPurpose;
  readonly type: OrderType;
  readonly lots: number;
  readonly priceTicks: number | null;
  readonly stopTicks: number | null;
}

/** Sends a new order of a trade. Entries take the trade's side; all else reduces. */
export function submit(context: ExecutionContext, trade: OpenTrade, wanted: NewOrder): Order {
  const { outbox, orders, broker } = context;
  const entry = wanted.purpose === 'entry' || wanted.purpose === 'add_on';
  const request: OrderRequest = {
    id: orders.nextId(),
    tradeId: trade.id,
    symbol: trade.market.symbol,
    side: entry ? trade.entrySide : trade.exitSide,
    type: wanted.type,
    purpose: wanted.purpose,
    quantity: trade.quantityText(wanted.lots),
    price: wanted.priceTicks === null ? null : trade.priceText(wanted.priceTicks),
    stopPrice: wanted.stopTicks === null ? null : trade.priceText(wanted.stopTicks),
    reduceOnly: !entry,
    ...(entry && broker.attachedStop === true && { attachedStop: trade.priceText(trade.stopTicks) }),
  };
  const order: Order = {
    id: request.id,
    tradeId: trade.id,
    request,
    purpose: wanted.purpose,
    sentAt: outbox.at,
    updatedAt: outbox.at,
    status: 'submitted',
    lots: wanted.lots,
    filledLots: 0,
    stopTicks: wanted.stopTicks,
    cancelling: false,
    refusedCancels: 0,
    amending: false,
    amendRefused: false,
    fillIds: new Set(),
  };
  orders.add(order);
  outbox.put({ kind: 'submit', at: outbox.at, order: request });
  outbox.event({ type: 'order', order: request, status: 'submitted', reason: '' });
  return order;
}

/** Asks for a cancel, once. A final order needs none. */
export function cancel(context: ExecutionContext, order: Order | null, reason: string): void {
  if (order === null || order.cancelling) return;
  if (order.status === 'filled' || order.status === 'cancelled' || order.status === 'rejected') return;
  order.cancelling = true;
  context.outbox.put({ kind: 'cancel', at: context.outbox.at, orderId: order.id });
  context.outbox.event({ type: 'order', order: order.request, status: 'cancelling', reason });
}

/** Wait before a cancel that the venue refused is sent again: grows with each refusal, up to the limit. */
const CANCEL_AGAIN = { first: SECOND, most: 30 * SECOND } as const;

/**
 * A cancel was refused. Either the order is final and the report of that is on its way, or the venue could not do
 * it just now: it is asked again later, until the order's fate is known.
 */
export function retryCancel(context: ExecutionContext, order: Order): void {
  const wait = Math.min(CANCEL_AGAIN.most, CANCEL_AGAIN.first * 2 ** (order.refusedCancels - 1));
  context.outbox.timer(context.outbox.at + wait, { kind: 'retry_cancel', orderId: order.id });
}

export function cancelAgain(context: ExecutionContext, orderId: number): void {
  const order = context.orders.get(orderId);
  if (order === undefined) return;
  order.cancelling = false;
  cancel(context, order, 'the last cancel was refused');
}
