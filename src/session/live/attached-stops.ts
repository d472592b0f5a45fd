/**
 * Stops that came with an entry protect what fills of it until the stop that is sent after the fill is confirmed; once the
 * entry is over they are one stop too many. While it lives more of it may have filled than word has come of, and its last
 * fill may come while they are looked for.
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
  readonly #needed: (orderId: number, symbol: string) => boolean;
  readonly #dropping = new Set<string>();
  /** Asked for again while a request was under way: there may be new ones. */
  readonly #again = new Set<string>();

  /** @param needed whether what has filled of an order, or may yet, has no other stop. */
  constructor(
    acts: VenueActs | null,
    clock: Clock,
    session: string,
    needed: (orderId: number, symbol: string) => boolean,
  ) {
    this.#acts = acts;
    this.#clock = clock;
    this.#session = session;
    this.#needed = needed;
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
      return own !== null && !this.#needed(own.orderId, symbol);
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
