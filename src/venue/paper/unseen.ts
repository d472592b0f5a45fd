/** Has resting orders meet what no quote has shown: each candle that closed, once, as far as an order was there. */
import { type Archive, numberShape } from '../../archive/archive.ts';
import type { OrderRequest } from '../../engine/output.ts';
import { BASE, type Millis } from '../../market/time.ts';
import type { BarTerms } from '../simulated/bar-terms.ts';
import { type Candle, Cover, coverShape, intervalOf, pointOf } from './cover.ts';
import { partOf, type Standing, standingShape, triggerOf } from './standing.ts';

interface UnseenOptions {
  readonly now: () => Millis;
  /** `halfSpread` as quotes showed it last. */
  readonly meet: (place: number, candle: Candle, terms: Pick<BarTerms, 'halfSpread' | 'meets'>) => void;
}

/** Places are the account's indices of markets. */
export class Unseen {
  readonly #options: UnseenOptions;
  readonly #covers = new Map<number, Cover>();
  /** Of the orders that are open, by ordinal. */
  readonly #standings = new Map<number, Standing>();
  #settledAny = false;

  constructor(options: UnseenOptions) {
    this.#options = options;
  }

  placed(order: OrderRequest, place: number): void {
    const at = this.#options.now();
    const cover = this.#coverOf(place);
    // Nothing that closed before concerns it.
    if (!this.#isBusy(place)) cover.settle(intervalOf(at));
    this.#standings.set(order.id, { place, at, seen: cover.seenAt(at), trigger: triggerOf(order) });
  }

  moved(orderId: number, stopPrice: string | null): void {
    const standing = this.#standings.get(orderId);
    const price = Number(stopPrice);
    if (standing === undefined || stopPrice === null || standing.trigger?.price === price) return;
    const at = this.#options.now();
    const seen = this.#coverOf(standing.place).seenAt(at);
    const trigger = standing.trigger === null ? null : { ...standing.trigger, price };
    this.#standings.set(orderId, { ...standing, at, seen, trigger });
  }

  ended(orderId: number): void {
    this.#standings.delete(orderId);
  }

  /** An order of which is known only that it was there by then. */
  stoodBy(orderId: number, place: number, at: Millis): void {
    this.#standings.set(orderId, { place, at, seen: null, trigger: null });
    this.#covers.set(place, new Cover(at));
  }

  quoted(place: number, price: number, halfSpread: number): void {
    const cover = this.#coverOf(place);
    cover.quoted(this.#options.now(), price, halfSpread);
    this.#decide(place, cover);
  }

  /** @returns whether it is the last that is known of the price. */
  closed(place: number, candle: Candle): boolean {
    const cover = this.#coverOf(place);
    this.#decide(place, cover);
    const { closeTime } = candle;
    if (closeTime <= cover.settled) return false;
    if (!this.#isBusy(place)) cover.settle(closeTime);
    else this.#await(place, cover, candle);
    return cover.last < closeTime;
  }

  /** At those places no candle has closed before that time but those that were told of. */
  allTold(before: Millis, places: ReadonlySet<number>): void {
    for (const place of this.#busy()) {
      if (!places.has(place)) continue;
      const cover = this.#coverOf(place);
      this.#decide(place, cover);
      if (cover.waiting === null || cover.waiting.closeTime <= before) cover.settle(before);
    }
  }

  /** Markets of which a candle has closed, is needed and has not come, and when the first of those began. */
  get owed(): ReadonlyMap<number, Millis> {
    const now = this.#options.now();
    const owed = new Map<number, Millis>();
    for (const place of this.#busy()) {
      const from = this.#coverOf(place).owedFrom(now);
      if (from !== null) owed.set(place, from);
    }
    return owed;
  }

  /** Something was settled since this was asked last: a restart is not to have it met again. */
  takeSettled(): boolean {
    const settled = this.#settledAny;
    this.#settledAny = false;
    return settled;
  }

  archive(a: Archive): void {
    a.section('Unseen');
    a.map(this.#standings, numberShape, standingShape);
    if (a.loading) {
      a.map(this.#covers, numberShape, coverShape);
      return;
    }
    // Elsewhere nothing is to be met.
    const busy = this.#busy();
    a.map(new Map([...this.#covers].filter(([place]) => busy.has(place))), numberShape, coverShape);
  }

  #await(place: number, cover: Cover, candle: Candle): void {
    const began = candle.closeTime - BASE;
    // One before it comes late, or has to be asked for: it is met first.
    if (began > cover.settled && cover.unseen(cover.settled, began)) return;
    cover.settle(began);
    cover.waiting = candle;
    this.#decide(place, cover);
  }

  /** Has orders meet the candle that waits, once it is known how much of it quotes have shown. */
  #decide(place: number, cover: Cover): void {
    const candle = cover.waiting;
    if (candle === null || !cover.known(candle.closeTime, this.#options.now())) return;
    cover.waiting = null;
    const parts = new Map<number, ReturnType<typeof partOf>>();
    if (cover.unseen(candle.closeTime - BASE, candle.closeTime))
      for (const [id, standing] of this.#standings)
        if (standing.place === place) parts.set(id, partOf(candle, standing, cover));
    // Before it is met: what fills is kept at once, and with it that no later life is to meet the candle again.
    cover.settle(candle.closeTime);
    this.#settledAny = true;
    this.#meet(place, cover, candle, parts);
  }

  #meet(
    place: number,
    { halfSpread }: Cover,
    candle: Candle,
    parts: ReadonlyMap<number, ReturnType<typeof partOf>>,
  ): void {
    const { meet } = this.#options;
    const found = new Set(parts.values());
    if (found.has('whole')) meet(place, candle, { halfSpread, meets: (id) => parts.get(id) === 'whole' });
    const { closeTime, close, volume } = candle;
    if (found.has('close'))
      meet(place, pointOf(closeTime, close, volume), {
        halfSpread,
        meets: (id) => parts.get(id) === 'close',
      });
  }

  #coverOf(place: number): Cover {
    const cover = this.#covers.get(place) ?? new Cover();
    this.#covers.set(place, cover);
    return cover;
  }

  /** Markets in which orders rest. */
  #busy(): ReadonlySet<number> {
    return new Set([...this.#standings.values()].map(({ place }) => place));
  }

  #isBusy(place: number): boolean {
    return this.#busy().has(place);
  }
}
