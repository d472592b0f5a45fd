/**
 * The desk: all open trades, and what has to happen to their orders when a report, a timer or a candle comes.
 * It knows the preset's rules for a position, but no scan, no signal and no engine state.
 */
import Big from 'big.js';
import type { Archive } from '../archive/archive.ts';
import type { InputOf, OrderReport } from '../engine/input.ts';
import type { ExitReason, Trade } from '../engine/output.ts';
import type { BookSummary } from '../market/book.ts';
import { stepsNearest, stepsToNumber, stepsUp } from '../market/grid.ts';
import type { Market } from '../market/instrument.ts';
import { BASE, type Millis } from '../market/time.ts';
import { manage } from '../strategy/exits.ts';
import type { Series } from '../strategy/series.ts';
import { announceOrder, announcePosition } from './announce.ts';
import { Blotter } from './blotter.ts';
import { closeAtMarket, retryExit, sendExit, withdraw } from './closing.ts';
import { cancelAgain, type ExecutionContext, retryCancel } from './context.ts';
import { cancelEntry, type PlanRequest, planEntry, sendSlice } from './entry.ts';
import { bookFill } from './fills.ts';
import { tradeRecord } from './finish.ts';
import { bookLateClose, bookLateFill, endedWith } from './late.ts';
import type { Ledger } from './ledger.ts';
import { OpenTrade, type TradeSeed } from './open-trade.ts';
import { applyReport, isFinal, isLive, type Order } from './orders.ts';
import type { TimerPurpose } from './outbox.ts';
import { bookAdjustment, bookVenueClose } from './outside.ts';
import { protect, protectionDue, raiseStop, withdrawFormer } from './protection.ts';
import { regridOrders } from './regrid.ts';
import { placeTargets, replaceTarget } from './targets.ts';
import { priceSeen, takeOn } from './watched-targets.ts';

export type NewTrade = Omit<TradeSeed, 'id' | 'plan'> & {
  readonly notional: number;
  readonly limitTicks: number;
  readonly triggerTicks: number | null;
};

export class Desk extends Blotter {
  readonly #context: ExecutionContext;
  readonly #ledger: Ledger;
  readonly #closed: (trade: Trade, begunAt: Millis) => void;

  constructor(context: ExecutionContext, ledger: Ledger, closed: (trade: Trade, begunAt: Millis) => void) {
    super();
    this.#context = context;
    this.#ledger = ledger;
    this.#closed = closed;
  }

  enter(seed: NewTrade): OpenTrade {
    const context = this.#context;
    const minLots = this.#minLots(seed.market, seed.limitTicks);
    const request: PlanRequest = {
      lots: seed.plannedLots,
      notional: seed.notional,
      limitTicks: seed.limitTicks,
      triggerTicks: seed.triggerTicks,
      purpose: 'entry',
      minLots,
    };
    const trade = new OpenTrade({ ...seed, id: this.nextId(), plan: planEntry(request, context.preset) });
    trade.begunAt = context.outbox.at;
    this.carryDust(trade);
    this.add(trade);
    sendSlice(context, trade, minLots);
    return trade;
  }

  /** Adds to a position once; the caller has made sure that the total risk does not grow. */
  addOn(trade: OpenTrade, lots: number, limitTicks: number): void {
    const minLots = this.#minLots(trade.market, limitTicks);
    trade.addedOn = true;
    trade.plan = planEntry(
      {
        lots,
        notional: stepsToNumber(trade.market.lots, lots) * stepsToNumber(trade.market.ticks, limitTicks),
        limitTicks,
        triggerTicks: null,
        purpose: 'add_on',
        minLots,
      },
      this.#context.preset,
    );
    sendSlice(this.#context, trade, minLots);
  }

  cancelEntries(reason: string): void {
    for (const trade of [...this.trades()]) {
      cancelEntry(this.#context, trade, reason);
      this.#settle(trade);
    }
  }

  cancelEntryOf(trade: OpenTrade, reason: string): void {
    cancelEntry(this.#context, trade, reason);
    this.#settle(trade);
  }

  cancelEntriesIn(symbol: number, reason: string): void {
    for (const trade of [...this.trades()])
      if (trade.market.index === symbol) this.cancelEntryOf(trade, reason);
  }

  /**
   * A market has other terms now: what is known of its trades and orders is counted in its new ticks and lots. Entries
   * were priced on the old ones and are withdrawn; the stop follows at the venue.
   */
  regrid(market: Market): void {
    const open = [...this.trades()].filter((trade) => trade.market.index === market.index);
    const before = this.marketOf(market.index);
    if (before === null) return;
    regridOrders(this.#ordersIn(market), before, market);
    this.regridTrades(market);
    for (const trade of open) {
      cancelEntry(this.#context, trade, 'the terms of its market have changed');
      this.#settle(trade);
    }
  }

  /** Known ones, and those that a long trade has kept beyond that. */
  #ordersIn({ symbol, index }: Market): Set<Order> {
    const orders = new Set<Order>();
    for (const order of this.orders()) if (order.request.symbol === symbol) orders.add(order);
    for (const trade of this.trades()) {
      if (trade.market.index !== index) continue;
      for (const order of [...trade.entries, trade.stop, trade.formerStop, trade.tp1, trade.tp2, trade.exit])
        if (order !== null) orders.add(order);
    }
    return orders;
  }

  close(trade: OpenTrade, reason: ExitReason): void {
    closeAtMarket(this.#context, trade, reason);
    this.#settle(trade);
  }

  closeAll(reason: ExitReason): void {
    for (const trade of [...this.trades()]) this.close(trade, reason);
  }

  order(id: number): Order | undefined {
    return this.#context.orders.get(id);
  }

  /** Own orders, live or final of late, oldest first. */
  orders(): IterableIterator<Order> {
    return this.#context.orders.known();
  }

  /** Ordinal of the order that was made last; 0 before the first. */
  get lastOrder(): number {
    return this.#context.orders.lastId;
  }

  /** Ordinals up to `taken` may be in use at the venue. */
  ordersLost(taken: number): void {
    this.#context.orders.skipTo(taken);
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
    const trade = this.openTrade(order.tradeId) ?? this.#revive(order, report);
    if (trade === null) return;
    if (!this.#advance(trade.market, order, report)) return;
    if (report.status === 'fill') bookFill(this.#context, trade, order, report);
    if (order === trade.stop && (report.status === 'accepted' || report.status === 'amended')) {
      if (trade.openLots > 0 && trade.protectedLots >= trade.openLots)
        announcePosition(outbox, trade, 'protected', 'stop confirmed');
    }
    if (report.status === 'cancel_rejected') retryCancel(this.#context, order);
    if (report.status === 'lost') {
      // A lost stop is placed anew by #settle: the market has not refused it.
      replaceTarget(this.#context, trade, order);
    } else if (
      order === trade.stop &&
      order.status === 'rejected' &&
      trade.openLots > 0 &&
      trade.closing === null
    ) {
      closeAtMarket(this.#context, trade, 'stop_passed');
    }
    if (order === trade.exit && isFinal(order) && order.status !== 'filled' && trade.openLots > 0) {
      retryExit(this.#context, trade);
    }
    this.#settle(trade);
  }

  /** The order is where the report says. @returns false when that is nothing new */
  #advance(market: Market, order: Order, report: OrderReport): boolean {
    const { outbox, orders } = this.#context;
    const wasFinal = isFinal(order);
    const fillLots = report.status === 'fill' ? stepsNearest(market.lots, Number(report.quantity)) : 0;
    if (!applyReport(order, report, fillLots, amendedBy(report, market))) return false;
    order.updatedAt = outbox.at;
    if (!wasFinal && isFinal(order)) orders.retire(order);
    announceOrder(outbox, order, report);
    return true;
  }

  timer(purpose: TimerPurpose): void {
    if (purpose.kind === 'verify') return;
    if (purpose.kind === 'retry_cancel') {
      cancelAgain(this.#context, purpose.orderId);
      return;
    }
    const trade = this.openTrade(purpose.tradeId);
    if (trade === undefined) return;
    if (purpose.kind === 'protect') protectionDue(this.#context, trade);
    else if (purpose.kind === 'retry_exit') {
      trade.exitTimer = false;
      sendExit(this.#context, trade);
    } else if (trade.plan !== null)
      sendSlice(this.#context, trade, this.#minLots(trade.market, trade.plan.limitTicks));
    this.#settle(trade);
  }

  /** The venue closed the position, or a part of it, by itself. `concerns` a trade that began then. */
  closedByVenue(input: InputOf<'liquidation'>, concerns: (begunAt: Millis) => boolean): void {
    const ended = this.endedIn(input.symbol).filter(({ begunAt }) => concerns(begunAt));
    const left = bookLateClose(this.#context, this.#ledger, ended, input);
    const open = this.of(input.symbol);
    if (left.eq(0) || open === null || !concerns(open.begunAt)) return;
    const whole = new Big(input.quantity);
    const fee = left.eq(whole) ? input.fee : left.times(input.fee).div(whole).toFixed();
    bookVenueClose(this.#context, open, { ...input, quantity: left.toFixed(), fee });
    this.#settle(open);
  }

  /** The venue holds less of the position of `symbol` than its fills say: the difference leaves the books. */
  adjusted(input: InputOf<'adjustment'>): void {
    const { shares, dust } = this.shares(input.symbol, input.quantity);
    // What it cost was booked with its trade, so what it is worth now is gained.
    this.#ledger.dustGone(dust.times(input.price).times(-1));
    for (const { trade, share } of shares) {
      bookAdjustment(this.#context, trade, share, input);
      this.#settle(trade);
    }
  }

  /**
   * Takes over a position that was not opened here: `quantity` signed, `price` what it was bought or sold at, `mark`
   * the market's. It is protected at once and managed by the preset's rules.
   */
  adopt(
    seed: Omit<TradeSeed, 'id' | 'plan' | 'strategy'>,
    { quantity, price, mark }: { readonly quantity: string; readonly price: string; readonly mark: number },
  ): OpenTrade {
    const { outbox } = this.#context;
    const trade = new OpenTrade({ ...seed, id: this.nextId(), strategy: 'adopted', plan: null });
    this.add(trade);
    trade.account.fill(trade.entrySide, price, quantity.replace(/^-/, ''), '0', 'quote');
    trade.measure();
    trade.mark = mark;
    trade.best = mark;
    trade.openedAt = outbox.at;
    trade.begunAt = outbox.at;
    trade.enteredLots = trade.openLots;
    trade.entryAverage = trade.entryPrice;
    announcePosition(outbox, trade, 'opened', 'adopted');
    this.#settle(trade);
    return trade;
  }

  funding(trade: OpenTrade, amount: string): void {
    trade.account.funding = trade.account.funding.plus(amount);
    trade.measure();
  }

  /** Takes the closes as marks and does nothing else: the engine is idle. */
  mark(series: readonly Series[], at: Millis): void {
    for (const trade of this.trades()) {
      const s = series[trade.market.index];
      if (s !== undefined && s.closeTime === at) trade.mark = s.close;
    }
  }

  /** Before a base close is acted on: marks, best prices, and the unfilled rest of entries, which is cancelled. */
  closeBar(series: readonly Series[], at: Millis): void {
    for (const trade of [...this.trades()]) {
      const s = series[trade.market.index];
      const seen = s !== undefined && s.closeTime === at;
      if (seen) trade.mark = s.close;
      if (seen && trade.openLots > 0) {
        // Prices from before the fill are nobody's gain: the candle of the entry counts by its close alone.
        const whole = trade.openedAt <= at - BASE;
        const best = whole ? (trade.direction === 1 ? s.high : s.low) : s.close;
        if (!(trade.direction * (trade.best - best) >= 0)) trade.best = best;
        const r = trade.rAt(s.close);
        trade.maxR = Math.max(trade.maxR, r);
        trade.minR = Math.min(trade.minR, r);
      }
      const { plan } = trade;
      // Without its candle a symbol may be anywhere when it comes back: no entry waits for that.
      if (plan !== null && (!plan.resting || trade.filled || !seen)) {
        cancelEntry(this.#context, trade, seen ? 'unfilled at the close' : 'no candle at the close');
        this.#settle(trade);
      }
    }
  }

  /** The rules for open positions, at a base close. A market that is `gone` has no more closes: its last one counts. */
  manage(series: readonly Series[], at: Millis, gone: ReadonlySet<number>): void {
    const { preset, outbox } = this.#context;
    for (const trade of [...this.trades()]) {
      const s = series[trade.market.index];
      if (s === undefined || trade.openLots === 0 || trade.closing !== null) continue;
      const closes = s.closeTime === at;
      if (!closes && !gone.has(trade.market.index)) continue;
      if (closes) {
        trade.watched.waits = false;
        this.#seen(trade, s.close);
        if (trade.closing !== null) continue;
      }
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
      if (decision.do === 'move_stop' && raiseStop(trade, decision.price, 'trail')) {
        announcePosition(outbox, trade, 'stop_moved', 'trail');
        protect(this.#context, trade);
      }
    }
  }

  /** What an own position would be sold or bought back at just now. */
  quoted(symbol: number, { bid, ask }: BookSummary): void {
    const trade = this.of(symbol);
    if (trade !== null && trade.openLots > 0) this.#seen(trade, trade.direction === 1 ? bid : ask);
  }

  #seen(trade: OpenTrade, price: number): void {
    if (trade.watched.list.length === 0) return;
    priceSeen(this.#context, trade, price);
    this.#settle(trade);
  }

  #minLots(market: OpenTrade['market'], priceTicks: number): number {
    const price = stepsToNumber(market.ticks, priceTicks);
    return Math.max(1, stepsUp(market.lots, market.minNotionalValue / price));
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
    withdrawFormer(context, trade);
    if (trade.openLots > 0) {
      protect(context, trade);
      takeOn(context, trade);
      // Also after an exit that ended with nothing left to close, when an entry fills behind it.
      if (trade.closing !== null && !isLive(trade.exit) && !trade.exitTimer) sendExit(context, trade);
      if (trade.plan === null && !trade.targetsPlaced) placeTargets(context, trade);
      return;
    }
    if (trade.filled || trade.closing !== null) withdraw(context, trade);
    if (trade.plan === null) this.#finish(trade);
  }

  #finish(trade: OpenTrade): void {
    this.end(trade);
    if (!trade.account.traded) return;
    const { outbox } = this.#context;
    const left = trade.account.held.times(trade.direction);
    if (left.gt(0)) {
      outbox.event({
        type: 'dust',
        tradeId: trade.id,
        symbol: trade.market.symbol,
        quantity: left.toFixed(),
      });
    }
    announcePosition(outbox, trade, 'closed', trade.lastExit);
    const net = this.#ledger.close(trade.account);
    const record = tradeRecord(trade, net, outbox.at);
    outbox.event({ type: 'trade', trade: record });
    this.#closed(record, trade.begunAt);
  }

  /**
   * A report for a trade that has ended. A fill that comes after the end is a position nobody planned: it is booked
   * as a trade of its own and closed at market at once.
   */
  #revive(order: Order, report: OrderReport): OpenTrade | null {
    const ended = this.endedTrade(order.tradeId);
    if (ended === undefined || report.status !== 'fill' || order.fillIds.has(report.fillId)) {
      const amended = ended === undefined ? null : amendedBy(report, ended.market);
      if (report.status !== 'fill' && !isFinal(order) && applyReport(order, report, 0, amended)) {
        if (isFinal(order)) this.#context.orders.retire(order);
        announceOrder(this.#context.outbox, order, report);
        // What is left of a trade that has ended is withdrawn all the same: nobody else would.
        if (report.status === 'cancel_rejected') retryCancel(this.#context, order);
      }
      return null;
    }
    const filledAt = endedWith(ended, order, report);
    if (filledAt !== null) {
      if (this.#advance(ended.market, order, report))
        this.dustClosed(ended, bookLateFill(this.#context, this.#ledger, ended, order, report, filledAt));
      return null;
    }
    const bought = order.request.side === 'buy';
    const late = new OpenTrade({
      id: this.nextId(),
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
    late.begunAt = ended.begunAt;
    this.add(late);
    this.#context.outbox.event({
      type: 'warning',
      code: 'LATE_FILL',
      symbol: ended.market.symbol,
      message: `order ${order.id} filled after its trade ${ended.id} had ended; what it bought or sold is closed at market`,
    });
    return late;
  }

  archive(a: Archive, markets: readonly Market[]): void {
    a.section('Desk');
    const { orders } = this.#context;
    orders.archive(a);
    this.archiveTrades(a, markets, orders);
    this.#ledger.archive(a);
  }
}

/** What an order is once the venue has changed it, in lots and ticks; null for any other report. */
function amendedBy(report: OrderReport, market: Market): { lots: number; stopTicks: number | null } | null {
  if (report.status !== 'amended') return null;
  const { quantity, stopPrice } = report;
  return {
    lots: stepsNearest(market.lots, Number(quantity)),
    stopTicks: stopPrice === null ? null : stepsNearest(market.ticks, Number(stopPrice)),
  };
}
