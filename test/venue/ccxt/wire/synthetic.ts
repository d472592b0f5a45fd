/**
 * A market of our own in the wire form of Binance's diffs: a price that wanders further than a snapshot reaches, orders
 * far out that nobody touches, and levels taken away that never were.
 */
import { random } from '../../../engine/random-market.ts';
import type { BookReplayOptions } from './book-replay.ts';
import type { Diff, Level, Market } from './recording.ts';

/** Decimals of prices and sizes, as the exchange writes them. */
const FORMS = { spot: { price: 8, size: 8, tick: 0.01 }, linear: { price: 2, size: 3, tick: 0.1 } } as const;
const FIRST_ID = 50_000_000_000;
const START = 1_700_000_000_000;
const MID_TICKS = 400_000;
/** On each side of the price, in the whole of the book. */
const LEVELS = 4_000;
/** Ticks that the price may go by at once. */
const STRIDE = 40;

type Start = Pick<BookReplayOptions, 'kind' | 'before' | 'snapshot' | 'diffs'>;

export function syntheticMarket(kind: Market['kind'], seed: number, count: number): Start {
  const maker = new Maker(kind, seed);
  const snapshotAt = maker.start();
  const all = Array.from({ length: count }, () => maker.diff());
  return { kind, before: all.slice(0, 3), ...snapshotAt, diffs: all.slice(3) };
}

type Side = 'bids' | 'asks';
const SIDES = ['bids', 'asks'] as const;
/** Which way from the price each side lies. */
const AWAY = { bids: -1, asks: 1 } as const;

class Maker {
  readonly #kind: Market['kind'];
  readonly #draw: () => number;
  /** Sizes in their last decimal by price in ticks. */
  readonly #sizes = { bids: new Map<number, number>(), asks: new Map<number, number>() } as const;
  #told = { bids: new Set<number>(), asks: new Set<number>() };
  /** Between the best prices: no order is at it. */
  #mid = MID_TICKS;
  #id = FIRST_ID;
  #at = START;

  constructor(kind: Market['kind'], seed: number) {
    this.#kind = kind;
    this.#draw = random(seed);
  }

  /** The whole book, as it is before the first change. */
  start(): Pick<Start, 'snapshot'> {
    const all = (side: Side): Level[] => {
      for (let i = 1; i <= LEVELS; i += 1)
        // Some prices have no order.
        if (i === 1 || this.#draw() < 0.8) this.#sizes[side].set(this.#mid + AWAY[side] * i, this.#size());
      return [...this.#sizes[side].keys()].map((ticks) => this.#level(side, ticks));
    };
    return { snapshot: { lastUpdateId: this.#id, bids: all('bids'), asks: all('asks') } };
  }

  diff(): Diff {
    const before = this.#id;
    this.#told = { bids: new Set(), asks: new Set() };
    // On futures the numbers in between are of other markets.
    if (this.#kind === 'linear' && before !== FIRST_ID) this.#id += Math.floor(this.#draw() * 50);
    const first = this.#id + (this.#kind === 'linear' && before === FIRST_ID ? 0 : 1);
    this.#move(this.#mid + Math.floor((this.#draw() - 0.4) * STRIDE));
    for (let i = 0; i < 12; i += 1) {
      const side = this.#draw() < 0.5 ? 'bids' : 'asks';
      const away = 2 + Math.floor(this.#draw() ** 3 * LEVELS);
      this.#change(side, this.#mid + AWAY[side] * away, this.#draw() < 0.3 ? 0 : this.#size());
    }
    this.#at += 100;
    const told = (side: Side): Level[] => [...this.#told[side]].map((ticks) => this.#level(side, ticks));
    return {
      e: 'depthUpdate',
      E: this.#at,
      s: 'BTCUSDT',
      U: first,
      u: this.#id,
      ...(this.#kind === 'linear' ? { pu: before } : {}),
      b: told('bids'),
      a: told('asks'),
    };
  }

  /** What the price goes through is taken; what it leaves behind is set anew. */
  #move(to: number): void {
    const from = this.#mid;
    this.#mid = to;
    for (let ticks = Math.min(from, to); ticks <= Math.max(from, to); ticks += 1) {
      if (ticks >= to && this.#sizes.bids.has(ticks)) this.#change('bids', ticks, 0);
      if (ticks <= to && this.#sizes.asks.has(ticks)) this.#change('asks', ticks, 0);
      if (ticks !== to) this.#change(ticks < to ? 'bids' : 'asks', ticks, this.#size());
    }
    for (const side of SIDES)
      if (!this.#sizes[side].has(to + AWAY[side])) this.#change(side, to + AWAY[side], this.#size());
  }

  #change(side: Side, ticks: number, size: number): void {
    if (size === 0) this.#sizes[side].delete(ticks);
    else this.#sizes[side].set(ticks, size);
    this.#told[side].add(ticks);
    this.#id += 1;
  }

  #size(): number {
    return 1 + Math.floor(this.#draw() * 50_000);
  }

  #level(side: Side, ticks: number): Level {
    const form = FORMS[this.#kind];
    const unit = this.#kind === 'spot' ? 1e-5 : 1e-3;
    return [
      (ticks * form.tick).toFixed(form.price),
      ((this.#sizes[side].get(ticks) ?? 0) * unit).toFixed(form.size),
    ];
  }
}
