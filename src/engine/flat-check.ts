/** Flat is what the venue says: asked until its own count of positions agrees. */
import { type Archive, numberShape } from '../archive/archive.ts';
import type { Outbox } from '../execution/outbox.ts';
import { SECOND } from '../market/time.ts';
import type { Foreign } from './foreign.ts';
import type { PositionReport } from './input.ts';
import type { Run } from './run.ts';

/** Wait before the venue is asked again. */
const AGAIN = SECOND;

export class FlatCheck {
  readonly #outbox: Outbox;
  /** The query that an answer is awaited for. */
  #query: number | null = null;
  #waiting = false;
  #flat = false;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** From here on nothing that was said before counts. */
  begin(): void {
    this.#flat = false;
    this.#query = null;
    this.#waiting = false;
  }

  /** True once the venue has said flat since `begin`; asks it when no answer is awaited. */
  confirmed(): boolean {
    if (!this.#flat && this.#query === null && !this.#waiting) this.#query = this.#outbox.query();
    return this.#flat;
  }

  /** The wait is over: the next `confirmed` asks again. */
  again(): void {
    this.#waiting = false;
  }

  /** The venue's own count. Dust that ended trades are known to have left, and what is not the bot's, is no position. */
  answer(
    queryId: number,
    positions: readonly PositionReport[],
    { markets, desk }: Run,
    foreign: Foreign,
  ): void {
    if (queryId !== this.#query) return;
    this.#query = null;
    const own = new Map(markets.map((m) => [m.symbol, m]));
    const left = positions.filter(({ symbol, quantity }) => {
      const market = own.get(symbol);
      return market !== undefined && !desk.isDust(market, quantity, foreign.quantityOf(symbol));
    });
    if (left.length === 0) {
      this.#flat = true;
      return;
    }
    for (const { symbol, quantity } of left) {
      this.#outbox.event({
        type: 'warning',
        code: 'NOT_FLAT',
        symbol,
        message: `the venue still counts ${quantity} ${symbol}; it is asked again`,
      });
    }
    this.#waiting = true;
    this.#outbox.timer(this.#outbox.at + AGAIN, { kind: 'verify' });
  }

  /** The query that an answer is awaited for. */
  get query(): number | null {
    return this.#query;
  }

  archive(a: Archive): void {
    a.section('FlatCheck');
    this.#query = a.nullable(this.#query, numberShape);
    this.#waiting = a.flag(this.#waiting);
    this.#flat = a.flag(this.#flat);
  }
}
