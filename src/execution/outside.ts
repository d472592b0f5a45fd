/** What a position loses without an order of its own: closed by the venue, or found to be smaller there. */
import Big from 'big.js';
import type { InputOf } from '../engine/input.ts';
import { announcePosition } from './announce.ts';
import type { ExecutionContext } from './context.ts';
import type { OpenTrade } from './open-trade.ts';

/** Books what the venue closed by itself. What is more than is held is nobody's here. */
export function bookVenueClose(
  { outbox }: ExecutionContext,
  trade: OpenTrade,
  { price, quantity, fee, cause, happenedAt }: InputOf<'liquidation'>,
): void {
  if (happenedAt !== undefined) {
    const replaced = trade.adjusted.replace(happenedAt, new Big(quantity));
    trade.account.takeBack(trade.exitSide, replaced.quantity, replaced.value);
  }
  const held = trade.account.held.times(trade.direction);
  const part = held.lt(quantity) ? held : new Big(quantity);
  if (part.lte(0)) return;
  const paid = part.eq(quantity) ? fee : part.times(fee).div(quantity).toFixed();
  const byStop = cause === 'attached_stop';
  const before = trade.openLots;
  trade.account.fill(trade.exitSide, price, part.toFixed(), paid, 'quote');
  trade.lastExit = byStop ? trade.stopReason : 'liquidation';
  trade.mark = Number(price);
  trade.measure();
  outbox.event({
    type: 'fill',
    orderId: null,
    tradeId: trade.id,
    symbol: trade.market.symbol,
    side: trade.exitSide,
    purpose: byStop ? 'stop' : 'exit',
    price,
    quantity: part.toFixed(),
    fee: paid,
  });
  if (trade.openLots > 0 && trade.openLots < before)
    announcePosition(outbox, trade, 'reduced', cause ?? 'liquidation');
}

/** Takes a share that is not there out of the books, at what the market was worth. */
export function bookAdjustment(
  { outbox }: ExecutionContext,
  trade: OpenTrade,
  share: string,
  { price, seenAt }: InputOf<'adjustment'>,
): void {
  trade.account.fill(trade.exitSide, price, share, '0', 'quote');
  trade.adjusted.add(seenAt ?? outbox.at, price, share);
  trade.lastExit = 'reconciled';
  trade.mark = Number(price);
  trade.measure();
  announcePosition(outbox, trade, 'reduced', 'reconciled');
}
