/** What an exchange does to an account by itself, and the stops that it made for entries. */
import type { InstrumentType } from '../../market/instrument.ts';
import type { Millis } from '../../market/time.ts';
import type { VenueActs, VenueEvent } from '../broker.ts';
import type { ClientIds } from './client-ids.ts';
import { times } from './decimal.ts';
import type { Dialect, EventQuery } from './dialect.ts';
import type { CcxtExchange, CcxtMarket } from './exchange.ts';
import { contractSizeOf } from './instruments.ts';
import { inLane } from './lane.ts';
import { isA } from './troubles.ts';

interface ActsOptions {
  readonly exchange: CcxtExchange;
  readonly dialect: Dialect;
  readonly ids: ClientIds;
  readonly type: InstrumentType;
  readonly markets: ReadonlyMap<string, CcxtMarket>;
  readonly now: () => Millis;
  readonly failed: (error: unknown) => void;
  readonly worked: () => void;
}

export class CcxtActs implements VenueActs {
  readonly #options: ActsOptions;

  constructor(options: ActsOptions) {
    this.#options = options;
  }

  events(since: Millis, answer: (events: readonly VenueEvent[] | null) => void): void {
    this.#ask(() => this.#events(since)).then(answer, (error: unknown) => {
      this.#options.failed(error);
      answer(null);
    });
  }

  detach(symbol: string, mine: (entry: string) => boolean, answer: (done: boolean) => void): void {
    this.#ask(() => this.#detach(symbol, mine)).then(
      () => answer(true),
      (error: unknown) => {
        this.#options.failed(error);
        answer(false);
      },
    );
  }

  /** @returns ids of this bot */
  async idsSince(since: Millis): Promise<readonly string[]> {
    const { dialect, ids } = this.#options;
    const found = await this.#ask(() => dialect.idsSince(this.#query(since)));
    return found.flatMap((id) => ids.fromVenue(id) ?? []);
  }

  #query(since: Millis): EventQuery {
    const { exchange, type, markets, now } = this.#options;
    // Made anew each time: markets are listed while the exchange is open, and those of an earlier life come later.
    const symbols = new Map([...markets.values()].map(({ id, symbol }) => [id, symbol]));
    return { exchange, type, since, now: now(), symbolOf: (marketId) => symbols.get(marketId) };
  }

  async #ask<T>(request: () => Promise<T>): Promise<T> {
    const result = await inLane('queries', request);
    this.#options.worked();
    return result;
  }

  async #events(since: Millis): Promise<readonly VenueEvent[]> {
    const { dialect, ids, markets } = this.#options;
    const events = await dialect.events(this.#query(since));
    return events
      .map((event): VenueEvent => {
        if (event.kind === 'funding') return event;
        const market = markets.get(event.symbol);
        return {
          ...event,
          attachedTo: ids.fromVenue(event.attachedTo),
          quantity: times(event.quantity, market === undefined ? '1' : contractSizeOf(market)),
        };
      })
      .sort((a, b) => a.happenedAt - b.happenedAt);
  }

  async #detach(symbol: string, mine: (entry: string) => boolean): Promise<void> {
    const { exchange, dialect, ids } = this.#options;
    for (const order of await exchange.fetchOpenOrders(symbol)) {
      const entry = ids.fromVenue(dialect.attachedTo?.(order));
      if (entry === null || !mine(entry) || order.id === undefined) continue;
      try {
        await inLane('orders', () => exchange.cancelOrder(order.id, symbol, {}));
      } catch (error) {
        // It has acted meanwhile, or went with the position.
        if (!isA(error, 'OrderNotFound')) throw error;
      }
    }
  }
}
