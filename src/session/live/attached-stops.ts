/**
 * Stops that came with an entry protect what fills of it until the stop that is sent after the fill is confirmed; once the
 * entry is over they are one stop too many. While it lives more of it may have filled than word has come of.
 */
import { backOff, type Millis } from '../../market/time.ts';
import type { VenueActs } from '../../venue/broker.ts';
import { orderOf } from '../keeping/client-order-id.ts';
import type { Clock } from './clock.ts';

/** What could not be taken away is tried again so often, and then by the next comparison of the books. */
const TRIES = 5;
const AGAIN = { first: 500, most: 8_000 } as const satisfies Record<string, Millis>;

export class AttachedStops {
  readonly #acts: VenueActs | null;
  readonly #clock: Clock;
  readonly #session: string;
  readonly #lives: (orderId: number) => boolean;
  readonly #dropping = new Set<string>();
  /** Asked for again while a request was under way: there may be new ones. */
  readonly #again = new Set<string>();

  /** @param lives whether an order is not over. */
  constructor(acts: VenueActs | null, clock: Clock, session: string, lives: (orderId: number) => boolean) {
    this.#acts = acts;
    this.#clock = clock;
    this.#session = session;
    this.#lives = lives;
  }

  drop(symbol: string): void {
    if (this.#acts === null) return;
    if (this.#dropping.has(symbol)) {
      this.#again.add(symbol);
      return;
    }
    this.#dropping.add(symbol);
    this.#drop(this.#acts, symbol, 0);
  }

  #drop(acts: VenueActs, symbol: string, tries: number): void {
    const mine = (entry: string): boolean => {
      const own = orderOf(this.#session, entry);
      return own !== null && !this.#lives(own.orderId);
    };
    acts.detach(symbol, mine, (done) => {
      if (!done && tries < TRIES) {
        this.#clock.after(backOff(AGAIN.first, AGAIN.most, tries), () => this.#drop(acts, symbol, tries + 1));
        return;
      }
      this.#dropping.delete(symbol);
      if (this.#again.delete(symbol)) this.drop(symbol);
    });
  }
}
