import type { OrderNote } from './dialect.ts';

/** Far more than are ever open at once. */
const MOST = 5_000;

/** How often in a row the exchange has to deny an order that it has shown once before that is believed. */
const DENIALS = 3;

/** What this process knows of orders by their client order ids; the oldest is forgotten first. */
export class OrderNotes {
  readonly #notes = new Map<string, OrderNote>();
  readonly #clientIds = new Map<string, string>();
  readonly #shown = new Map<string, number>();

  get(clientId: string): OrderNote | undefined {
    return this.#notes.get(clientId);
  }

  set(clientId: string, note: OrderNote): void {
    keep(this.#notes, clientId, note);
  }

  /** The exchange's own id of an order, which some fills name alone. */
  named(venueId: string, clientId: string): void {
    keep(this.#clientIds, venueId, clientId);
  }

  clientIdOf(venueId: string): string | undefined {
    return this.#clientIds.get(venueId);
  }

  /** The exchange has shown that it has the order. */
  shown(clientId: string): void {
    keep(this.#shown, clientId, 0);
  }

  /**
   * The exchange says that it has no such order. Its lists lag behind each other: an order that it has shown may be in
   * none of them for a moment.
   * @returns whether that is to be believed.
   */
  denied(clientId: string): boolean {
    const before = this.#shown.get(clientId);
    if (before === undefined) return true;
    this.#shown.set(clientId, before + 1);
    return before + 1 >= DENIALS;
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
