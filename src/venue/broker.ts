/**
 * The port to a broker that is somewhere else: requests may get lost, answers too, and reports come when they come.
 * What it says is evidence; what it does not know it calls unknown.
 */
import type { BrokerCapabilities, FillReport, VenueClose } from '../engine/input.ts';
import type { OrderRequest } from '../engine/output.ts';
import type { Millis } from '../market/time.ts';
import type { VenueOrder } from './ports.ts';

/** What became of a request, as far as there is evidence. */
export type Answer =
  | { readonly kind: 'done' }
  /**
   * The venue did not act on it and will not. That a client order id is taken already is no such evidence: it may have
   * been taken by this very request, that a network has sent twice.
   */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The venue did not act on it and may be asked again: a rate limit, a pause. */
  | { readonly kind: 'later'; readonly afterMs: Millis; readonly reason: string }
  /** It may have been acted on, or may yet be: a lost reply, a timeout, a 5xx. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** An order of the account as the venue's books have it. */
export interface BrokerOrder extends Omit<VenueOrder, 'orderId'> {
  readonly clientId: string;
}

export type LookUp =
  | { readonly kind: 'found'; readonly order: BrokerOrder }
  /** The venue has no such order. One that is still on its way may yet arrive. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly reason: string };

/** What the venue holds of the account, all of one moment. */
export interface AccountBooks {
  /** Signed base quantity and average entry price by symbol; what is flat may be missing. */
  readonly positions: ReadonlyMap<string, { readonly quantity: string; readonly price: string | null }>;
  /** Open orders. Those without a client order id of this bot are somebody else's, but for stops of its entries. */
  readonly open: readonly OpenRecord[];
}

export interface OpenRecord {
  readonly clientId: string | null;
  readonly symbol: string;
  /** The client order id of the entry that carried it along: the venue has made it. */
  readonly attachedTo?: string;
}

/** What a venue did to the account by itself. */
export type VenueEvent = {
  /** The same each time that it is told. */
  readonly id: string;
  readonly happenedAt: Millis;
  readonly symbol: string;
} & (
  | {
      readonly kind: 'funding';
      /** Received, or paid (negative), in quote. */
      readonly amount: string;
    }
  | {
      readonly kind: 'closed';
      readonly cause: VenueClose;
      /** For `attached_stop`: the client order id of the entry that it came with. */
      readonly attachedTo: string | null;
      readonly price: string;
      /** Unsigned base quantity. */
      readonly quantity: string;
      /** In quote. */
      readonly fee: string;
    }
);

/** What a venue does beside the orders that it was sent. */
export interface VenueActs {
  /** All that happened after `since`; null: it could not be had. */
  events(since: Millis, answer: (events: readonly VenueEvent[] | null) => void): void;
  /** Takes away the stops that came with entries of `symbol`; false: some may be left. */
  detach(symbol: string, mine: (entry: string) => boolean, answer: (done: boolean) => void): void;
}

/** A fill of an order of this bot. */
export interface OwnFill {
  readonly clientId: string;
  readonly fill: FillReport;
}

/** Told without being asked. May come twice, late or in another order. */
export type Push =
  | { readonly kind: 'accepted'; readonly clientId: string }
  | { readonly kind: 'rejected' | 'cancelled'; readonly clientId: string; readonly reason: string }
  /** Something about it is new, and what that is has to be asked. */
  | { readonly kind: 'changed'; readonly clientId: string }
  | ({ readonly kind: 'fill' } & OwnFill);

/** An account's money in quote, exact decimals. */
export interface AccountFunds {
  /** Held, without the results of what is open. */
  readonly total: string;
  /** Of that, not tied up. */
  readonly available: string;
}

/** Each answer comes at most once; it may never come. */
export interface Broker {
  readonly capabilities: BrokerCapabilities;
  /** A request that has not arrived by then never will: the venue refuses it for its age. */
  readonly validityMs: Millis;
  submit(order: OrderRequest, clientId: string, answer: (answer: Answer) => void): void;
  cancel(symbol: string, clientId: string, answer: (answer: Answer) => void): void;
  amend(
    symbol: string,
    clientId: string,
    change: { readonly quantity: string; readonly stopPrice: string | null },
    answer: (answer: Answer) => void,
  ): void;
  lookUp(symbol: string, clientId: string, answer: (found: LookUp) => void): void;
  /**
   * What orders of this bot have filled in a symbol since then, by the account's list of fills: where an id is free again
   * once its order is over, one that a network has sent twice is two orders, and a look-up shows one. null: it could not
   * be had.
   */
  fillsSince(symbol: string, since: Millis, answer: (fills: readonly OwnFill[] | null) => void): void;
  /** Null where the venue does nothing by itself. */
  readonly acts: VenueActs | null;
  /** Client order ids of this bot that orders were made with since then, as far as the venue tells; null: they could not be had. */
  idsSince(since: Millis, answer: (clientIds: readonly string[] | null) => void): void;
  /** null: it could not be had. */
  account(answer: (books: AccountBooks | null) => void): void;
}
