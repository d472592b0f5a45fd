/**
 * What ccxt's unified methods leave to each exchange: how an order is found, cancelled and changed by its client order
 * id, where its fills are, and what a key may do. An exchange without a dialect cannot be traded live here.
 */
import type { InstrumentType } from '../../market/instrument.ts';
import type { VenueEvent } from '../broker.ts';
import type { CcxtBalances, CcxtExchange, CcxtOrder, CcxtTrade, Params } from './exchange.ts';
import type { CandleTrades } from './trade-rate.ts';

/** What is known of an order beside its id: some exchanges keep stops apart from the rest. */
export interface OrderNote {
  readonly side: string;
  readonly type: string;
  readonly stop: boolean;
  readonly price: string | null;
}

export interface KeyFacts {
  /** Tells accounts apart, the same for every key of one; never shown. Null where the exchange does not tell. */
  readonly account: string | null;
  readonly mayTrade: boolean | null;
  readonly mayWithdraw: boolean | null;
  /** Why the exchange could not be asked for the rights now, though it tells them otherwise. */
  readonly unheard?: string;
  /** When the key ends by itself, as the exchange writes it. */
  readonly expires: string | null;
  /** The key is good for some addresses only. */
  readonly boundToAddresses: boolean | null;
  /** Why the account cannot be traded on at all; null when it can. */
  readonly unfit: string | null;
}

/** Books that are told as a snapshot of so many levels, asked for once, and the changes since. */
export interface SnapshotBooks {
  /** Levels on each side of a snapshot. */
  readonly depth: number;
  /** Begins a book that is watched with another snapshot; until it is there the book has no number. */
  renew(exchange: CcxtExchange, symbol: string): void;
}

export interface EventQuery {
  readonly exchange: CcxtExchange;
  readonly type: InstrumentType;
  readonly since: number;
  readonly now: number;
  /** The unified symbol of the exchange's own name; undefined for what is not traded here. */
  readonly symbolOf: (marketId: string) => string | undefined;
}

export interface FillsQuery {
  readonly exchange: CcxtExchange;
  readonly symbol: string;
  readonly since: number;
  readonly now: number;
}

/** A fill of the account, and the client order id of its order where the exchange's lists tell it. */
export interface NamedFill {
  readonly clientId: string | undefined;
  readonly trade: CcxtTrade;
}

export interface Dialect {
  /** Kinds of markets that it has been made for. */
  readonly types: readonly InstrumentType[];
  /** A stop's quantity and price can be changed where it rests. */
  readonly amends: boolean;
  /** Whether margin is cross or isolated for the whole account, or in each market. */
  readonly marginModeIn: 'account' | 'market';
  /** Two stops that only reduce may rest for one position. */
  readonly twoStops: boolean;
  /** null: the exchange has no such order. */
  find(
    exchange: CcxtExchange,
    symbol: string,
    clientId: string,
    note: OrderNote | undefined,
  ): Promise<CcxtOrder | null>;
  cancel(
    exchange: CcxtExchange,
    symbol: string,
    clientId: string,
    note: OrderNote | undefined,
  ): Promise<void>;
  fills(exchange: CcxtExchange, order: CcxtOrder, clientId: string, now: number): Promise<CcxtTrade[]>;
  /** Fills of the account in one symbol between `since` and `now`, whoever made the orders. */
  fillsSince(query: FillsQuery): Promise<readonly NamedFill[]>;
  /** All open orders of the account in one kind of market, those that wait for a price included. */
  openOrders(exchange: CcxtExchange, type: InstrumentType): Promise<CcxtOrder[]>;
  /** The client order id that a fill belongs to, where the exchange says it with the fill. */
  clientIdOf(trade: CcxtTrade): string | undefined;
  /** Why an order is no more, in words. */
  reasonOf(order: CcxtOrder): string;
  keyFacts(exchange: CcxtExchange): Promise<KeyFacts>;
  /** What is held of a coin without the results of what is open; missing where that is ccxt's `total`. */
  walletOf?(balances: CcxtBalances, coin: string): string | undefined;
  /** What the exchange did to the account by itself between `since` and `now`, in any order; `attachedTo` is its own id. */
  events(query: EventQuery): Promise<readonly VenueEvent[]>;
  /** The client order ids of orders that were made between `since` and `now`, as far as they can be had. */
  idsSince(query: EventQuery): Promise<readonly (string | undefined)[]>;
  /** Whether a fill was made by the exchange itself: what it is of has to be asked. */
  byVenue(trade: CcxtTrade): boolean;
  /** Whether an order is a stop that came with an entry, and the entry's id; missing where entries carry none along. */
  attachedTo?(order: CcxtOrder): string | undefined;
  /** What `fetchOpenInterest` has to be asked with to tell of now; missing where nobody has looked into it. */
  readonly openInterest?: Params;
  /** How its streams tell books where they do not tell them whole. */
  readonly snapshotBooks?: SnapshotBooks;
  /** Hears how many trades there are in each base candle as it forms, where the exchange tells it with them. */
  onCandleTrades?(exchange: CcxtExchange, heard: (marketId: string, candle: CandleTrades) => void): void;
  /** Hears of candles that the exchange calls closed, by its own name of the market, which ccxt does not pass on. */
  onClosedCandle?(exchange: CcxtExchange, closed: (marketId: string, openTime: number) => void): void;
}
