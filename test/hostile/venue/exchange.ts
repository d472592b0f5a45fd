/**
 * The venue: its own books and its own matching, which share nothing with the daemon or the simulated venue. It acts at
 * once on what arrives, in whole ticks and lots, with exact fees.
 */
import Big from 'big.js';
import type { FillReport } from '../../../src/engine/input.ts';
import type { OrderRequest, OrderSide, OrderType } from '../../../src/engine/output.ts';
import type { Market } from '../../../src/market/instrument.ts';
import type { AccountBooks, Answer, LookUp, Push } from '../../../src/venue/broker.ts';
import type { Faults } from '../world/faults.ts';
import type { Timeline } from '../world/timeline.ts';

export interface ExchangeOrder {
  /** Null: somebody else's. */
  readonly clientId: string | null;
  readonly request: OrderRequest | null;
  readonly market: Market;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly reduceOnly: boolean;
  lots: number;
  readonly priceTicks: number;
  stopTicks: number;
  triggered: boolean;
  filledLots: number;
  status: 'open' | 'filled' | 'cancelled' | 'rejected';
  reason: string;
  readonly fills: FillReport[];
}

/** A fill of an own order, as the venue has it. */
export interface OwnFill extends FillReport {
  readonly clientId: string;
  readonly symbol: string;
  readonly side: OrderSide;
}

const steps = (text: string, step: string): number => Number(new Big(text).div(step));

export class Exchange {
  readonly orders = new Map<string, ExchangeOrder>();
  readonly ownFills: OwnFill[] = [];
  /** Signed base quantities: what own fills have come to, and what others traded on the account. */
  readonly own = new Map<string, Big>();
  readonly others = new Map<string, Big>();
  /** Raised by every change of orders or holdings. */
  version = 0;
  /** For a person who looks into a run. */
  tell: (what: string) => void = () => undefined;
  onPush: (push: Push) => void = () => undefined;
  readonly #open = new Set<ExchangeOrder>();
  readonly #price = new Map<string, number>();
  readonly #markets: ReadonlyMap<string, Market>;
  readonly #timeline: Timeline;
  readonly #faults: Faults;
  #fillOrdinal = 0;

  constructor(markets: readonly Market[], timeline: Timeline, faults: Faults) {
    this.#markets = new Map(markets.map((market) => [market.symbol, market]));
    this.#timeline = timeline;
    this.#faults = faults;
  }

  open(): readonly ExchangeOrder[] {
    return [...this.#open];
  }

  held(symbol: string): Big {
    return (this.own.get(symbol) ?? new Big(0)).plus(this.others.get(symbol) ?? 0);
  }

  priceText(symbol: string): string | null {
    const ticks = this.#price.get(symbol);
    const market = this.#markets.get(symbol);
    return ticks === undefined || market === undefined ? null : new Big(market.tick).times(ticks).toFixed();
  }

  submit(request: OrderRequest, clientId: string): Answer {
    // It may be the very same request that came twice.
    if (this.orders.has(clientId)) return { kind: 'unknown', reason: 'the client order id is taken' };
    const market = this.#market(request.symbol);
    const order: ExchangeOrder = {
      clientId,
      request,
      market,
      side: request.side,
      type: request.type,
      reduceOnly: request.reduceOnly,
      lots: steps(request.quantity, market.lot),
      priceTicks: request.price === null ? 0 : steps(request.price, market.tick),
      stopTicks: request.stopPrice === null ? 0 : steps(request.stopPrice, market.tick),
      triggered: request.type === 'market' || request.type === 'limit',
      filledLots: 0,
      status: 'open',
      reason: '',
      fills: [],
    };
    const refusal = this.#refusal(order);
    this.orders.set(clientId, order);
    this.version += 1;
    if (refusal !== null) {
      order.status = 'rejected';
      order.reason = refusal;
      this.#push({ kind: 'rejected', clientId, reason: refusal });
      return { kind: 'refused', reason: refusal };
    }
    this.#open.add(order);
    this.#push({ kind: 'accepted', clientId });
    this.#match(order, true);
    return { kind: 'done' };
  }

  cancel(clientId: string): Answer {
    const order = this.orders.get(clientId);
    if (order === undefined || order.status !== 'open')
      return { kind: 'refused', reason: 'no such open order' };
    this.#end(order, 'requested');
    return { kind: 'done' };
  }

  amend(clientId: string, quantity: string, stopPrice: string | null): Answer {
    const order = this.orders.get(clientId);
    if (order === undefined || order.status !== 'open')
      return { kind: 'refused', reason: 'no such open order' };
    const lots = steps(quantity, order.market.lot);
    if (lots <= order.filledLots) return { kind: 'refused', reason: 'as much is filled already' };
    if (stopPrice !== null && order.triggered) return { kind: 'refused', reason: 'triggered already' };
    order.lots = lots;
    if (stopPrice !== null) order.stopTicks = steps(stopPrice, order.market.tick);
    this.version += 1;
    this.tell(`amended ${clientId} ${quantity} ${stopPrice}`);
    this.#match(order, false);
    return { kind: 'done' };
  }

  lookUp(clientId: string): LookUp {
    const order = this.orders.get(clientId);
    if (order === undefined) return { kind: 'absent' };
    const { market, status, reason, fills } = order;
    return {
      kind: 'found',
      order: {
        clientId,
        symbol: market.symbol,
        status,
        quantity: new Big(market.lot).times(order.lots).toFixed(),
        stopPrice: order.stopTicks === 0 ? null : new Big(market.tick).times(order.stopTicks).toFixed(),
        reason,
        fills: [...fills],
      },
    };
  }

  account(): AccountBooks {
    const positions = new Map<string, { quantity: string; price: string | null }>();
    for (const symbol of this.#markets.keys()) {
      const held = this.held(symbol);
      if (!held.eq(0)) positions.set(symbol, { quantity: held.toFixed(), price: this.priceText(symbol) });
    }
    return {
      positions,
      open: [...this.#open].map(({ clientId, market }) => ({ clientId, symbol: market.symbol })),
    };
  }

  /** The market trades at a price, in ticks. */
  trade(symbol: string, ticks: number): void {
    this.#price.set(symbol, ticks);
    for (const order of [...this.#open]) {
      if (order.market.symbol !== symbol || order.status !== 'open') continue;
      if (order.clientId !== null && this.#faults.strikes('venueCancel')) this.#end(order, 'by the venue');
      else this.#match(order, false);
    }
  }

  /** Somebody else trades on the account: signed lots. */
  tradeOfOthers(symbol: string, lots: number): void {
    const market = this.#market(symbol);
    this.others.set(symbol, new Big(market.lot).times(lots).plus(this.others.get(symbol) ?? 0));
    this.version += 1;
    this.#dropPointless(market);
  }

  /** Somebody else's order, that never fills; returns what takes it away. */
  orderOfOthers(symbol: string): () => void {
    const order: ExchangeOrder = {
      clientId: null,
      request: null,
      market: this.#market(symbol),
      side: 'buy',
      type: 'limit',
      reduceOnly: false,
      lots: 1,
      priceTicks: 1,
      stopTicks: 0,
      triggered: true,
      filledLots: 0,
      status: 'open',
      reason: '',
      fills: [],
    };
    this.#open.add(order);
    return () => {
      this.#open.delete(order);
      order.status = 'cancelled';
    };
  }

  #push(push: Push): void {
    this.tell(JSON.stringify(push));
    this.onPush(push);
  }

  #market(symbol: string): Market {
    const market = this.#markets.get(symbol);
    if (market === undefined) throw new RangeError(`no market ${symbol}`);
    return market;
  }

  #refusal(order: ExchangeOrder): string | null {
    if (this.#faults.strikes('rejection')) return 'no reason given';
    if (!this.#price.has(order.market.symbol)) return 'not trading';
    if (this.#mayOnlyReduce(order) && this.#reducible(order) === 0) return 'nothing to reduce';
    return null;
  }

  #mayOnlyReduce({ reduceOnly, market, side }: ExchangeOrder): boolean {
    return reduceOnly || (market.type === 'spot' && side === 'sell');
  }

  /** Whole lots that an order could take off the account's position. */
  #reducible({ market, side }: ExchangeOrder): number {
    const held = this.held(market.symbol).times(side === 'sell' ? 1 : -1);
    return held.lte(0) ? 0 : Number(held.div(market.lot).round(0, Big.roundDown));
  }

  #match(order: ExchangeOrder, arriving: boolean): void {
    const price = this.#price.get(order.market.symbol);
    if (price === undefined || order.status !== 'open' || order.clientId === null) return;
    const buy = order.side === 'buy';
    if (!order.triggered) {
      if (buy ? price < order.stopTicks : price > order.stopTicks) return;
      order.triggered = true;
    }
    if (order.type === 'limit' || order.type === 'stop_limit') {
      if (buy ? price > order.priceTicks : price < order.priceTicks) return;
      this.#fill(order, arriving ? price : order.priceTicks, !arriving);
    } else this.#fill(order, Math.max(1, buy ? price + 1 : price - 1), false);
  }

  #fill(order: ExchangeOrder, ticks: number, maker: boolean): void {
    const { market, clientId } = order;
    let lots = order.lots - order.filledLots;
    if (this.#mayOnlyReduce(order)) lots = Math.min(lots, this.#reducible(order));
    if (lots > 0 && clientId !== null) {
      if (lots > 1 && this.#faults.strikes('partialFill')) {
        lots = this.#faults.dice.whole(1, lots - 1);
        // The rest is matched before the next price comes.
        this.#timeline.after(this.#faults.dice.whole(5, 3_000), () => this.#match(order, false));
      }
      this.#book(order, clientId, ticks, lots, maker);
      if (order.filledLots === order.lots) {
        order.status = 'filled';
        this.#open.delete(order);
      }
    }
    this.#dropPointless(market);
  }

  #book(order: ExchangeOrder, clientId: string, ticks: number, lots: number, maker: boolean): void {
    const { market, side } = order;
    const quantity = new Big(market.lot).times(lots);
    const price = new Big(market.tick).times(ticks);
    const rate = maker ? market.makerFee : market.takerFee;
    const inBase = market.type === 'spot' && side === 'buy';
    const fee = (inBase ? quantity : quantity.times(price)).times(rate).round(8, Big.roundUp);
    this.#fillOrdinal += 1;
    const fill: FillReport = {
      fillId: `x${this.#fillOrdinal}`,
      price: price.toFixed(),
      quantity: quantity.toFixed(),
      fee: fee.toFixed(),
      feeIn: inBase ? 'base' : 'quote',
      liquidity: maker ? 'maker' : 'taker',
    };
    order.filledLots += lots;
    order.fills.push(fill);
    this.ownFills.push({ ...fill, clientId, symbol: market.symbol, side });
    const signed = side === 'buy' ? quantity.minus(inBase ? fee : 0) : quantity.times(-1);
    this.own.set(market.symbol, signed.plus(this.own.get(market.symbol) ?? 0));
    this.version += 1;
    this.#push({ kind: 'fill', clientId, fill });
  }

  /** What can no longer reduce anything is cancelled by the venue. */
  #dropPointless(market: Market): void {
    for (const order of [...this.#open]) {
      if (order.market !== market || !this.#mayOnlyReduce(order)) continue;
      if (order.status === 'open' && this.#reducible(order) === 0) this.#end(order, 'reduce_only');
    }
  }

  #end(order: ExchangeOrder, reason: string): void {
    order.status = 'cancelled';
    order.reason = reason;
    this.#open.delete(order);
    this.version += 1;
    if (order.clientId !== null) this.#push({ kind: 'cancelled', clientId: order.clientId, reason });
  }
}
