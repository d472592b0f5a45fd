/** What a fill does to its trade: money, position, and the stop that goes to breakeven after TP1. */
import Big from 'big.js';
import type { OrderReport } from '../engine/input.ts';
import type { ExitReason } from '../engine/output.ts';
import { stepsDown, stepsToNumber, stepsUp } from '../market/grid.ts';
import { breakeven } from '../strategy/exits.ts';
import { announcePosition } from './announce.ts';
import type { ExecutionContext } from './context.ts';
import type { OpenTrade } from './open-trade.ts';
import type { Order } from './orders.ts';
import { raiseStop } from './protection.ts';

/** Books a fill that is known to be new. */
export function bookFill(
  context: ExecutionContext,
  trade: OpenTrade,
  order: Order,
  report: Extract<OrderReport, { status: 'fill' }>,
): void {
  const { outbox } = context;
  const before = trade.openLots;
  const first = !trade.filled;
  if (order.request.side === trade.exitSide && report.filledAt !== undefined) {
    // The books may have followed the position before word of the fill came.
    const { quantity, value } = trade.adjusted.replace(report.filledAt, new Big(report.quantity));
    trade.account.takeBack(trade.exitSide, quantity, value);
  }
  trade.account.fill(order.request.side, report.price, report.quantity, report.fee, report.feeIn);
  trade.mark = Number(report.price);
  trade.measure();
  outbox.event({
    type: 'fill',
    orderId: order.id,
    tradeId: trade.id,
    symbol: trade.market.symbol,
    side: order.request.side,
    purpose: order.purpose,
    price: report.price,
    quantity: report.quantity,
    fee: report.fee,
  });
  if (order.request.side === trade.entrySide) {
    if (first) {
      trade.openedAt = outbox.at;
      trade.best = trade.mark;
    }
    if (!trade.addedOn) {
      const { account } = trade;
      const entered = trade.side === 'long' ? account.boughtQuantity : account.soldQuantity;
      trade.enteredLots = stepsDown(trade.market.lots, Number(entered));
      trade.entryAverage = trade.entryPrice;
    }
    announcePosition(outbox, trade, first ? 'opened' : 'increased', order.purpose);
    return;
  }
  trade.lastExit = exitReason(trade, order);
  if (trade.openLots > 0 && trade.openLots < before)
    announcePosition(outbox, trade, 'reduced', order.purpose);
  if (order === trade.tp1 && order.status === 'filled') stopToBreakeven(context, trade);
}

function exitReason(trade: OpenTrade, order: Order): ExitReason {
  switch (order.purpose) {
    case 'stop':
      return trade.stopReason;
    case 'tp1':
    case 'tp2':
      return order.purpose;
    case 'entry':
    case 'add_on':
    case 'exit':
      return trade.closing ?? 'manual';
  }
}

/** TP1 is filled: the stop goes to breakeven, unless the market is already there. */
function stopToBreakeven(context: ExecutionContext, trade: OpenTrade): void {
  if (!context.preset.position.breakeven_after_tp1 || trade.openLots === 0) return;
  const { ticks, takerFee } = trade.market;
  const price = breakeven(trade.direction, trade.entryPrice, takerFee);
  const steps = trade.direction === 1 ? stepsUp(ticks, price) : stepsDown(ticks, price);
  const rounded = stepsToNumber(ticks, steps);
  if (trade.direction * (trade.mark - rounded) <= 0) return;
  if (raiseStop(trade, rounded, 'breakeven'))
    announcePosition(context.outbox, trade, 'stop_moved', 'breakeven');
}
