/** What is whose in the exchange's own books. */
import Big from 'big.js';
import type { Control } from '../../../scripts/exchange-emulator/control/control.ts';
import type { Execution, Order } from '../../../scripts/exchange-emulator/core/order.ts';

export type ExchangeBooks = ReturnType<Control['exchange']>;

/** Made by the bot, or by the exchange for a stop that an order of the bot's carried along. */
export function isOwn(order: Order | null): boolean {
  if (order === null || order.endReason === 'liquidation') return false;
  return order.linkId !== null || order.kind === 'stop-loss' || order.kind === 'take-profit';
}

/** `BTC/USDT:USDT` as the exchange names it. */
export function idOf(symbol: string): string {
  return symbol.replace('/', '').replace(/:.*$/, '');
}

/** Own and others' trades of each symbol, signed, followed as they come. */
export class Holdings {
  readonly own = new Map<string, Big>();
  /** Others' trades: by hand, and liquidations. */
  readonly others = new Map<string, Big>();
  readonly ownFills: Execution[] = [];
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
    if (execution.kind === 'funding') {
      this.funding.push(execution);
      return;
    }
    const { order, listing, side, quantity } = execution;
    const own = isOwn(order);
    if (own) this.ownFills.push(execution);
    const of = own ? this.own : this.others;
    const signed = side === 'buy' ? quantity : quantity.times(-1);
    of.set(listing.symbol, signed.plus(of.get(listing.symbol) ?? 0));
  }
}
