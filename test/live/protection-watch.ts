/**
 * Looks at the exchange's own books at each of their changes: is what is held covered by one stop, does that stop move
 * towards the market alone, and does it shrink when a target has taken a part of the position?
 */
import Big from 'big.js';
import type { Listing } from '../../scripts/exchange-emulator/core/instrument.ts';
import type { Order } from '../../scripts/exchange-emulator/core/order.ts';
import type { Emulator } from '../../scripts/exchange-emulator/emulator.ts';
import type { Millis } from '../../src/market/time.ts';

export interface StopMove {
  readonly symbol: string;
  readonly from: string;
  readonly to: string;
}

/** A time in which a stop did not cover all that was held. */
export interface Gap {
  readonly symbol: string;
  readonly from: Millis;
  readonly to: Millis;
  /** It began with a fill of an entry, or because the stop went away. */
  readonly began: 'filled' | 'stop gone';
}

/** A position from flat to flat. */
interface Life {
  readonly direction: 1 | -1;
  /** The stop's price, the best so far. */
  best: Big | null;
  size: Big;
  gap: Pick<Gap, 'from' | 'began'> | null;
  /** A target has filled, and the stop is still as large as before. */
  shrinks: boolean;
}

export class ProtectionWatch implements Disposable {
  /** Stops that were moved to a better price, and to a worse one. */
  readonly raised: StopMove[] = [];
  readonly lowered: StopMove[] = [];
  readonly gaps: Gap[] = [];
  /** Every price that a stop had, by the exchange's own name of the symbol. */
  readonly prices = new Map<string, Set<string>>();
  /** The most stops of the bot's own that waited at once for one position; what came along with an entry is the venue's. */
  mostStops = 0;
  /** Fills of targets that left a part of the position, and how many of them the stop has followed. */
  targets = 0;
  targetsFollowed = 0;
  readonly #emulator: Emulator;
  readonly #lives = new Map<Listing, Life>();
  /** What each target had taken when it was seen last. */
  readonly #taken = new Map<Order, Big>();
  readonly #leave: () => void;

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
    this.#leave = emulator.control.listen((event) => {
      switch (event.kind) {
        case 'order':
          this.#look(event.order.listing, event.order);
          break;
        case 'position':
          this.#look(event.position.listing, null);
          break;
        case 'execution':
        case 'wallet':
          break;
      }
    });
  }

  /** Positions that are not covered just now, in words. */
  get uncovered(): string[] {
    return [...this.#lives].flatMap(([{ symbol }, { gap }]) =>
      gap === null ? [] : [`${symbol} since ${gap.from}`],
    );
  }

  [Symbol.dispose](): void {
    this.#leave();
  }

  #look(listing: Listing, order: Order | null): void {
    const { control } = this.#emulator;
    const size = control.position(listing);
    const now = control.now();
    if (size.eq(0)) {
      const over = this.#lives.get(listing);
      // What a target left went with the position.
      if (over?.shrinks === true) this.targetsFollowed += 1;
      if (over !== undefined) this.#covered(listing, over, now);
      this.#lives.delete(listing);
      return;
    }
    const direction = size.gt(0) ? 1 : -1;
    let life = this.#lives.get(listing);
    if (life?.direction !== direction) {
      life = { direction, best: null, size: new Big(0), gap: null, shrinks: false };
      this.#lives.set(listing, life);
    }
    const closing = control
      .liveOrders(listing)
      .filter((each) => (each.side === 'sell') === (direction === 1) && each.reduceOnly);
    const stops = closing.filter(({ trigger }) => trigger !== null);
    const waiting = stops.filter(({ status }) => status === 'untriggered');
    this.mostStops = Math.max(this.mostStops, waiting.filter(({ linkId }) => linkId !== null).length);
    for (const stop of waiting) this.#price(listing, life, stop);
    if (order !== null && isTarget(order) && order.filled.gt(this.#taken.get(order) ?? 0)) {
      this.#taken.set(order, order.filled);
      if (!life.shrinks) this.targets += 1;
      life.shrinks = true;
    }
    const cover = stops.reduce(
      (sum, stop) => sum.plus(stop.closesPosition ? size.abs() : stop.quantity.minus(stop.filled)),
      new Big(0),
    );
    if (life.shrinks && cover.eq(size.abs())) {
      this.targetsFollowed += 1;
      life.shrinks = false;
    }
    if (cover.gte(size.abs())) this.#covered(listing, life, now);
    else life.gap ??= { from: now, began: size.abs().gt(life.size) ? 'filled' : 'stop gone' };
    life.size = size.abs();
  }

  #price({ symbol }: Listing, life: Life, { trigger }: Order): void {
    if (trigger === null) return;
    const { price } = trigger;
    const known = this.prices.get(symbol) ?? new Set();
    this.prices.set(symbol, known.add(price.toFixed()));
    const { best, direction } = life;
    if (best === null) {
      life.best = price;
      return;
    }
    const gain = price.minus(best).times(direction);
    if (gain.eq(0)) return;
    const move = { symbol, from: best.toFixed(), to: price.toFixed() };
    if (gain.lt(0)) {
      this.lowered.push(move);
      return;
    }
    this.raised.push(move);
    life.best = price;
  }

  #covered({ symbol }: Listing, life: Life, now: Millis): void {
    if (life.gap === null) return;
    // What comes along with an entry is there in the same moment.
    if (now > life.gap.from) this.gaps.push({ symbol, ...life.gap, to: now });
    life.gap = null;
  }
}

function isTarget({ reduceOnly, type, trigger }: Order): boolean {
  return reduceOnly && type === 'limit' && trigger === null;
}
