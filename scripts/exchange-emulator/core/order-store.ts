import type { Listing } from './instrument.ts';
import { isLive, type Order } from './order.ts';

/** Every order that the exchange ever took, and those that are still live. */
export class OrderStore {
  readonly all: Order[] = [];
  readonly #byId = new Map<string, Order>();
  readonly #byLink = new Map<string, Order>();
  readonly #live = new Set<Order>();

  add(order: Order): void {
    this.all.push(order);
    this.#byId.set(order.id, order);
    if (order.linkId !== null) this.#byLink.set(order.linkId, order);
    this.#live.add(order);
  }

  byId(id: string): Order | null {
    return this.#byId.get(id) ?? null;
  }

  byLink(linkId: string): Order | null {
    return this.#byLink.get(linkId) ?? null;
  }

  /** No order is live: a price changes nothing. */
  get idle(): boolean {
    return this.#live.size === 0;
  }

  /** In the order in which they came. */
  live(): readonly Order[] {
    for (const order of this.#live) if (!isLive(order)) this.#live.delete(order);
    return [...this.#live];
  }

  liveOf(listing: Listing): readonly Order[] {
    return this.live().filter((order) => order.listing === listing);
  }
}
