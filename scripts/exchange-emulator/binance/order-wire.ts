/**
 * Orders and trades as Binance's USD-M futures API shows them. An order that waits for a price is an order of the algo
 * service, under an id of its own there; once the price has come it is an order of the market too, under another.
 */
import { type Execution, isLive, leaves, type Order } from '../core/order.ts';
import { plain, quotient } from '../decimal.ts';

const FIRST_ALGO = 1_000_000;
const AVERAGE_DECIMALS = 10;

export const algoId = (order: Order) => FIRST_ALGO + order.ordinal;
export const isAlgo = (order: Order) => order.kind !== null;
/** It is, or has been, an order of the market. */
export const isOrder = (order: Order) => order.kind === null || order.triggered;

const LEGS = ['BOTH', 'LONG', 'SHORT'] as const;
export const positionSide = ({ leg }: { leg: Order['leg'] }) => LEGS[leg];
export const sideWire = ({ side }: { side: Order['side'] }) => (side === 'buy' ? 'BUY' : 'SELL');

export function timeInForce(order: Order): string {
  return order.timeInForce === 'PostOnly' ? 'GTX' : order.type === 'market' ? 'GTC' : order.timeInForce;
}

export function orderStatus(order: Order): string {
  switch (order.status) {
    case 'untriggered':
    case 'new':
    case 'partly-filled':
      if (leaves(order).eq(0)) return 'FILLED';
      return order.filled.gt(0) ? 'PARTIALLY_FILLED' : 'NEW';
    case 'filled':
      return 'FILLED';
    case 'rejected':
      return 'REJECTED';
    case 'cancelled':
    case 'deactivated':
      return order.endReason === 'no-liquidity' || order.endReason === 'reduce-only' ? 'EXPIRED' : 'CANCELED';
  }
}

/** What kind of order it was asked for as: conditional ones by which way the price has to come. */
export function askedType(order: Order): string {
  const plainType = order.type === 'market' ? 'MARKET' : 'LIMIT';
  if (order.trigger === null) return plainType;
  const stops = (order.side === 'buy') === (order.trigger.direction === 'rise');
  const name = stops ? 'STOP' : 'TAKE_PROFIT';
  return order.type === 'market' ? `${name}_MARKET` : name;
}

export const average = (order: Order) =>
  order.filled.eq(0) ? '0' : plain(quotient(order.filledValue, order.filled).round(AVERAGE_DECIMALS));

/** What the exchange closes itself has an id that says so. */
export const clientId = (order: Order) =>
  order.linkId ?? (order.forced === true ? `autoclose-${order.id}` : '');

/** An order that is asked for. */
export function orderWire(order: Order): Record<string, unknown> {
  return { ...orderFigures(order), time: order.createdAt };
}

/** An order that has just been sent, changed or cancelled. */
export function sentOrder(order: Order): Record<string, unknown> {
  return { ...orderFigures(order), cumQty: plain(order.filled) };
}

function orderFigures(order: Order): Record<string, unknown> {
  return {
    orderId: Number(order.id),
    symbol: order.listing.symbol,
    status: orderStatus(order),
    clientOrderId: clientId(order),
    price: order.price === null ? '0' : plain(order.price),
    avgPrice: average(order),
    origQty: plain(order.quantity),
    executedQty: plain(order.filled),
    cumQuote: plain(order.filledValue),
    timeInForce: timeInForce(order),
    type: order.type === 'market' ? 'MARKET' : 'LIMIT',
    origType: askedType(order),
    reduceOnly: order.reduceOnly,
    closePosition: order.closesPosition,
    side: sideWire(order),
    positionSide: positionSide(order),
    stopPrice: order.trigger === null ? '0' : plain(order.trigger.price),
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    priceMatch: 'NONE',
    selfTradePreventionMode: 'EXPIRE_MAKER',
    goodTillDate: 0,
    updateTime: order.updatedAt,
  };
}

export function algoStatus(order: Order): string {
  if (order.status === 'untriggered') return 'NEW';
  if (!order.triggered) return 'CANCELED';
  if (order.status === 'rejected' || (order.endReason === 'reduce-only' && order.filled.eq(0)))
    return 'REJECTED';
  return isLive(order) ? 'TRIGGERED' : 'FINISHED';
}

export function failReason(order: Order): string {
  if (algoStatus(order) !== 'REJECTED') return '';
  return order.endReason === 'no-margin' ? 'Margin is insufficient.' : 'ReduceOnly Order is rejected.';
}

/** What the exchange says of a conditional order that has just been sent. */
export function sentAlgo(order: Order): Record<string, unknown> {
  return {
    algoId: algoId(order),
    clientAlgoId: order.linkId ?? '',
    algoType: 'CONDITIONAL',
    orderType: askedType(order),
    symbol: order.listing.symbol,
    side: sideWire(order),
    positionSide: positionSide(order),
    timeInForce: timeInForce(order),
    quantity: plain(order.quantity),
    algoStatus: algoStatus(order),
    triggerPrice: order.trigger === null ? '0' : plain(order.trigger.price),
    price: order.price === null ? '0' : plain(order.price),
    icebergQuantity: null,
    selfTradePreventionMode: 'EXPIRE_MAKER',
    workingType: 'CONTRACT_PRICE',
    priceMatch: 'NONE',
    closePosition: order.closesPosition,
    priceProtect: false,
    reduceOnly: order.reduceOnly,
    createTime: order.createdAt,
    updateTime: order.updatedAt,
    triggerTime: order.triggered ? order.updatedAt : 0,
    goodTillDate: 0,
  };
}

/** One that is asked for: with what has become of it, and without why that failed, which is pushed alone. */
export function algoWire(order: Order): Record<string, unknown> {
  const placed = order.triggered && algoStatus(order) !== 'REJECTED';
  return {
    ...sentAlgo(order),
    actualOrderId: placed ? order.id : '',
    actualPrice: placed ? average(order) : '0',
  };
}

export function tradeWire(execution: Execution): Record<string, unknown> {
  return {
    symbol: execution.listing.symbol,
    id: Number(execution.id),
    orderId: execution.order === null ? 0 : Number(execution.order.id),
    side: sideWire(execution),
    price: plain(execution.price),
    qty: plain(execution.quantity),
    realizedPnl: plain(execution.realised),
    quoteQty: plain(execution.value),
    commission: plain(execution.fee),
    commissionAsset: execution.feeCoin,
    time: execution.at,
    positionSide: positionSide(execution),
    buyer: execution.side === 'buy',
    maker: execution.maker,
  };
}
