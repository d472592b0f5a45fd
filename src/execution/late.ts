/**
 * What is told of an exit of a trade that has ended: the books followed the position before word of it came, and what it
 * was takes the place of that adjustment.
 */
import Big from 'big.js';
import type { InputOf, OrderReport } from '../engine/input.ts';
import type { OrderPurpose } from '../engine/output.ts';
import type { Millis } from '../market/time.ts';
import type { Replaced } from './adjusted.ts';
import type { ExecutionContext } from './context.ts';
import type { Ledger } from './ledger.ts';
import type { OpenTrade } from './open-trade.ts';
import type { Order } from './orders.ts';

type Fill = Extract<OrderReport, { status: 'fill' }>;

interface Told {
  readonly quantity: Big;
  readonly orderId: number | null;
  readonly purpose: OrderPurpose;
  readonly price: string;
  readonly fee: string;
  readonly feeIn: 'quote' | 'base';
}

/** Books the part of a close by the venue that `trades`, oldest first, have ended with already. @returns the rest */
export function bookLateClose(
  context: ExecutionContext,
  ledger: Ledger,
  trades: readonly OpenTrade[],
  { quantity, price, fee, cause, happenedAt }: InputOf<'liquidation'>,
): Big {
  const whole = new Big(quantity);
  if (happenedAt === undefined) return whole;
  let left = whole;
  for (const trade of trades) {
    const replaced = trade.adjusted.replace(happenedAt, left);
    left = left.minus(replaced.quantity);
    bookLate(context, ledger, trade, replaced, {
      quantity: replaced.quantity,
      orderId: null,
      purpose: cause === 'attached_stop' ? 'stop' : 'exit',
      price,
      fee: replaced.quantity.times(fee).div(whole).toFixed(),
      feeIn: 'quote',
    });
  }
  return left;
}

/**
 * When an exit filled that its trade has ended with, because the position was seen to be gone before word of it came; null
 * where it has not.
 */
export function endedWith(trade: OpenTrade, order: Order, { filledAt, quantity }: Fill): Millis | null {
  if (order.request.side !== trade.exitSide || filledAt === undefined) return null;
  // Of what is not the bot's less than a lot may have been taken for a part of the position that was still there.
  const adjusted = trade.adjusted.since(filledAt);
  const covered = adjusted.gt(0) && new Big(quantity).minus(adjusted).lt(trade.market.lot);
  return covered ? filledAt : null;
}

/** Books a fill that its trade has ended with. @returns what of it no adjustment stood for: less than a lot */
export function bookLateFill(
  context: ExecutionContext,
  ledger: Ledger,
  trade: OpenTrade,
  { id: orderId, purpose }: Order,
  { price, fee, feeIn, ...report }: Fill,
  filledAt: Millis,
): Big {
  const quantity = new Big(report.quantity);
  const replaced = trade.adjusted.replace(filledAt, quantity);
  bookLate(context, ledger, trade, replaced, { quantity, orderId, purpose, price, fee, feeIn });
  return quantity.minus(replaced.quantity);
}

/** The difference to what was booked is the trade's late result. */
function bookLate(
  { outbox }: ExecutionContext,
  ledger: Ledger,
  trade: OpenTrade,
  { quantity, value }: Replaced,
  told: Told,
): void {
  if (told.quantity.eq(0)) return;
  const { account } = trade;
  const [made, paid] = [account.cashFlow, account.allFees];
  account.takeBack(trade.exitSide, quantity, value);
  account.fill(trade.exitSide, told.price, told.quantity.toFixed(), told.fee, told.feeIn);
  ledger.lateResult(account.cashFlow.minus(made), account.allFees.minus(paid));
  outbox.event({
    type: 'fill',
    orderId: told.orderId,
    tradeId: trade.id,
    symbol: trade.market.symbol,
    side: trade.exitSide,
    purpose: told.purpose,
    price: told.price,
    quantity: told.quantity.toFixed(),
    fee: told.fee,
  });
}
