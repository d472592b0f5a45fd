/** What is whose in the exchange's own books. */
import Big from 'big.js';
import type { Control } from '../../../scripts/exchange-emulator/control/control.ts';
import type { Execution, Order } from '../../../scripts/exchange-emulator/core/order.ts';

export type ExchangeBooks = ReturnType<Control['exchange']>;

/** Made by the bot, or by the exchange for a stop that an order of the bot's carried along. */
export function isOwn(order: Order | null): boolean {
  return order !== null && (order.linkId !== null || isAttached(order));
}

function isAttached({ parentLinkId }: Order): boolean {
  return parentLinkId !== undefined && parentLinkId !== null;
}

/** `BTC/USDT:USDT` as the exchange names it. */
export function idOf(symbol: string): string {
  return symbol.replace('/', '').replace(/:.*$/, '');
}

/** Own and others' trades of each symbol, signed, followed as they come. */
export class Holdings {
  /** Signed, by the exchange's name of the market. */
  readonly own = new Map<string, Big>();
  /** Trades by hand. */
  readonly others = new Map<string, Big>();
  /** Of orders that the bot has sent. */
  readonly ownFills: Execution[] = [];
  /** What the exchange closed by itself: liquidations, and stops that came with an entry. */
  readonly closures: Execution[] = [];
  readonly funding: Execution[] = [];
  readonly #books: ExchangeBooks;
  #seen = 0;

  constructor(books: ExchangeBooks) {
    this.#books = books;
  }

  follow(): void {
    const { executions } = this.#books;
    for (; this.#seen < executions.length; this.#seen += 1) {
      const execution = executions[this.#seen];
      if (execution !== undefined) this.#take(execution);
    }
  }

  /** What is held at the exchange, whoever traded it. */
  there(symbol: string): Big {
    return this.#books.account
      .open()
      .filter(({ listing }) => listing.symbol === symbol)
      .reduce((sum, { size }) => sum.plus(size), new Big(0));
  }

  #take(execution: Execution): void {
    const { kind, order, listing, side, quantity } = execution;
    if (kind === 'funding') {
      this.funding.push(execution);
      return;
    }
    const signed = side === 'buy' ? quantity : quantity.times(-1);
    const { symbol } = listing;
    if (order !== null && order.linkId !== null) {
      this.ownFills.push(execution);
      add(this.own, symbol, signed);
    } else if (kind === 'liquidation' || (order !== null && isAttached(order))) {
      this.closures.push(execution);
      // Of a position that others have a part in the bot's is closed first, as its books have it.
      const own = this.own.get(symbol) ?? new Big(0);
      const part = own.times(signed).gte(0) ? new Big(0) : own.abs().lt(quantity) ? own.times(-1) : signed;
      add(this.own, symbol, part);
      if (!part.eq(signed)) add(this.others, symbol, signed.minus(part));
    } else add(this.others, symbol, signed);
  }
}

function add(to: Map<string, Big>, symbol: string, quantity: Big): void {
  to.set(symbol, quantity.plus(to.get(symbol) ?? 0));
}
