/**
 * The newest price of each symbol of the running session, for whoever looks: the close of its newest base candle, as
 * positions are marked. Nothing is made until somebody asks; a close time costs a look at each of its candles.
 */
import { floatAt, grown, intAt, item } from '../market/arrays.ts';
import type { BarColumns } from '../market/bars.ts';
import { type Grid, grid, stepsNearest, stepsToText } from '../market/grid.ts';
import type { Instrument } from '../market/instrument.ts';
import type { Millis } from '../market/time.ts';

export interface Prices {
  readonly session: string;
  /** Venue time of the newest of them. */
  readonly at: Millis;
  /** By symbol, an exact decimal. */
  readonly prices: Readonly<Record<string, string>>;
}

interface Session {
  readonly id: string;
  readonly instruments: readonly Instrument[];
  readonly ticks: readonly Grid[];
  readonly price: Float64Array;
  /** The revision that brought each price; 0 before the first. */
  readonly changedAt: Float64Array;
}

export class PriceBoard {
  #session: Session | null = null;
  #at: Millis = 0;
  #revision = 0;

  /** Rises whenever a price changes, over sessions too. */
  get revision(): number {
    return this.#revision;
  }

  /** A session begins; prices of the one before are no longer shown. */
  open(id: string): void {
    this.#session = sessionOf(id, [], new Float64Array(), new Float64Array());
  }

  /** The candles of one close time, of instruments by their index. Nothing of `bars` is kept. */
  closed(bars: BarColumns, instruments: readonly Instrument[]): void {
    if (this.#session === null) return;
    if (this.#session.instruments !== instruments) {
      const { id, price, changedAt } = this.#session;
      const size = instruments.length;
      this.#session = sessionOf(id, instruments, grown(price, size, 0), grown(changedAt, size, 0));
    }
    const { price, changedAt } = this.#session;
    const revision = this.#revision + 1;
    for (let row = 0; row < bars.count; row++) {
      const symbol = intAt(bars.symbol, row);
      const close = floatAt(bars.close, row);
      if (floatAt(price, symbol) === close) continue;
      price[symbol] = close;
      changedAt[symbol] = revision;
      this.#revision = revision;
    }
    this.#at = bars.closeTime;
  }

  /** What has changed after `revision`, of these symbols or of all; null when nothing has. */
  since(revision: number, symbols: ReadonlySet<string> | null): Prices | null {
    if (this.#session === null || revision >= this.#revision) return null;
    const { id, instruments, ticks, price, changedAt } = this.#session;
    const prices: Record<string, string> = {};
    let any = false;
    instruments.forEach(({ symbol: name }, i) => {
      if (floatAt(changedAt, i) <= revision || (symbols !== null && !symbols.has(name))) return;
      const tick = item(ticks, i);
      prices[name] = stepsToText(tick, stepsNearest(tick, floatAt(price, i)));
      any = true;
    });
    return any ? { session: id, at: this.#at, prices } : null;
  }
}

function sessionOf(
  id: string,
  instruments: readonly Instrument[],
  price: Float64Array,
  changedAt: Float64Array,
): Session {
  return { id, instruments, ticks: instruments.map(({ tick }) => grid(tick)), price, changedAt };
}
