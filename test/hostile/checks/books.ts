/** The engine's books against the venue's: orders, fills, positions and money, to the last decimal. */
import Big from 'big.js';
import type { Engine } from '../../../src/engine/engine.ts';
import type { ForeignHolding } from '../../../src/engine/input.ts';
import type { Output } from '../../../src/engine/output.ts';
import { parseExactJson } from '../../../src/journal/codec/exact-json.ts';
import type { StoredEntry } from '../../../src/journal/rows.ts';
import type { Market } from '../../../src/market/instrument.ts';
import { orderOf } from '../../../src/session/keeping/client-order-id.ts';
import type { Disk } from '../daemon/disk.ts';
import type { Exchange } from '../venue/exchange.ts';

/** What the journal says has happened. */
interface Recorded {
  seq: number;
  foreign: readonly ForeignHolding[];
  /** Own fills booked, and their cash: sales less purchases less fees in quote. */
  fills: number;
  cash: Big;
  /** Base quantity and cash that reconciliations took off or put on, by symbol. */
  readonly corrected: Map<string, Big>;
  correctedCash: Big;
  readonly submitted: Set<number>;
}

export class Books {
  readonly #exchange: Exchange;
  readonly #markets: readonly Market[];
  readonly #session: string;
  readonly #violated: (what: string) => void;
  readonly #recorded: Recorded = {
    seq: 0,
    foreign: [],
    fills: 0,
    cash: new Big(0),
    corrected: new Map(),
    correctedCash: new Big(0),
    submitted: new Set(),
  };

  constructor(
    exchange: Exchange,
    markets: readonly Market[],
    session: string,
    violated: (what: string) => void,
  ) {
    this.#exchange = exchange;
    this.#markets = markets;
    this.#session = session;
    this.#violated = violated;
  }

  agree(engine: Engine, disk: Disk, when: string): void {
    const recorded = this.#read(disk);
    const say = (what: string) => this.#violated(`${when}: ${what}`);
    this.#fills(recorded, say);
    this.#positions(engine, recorded, say);
    this.#orders(engine, say);
  }

  /** Nothing of the bot's is left at the venue, and the result is the venue's own. */
  flat(engine: Engine, disk: Disk): void {
    const recorded = this.#read(disk);
    for (const { symbol, lot } of this.#markets) {
      const left = (this.#exchange.own.get(symbol) ?? new Big(0)).plus(recorded.corrected.get(symbol) ?? 0);
      if (left.abs().gte(lot)) this.#violated(`${left.toFixed()} ${symbol} are left after a panic`);
    }
    const own = this.#exchange.open().filter(({ clientId }) => clientId !== null);
    if (own.length > 0) this.#violated(`${own.length} own orders are left after a panic`);
    const account = engine.account();
    const made = new Big(account?.realised ?? 0);
    const due = this.#cash().plus(recorded.correctedCash);
    if (!made.eq(due))
      this.#violated(`the engine says it made ${made.toFixed()}, the venue ${due.toFixed()}`);
  }

  /** At most one order at the venue for each of the engine's, and none that was not written down first. */
  once(disk: Disk): void {
    const { submitted } = this.#read(disk);
    const seen = new Map<number, string>();
    for (const [clientId, { status }] of this.#exchange.orders) {
      const own = orderOf(this.#session, clientId);
      if (own === null) {
        this.#violated(`an order ${clientId} that is none of the session's`);
        continue;
      }
      if (!submitted.has(own.orderId)) this.#violated(`order ${own.orderId} was sent and never written down`);
      if (status === 'rejected') continue;
      const other = seen.get(own.orderId);
      if (other !== undefined)
        this.#violated(`order ${own.orderId} was sent twice: ${other} and ${clientId}`);
      seen.set(own.orderId, clientId);
    }
  }

  /** What was committed since the last time is added. */
  #read(disk: Disk): Recorded {
    for (const entry of disk.entries(this.#recorded.seq)) note(this.#recorded, entry, this.#markets);
    return this.#recorded;
  }

  #cash(): Big {
    return this.#exchange.ownFills.reduce((sum, { side, price, quantity, fee, feeIn }) => {
      const value = new Big(price).times(quantity);
      return (side === 'sell' ? sum.plus(value) : sum.minus(value)).minus(feeIn === 'quote' ? fee : 0);
    }, new Big(0));
  }

  #fills(recorded: Recorded, say: (what: string) => void): void {
    const there = this.#exchange.ownFills.length;
    if (recorded.fills !== there) say(`${recorded.fills} fills are booked of ${there} at the venue`);
    const cash = this.#cash();
    if (!recorded.cash.eq(cash)) say(`cash of ${recorded.cash.toFixed()} is booked of ${cash.toFixed()}`);
  }

  #positions(engine: Engine, recorded: Recorded, say: (what: string) => void): void {
    const { holdings } = engine.claims();
    const foreign = new Map(engine.foreign().map(({ symbol, quantity }) => [symbol, quantity]));
    for (const { symbol, lot } of this.#markets) {
      const believed = new Big(holdings.get(symbol) ?? 0);
      const due = (this.#exchange.own.get(symbol) ?? new Big(0)).plus(recorded.corrected.get(symbol) ?? 0);
      if (!believed.eq(due))
        say(`${believed.toFixed()} ${symbol} are booked, own fills come to ${due.toFixed()}`);
      const there = this.#exchange.held(symbol);
      const unknown = there.minus(believed).minus(foreign.get(symbol) ?? 0);
      if (unknown.abs().gte(lot))
        say(
          `the venue holds ${there.toFixed()} ${symbol}: ${believed.toFixed()} own, ${foreign.get(symbol) ?? 0} foreign`,
        );
    }
  }

  #orders(engine: Engine, say: (what: string) => void): void {
    const live = new Map(
      engine
        .claims()
        .orders.filter(({ final }) => !final)
        .map((claim) => [claim.id, claim]),
    );
    for (const order of this.#exchange.open()) {
      const own = order.clientId === null ? null : orderOf(this.#session, order.clientId);
      if (own === null) continue;
      const claim = live.get(own.orderId);
      const text = `order ${own.orderId} (${order.request?.purpose})`;
      if (claim === undefined) {
        say(`${text} is open at the venue and not in the engine`);
        continue;
      }
      live.delete(own.orderId);
      const quantity = new Big(order.market.lot).times(order.lots);
      const stop = new Big(order.market.tick).times(order.stopTicks);
      if (!quantity.eq(claim.quantity))
        say(`${text}: quantity ${quantity.toFixed()}, booked ${claim.quantity}`);
      if (!stop.eq(claim.stopPrice ?? 0)) say(`${text}: stop ${stop.toFixed()}, booked ${claim.stopPrice}`);
    }
    for (const claim of live.values())
      say(
        `order ${claim.id} (${claim.request.purpose}, ${claim.status}) is live in the engine and not at the venue`,
      );
  }
}

function note(
  recorded: Recorded,
  { seq, input, outputsText }: StoredEntry,
  markets: readonly Market[],
): void {
  const correct = (symbol: string, quantity: string, price: string): void => {
    recorded.corrected.set(symbol, new Big(quantity).plus(recorded.corrected.get(symbol) ?? 0));
    recorded.correctedCash = recorded.correctedCash.minus(new Big(quantity).times(price));
  };
  recorded.seq = seq;
  if (input.kind === 'reconciliation') recorded.foreign = input.foreign;
  if (outputsText === '[]') return;
  if (input.kind === 'adjustment') {
    const market = markets[input.symbol];
    if (market !== undefined) correct(market.symbol, input.quantity, input.price);
  }
  const feeInQuote =
    input.kind !== 'order' || input.report.status !== 'fill' || input.report.feeIn === 'quote';
  for (const output of parseExactJson<Output[]>(outputsText)) {
    if (output.kind === 'submit') recorded.submitted.add(output.order.id);
    if (output.kind !== 'event') continue;
    const { event } = output;
    if (event.type === 'fill') {
      const value = new Big(event.price).times(event.quantity);
      recorded.fills += 1;
      recorded.cash = (event.side === 'sell' ? recorded.cash.plus(value) : recorded.cash.minus(value)).minus(
        feeInQuote ? event.fee : 0,
      );
    }
    if (event.type === 'warning' && event.code === 'POSITION_ADOPTED') {
      const holding = recorded.foreign.find(({ symbol }) => symbol === event.symbol);
      if (holding !== undefined) correct(holding.symbol, holding.quantity, holding.price ?? '0');
    }
  }
}
