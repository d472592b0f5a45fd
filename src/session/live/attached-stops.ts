/**
 * Stops that came with an entry protect what fills of it until the stop that is sent after the fill is confirmed; from
 * then on they are one stop too many.
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
  readonly #dropping = new Set<string>();
  /** Asked for again while a request was under way: there may be new ones. */
  readonly #again = new Set<string>();

  constructor(acts: VenueActs | null, clock: Clock, session: string) {
    this.#acts = acts;
    this.#clock = clock;
    this.#session = session;
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
    const mine = (entry: string): boolean => orderOf(this.#session, entry) !== null;
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
