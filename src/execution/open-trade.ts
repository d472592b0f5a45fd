import Big from 'big.js';
import { type Archive, type Codes, numberShape, type Shape } from '../archive/archive.ts';
import type { ExitReason, OrderSide, Side, Strategy } from '../engine/output.ts';
import { item } from '../market/arrays.ts';
import { stepsNearest, stepsOn, stepsToNumber, stepsToText } from '../market/grid.ts';
import type { Market } from '../market/instrument.ts';
import type { Millis } from '../market/time.ts';
import { SIDE_CODES } from '../strategy/level.ts';
import { STRATEGY_CODES } from '../strategy/signals.ts';
import { Adjusted } from './adjusted.ts';
import { TradeAccount } from './ledger.ts';
import { isFinal, isLive, type Order, type Orders } from './orders.ts';
import { WatchedTargets } from './watched.ts';

/** How an entry is sent. All quantities in lots, prices in ticks. */
export interface EntryPlan {
  /** `resting`: a stop-limit waiting at the level; else marketable limits. */
  readonly resting: boolean;
  readonly limitTicks: number;
  readonly triggerTicks: number | null;
  /** Still to be sent. */
  unsentLots: number;
  /** Sent at a time. */
  readonly sliceLots: number;
  /** Time between slices; null: the next is sent when the last has filled (iceberg). */
  readonly intervalMs: number | null;
  readonly purpose: 'entry' | 'add_on';
}

/** What a trade begins with. */
export interface TradeSeed {
  readonly id: number;
  readonly market: Market;
  readonly side: Side;
  readonly strategy: Strategy;
  readonly levelId: number;
  readonly level: number;
  readonly stopTicks: number;
  /** Null for a position that was not entered here. */
  readonly plan: EntryPlan | null;
  readonly plannedLots: number;
  /** Loss at the stop from the worst fill allowed, in quote. */
  readonly plannedRisk: number;
  readonly btcCorrelation: number;
}

const STOP_CODES: Codes<OpenTrade['stopReason']> = { stop: 0, breakeven: 1, trail: 2 };
const PLAN_CODES: Codes<EntryPlan['purpose']> = { entry: 0, add_on: 1 };
export const EXIT_CODES: Codes<ExitReason> = {
  stop: 0,
  breakeven: 1,
  trail: 2,
  tp1: 3,
  tp2: 4,
  max_hold: 5,
  failed_breakout: 6,
  flatten: 7,
  panic: 8,
  kill_switch: 9,
  unprotected: 10,
  stop_passed: 11,
  manual: 12,
  liquidation: 13,
  reconciled: 14,
};
export const TRADE_CODES: Codes<Strategy> = { ...STRATEGY_CODES, adopted: 2 };

const planShape: Shape<EntryPlan> = (a, plan) => ({
  resting: a.flag(plan?.resting),
  limitTicks: a.number(plan?.limitTicks),
  triggerTicks: a.nullable(plan?.triggerTicks, numberShape),
  unsentLots: a.number(plan?.unsentLots),
  sliceLots: a.number(plan?.sliceLots),
  intervalMs: a.nullable(plan?.intervalMs, numberShape),
  purpose: a.choice(plan?.purpose, PLAN_CODES),
});

const exitShape: Shape<ExitReason> = (a, reason) => a.choice(reason, EXIT_CODES);

/** A trade whole: what it began with, then what became of it. Its orders are those of `orders`. */
export function tradeShape(markets: readonly Market[], orders: Orders): Shape<OpenTrade> {
  return (a, trade) => {
    a.section('OpenTrade');
    const seed: TradeSeed = {
      id: a.number(trade?.id),
      market: item(markets, a.number(trade?.market.index)),
      side: a.choice(trade?.side, SIDE_CODES),
      strategy: a.choice(trade?.strategy, TRADE_CODES),
      levelId: a.number(trade?.levelId),
      level: a.number(trade?.level),
      stopTicks: a.number(trade?.initialStopTicks),
      plan: a.nullable(trade?.plan, planShape),
      plannedLots: a.number(trade?.plannedLots),
      plannedRisk: a.number(trade?.plannedRisk),
      btcCorrelation: a.number(trade?.btcCorrelation),
    };
    const known = trade ?? new OpenTrade(seed);
    known.archive(a, orders);
    return known;
  };
}

/** One trade from its entry order to its last exit fill: position, orders and money. */
export class OpenTrade {
  readonly id: number;
  market: Market;
  readonly side: Side;
  /** +1 long, -1 short. */
  readonly direction: 1 | -1;
  readonly strategy: Strategy;
  readonly levelId: number;
  readonly level: number;
  initialStopTicks: number;
  plannedLots: number;
  readonly plannedRisk: number;
  readonly btcCorrelation: number;
  readonly account: TradeAccount;
  readonly adjusted = new Adjusted();

  /** The entry (or add-on) being sent; null when all of it is final. */
  plan: EntryPlan | null;
  entries: Order[] = [];
  stop: Order | null = null;
  /** The stop that `stop` takes the place of: it protects until that is confirmed, and is withdrawn then. */
  formerStop: Order | null = null;
  tp1: Order | null = null;
  tp2: Order | null = null;
  exit: Order | null = null;
  /** Where the protective stop is wanted, in ticks. */
  stopTicks: number;
  /** What the stop is for: the first risk, breakeven, or the trail. */
  stopReason: 'stop' | 'breakeven' | 'trail' = 'stop';
  /** Lots held now, and the most that were. */
  openLots = 0;
  maxLots = 0;
  /** Lots filled of the first entry (an add-on does not change what one R is). */
  enteredLots = 0;
  /** Average price of the first entry, set with it. */
  entryAverage = Number.NaN;
  /** Average price of all entries, add-on included; NaN before a fill. */
  entryPrice = Number.NaN;
  /** Float64 mirrors of the exact sums: net cash flow, and signed quantity held. */
  #cash = 0;
  #held = 0;
  openedAt: Millis = 0;
  /** When its entry was sent: what fills of it may be heard of long after it filled. */
  begunAt: Millis = 0;
  /** Last price known of the market: a close or a fill. */
  mark = Number.NaN;
  /** Best price since the entry. */
  best = Number.NaN;
  maxR = 0;
  minR = 0;
  /** The entry is complete and targets were placed. */
  targetsPlaced = false;
  /** On spot, instead of orders that rest. */
  readonly watched = new WatchedTargets();
  trailing = false;
  addedOn = false;
  /** Set while the trade is being closed at market. */
  closing: ExitReason | null = null;
  exitRetries = 0;
  /** A timer to send the market exit again runs. */
  exitTimer = false;
  /** Since when more is held than the venue confirmed a stop for; null while all of it is protected. */
  unprotectedSince: Millis | null = null;
  /** A protect timer runs. */
  protectTimer = false;
  finished = false;
  /** What the last exit fill was for. */
  lastExit: ExitReason = 'manual';

  constructor(seed: TradeSeed) {
    this.id = seed.id;
    this.market = seed.market;
    this.side = seed.side;
    this.direction = seed.side === 'long' ? 1 : -1;
    this.strategy = seed.strategy;
    this.levelId = seed.levelId;
    this.level = seed.level;
    this.stopTicks = seed.stopTicks;
    this.initialStopTicks = seed.stopTicks;
    this.plan = seed.plan;
    this.plannedLots = seed.plannedLots;
    this.plannedRisk = seed.plannedRisk;
    this.btcCorrelation = seed.btcCorrelation;
    this.account = new TradeAccount(seed.side);
  }

  get entrySide(): OrderSide {
    return this.side === 'long' ? 'buy' : 'sell';
  }

  get exitSide(): OrderSide {
    return this.side === 'long' ? 'sell' : 'buy';
  }

  get filled(): boolean {
    return this.maxLots > 0;
  }

  get stopPrice(): number {
    return stepsToNumber(this.market.ticks, this.stopTicks);
  }

  get initialStopPrice(): number {
    return stepsToNumber(this.market.ticks, this.initialStopTicks);
  }

  get openQuantity(): number {
    return stepsToNumber(this.market.lots, this.openLots);
  }

  /** Lots that the venue confirmed a stop for. */
  get protectedLots(): number {
    return Math.max(covering(this.stop), covering(this.formerStop));
  }

  /** Lots whose sale at a watched target is out and may yet fill. */
  get lotsOnSale(): number {
    const { taking } = this.watched;
    const order = taking === null ? null : this[taking.purpose];
    return isLive(order) ? Math.max(0, order.lots - order.filledLots) : 0;
  }

  /** Price distance of one R; falls back to the planned one when the fill came in beyond the stop. */
  get riskDistance(): number {
    const distance = this.direction * (this.entryAverage - this.initialStopPrice);
    return distance >= this.market.ticks.step / 2
      ? distance
      : this.plannedRisk / stepsToNumber(this.market.lots, this.plannedLots);
  }

  /** Stop price that the venue confirmed, which may lag the one wanted; NaN while there is none. */
  get confirmedStopPrice(): number {
    const ticks = this.confirmedStop?.stopTicks ?? null;
    return ticks === null ? Number.NaN : stepsToNumber(this.market.ticks, ticks);
  }

  /** The stop that protects now, as far as the venue has confirmed one: the newest of two. */
  get confirmedStop(): Order | null {
    return [this.stop, this.formerStop].find((stop) => covering(stop) > 0) ?? null;
  }

  /** How many R the price has moved in the trade's favour since its first entry. */
  rAt(price: number): number {
    return (this.direction * (price - this.entryAverage)) / this.riskDistance;
  }

  /**
   * Loss in quote if the stop is hit now, with what is still to be filled at its limit. A stop that is wanted nearer
   * but not confirmed there saves nothing yet.
   */
  get openRisk(): number {
    const confirmed = this.confirmedStopPrice;
    const stop = Number.isNaN(confirmed) ? this.stopPrice : confirmed;
    const held = Math.max(0, this.direction * (this.entryPrice - stop)) * this.openQuantity;
    const pending = this.#pending((limit) => Math.max(0, this.direction * (limit - stop)));
    return (this.openLots > 0 ? held : 0) + pending;
  }

  get notional(): number {
    const held = this.openLots > 0 ? this.openQuantity * this.mark : 0;
    return held + this.pending;
  }

  /** What is held, at what was paid for it. */
  get cost(): number {
    return this.filled ? this.#held * this.entryPrice : 0;
  }

  /** What is still to be filled, at its limit. */
  get pending(): number {
    return this.#pending((limit) => limit);
  }

  get entriesLive(): boolean {
    return this.entries.some((order) => !isFinal(order));
  }

  /** Result so far with what is held valued at `price`, in quote. */
  valueAt(price: number): number {
    return this.#held === 0 ? this.#cash : this.#cash + this.#held * price;
  }

  /** Takes the exact sums over into lots and float64: after every fill, fee or funding. */
  measure(): void {
    const { account, direction, side } = this;
    const held = account.held;
    const mine = held.times(direction);
    this.openLots = mine.lte(0) ? 0 : Number(mine.div(this.market.lot).round(0, Big.roundDown));
    this.maxLots = Math.max(this.maxLots, this.openLots);
    this.#held = Number(held);
    this.#cash = Number(account.cashFlow);
    const quantity = side === 'long' ? account.boughtQuantity : account.soldQuantity;
    if (quantity.gt(0))
      this.entryPrice = Number((side === 'long' ? account.bought : account.sold).div(quantity));
  }

  /** Its market has other ticks and lots: everything is counted in them from now on. */
  regrid(market: Market): void {
    const from = this.market;
    const { direction } = this;
    // Between two ticks the stop goes to the one nearer to the market.
    this.stopTicks = stepsOn(from.ticks, market.ticks, this.stopTicks, direction === 1 ? 'up' : 'down');
    this.initialStopTicks = stepsOn(from.ticks, market.ticks, this.initialStopTicks, 'nearest');
    const lots = (count: number): number => stepsOn(from.lots, market.lots, count, 'down');
    this.plannedLots = Math.max(1, lots(this.plannedLots));
    this.enteredLots = lots(this.enteredLots);
    // What has ever been held was held.
    this.maxLots = this.maxLots === 0 ? 0 : Math.max(1, lots(this.maxLots));
    if (this.plan !== null) {
      const { limitTicks, triggerTicks, unsentLots, sliceLots } = this.plan;
      const ticks = (count: number): number => stepsOn(from.ticks, market.ticks, count, 'nearest');
      this.plan = {
        ...this.plan,
        limitTicks: ticks(limitTicks),
        triggerTicks: triggerTicks === null ? null : ticks(triggerTicks),
        unsentLots: lots(unsentLots),
        sliceLots: Math.max(1, lots(sliceLots)),
      };
    }
    this.watched.regrid(from, market);
    this.market = market;
    this.measure();
  }

  priceText(ticks: number): string {
    return stepsToText(this.market.ticks, ticks);
  }

  quantityText(lots: number): string {
    return stepsToText(this.market.lots, lots);
  }

  levelText(): string {
    return stepsToText(this.market.ticks, stepsNearest(this.market.ticks, this.level));
  }

  #pending(perUnit: (limit: number) => number): number {
    if (this.plan === null) return 0;
    let lots = this.plan.unsentLots;
    for (const order of this.entries) if (!isFinal(order)) lots += order.lots - order.filledLots;
    return (
      stepsToNumber(this.market.lots, lots) * perUnit(stepsToNumber(this.market.ticks, this.plan.limitTicks))
    );
  }

  /** The fields that `tradeShape` does not begin the trade with. */
  archive(a: Archive, { heldShape: held }: Orders): void {
    this.account.archive(a);
    this.adjusted.archive(a);
    a.items(this.entries, held);
    this.stop = a.nullable(this.stop, held);
    this.formerStop = a.nullable(this.formerStop, held);
    this.tp1 = a.nullable(this.tp1, held);
    this.tp2 = a.nullable(this.tp2, held);
    this.exit = a.nullable(this.exit, held);
    this.stopTicks = a.number(this.stopTicks);
    this.stopReason = a.choice(this.stopReason, STOP_CODES);
    this.openLots = a.number(this.openLots);
    this.maxLots = a.number(this.maxLots);
    this.enteredLots = a.number(this.enteredLots);
    this.entryAverage = a.number(this.entryAverage);
    this.entryPrice = a.number(this.entryPrice);
    this.#cash = a.number(this.#cash);
    this.#held = a.number(this.#held);
    this.openedAt = a.number(this.openedAt);
    this.begunAt = a.number(this.begunAt);
    this.mark = a.number(this.mark);
    this.best = a.number(this.best);
    this.maxR = a.number(this.maxR);
    this.minR = a.number(this.minR);
    this.targetsPlaced = a.flag(this.targetsPlaced);
    this.watched.archive(a);
    this.trailing = a.flag(this.trailing);
    this.addedOn = a.flag(this.addedOn);
    this.closing = a.nullable(this.closing, exitShape);
    this.exitRetries = a.number(this.exitRetries);
    this.exitTimer = a.flag(this.exitTimer);
    this.unprotectedSince = a.nullable(this.unprotectedSince, numberShape);
    this.protectTimer = a.flag(this.protectTimer);
    this.finished = a.flag(this.finished);
    this.lastExit = exitShape(a, this.lastExit);
  }
}

/** Lots that a stop which the venue has confirmed still covers. */
function covering(stop: Order | null): number {
  return isLive(stop) && stop.status === 'working' ? stop.lots - stop.filledLots : 0;
}
