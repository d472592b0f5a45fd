/**
 * Orders at a ccxt exchange. Each request is sent once: what became of it is answered from the error that it ended in,
 * and where that is no evidence the answer is *unknown*.
 */
import type { BrokerCapabilities } from '../../engine/input.ts';
import type { OrderRequest } from '../../engine/output.ts';
import type { InstrumentType } from '../../market/instrument.ts';
import type { Millis } from '../../market/time.ts';
import type { AccountBooks, Answer, Broker, LookUp, OwnFill } from '../broker.ts';
import { orderAbilities } from './abilities.ts';
import { accountBooks } from './account-books.ts';
import { CcxtActs } from './acts.ts';
import { ORDER_WAIT_MS } from './budget.ts';
import type { ClientIds } from './client-ids.ts';
import { RECEIVE_WINDOW_MS } from './connect.ts';
import { decimal } from './decimal.ts';
import type { Dialect, OrderNote } from './dialect.ts';
import type { CcxtExchange, CcxtMarket, CcxtOrder } from './exchange.ts';
import { inLane } from './lane.ts';
import { amountOf, orderCall, priceOf } from './order-call.ts';
import { OrderNotes } from './order-notes.ts';
import { reasonOf } from './reason.ts';
import { brokerOrder, type FeeValue, fillOf, Incomplete, isFilled } from './records.ts';
import { answerOf, troubleOf } from './troubles.ts';
import { Unsendable } from './unsendable.ts';

export interface CcxtBrokerOptions {
  readonly exchange: CcxtExchange;
  readonly dialect: Dialect;
  readonly ids: ClientIds;
  readonly type: InstrumentType;
  readonly markets: ReadonlyMap<string, CcxtMarket>;
  readonly now: () => Millis;
  readonly feeValue: FeeValue;
  /** Whatever went wrong, for health. */
  readonly failed: (error: unknown) => void;
  readonly worked: () => void;
}

/** How far the clocks may be apart before the exchange refuses everything. */
const CLOCK_ERROR_MS: Millis = 1_000;

/** From an order that was asked for to its signature, at most. */
const SIGNED_MS: Millis = ORDER_WAIT_MS + 1_000;

/** An account that trades is hardly ever the same for two looks; so many are tried. */
const BOOK_LOOKS = 4;

export class CcxtBroker implements Broker {
  readonly capabilities: BrokerCapabilities;
  readonly validityMs: Millis = RECEIVE_WINDOW_MS + SIGNED_MS + CLOCK_ERROR_MS;
  readonly notes = new OrderNotes();
  readonly acts: CcxtActs;
  readonly #options: CcxtBrokerOptions;

  constructor(options: CcxtBrokerOptions) {
    this.#options = options;
    const { dialect, exchange, type } = options;
    const attachedStop = dialect.attachedTo !== undefined && orderAbilities(exchange, type).attachedStop;
    this.capabilities = {
      amend: dialect.amends,
      ...(attachedStop && { attachedStop }),
      ...(dialect.twoStops && { twoStops: true }),
    };
    this.acts = new CcxtActs(options);
  }

  submit(order: OrderRequest, clientId: string, answer: (answer: Answer) => void): void {
    const { exchange, ids, type, now } = this.#options;
    const place = async (): Promise<void> => {
      const id = ids.toVenue(clientId);
      const market = this.#market(order.symbol);
      const call = orderCall(exchange, market, orderAbilities(exchange, type), order, id);
      this.notes.set(clientId, {
        side: call.side,
        type: call.type,
        stop: order.stopPrice !== null,
        price: call.price ?? null,
      });
      const { symbol, side, amount, price, params } = call;
      const placed = await exchange
        .createOrder(symbol, call.type, side, amount, price, params)
        .catch((error: unknown) => this.#refused(error, order.symbol, id, clientId));
      if (placed.id === undefined) throw new Incomplete('the exchange took the order without a word of it');
      this.notes.named(placed.id, clientId);
      this.notes.shown(clientId);
    };
    this.#answer(answer, place, now() + SIGNED_MS);
  }

  /**
   * A network may send one request twice, and what is refused may be the second: the first has been filled, and there
   * is nothing left to reduce or to pay with. A refusal counts when the exchange has no such order.
   */
  async #refused(error: unknown, symbol: string, id: string, clientId: string): Promise<never> {
    if (answerOf(error).kind !== 'refused' || error instanceof Unsendable) throw error;
    // A key that is not taken has had nothing acted on.
    const trouble = troubleOf(error);
    if (trouble === 'credentials' || trouble === 'permission') throw error;
    const { exchange, dialect, failed } = this.#options;
    const found = await inLane('queries', () =>
      dialect.find(exchange, symbol, id, this.notes.get(clientId)),
    ).catch((notAsked: unknown) => {
      // What became of the question says nothing of the order.
      failed(notAsked);
      throw new Incomplete(`the exchange refused the order (${reasonOf(error)}), and cannot be asked for it`);
    });
    if (found === null || found.status === 'rejected') throw error;
    failed(error);
    throw new Incomplete('the exchange refused the order, and has it');
  }

  cancel(symbol: string, clientId: string, answer: (answer: Answer) => void): void {
    const { exchange, ids, dialect } = this.#options;
    this.#answer(answer, () =>
      dialect.cancel(exchange, symbol, ids.toVenue(clientId), this.notes.get(clientId)),
    );
  }

  amend(
    symbol: string,
    clientId: string,
    { quantity, stopPrice }: { readonly quantity: string; readonly stopPrice: string | null },
    answer: (answer: Answer) => void,
  ): void {
    const { exchange, ids, dialect } = this.#options;
    this.#answer(answer, async () => {
      if (!dialect.amends) throw new Unsendable(`${exchange.id} changes no resting orders`);
      const market = this.#market(symbol);
      const { type, side } = await this.#note(symbol, clientId);
      const changed = await exchange.editOrder(
        undefined,
        symbol,
        type,
        side,
        amountOf(exchange, market, quantity),
        undefined,
        {
          clientOrderId: ids.toVenue(clientId),
          ...(stopPrice === null ? {} : { triggerPrice: priceOf(exchange, market, stopPrice) }),
        },
      );
      if (changed.id === undefined) throw new Incomplete('the exchange took the change without a word of it');
    });
  }

  lookUp(symbol: string, clientId: string, answer: (found: LookUp) => void): void {
    void this.#lookUp(symbol, clientId).then(answer, (error: unknown) => {
      this.#options.failed(error);
      answer({ kind: 'failed', reason: reasonOf(error) });
    });
  }

  fillsSince(symbol: string, since: Millis, answer: (fills: readonly OwnFill[] | null) => void): void {
    void this.#fillsSince(symbol, since).then(answer, (error: unknown) => {
      this.#options.failed(error);
      answer(null);
    });
  }

  idsSince(since: Millis, answer: (clientIds: readonly string[] | null) => void): void {
    this.acts.idsSince(since).then(answer, (error: unknown) => {
      this.#options.failed(error);
      answer(null);
    });
  }

  account(answer: (books: AccountBooks | null) => void): void {
    void this.#account().then(answer, (error: unknown) => {
      this.#options.failed(error);
      answer(null);
    });
  }

  /** @param until by the exchange's time: what is signed later is not sent. */
  #answer(answer: (answer: Answer) => void, request: () => Promise<void>, until?: Millis): void {
    void inLane('orders', request, until).then(
      () => {
        this.#options.worked();
        answer({ kind: 'done' });
      },
      (error: unknown) => {
        this.#options.failed(error);
        answer(answerOf(error));
      },
    );
  }

  async #lookUp(symbol: string, clientId: string): Promise<LookUp> {
    const { exchange, dialect, ids, now, feeValue } = this.#options;
    const market = this.#options.markets.get(symbol);
    // A market that the exchange does not know any more has no orders.
    if (market === undefined) return { kind: 'absent' };
    const id = ids.toVenue(clientId);
    const order = await inLane('queries', () => dialect.find(exchange, symbol, id, this.notes.get(clientId)));
    this.#options.worked();
    if (order === null)
      return this.notes.denied(clientId)
        ? { kind: 'absent' }
        : { kind: 'failed', reason: 'the exchange has shown the order and does not show it now' };
    this.#noteOrder(order, clientId);
    const trades = isFilled(order)
      ? await inLane('queries', () => dialect.fills(exchange, order, id, now()))
      : [];
    const fills = trades.map((trade) => fillOf(trade, market, feeValue));
    return {
      kind: 'found',
      order: brokerOrder(order, fills, market, clientId, dialect.reasonOf(order)),
    };
  }

  async #fillsSince(symbol: string, since: Millis): Promise<readonly OwnFill[]> {
    const { exchange, dialect, ids, now, feeValue, worked } = this.#options;
    const market = this.#options.markets.get(symbol);
    if (market === undefined) return [];
    const found = await inLane('queries', () => dialect.fillsSince({ exchange, symbol, since, now: now() }));
    worked();
    return found.flatMap(({ clientId: named, trade }) => {
      // A stop that has become another order is known by what it was found as.
      const clientId = ids.fromVenue(named) ?? this.notes.clientIdOf(trade.order ?? '');
      return clientId === undefined ? [] : [{ clientId, fill: fillOf(trade, market, feeValue) }];
    });
  }

  async #account(): Promise<AccountBooks | null> {
    for (let i = 0; i < BOOK_LOOKS; i += 1) {
      const books = await inLane('queries', () => accountBooks(this.#options));
      this.#options.worked();
      if (books !== null) return books;
    }
    return null;
  }

  /** What an amend has to name besides. After a restart it is looked up first. */
  async #note(symbol: string, clientId: string): Promise<OrderNote> {
    const known = this.notes.get(clientId);
    if (known !== undefined) return known;
    const { exchange, dialect, ids } = this.#options;
    const order = await dialect.find(exchange, symbol, ids.toVenue(clientId), undefined);
    const note = order === null ? null : this.#noteOrder(order, clientId);
    if (note === null) throw new Unsendable('the exchange has no such order');
    return note;
  }

  #noteOrder(order: CcxtOrder, clientId: string): OrderNote | null {
    this.notes.shown(clientId);
    if (order.id !== undefined) this.notes.named(order.id, clientId);
    if (order.type === undefined || order.side === undefined) return null;
    const note: OrderNote = {
      side: order.side,
      type: order.type,
      stop: decimal(order.triggerPrice) !== null,
      price: decimal(order.price),
    };
    this.notes.set(clientId, note);
    return note;
  }

  #market(symbol: string): CcxtMarket {
    const market = this.#options.markets.get(symbol);
    if (market === undefined) throw new Unsendable(`${symbol} is not among the instruments`);
    return market;
  }
}
