/** What the emulator can be told to do, in its own process or over the control port. */
import type Big from 'big.js';
import type { Millis } from '../../../src/market/time.ts';
import type { CoreListener } from '../core/events.ts';
import type { Exchange } from '../core/exchange.ts';
import type { Listing } from '../core/instrument.ts';
import { isLive, type Order } from '../core/order.ts';
import { decimal, plain, ZERO } from '../decimal.ts';
import type { PushFault, RequestFault, Rule, Rules } from '../faults/rules.ts';
import type { Candle } from '../market/bar-path.ts';
import type { Rest, SeenRequest } from '../net/rest.ts';
import type { Streams } from '../net/streams.ts';
import type { Pacer } from '../pacer.ts';
import type { Venue } from '../venue.ts';
import { type Books, booksOf } from './books.ts';

export interface ControlParts {
  readonly venue: Venue;
  readonly pacer: Pacer;
  readonly rest: Rest;
  readonly streams: Streams;
  readonly requestFaults: Rules<RequestFault>;
  readonly pushFaults: Rules<PushFault>;
  readonly skew: { ms: number };
}

type RuleOptions<F> = Partial<Omit<Rule<F>, 'fault'>>;

const toRule = <F>(
  fault: F,
  { match = '', except = null, times = 1, after = 0, chance = 1 }: RuleOptions<F>,
): Rule<F> => ({
  fault,
  match,
  except,
  times,
  after,
  chance,
});

export interface CandleChange {
  /** In ticks; what is missing stays. */
  readonly high?: number;
  readonly low?: number;
  readonly close?: number;
  /** In lots. */
  readonly volume?: number;
}

export class Control {
  readonly #parts: ControlParts;

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  // Time

  now(): Millis {
    return this.#parts.venue.clock.now;
  }

  /** Lets so much of the venue's time pass: prices, candles, fills and what was delayed. */
  advance(ms: Millis): Millis {
    return this.#parts.pacer.advance(ms);
  }

  /** Venue time over the machine's; 0 stands still until it is advanced. */
  setSpeed(speed: number): void {
    this.#parts.pacer.setSpeed(speed);
  }

  /** The venue's clock is off by so much, in what it shows and in what it holds requests against. */
  skewClock(ms: Millis): void {
    this.#parts.skew.ms = ms;
  }

  /** When something happens next of itself: a price, a timer; null when nothing does. */
  nextAt(): Millis | null {
    const { clock, market } = this.#parts.venue;
    const times = [clock.next, market.nextStepAt].filter((at) => at !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  // The network

  requestFault(fault: RequestFault, options: RuleOptions<RequestFault> = {}): void {
    this.#parts.requestFaults.add(toRule(fault, options));
  }

  pushFault(fault: PushFault, options: RuleOptions<PushFault> = {}): void {
    this.#parts.pushFaults.add(toRule(fault, options));
  }

  clearFaults(): void {
    this.#parts.requestFaults.clear();
    this.#parts.pushFaults.clear();
  }

  /** Lets go of the requests and answers that are held. */
  release(): void {
    this.#parts.rest.release();
  }

  /** Resolves once so many requests or answers are held. */
  whenHeld(count: number): Promise<void> {
    return this.#parts.rest.whenHeld(count);
  }

  /** Breaks open streams whose path holds `match`. */
  closeStreams(match = ''): number {
    return this.#parts.streams.close(match);
  }

  refuseStreams(refuse: boolean): void {
    this.#parts.streams.refuse = refuse;
  }

  /** The exchange is gone: requests break, streams close and cannot be opened, until it is up again. */
  setDown(down: boolean): void {
    this.#parts.rest.down = down;
    this.#parts.streams.refuse = down;
    if (down) this.#parts.streams.close('');
  }

  /** Resolves once a stream whose path holds `match` is to be told all of `topics`. */
  whenSubscribed(match: string, topics: readonly string[]): Promise<void> {
    return this.#parts.streams.whenSubscribed(match, topics);
  }

  /** Requests that wait for an answer, and messages on streams so far: where neither changes nothing is on its way. */
  traffic(): { readonly pending: number; readonly messages: number } {
    const { rest, streams } = this.#parts;
    return { pending: rest.pending, messages: streams.traffic };
  }

  /** Who has had no answer after so much of the venue's time breaks the connection; null: nobody does. */
  setPatience(ms: Millis | null): void {
    this.#parts.rest.patienceMs = ms;
  }

  onRequest(seen: (request: SeenRequest) => void): void {
    this.#parts.rest.seen = seen;
  }

  /** How often each kind of fault of requests and pushes has struck. */
  struck(): ReadonlyMap<string, number> {
    const { requestFaults, pushFaults } = this.#parts;
    return new Map([...requestFaults.struck, ...pushFaults.struck]);
  }

  openStreams(): readonly string[] {
    return this.#parts.streams.open;
  }

  // The account

  revokeKey(): void {
    this.#parts.venue.apiKey.revoked = true;
  }

  setKey(rights: {
    readonly revoked?: boolean;
    readonly readOnly?: boolean;
    readonly withdraw?: boolean;
  }): void {
    Object.assign(this.#parts.venue.apiKey, rights);
  }

  setHedged(hedged: boolean): void {
    this.#parts.venue.exchange.account.hedged = hedged;
  }

  /** Share of what an order still wants that one price may fill, e.g. '0.5'; null: all. */
  setFillShare(share: string | null): void {
    this.#parts.venue.exchange.matching.fillShare = share === null ? null : decimal(share);
  }

  /** The exchange cancels a live order for reasons of its own. Named by its id or its client's id. */
  cancelOrder(id: string): boolean {
    const { exchange } = this.#parts.venue;
    const order = exchange.orders.byId(id) ?? exchange.orders.byLink(id);
    if (order === null || !isLive(order)) return false;
    exchange.cancel(order, 'by-venue');
    return true;
  }

  /** Somebody else (the owner, by hand) trades on the account at market; returns the order's id. */
  tradeByHand(
    symbol: string,
    side: 'buy' | 'sell',
    quantity: string,
    category: 'spot' | 'linear' = 'linear',
  ): string {
    const { exchange, market } = this.#parts.venue;
    const listing = market.find(category, symbol);
    if (listing === null) throw new RangeError(`no market ${category} ${symbol}`);
    return exchange.place({
      listing,
      side,
      linkId: null,
      type: 'market',
      timeInForce: 'IOC',
      quantity: decimal(quantity),
      quoteQuantity: null,
      price: null,
      trigger: null,
      kind: null,
      reduceOnly: false,
      closesPosition: false,
      leg: exchange.account.hedged ? (side === 'buy' ? 1 : 2) : 0,
      attached: null,
    }).id;
  }

  /** Pays or takes funding on the open position of a symbol: `rate` of its value, paid by the longs. */
  fund(symbol: string, rate: string): boolean {
    const { exchange } = this.#parts.venue;
    const position = exchange.account.open().find(({ listing }) => listing.symbol === symbol);
    if (position === undefined) return false;
    const { listing, size, leg } = position;
    const price = exchange.mark(listing);
    const fee = size.times(price).times(rate);
    exchange.account.realise(listing.quote, ZERO.minus(fee));
    exchange.record('funding', {
      order: null,
      listing,
      side: size.gt(0) ? 'buy' : 'sell',
      price,
      quantity: size.abs(),
      value: size.abs().times(price),
      fee,
      feeCoin: listing.quote,
      feeRate: decimal(rate),
      maker: false,
      leaves: ZERO,
      closed: ZERO,
      realised: ZERO,
      leg,
    });
    exchange.sayWallet();
    return true;
  }

  /** The exchange closes the position of a symbol at market, as in a liquidation. */
  liquidate(symbol: string): boolean {
    const { exchange } = this.#parts.venue;
    const position = exchange.account.open().find(({ listing }) => listing.symbol === symbol);
    if (position === undefined) return false;
    exchange.liquidate(position);
    return true;
  }

  // The market

  /** The base candle that starts then is never shown, unless it is given back. */
  withholdCandle(symbol: string, start: Millis): void {
    this.#series(symbol).withhold(start);
  }

  /** Shows a candle that was withheld: late. */
  giveBackCandle(symbol: string, start: Millis): boolean {
    return this.correctCandle(symbol, start, {});
  }

  /** A closed candle is another one from now on, and is pushed again. */
  correctCandle(symbol: string, start: Millis, change: CandleChange): boolean {
    const before = this.#series(symbol).at(start);
    if (before === null) return false;
    return this.#parts.venue.market.amend(this.#listing(symbol), { ...before, ...change });
  }

  candle(symbol: string, start: Millis): Candle | null {
    return this.#series(symbol).at(start);
  }

  /** The market is not among those that are listed, and takes no entries; or it is again. */
  setListed(symbol: string, listed: boolean): void {
    for (const listing of this.#listings(symbol)) listing.listed = listed;
  }

  /** Orders have to keep to other steps from now on; what rests stays. */
  setTerms(
    symbol: string,
    {
      tick,
      lot,
      minNotional,
    }: { readonly tick?: string; readonly lot?: string; readonly minNotional?: string },
  ): void {
    for (const listing of this.#listings(symbol)) {
      if (tick !== undefined) listing.tick = decimal(tick);
      if (lot !== undefined) {
        listing.lot = decimal(lot);
        listing.minQuantity = decimal(lot);
      }
      if (minNotional !== undefined) listing.minNotional = decimal(minNotional);
    }
  }

  #listings(symbol: string): readonly Listing[] {
    const found = this.#parts.venue.market.listings.filter((one) => one.symbol === symbol);
    if (found.length === 0) throw new RangeError(`no market ${symbol}`);
    return found;
  }

  price(symbol: string): { readonly last: string; readonly bid: string | null; readonly ask: string | null } {
    const { last, bids, asks } = this.#parts.venue.exchange.quote(this.#listing(symbol));
    const first = (levels: typeof bids) => (levels[0] === undefined ? null : plain(levels[0].price));
    return { last: plain(last), bid: first(bids), ask: first(asks) };
  }

  /** The core's own records, live: for who looks often. */
  exchange(): Pick<Exchange, 'account' | 'orders' | 'executions'> {
    return this.#parts.venue.exchange;
  }

  /** In the emulator's own process: hears of every change of the books as it happens. */
  listen(listener: CoreListener): () => void {
    return this.#parts.venue.exchange.listen(listener);
  }

  /** The orders that are live in a market. */
  liveOrders(listing: Listing): readonly Order[] {
    return this.#parts.venue.exchange.orders.liveOf(listing);
  }

  /** What is held of a perpetual, signed, on an account that is not hedged. */
  position(listing: Listing): Big {
    return this.#parts.venue.exchange.account.position(listing, 0).size;
  }

  /** How margin is held in a market. */
  margin(symbol: string): { readonly mode: string; readonly leverage: string } {
    const { account } = this.#parts.venue.exchange;
    return { mode: account.marginModeOf(symbol), leverage: account.leverage(symbol).toFixed() };
  }

  books(): Books {
    return booksOf(this.#parts.venue.exchange);
  }

  #listing(symbol: string) {
    const { market } = this.#parts.venue;
    const listing = market.find('linear', symbol) ?? market.find('spot', symbol);
    if (listing === null) throw new RangeError(`no market ${symbol}`);
    return listing;
  }

  #series(symbol: string) {
    return this.#parts.venue.market.series(this.#listing(symbol));
  }
}
