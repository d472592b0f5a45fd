/** The emulator's own books, exact, in no protocol's words: what a test holds the daemon's against. */
import type { Exchange } from '../core/exchange.ts';
import type { Execution, Order } from '../core/order.ts';
import { plain } from '../decimal.ts';

const orNull = (value: Order['price']) => (value === null ? null : plain(value));

function orderBook(order: Order) {
  return {
    id: order.id,
    linkId: order.linkId,
    category: order.listing.category,
    symbol: order.listing.symbol,
    side: order.side,
    type: order.type,
    status: order.status,
    endReason: order.endReason,
    kind: order.kind,
    triggered: order.triggered,
    reduceOnly: order.reduceOnly,
    closesPosition: order.closesPosition,
    leg: order.leg,
    quantity: plain(order.quantity),
    filled: plain(order.filled),
    filledValue: plain(order.filledValue),
    price: orNull(order.price),
    triggerPrice: orNull(order.trigger?.price ?? null),
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
  };
}

function executionBook(execution: Execution) {
  return {
    id: execution.id,
    kind: execution.kind,
    orderId: execution.order?.id ?? null,
    linkId: execution.order?.linkId ?? null,
    category: execution.listing.category,
    symbol: execution.listing.symbol,
    side: execution.side,
    price: plain(execution.price),
    quantity: plain(execution.quantity),
    fee: plain(execution.fee),
    feeCoin: execution.feeCoin,
    maker: execution.maker,
    closed: plain(execution.closed),
    realised: plain(execution.realised),
    at: execution.at,
  };
}

export function booksOf(exchange: Exchange) {
  const { account } = exchange;
  return {
    hedged: account.hedged,
    wallet: Object.fromEntries([...account.coins].map(([coin, amount]) => [coin, plain(amount)])),
    /** Open ones, signed. */
    positions: account.open().map((position) => ({
      symbol: position.listing.symbol,
      leg: position.leg,
      size: plain(position.size),
      cost: plain(position.cost),
      average: plain(position.average),
      realised: plain(position.realised),
      stopLoss: orNull(position.stops.stopLoss),
      takeProfit: orNull(position.stops.takeProfit),
    })),
    orders: exchange.orders.all.map(orderBook),
    executions: exchange.executions.map(executionBook),
  };
}

export type Books = ReturnType<typeof booksOf>;
