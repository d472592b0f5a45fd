/** Getting out at market: entries go first, then the targets, the stop last, when nothing is held any more. */
import type { ExitReason } from '../engine/output.ts';
import { SECOND } from '../market/time.ts';
import { cancel, type ExecutionContext, submit } from './context.ts';
import { cancelEntry } from './entry.ts';
import type { OpenTrade } from './open-trade.ts';
import { isLive } from './orders.ts';

/** Wait before a market exit that did not go through is sent again: grows with each try, up to the limit. */
const RETRY = { first: SECOND, most: 30 * SECOND } as const;

/** Closes the trade for `reason`. The first reason stays, but a panic is a panic. */
export function closeAtMarket(context: ExecutionContext, trade: OpenTrade, reason: ExitReason): void {
  if (trade.closing === null || reason === 'panic') trade.closing = reason;
  cancelEntry(context, trade, reason);
  sendExit(context, trade);
}

/** Sends the market order for what is held, unless one is out. */
export function sendExit(context: ExecutionContext, trade: OpenTrade): void {
  if (trade.openLots === 0 || isLive(trade.exit)) return;
  cancel(context, trade.tp1, 'closing');
  cancel(context, trade.tp2, 'closing');
  // On spot nothing keeps a part whose sale is out from being sold twice, where more of the coin is there.
  const lots = trade.openLots - trade.lotsOnSale;
  if (lots <= 0) return;
  trade.exit = submit(context, trade, {
    purpose: 'exit',
    type: 'market',
    lots,
    priceTicks: null,
    stopTicks: null,
  });
}

/** A market exit was rejected or cancelled with something still held: it is tried again, for as long as it takes. */
export function retryExit(context: ExecutionContext, trade: OpenTrade): void {
  if (trade.exitTimer) return;
  trade.exitTimer = true;
  const wait = Math.min(RETRY.most, RETRY.first * 2 ** trade.exitRetries);
  trade.exitRetries++;
  context.outbox.timer(context.outbox.at + wait, { kind: 'retry_exit', tradeId: trade.id });
}

/** Nothing is held any more: what still rests of the trade is withdrawn. */
export function withdraw(context: ExecutionContext, trade: OpenTrade): void {
  cancelEntry(context, trade, 'closed');
  cancel(context, trade.tp1, 'closed');
  cancel(context, trade.tp2, 'closed');
  cancel(context, trade.stop, 'closed');
  cancel(context, trade.formerStop, 'closed');
  cancel(context, trade.exit, 'closed');
}
