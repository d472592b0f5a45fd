/** Orders and executions as Bybit's v5 API shows them, over REST and on the private stream, which says a little more. */
import type Big from 'big.js';
import {
  type ConditionKind,
  type EndReason,
  type Execution,
  isLive,
  leaves,
  type Order,
  type OrderStatus,
} from '../core/order.ts';
import { floorTo, plain, quotient, ZERO } from '../decimal.ts';

/** How far from the last price the limit lies that a market order is given. */
const MARKET_BOUND = '0.05';
const AVERAGE_DECIMALS = 10;

const STATUS: Record<OrderStatus, string> = {
  untriggered: 'Untriggered',
  new: 'New',
  'partly-filled': 'PartiallyFilled',
  filled: 'Filled',
  cancelled: 'Cancelled',
  deactivated: 'Deactivated',
  rejected: 'Rejected',
};

const CANCEL_TYPE: Record<EndReason, string> = {
  'by-user': 'CancelByUser',
  'by-venue': 'CancelByAdmin',
  'reduce-only': 'CancelByReduceOnly',
  'no-liquidity': 'UNKNOWN',
  'post-only': 'UNKNOWN',
  'not-whole': 'UNKNOWN',
  'no-margin': 'UNKNOWN',
  'position-closed': 'CancelByTpSlTsClear',
  'other-leg-done': 'CancelByTpSlTsClear',
};

const REJECT_REASON: Partial<Record<EndReason, string>> = {
  'by-user': 'EC_PerCancelRequest',
  'no-liquidity': 'EC_NoImmediateQtyToFill',
  'post-only': 'EC_PostOnlyWillTakeLiquidity',
  'not-whole': 'EC_NoEnoughQtyToFill',
  'no-margin': 'EC_PerCancelRequest',
};

const STOP_TYPE: Record<ConditionKind, readonly [whole: string, partial: string]> = {
  stop: ['Stop', 'Stop'],
  'stop-loss': ['StopLoss', 'PartialStopLoss'],
  'take-profit': ['TakeProfit', 'PartialTakeProfit'],
  tpsl: ['tpslOrder', 'tpslOrder'],
};

function stopType(order: Order): string {
  if (order.kind === null) return '';
  return STOP_TYPE[order.kind][order.closesPosition ? 0 : 1];
}

const side = (order: { side: 'buy' | 'sell' }) => (order.side === 'buy' ? 'Buy' : 'Sell');
const orNothing = (value: Big | null) => (value === null ? '' : plain(value));

/** A market order is a limit order far off: the exchange shows that limit. */
function shownPrice(order: Order): string {
  if (order.price !== null) return plain(order.price);
  const off = order.lastPriceOnCreated.times(MARKET_BOUND);
  const bound =
    order.side === 'buy' ? order.lastPriceOnCreated.plus(off) : order.lastPriceOnCreated.minus(off);
  return plain(floorTo(bound, order.listing.tick));
}

function status(order: Order): string {
  const partly = order.status === 'cancelled' && order.filled.gt(0) && order.listing.category === 'spot';
  return partly ? 'PartiallyFilledCanceled' : STATUS[order.status];
}

export function orderWire(order: Order): Record<string, unknown> {
  const { listing, trigger } = order;
  const linear = listing.category === 'linear';
  const left = isLive(order) ? leaves(order) : ZERO;
  const price = order.price ?? order.lastPriceOnCreated;
  const wire = {
    symbol: listing.symbol,
    orderId: order.id,
    orderLinkId: order.linkId ?? '',
    side: side(order),
    orderType: order.type === 'market' ? 'Market' : 'Limit',
    timeInForce: order.timeInForce,
    price: shownPrice(order),
    qty: plain(order.quoteQuantity ?? order.quantity),
    marketUnit: marketUnit(order),
    orderStatus: status(order),
    createType: createType(order),
    cancelType: order.endReason === null ? 'UNKNOWN' : CANCEL_TYPE[order.endReason],
    rejectReason: (order.endReason !== null && REJECT_REASON[order.endReason]) || 'EC_NoError',
    stopOrderType: stopType(order),
    avgPrice: order.filled.eq(0)
      ? ''
      : plain(quotient(order.filledValue, order.filled).round(AVERAGE_DECIMALS)),
    cumExecQty: plain(order.filled),
    cumExecValue: plain(order.filledValue),
    cumExecFee: plain([...order.fees.values()].reduce((sum, fee) => sum.plus(fee), ZERO)),
    cumFeeDetail: Object.fromEntries([...order.fees].map(([coin, fee]) => [coin, plain(fee)])),
    leavesQty: plain(left),
    leavesValue: plain(left.times(price)),
    triggerPrice: trigger === null ? '' : plain(trigger.price),
    triggerDirection: trigger === null ? 0 : trigger.direction === 'rise' ? 1 : 2,
    triggerBy: trigger === null || !linear ? '' : 'LastPrice',
    takeProfit: orNothing(order.attached?.takeProfit ?? null),
    stopLoss: orNothing(order.attached?.stopLoss ?? null),
    tpTriggerBy: order.attached?.takeProfit && linear ? 'LastPrice' : '',
    slTriggerBy: order.attached?.stopLoss && linear ? 'LastPrice' : '',
    tpLimitPrice: '0',
    slLimitPrice: '0',
    reduceOnly: order.reduceOnly,
    closeOnTrigger: order.closesPosition,
    positionIdx: order.leg,
    lastPriceOnCreated: plain(order.lastPriceOnCreated),
    isLeverage: linear ? '' : '0',
    orderIv: '',
    blockTradeId: '',
    placeType: '',
    parentOrderLinkId: order.parentLinkId ?? '',
    smpType: 'None',
    smpGroup: 0,
    smpOrderId: '',
    createdTime: String(order.createdAt),
    updatedTime: String(order.updatedAt),
  };
  // Only perpetuals have a mode of stop and target: readers tell the two kinds of market apart by it.
  return linear ? { ...wire, tpslMode: order.closesPosition ? 'Full' : tpslMode(order) } : wire;
}

function marketUnit({ listing, type, quoteQuantity }: Order): string {
  if (listing.category === 'linear' || type === 'limit') return '';
  return quoteQuantity === null ? 'baseCoin' : 'quoteCoin';
}

/** The list of orders that are over says more than that of the open ones. */
export function pastOrderWire(order: Order): Record<string, unknown> {
  return { ...orderWire(order), slippageToleranceType: 'UNKNOWN', slippageTolerance: '0', extraFees: '' };
}

function tpslMode(order: Order): string {
  if (order.attached !== null) return order.attached.partial ? 'Partial' : 'Full';
  return order.kind === 'stop-loss' || order.kind === 'take-profit' ? 'Partial' : '';
}

function createType(order: Order): string {
  if (order.kind === 'stop-loss')
    return order.closesPosition ? 'CreateByStopLoss' : 'CreateByPartialStopLoss';
  if (order.kind === 'take-profit')
    return order.closesPosition ? 'CreateByTakeProfit' : 'CreateByPartialTakeProfit';
  return order.forced === true ? 'CreateByLiq' : 'CreateByUser';
}

const EXEC_TYPE = { trade: 'Trade', funding: 'Funding', liquidation: 'BustTrade' } as const;

export function orderPush(order: Order): Record<string, unknown> {
  return { category: order.listing.category, ...orderWire(order) };
}

export function executionWire(execution: Execution, mark: Big): Record<string, unknown> {
  const { order, listing, feeCoin } = execution;
  return {
    ...executionFigures(execution, mark),
    // Of a perpetual it is not said: its fees are in the coin that it settles in.
    feeCurrency: listing.category === 'spot' ? feeCoin : '',
    marketUnit: order === null ? '' : marketUnit(order),
  };
}

export function executionPush(execution: Execution, mark: Big): Record<string, unknown> {
  return {
    category: execution.listing.category,
    ...executionFigures(execution, mark),
    feeCoin: execution.feeCoin,
    execPnl: plain(execution.realised),
    isLeverage: '0',
    marketUnit: '',
  };
}

function executionFigures(execution: Execution, mark: Big): Record<string, unknown> {
  const { order, listing } = execution;
  return {
    symbol: listing.symbol,
    orderId: order?.id ?? '',
    orderLinkId: order?.linkId ?? '',
    side: side(execution),
    orderPrice: order === null ? '0' : shownPrice(order),
    orderQty: order === null ? '0' : plain(order.quantity),
    leavesQty: plain(execution.leaves),
    createType: order === null ? '' : createType(order),
    orderType: order === null ? 'UNKNOWN' : order.type === 'market' ? 'Market' : 'Limit',
    stopOrderType: order === null || order.kind === null ? 'UNKNOWN' : stopType(order),
    execFee: plain(execution.fee),
    feeRate: plain(execution.feeRate),
    execId: execution.id,
    execPrice: plain(execution.price),
    execQty: plain(execution.quantity),
    execType: EXEC_TYPE[execution.kind],
    execValue: plain(execution.value),
    execTime: String(execution.at),
    closedSize: plain(execution.closed),
    isMaker: execution.maker,
    markPrice: plain(mark),
    indexPrice: '',
    underlyingPrice: '',
    tradeIv: '',
    markIv: '',
    blockTradeId: '',
    extraFees: '',
    seq: execution.ordinal,
  };
}
