/**
 * The desk: all open trades, and what has to happen to their orders when a report, a timer or a candle comes.
 * It knows the preset's rules for a position, but no scan, no signal and no engine state.
 */
import Big from 'big.js';
import type { InputOf, OrderReport } from '../engine/input.ts';
import type { ExitReason, Trade } from '../engine/output.ts';
import { stepsDown, stepsNearest, stepsToNumber, stepsUp } from '../market/grid.ts';
import type { Market } from '../market/instrument.ts';
import { BASE, type Millis } from '../market/time.ts';
import type { Exposure } from '../risk/sizing.ts';
import { breakeven, manage } from '../strategy/exits.ts';
import type { Series } from '../strategy/series.ts';
import { closeAtMarket, retryExit, sendExit, withdraw } from './closing.ts';
import { cancelAgain, type ExecutionContext, retryCancel } from './context.ts';
import { cancelEntry, type PlanRequest, planEntry, sendSlice } from './entry.ts';
import { stopReason, tradeRecord } from './finish.ts';
import type { Ledger } from './ledger.ts';
import { OpenTrade, type TradeSeed } from './open-trade.ts';
import { applyReport, isFinal, isLive, type Order } from './orders.ts';
import type { TimerPurpose } from './outbox.ts';
import { protect, protectionDue, raiseStop } from './protection.ts';
import { placeTargets } from './targets.ts';

/** Ended trades that are still known, for fills that come late. */
const REMEMBERED = 256;

export type NewTrade = Omit<TradeSeed, 'id' | 'plan'> & {
  readonly notional: number;
  readonly limitTicks: number;
  readonly triggerTicks: number | null;
};

export class Desk {
  readonly #context: ExecutionContext;
  readonly #ledger: Ledger;
  readonly #closed: (trade: Trade) => void;
  readonly #open = new Map<number, OpenTrade>();
  readonly #ended = new Map<number, OpenTrade>();
  /** What ended trades left at the venue because it was too small to close, by symbol index, signed. */
  readonly #dust = new Map<number, Big>();
  #ordinal = 0;

  constructor(context: ExecutionContext, ledger: Ledger, closed: (trade: Trade) => void) {
    this.#context = context;
    this.#ledger = ledger;
    this.#closed = closed;
  }

  /** Trades that hold something or are about to, oldest first. */
  trades(): IterableIterator<OpenTrade> {
    return this.#open.values();
  }

  get size(): number {
    return this.#open.size;
  }

  get positions(): number {
    let n = 0;
    for (const trade of this.#open.values()) if (trade.openLots > 0) n++;
    return n;
  }

  /** An aggressive entry is out and not all of it is final, or a resting one waits for its acceptance. */
  get entering(): boolean {
    for (const trade of this.#open.values()) {
      if (trade.plan === null || trade.plan.purpose !== 'entry') continue;
      if (
        !trade.plan.resting ||
        trade.entries.some((o) => o.status === 'submitted' || o.status === 'unknown')
      )
        return true;
    }
    return false;
  }

  get entriesPending(): number {
    let n = 0;
    for (const trade of this.#open.values()) if (trade.plan !== null) n++;
    return n;
  }

  of(symbol: number): OpenTrade | null {
    for (const trade of this.#open.values()) if (trade.market.index === symbol) return trade;
    return null;
  }

  /**
   * Whether what the venue counts of a symbol is no more than the remainders that ended trades left there, to
   * within less than a lot, which cannot be traded.
   */
  isDust(market: Market, quantity: string): boolean {
    const unknown = new Big(quantity).minus(this.#dust.get(market.index) ?? 0);
    return unknown.abs().lt(market.lot);
  }

  /** Every filled unit has a confirmed stop. */
  get allProtected(): boolean {
    for (const trade of this.#open.values()) if (trade.protectedLots < trade.openLots) return false;
    return true;
  }

  exposures(except: OpenTrade | null = null): Exposure[] {
    const list: Exposure[] = [];
    for (const trade of this.#open.values()) {
      if (trade === except) continue;
      list.push({
        symbol: trade.market.index,
        side: trade.side,
        risk: trade.openRisk,
        notional: trade.notional,
        btcCorrelation: trade.btcCorrelation,
      });
    }
    return list;
  }

  /** Realised result of the open trades, by average cost; what is held is valued at entry. */
  openRealised(): number {
    let total = 0;
    for (const trade of this.#open.values()) {
      if (trade.filled) total += trade.valueAt(trade.entryPrice);
    }
    return total;
  }

  /** Result of the open trades with what is held valued at its mark. */
  openValue(): number {
    let total = 0;
    for (const trade of this.#open.values()) {
      if (trade.filled) total += trade.valueAt(trade.mark);
    }
    return total;
  }

  enter(seed: NewTrade): OpenTrade {
    const { context, minLots } = {
      context: this.#context,
      minLots: this.#minLots(seed.market, seed.limitTicks),
    };
    const request: PlanRequest = {
      lots: seed.plannedLots,
      notional: seed.notional,
      limitTicks: seed.limitTicks,
      triggerTicks: seed.triggerTicks,
      purpose: 'entry',
      minLots,
    };
    const trade = new OpenTrade({ ...seed, id: ++this.#ordinal, plan: planEntry(request, context.preset) });
    // What ended trades left goes out with this one, so that dust never grows to a lot that nobody looks after.
    trade.account.carried = this.#dust.get(seed.market.index) ?? trade.account.carried;
    this.#dust.delete(seed.market.index);
    this.#open.set(trade.id, trade);
    sendSlice(context, trade, minLots);
    return trade;
  }

  /** Adds to a position once; the caller has made sure that the total risk does not grow. */
  addOn(trade: OpenTrade, lots: number, limitTicks: number): void {
    const minLots = this.#minLots(trade.market, limitTicks);
    trade.addedOn = true;
    trade.plan = planEntry(
      { lots, notional: 0, limitTicks, triggerTicks: null, purpose: 'add_on', minLots },
      this.#context.preset,
    );
    sendSlice(this.#context, trade, minLots);
  }

  cancelEntries(reason: string): void {
    for (const trade of [...this.#open.values()]) {
      cancelEntry(this.#context, trade, reason);
      this.#settle(trade);
    }
  }

  cancelEntryOf(trade: OpenTrade, reason: string): void {
    cancelEntry(this.#context, trade, reason);
    this.#settle(trade);
  }

  closeAll(reason: ExitReason): void {
    for (const trade of [...this.#open.values()]) {
      closeAtMarket(this.#context, trade, reason);
      this.#settle(trade);
    }
  }

  /** What a venue says of an own order. */
  report(report: OrderReport): void {
    const { outbox, orders } = this.#context;
    const order = orders.get(report.orderId);
    if (order === undefined) {
      outbox.event({
        type: 'warning',
        code: 'ORDER_NOT_KNOWN',
        symbol: null,
        message: `a report (${report.status}) came for order ${report.orderId}, which is not known`,
      });
      return;
    }
    const trade = this.#open.get(order.tradeId) ?? this.#revive(order, report);
    if (trade === null) return;
    const wasFinal = isFinal(order);
    const lots = trade.market.lots;
    const fillLots = report.status === 'fill' ? stepsNearest(lots, Number(report.quantity)) : 0;
    const amended =
      report.status === 'amended'
        ? {
            lots: stepsNearest(lots, Number(report.quantity)),
            stopTicks:
              report.stopPrice === null ? null : stepsNearest(trade.market.ticks, Number(report.stopPrice)),
          }
        : null;
    if (!applyReport(order, report, fillLots, amended)) return;
    if (!wasFinal && isFinal(order)) orders.retire(order);
    this.#announce(order, report);
    if (report.status === 'fill') this.#filled(trade, order, report);
    if (report.status === 'cancel_rejected') retryCancel(this.#context, order);
    if (order === trade.stop && order.status === 'rejected' && trade.openLots > 0 && trade.closing === null) {
      closeAtMarket(this.#context, trade, 'stop_passed');
    }
    if (order === trade.exit && isFinal(order) && order.status !== 'filled' && trade.openLots > 0) {
      retryExit(this.#context, trade);
    }
    this.#settle(trade);
  }

  timer(purpose: TimerPurpose): void {
    if (purpose.kind === 'verify') return;
    if (purpose.kind === 'retry_cancel') {
      cancelAgain(this.#context, purpose.orderId);
      return;
    }
    const trade = this.#open.get(purpose.tradeId);
    if (trade === undefined) return;
    if (purpose.kind === 'protect') protectionDue(this.#context, trade);
    else if (purpose.kind === 'retry_exit') {
      trade.exitTimer = false;
      sendExit(this.#context, trade);
    } else if (trade.plan !== null)
      sendSlice(this.#context, trade, this.#minLots(trade.market, trade.plan.limitTicks));
    this.#settle(trade);
  }

  /** The venue closed the position of `symbol` by itself. */
  liquidated(symbol: number, input: InputOf<'liquidation'>): void {
    const trade = this.of(symbol);
    if (trade === null) return;
    trade.account.fill(trade.exitSide, input.price, input.quantity, input.fee, 'quote');
    trade.lastExit = 'liquidation';
    trade.mark = Number(input.price);
    trade.measure();
    this.#settle(trade);
  }

  funding(symbol: number, amount: string): void {
    const trade = this.of(symbol);
    if (trade === null) return;
    trade.account.funding = trade.account.funding.plus(amount);
    trade.measure();
  }

  /** Takes the closes as marks and does nothing else: the engine is idle. */
  mark(series: readonly Series[], at: Millis): void {
    for (const trade of this.#open.values()) {
      const s = series[trade.market.index];
      if (s !== undefined && s.closeTime === at) trade.mark = s.close;
    }
  }

  /** Before a base close is acted on: marks, best prices, and the unfilled rest of entries, which is cancelled. */
  closeBar(series: readonly Series[], at: Millis): void {
    for (const trade of [...this.#open.values()]) {
      const s = series[trade.market.index];
      if (s === undefined || s.closeTime !== at) continue;
      trade.mark = s.close;
      if (trade.openLots > 0) {
        // Prices from before the fill are nobody's gain: the candle of the entry counts by its close alone.
        const whole = trade.openedAt <= at - BASE;
        const best = whole ? (trade.direction === 1 ? s.high : s.low) : s.close;
        if (!(trade.direction * (trade.best - best) >= 0)) trade.best = best;
        const r = trade.rAt(s.close);
        trade.maxR = Math.max(trade.maxR, r);
        trade.minR = Math.min(trade.minR, r);
      }
      const { plan } = trade;
      if (plan !== null && (!plan.resting || trade.filled)) {
        cancelEntry(this.#context, trade, 'unfilled at the close');
        this.#settle(trade);
      }
    }
  }

  /** The rules for open positions, at a base close. */
  manage(series: readonly Series[], at: Millis): void {
    const { preset, outbox } = this.#context;
    for (const trade of [...this.#open.values()]) {
      const s = series[trade.market.index];
      if (s === undefined || s.closeTime !== at || trade.openLots === 0 || trade.closing !== null) continue;
      const decision = manage(
        {
          direction: trade.direction,
          entry: trade.entryAverage,
          risk: trade.riskDistance,
          level: trade.level,
          stop: trade.stopPrice,
          best: trade.best,
          openedAt: trade.openedAt,
          trailing: trade.trailing,
        },
        s.close,
        s.atr.value,
        at,
        preset,
      );
      if (decision.do === 'exit') {
        closeAtMarket(this.#context, trade, decision.reason);
        continue;
      }
      trade.trailing = decision.trailing;
      if (decision.do === 'move_stop' && raiseStop(trade, decision.price)) {
        outbox.event(this.#position(trade, 'stop_moved', 'trail'));
        protect(this.#context, trade);
      }
    }
  }

  #minLots(market: OpenTrade['market'], priceTicks: number): number {
    const price = stepsToNumber(market.ticks, priceTicks);
    return Math.max(1, stepsUp(market.lots, market.minNotionalValue / price));
  }

  #filled(trade: OpenTrade, order: Order, report: Extract<OrderReport, { status: 'fill' }>): void {
    const { outbox } = this.#context;
    const entry = order.request.side === trade.entrySide;
    const before = trade.openLots;
    const first = !trade.filled;
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
    if (entry) {
      if (first) {
        trade.openedAt = outbox.at;
        trade.best = trade.mark;
      }
      if (!trade.addedOn) {
        trade.enteredLots = stepsDown(
          trade.market.lots,
          Number(trade.side === 'long' ? trade.account.boughtQuantity : trade.account.soldQuantity),
        );
        trade.entryAverage = trade.entryPrice;
      }
      outbox.event(this.#position(trade, first ? 'opened' : 'increased', order.purpose));
    } else {
      trade.lastExit =
        order.purpose === 'stop'
          ? stopReason(trade)
          : order.purpose === 'exit'
            ? (trade.closing ?? 'manual')
            : order.purpose === 'tp1'
              ? 'tp1'
              : 'tp2';
      if (trade.openLots > 0 && trade.openLots < before)
        outbox.event(this.#position(trade, 'reduced', order.purpose));
      if (order === trade.tp1 && order.status === 'filled') this.#afterTp1(trade);
    }
  }

  /** TP1 is filled: the stop goes to breakeven, unless the market is already there. */
  #afterTp1(trade: OpenTrade): void {
    if (!this.#context.preset.position.breakeven_after_tp1 || trade.openLots === 0) return;
    const { ticks, takerFee } = trade.market;
    const price = breakeven(trade.direction, trade.entryPrice, takerFee);
    const rounded = stepsToNumber(
      ticks,
      trade.direction === 1 ? stepsUp(ticks, price) : stepsDown(ticks, price),
    );
    if (trade.direction * (trade.mark - rounded) <= 0) return;
    if (raiseStop(trade, rounded))
      this.#context.outbox.event(this.#position(trade, 'stop_moved', 'breakeven'));
  }

  /** After anything happened to a trade: entry complete? stop right? all gone? */
  #settle(trade: OpenTrade): void {
    if (trade.finished) return;
    const context = this.#context;
    if (trade.plan !== null && !trade.entriesLive) {
      const cancelled = trade.entries.some((order) => order.status !== 'filled');
      if (trade.plan.unsentLots > 0 && trade.plan.intervalMs === null && !cancelled) {
        sendSlice(context, trade, this.#minLots(trade.market, trade.plan.limitTicks));
      } else if (trade.plan.unsentLots === 0 || cancelled) {
        trade.plan = null;
        trade.entries = [];
      }
    }
    if (trade.openLots > 0) {
      protect(context, trade);
      // Also after an exit that ended with nothing left to close, when an entry fills behind it.
      if (trade.closing !== null && !isLive(trade.exit) && !trade.exitTimer) sendExit(context, trade);
      if (trade.plan === null && !trade.targetsPlaced) placeTargets(context, trade);
      return;
    }
    if (trade.filled || trade.closing !== null) withdraw(context, trade);
    if (trade.plan === null) this.#finish(trade);
  }

  #finish(trade: OpenTrade): void {
    trade.finished = true;
    this.#open.delete(trade.id);
    this.#ended.set(trade.id, trade);
    if (this.#ended.size > REMEMBERED) {
      const oldest = this.#ended.keys().next();
      if (!oldest.done) this.#ended.delete(oldest.value);
    }
    const { outbox } = this.#context;
    const { held } = trade.account;
    const { index } = trade.market;
    if (!held.eq(0)) this.#dust.set(index, held.plus(this.#dust.get(index) ?? 0));
    if (!trade.account.traded) return;
    const left = held.times(trade.direction);
    if (left.gt(0)) {
      outbox.event({
        type: 'dust',
        tradeId: trade.id,
        symbol: trade.market.symbol,
        quantity: left.toFixed(),
      });
    }
    outbox.event(this.#position(trade, 'closed', trade.lastExit));
    const net = this.#ledger.close(trade.account);
    const record = tradeRecord(trade, net, outbox.at);
    outbox.event({ type: 'trade', trade: record });
    this.#closed(record);
  }

  /**
   * A report for a trade that has ended. A fill that comes after the end is a position nobody planned: it is booked
   * as a trade of its own and closed at market at once.
   */
  #revive(order: Order, report: OrderReport): OpenTrade | null {
    const ended = this.#ended.get(order.tradeId);
    if (ended === undefined || report.status !== 'fill' || order.fillIds.has(report.fillId)) {
      if (report.status !== 'fill' && !isFinal(order) && applyReport(order, report, 0, null)) {
        if (isFinal(order)) this.#context.orders.retire(order);
        this.#announce(order, report);
      }
      return null;
    }
    const bought = order.request.side === 'buy';
    const late = new OpenTrade({
      id: ++this.#ordinal,
      market: ended.market,
      side: bought ? 'long' : 'short',
      strategy: ended.strategy,
      levelId: ended.levelId,
      level: ended.level,
      stopTicks: ended.initialStopTicks,
      plan: {
        resting: false,
        limitTicks: 0,
        triggerTicks: null,
        unsentLots: 0,
        sliceLots: 0,
        intervalMs: null,
        purpose: 'entry',
      },
      plannedLots: order.lots,
      plannedRisk: ended.plannedRisk,
      btcCorrelation: ended.btcCorrelation,
    });
    late.closing = 'unprotected';
    this.#open.set(late.id, late);
    this.#context.outbox.event({
      type: 'warning',
      code: 'LATE_FILL',
      symbol: ended.market.symbol,
      message: `order ${order.id} filled after its trade ${ended.id} had ended; what it bought or sold is closed at market`,
    });
    return late;
  }

  #announce(order: Order, report: OrderReport): void {
    const status = {
      accepted: 'accepted',
      rejected: 'rejected',
      fill: 'filled',
      cancelled: 'cancelled',
      amended: 'amended',
      amend_rejected: 'accepted',
      cancel_rejected: 'accepted',
      unknown: 'unknown',
    } as const;
    if (report.status === 'fill' && order.status !== 'filled') return;
    const reason = 'reason' in report ? report.reason : '';
    this.#context.outbox.event({
      type: 'order',
      order: order.request,
      status: status[report.status],
      reason,
    });
    if (report.status === 'accepted' || report.status === 'amended') {
      const trade = this.#open.get(order.tradeId);
      if (
        trade !== undefined &&
        trade.stop === order &&
        trade.openLots > 0 &&
        trade.protectedLots >= trade.openLots
      ) {
        this.#context.outbox.event(this.#position(trade, 'protected', 'stop confirmed'));
      }
    }
  }

  #position(
    trade: OpenTrade,
    change: 'opened' | 'increased' | 'reduced' | 'closed' | 'protected' | 'stop_moved',
    reason: string,
  ) {
    return {
      type: 'position' as const,
      change,
      tradeId: trade.id,
      symbol: trade.market.symbol,
      side: trade.side,
      quantity: trade.quantityText(trade.openLots),
      stop: trade.priceText(trade.stopTicks),
      reason,
    };
  }
}
