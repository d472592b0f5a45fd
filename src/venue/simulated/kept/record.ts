/** What a simulated venue writes down so that its books outlive whoever trades on it. */
import type { OrderRequest } from '../../../engine/output.ts';
import type { Millis } from '../../../market/time.ts';

/** The close: past it an interval is over. */
export const LAST_POINT = 3;

/** Where the walk through the candles stands. */
export interface Place {
  /** Base intervals begun so far. */
  readonly bars: number;
  /** Last path point walked in the newest of them; -1 = none yet. Before the first interval it is the last one. */
  readonly point: number;
}

/** Where every venue begins. */
export const START: Place = { bars: 0, point: LAST_POINT };

/** What was asked of the venue, in the order it came. */
export type VenueRequest =
  | { readonly op: 'submit'; readonly order: OrderRequest }
  | { readonly op: 'cancel'; readonly orderId: number }
  | {
      readonly op: 'amend';
      readonly orderId: number;
      readonly quantity: string;
      readonly stopPrice: string | null;
    };

export interface PlacedRequest {
  readonly place: Place;
  readonly at: Millis;
  readonly request: VenueRequest;
}

export interface Kept {
  /** State of market and matching between two base intervals, after `bars` of them; null before the first was taken. */
  readonly snapshot: { readonly bars: number; readonly state: Uint8Array } | null;
  /** Requests after the snapshot, oldest first. */
  readonly requests: readonly PlacedRequest[];
  /** The venue had come at least this far. */
  readonly place: Place;
}

/** Everything it is given is durable when the call returns. */
export interface VenueRecord extends Disposable {
  /** Where it is kept, in a word. */
  readonly where: string;
  load(): Kept;
  request(row: PlacedRequest): void;
  /** The walk has come here, and something happened to own orders on the way. */
  reached(place: Place): void;
  /** Takes the place of all requests before it. */
  snapshot(bars: number, state: Uint8Array): void;
}

/** A record for as long as this process lives. */
export class MemoryRecord implements VenueRecord {
  readonly where = 'in memory';
  #snapshot: Kept['snapshot'] = null;
  #requests: PlacedRequest[] = [];
  #place = START;

  load(): Kept {
    return { snapshot: this.#snapshot, requests: [...this.#requests], place: this.#place };
  }

  request(row: PlacedRequest): void {
    this.#requests.push(row);
    this.#place = row.place;
  }

  reached(place: Place): void {
    this.#place = place;
  }

  snapshot(bars: number, state: Uint8Array): void {
    this.#snapshot = { bars, state };
    this.#requests = [];
    this.#place = { bars, point: LAST_POINT };
  }

  [Symbol.dispose](): void {
    // Nothing is held open.
  }
}
