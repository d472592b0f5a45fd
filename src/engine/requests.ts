/**
 * What people ask of one position or one order. The answer comes when it is done: the trade has ended, the order
 * is final. A panic overtakes both, since it closes and cancels everything itself.
 */
import { type Archive, numberShape, type Shape } from '../archive/archive.ts';
import type { Desk } from '../execution/desk.ts';
import { isFinal, type Order } from '../execution/orders.ts';
import type { Refusal } from './refusal.ts';
import { type Replies, type Waiting, waitingShape } from './replies.ts';
import type { Run } from './run.ts';

const queueShape: Shape<Waiting[]> = (a, queue) => a.list(queue, waitingShape);

export class Requests {
  readonly #replies: Replies;
  /** By trade. */
  readonly #closings = new Map<number, Waiting[]>();
  /** By order. */
  readonly #cancels = new Map<number, Waiting[]>();

  constructor(replies: Replies) {
    this.#replies = replies;
  }

  close(who: Waiting, run: Run, tradeId: number): void {
    const trade = run.desk.openTrade(tradeId);
    if (trade === undefined || trade.openLots === 0) {
      this.#replies.refuse(who, 'POSITION_UNKNOWN', `no open position has the trade id ${tradeId}`);
      return;
    }
    waiting(this.#closings, tradeId).push(who);
    run.desk.close(trade, 'manual');
  }

  cancel(who: Waiting, run: Run, orderId: number): void {
    const order = run.desk.order(orderId);
    const refusal = refusalOfCancel(orderId, order);
    if (refusal !== null || order === undefined) {
      if (refusal !== null) this.#replies.refuse(who, refusal.code, refusal.message);
      return;
    }
    const trade = run.desk.openTrade(order.tradeId);
    waiting(this.#cancels, orderId).push(who);
    if (trade === undefined) return;
    // An order that rests at a level would be sent again at the next close.
    run.refusedLevels.add(trade.levelId);
    run.desk.cancelEntryOf(trade, `asked for by ${who.by}`);
  }

  /** Answers what is done. */
  settle(run: Run | null): void {
    if (run === null || (this.#closings.size === 0 && this.#cancels.size === 0)) return;
    for (const [tradeId, asked] of this.#closings) {
      if (run.desk.openTrade(tradeId) !== undefined) continue;
      this.#closings.delete(tradeId);
      for (const who of asked) this.#replies.done(who, closedText(run, tradeId));
    }
    for (const [orderId, asked] of this.#cancels) {
      const order = run.desk.order(orderId);
      if (order !== undefined && !isFinal(order)) continue;
      this.#cancels.delete(orderId);
      for (const who of asked) this.#replies.done(who, cancelledText(orderId, order));
    }
  }

  /** Nothing that waits is answered by its own end any more. */
  supersede(message: string): void {
    for (const requests of [this.#closings, this.#cancels]) {
      for (const asked of requests.values())
        for (const who of asked) this.#replies.refuse(who, 'SUPERSEDED', message);
      requests.clear();
    }
  }

  archive(a: Archive): void {
    a.section('Requests');
    a.map(this.#closings, numberShape, queueShape);
    a.map(this.#cancels, numberShape, queueShape);
  }
}

function waiting(requests: Map<number, Waiting[]>, id: number): Waiting[] {
  const there = requests.get(id) ?? [];
  requests.set(id, there);
  return there;
}

function refusalOfCancel(orderId: number, order: ReturnType<Desk['order']>): Refusal | null {
  if (order === undefined || isFinal(order)) {
    const state = order === undefined ? 'is not known' : `is ${order.status} already`;
    return { code: 'ORDER_UNKNOWN', message: `order ${orderId} ${state}: there is nothing to cancel` };
  }
  if (order.purpose === 'entry' || order.purpose === 'add_on') return null;
  return {
    code: 'ORDER_NOT_CANCELLABLE',
    message: `order ${orderId} (${order.purpose}) belongs to the open position ${order.tradeId} in ${order.request.symbol}: only entries can be cancelled`,
  };
}

function closedText(run: Run, tradeId: number): string {
  const record = run.trades.findLast((trade) => trade.id === tradeId);
  if (record === undefined) return `trade ${tradeId} is closed`;
  return `closed ${record.side} ${record.symbol} at ${record.exit}: ${record.r.toFixed(2)} R, net ${record.pnl}`;
}

function cancelledText(orderId: number, order: Order | undefined): string {
  if (order === undefined || order.status === 'cancelled') {
    const part = order !== undefined && order.filledLots > 0 ? '; what had filled is held and protected' : '';
    return `order ${orderId} is cancelled${part}`;
  }
  return order.status === 'filled'
    ? `order ${orderId} filled before the cancel reached it`
    : `order ${orderId} was ${order.status} by the venue`;
}
