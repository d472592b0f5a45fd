/** The resting orders, the holding and the bar under way of one symbol. */
import type { Archive } from '../../archive/archive.ts';
import type { FillReport, OrderReport } from '../../engine/input.ts';
import { item } from '../../market/arrays.ts';
import type { BarColumns } from '../../market/bars.ts';
import { stepsToText } from '../../market/grid.ts';
import type { Market } from '../../market/instrument.ts';
import type { BarPath, MatchingCosts } from '../ports.ts';
import { type BarTerms, sideOf } from './bar-terms.ts';
import { feeOf, takerTicks } from './costs.ts';
import { Holding } from './holding.ts';
import { barReaches, measureReach, type OpenBar, openBarShape, type Reach, readBar } from './open-bar.ts';
import { type LiveOrder, orderShape, setWorking, type Trigger } from './order.ts';
import { answerHangsOnPath, hangsOnPath, pathPoints, tradesTornByPath } from './path.ts';
import { byPath, type Meeting, meet } from './segment.ts';

export class SymbolBook {
  readonly market: Market;
  readonly holding: Holding;
  readonly #costs: MatchingCosts;
  readonly #path: BarPath;
  readonly #ambiguous: Set<number>;
  readonly #onFinal: (order: LiveOrder) => void;
  /** By ascending id. */
  #live: LiveOrder[] = [];
  /** Ordinal of the bar under way; `#bar` is null where nothing was traded, and while the bar is `#idle`. */
  #barOrdinal = -1;
  #bar: OpenBar | null = null;
  /** True while no order can be met in the bar under way, so that it need not be walked. */
  #idle = false;
  readonly #reach: Reach = { above: 0, below: 0 };
  #reachKnown = false;

  constructor(
    market: Market,
    costs: MatchingCosts,
    path: BarPath,
    ambiguous: Set<number>,
    onFinal: (order: LiveOrder) => void,
  ) {
    this.market = market;
    this.holding = new Holding(market);
    this.#costs = costs;
    this.#path = path;
    this.#ambiguous = ambiguous;
    this.#onFinal = onFinal;
  }

  get busy(): boolean {
    return this.#live.length > 0;
  }

  /** The price at a point of the bar under way, in ticks; null when the book has not been walked in it. */
  priceAt(ordinal: number, point: number): number | null {
    return this.#bar === null || this.#barOrdinal !== ordinal ? null : item(this.#bar.points, point);
  }

  add(order: LiveOrder): void {
    this.#live.push(order);
    this.#live.sort((a, b) => a.id - b.id);
    this.changed(order);
  }

  cancel(order: LiveOrder, reason: string): OrderReport {
    this.#finish(order);
    return { status: 'cancelled', orderId: order.id, reason };
  }

  /** Told of an order placed or moved. */
  changed(order: LiveOrder): void {
    this.#reachKnown = false;
    // The bar under way is read at the next point then, if it is walked at all.
    this.#idle = false;
    this.#noteAnswer(order);
  }

  /** Marks the trade of an order placed or moved inside a bar when the path decides whether it is reached. */
  #noteAnswer(order: LiveOrder): void {
    if (this.#bar === null || order.sinceBar !== this.#barOrdinal) return;
    const { trigger } = order;
    if (trigger === null) return;
    for (const cause of this.#bar.causes) {
      if (cause.tradeId !== order.request.tradeId) continue;
      // The last way reaches nothing that rested from the open, so what comes at the close answers other things.
      if (order.sincePoint === 3 && cause.trigger !== null) continue;
      if (answerHangsOnPath(this.#bar.shape, cause.trigger, trigger)) this.#ambiguous.add(cause.tradeId);
    }
  }

  /** Walks from the point before to `point`; into the open the price jumps, so that way has no length. */
  walk(
    bars: BarColumns,
    ordinal: number,
    point: 0 | 1 | 2 | 3,
    terms: BarTerms | null,
    reports: OrderReport[],
  ): void {
    if (this.#barOrdinal !== ordinal) {
      this.#barOrdinal = ordinal;
      this.#bar = null;
      this.#idle = !this.#canReach(bars);
    }
    if (this.#idle) return;
    this.#bar ??= readBar(bars, this.market, this.#costs.volumeShare);
    const bar = this.#bar;
    if (bar === null) {
      this.#idle = true;
      return;
    }
    this.#reachKnown = false;
    if (point === 1) this.#choosePath(bar);
    const to = bar.points[point];
    const from = point === 0 ? to : item(bar.points, point - 1);

    const meetings: Meeting[] = [];
    for (const order of this.#live) {
      if (terms !== null && !terms.meets(order.id)) continue;
      const side = sideOf(order, terms);
      const meeting = meet(order, from * side, to * side);
      if (meeting !== null) meetings.push(meeting);
      order.fresh = false;
    }
    meetings.sort(byPath);
    for (let meeting = meetings.shift(); meeting !== undefined; meeting = meetings.shift()) {
      const { order } = meeting;
      if (order.done) continue;
      const { trigger, filled } = order;
      const later = this.#act(bar, meeting, to, terms, reports);
      if (later !== null) {
        meetings.push(later);
        meetings.sort(byPath);
      }
      if (point > 0 && trigger !== null && order.filled > filled) this.#noteCause(bar, meeting, trigger);
    }
  }

  #canReach(bars: BarColumns): boolean {
    if (!this.#reachKnown) {
      measureReach(this.#live, this.market.ticks.step, this.#reach);
      this.#reachKnown = true;
    }
    return barReaches(bars, this.market.index, this.#reach);
  }

  /** A protective stop is no cause: nothing is left to answer it with. */
  #noteCause(bar: OpenBar, { order, taker }: Meeting, trigger: Trigger): void {
    const { tradeId, purpose } = order.request;
    if (purpose === 'stop') return;
    const restedFromOpen = order.sinceBar < this.#barOrdinal || order.sincePoint < 1;
    const reached = taker ? { ...trigger, at: trigger.onArrival } : trigger;
    bar.causes.push({ tradeId, trigger: restedFromOpen ? reached : null });
  }

  /** Before the first extreme: which trades it decides, and whether to take the other way. */
  #choosePath(bar: OpenBar): void {
    for (const trade of tradesTornByPath(bar.shape, this.#live)) this.#ambiguous.add(trade);
    if (this.#path === 'other' && hangsOnPath(bar.shape, this.#live)) {
      bar.points = pathPoints(bar.shape, 'other');
    }
  }

  /** Returns a meeting further along the same way, when a stop_limit fired and rests as a limit. */
  #act(
    bar: OpenBar,
    meeting: Meeting,
    to: number,
    terms: BarTerms | null,
    reports: OrderReport[],
  ): Meeting | null {
    const { order, price } = meeting;
    const working = order.working;
    const costs = terms === null ? this.#costs : { ...this.#costs, halfSpread: terms.halfSpread };
    switch (working.kind) {
      case 'market':
        this.#take(bar, order, price, null, costs, reports);
        return null;
      case 'stop':
        setWorking(order, { kind: 'market' });
        this.#take(bar, order, price, null, costs, reports);
        return null;
      case 'limit':
        // The spread is a cost of the fill, not of the price that it is reckoned from.
        if (meeting.taker)
          this.#take(bar, order, price / sideOf(order, terms), working.limit, costs, reports);
        else this.#fill(bar, order, price, 'maker', reports);
        return null;
      case 'stop_limit': {
        setWorking(order, { kind: 'limit', limit: working.limit });
        const side = sideOf(order, terms);
        if (order.buy ? working.limit >= price * side : working.limit <= price * side) {
          this.#take(bar, order, price, working.limit, costs, reports);
          return null;
        }
        return meet(order, price * side, to * side);
      }
    }
  }

  /** Fills as taker at a reference price plus costs, never beyond `limit`. */
  #take(
    bar: OpenBar,
    order: LiveOrder,
    reference: number,
    limit: number | null,
    costs: MatchingCosts,
    reports: OrderReport[],
  ): void {
    const lots = this.#fillable(bar, order);
    if (lots <= 0) return;
    const share = (bar.taken + lots) / bar.allowance;
    const price = takerTicks(costs, order.buy, reference, share);
    const capped = limit === null ? price : order.buy ? Math.min(price, limit) : Math.max(price, limit);
    this.#fill(bar, order, capped, 'taker', reports);
  }

  #fillable(bar: OpenBar, order: LiveOrder): number {
    const lots = Math.min(order.lots - order.filled, bar.allowance - bar.taken);
    return order.reducing ? Math.min(lots, Math.abs(this.holding.lots)) : lots;
  }

  #fill(
    bar: OpenBar,
    order: LiveOrder,
    ticks: number,
    liquidity: FillReport['liquidity'],
    reports: OrderReport[],
  ): void {
    const lots = this.#fillable(bar, order);
    if (lots <= 0) return;
    bar.taken += lots;
    order.filled += lots;
    order.fills += 1;
    const fee = feeOf(this.market, order.buy, ticks, lots, liquidity);
    this.holding.add(order.buy ? lots : -lots, fee.feeIn === 'base' ? fee.fee : null);
    reports.push({
      status: 'fill',
      orderId: order.id,
      fillId: `${order.id}-${order.fills}`,
      price: stepsToText(this.market.ticks, ticks),
      quantity: stepsToText(this.market.lots, lots),
      ...fee,
      liquidity,
    });
    if (order.filled === order.lots) this.#finish(order);
    this.#dropPointless(reports);
  }

  /** Cancels what can no longer reduce anything, the rest of an order that was larger than the position included. */
  #dropPointless(reports: OrderReport[]): void {
    const held = this.holding.lots;
    for (const order of this.#live) {
      if (!order.reducing || (order.buy ? held < 0 : held > 0)) continue;
      reports.push(this.cancel(order, order.request.reduceOnly ? 'reduce_only' : 'insufficient_holdings'));
    }
  }

  #finish(order: LiveOrder): void {
    order.done = true;
    this.#live = this.#live.filter((other) => other !== order);
    this.#onFinal(order);
  }

  /** Orders that are live, by ascending id. */
  get orders(): readonly LiveOrder[] {
    return this.#live;
  }

  archive(a: Archive): void {
    a.section('SymbolBook');
    this.holding.archive(a);
    a.items(this.#live, orderShape);
    this.#barOrdinal = a.number(this.#barOrdinal);
    this.#bar = a.nullable(this.#bar, openBarShape);
    this.#idle = a.flag(this.#idle);
    this.#reach.above = a.number(this.#reach.above);
    this.#reach.below = a.number(this.#reach.below);
    this.#reachKnown = a.flag(this.#reachKnown);
  }
}
