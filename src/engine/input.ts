import type { Preset } from '../config/preset.ts';
import type { BarColumns } from '../market/bars.ts';
import type { BookSummary } from '../market/book.ts';
import type { Instrument } from '../market/instrument.ts';
import type { Millis } from '../market/time.ts';

/**
 * Version of the union below; a stored session names the one it was written with.
 * @public for whatever stores or reads sessions.
 */
export const INPUT_VERSION = 1;

export type Mode = 'paper' | 'live';

/** What a person or a script asks for. */
export type Command =
  | {
      readonly name: 'start';
      readonly preset: Preset;
      readonly mode: Mode;
      /** Start equity in quote, a plain decimal. Ignored when the account goes on. */
      readonly equity: string;
      /**
       * `fresh`: a new account (trades, ordinals and equity begin anew), refused while positions are open; `abandon`: the
       * same, over positions at a venue that is no more; `continue`: the account in the engine.
       */
      readonly account: 'fresh' | 'abandon' | 'continue';
    }
  | { readonly name: 'stop'; readonly flatten: boolean }
  | { readonly name: 'pause'; readonly reason: string }
  | { readonly name: 'resume' }
  | { readonly name: 'emergencyStop'; readonly reason: string }
  | { readonly name: 'reset'; readonly reason: string }
  | { readonly name: 'retry' }
  /** Closes one position at market, whatever its targets. */
  | { readonly name: 'closePosition'; readonly tradeId: number }
  /** Withdraws the entry (or add-on) that the order belongs to. */
  | { readonly name: 'cancelOrder'; readonly orderId: number }
  /** Takes over a position that the bot did not open: it is protected and managed as its own from then on. */
  | { readonly name: 'adopt'; readonly symbol: string }
  /** Leaves a position or orders that the bot did not make alone for good. */
  | { readonly name: 'ignore'; readonly symbol: string };

export type CommandName = Command['name'];

/** Figures that a venue gives at all. What it never gives is not evaluated; what it lacks right now blocks. */
export interface VenueFigures {
  readonly book: boolean;
  readonly tradesPerMinute: boolean;
  readonly openInterest: boolean;
}

/** What the broker can do with orders. */
export interface BrokerCapabilities {
  /** A resting order's quantity and stop price can be changed in place. */
  readonly amend: boolean;
  /**
   * An entry can carry a stop along, which the venue places by itself for what fills of it. Missing in what was recorded
   * before there was one.
   */
  readonly attachedStop?: boolean;
  /**
   * Where stops cannot be changed: the new one may rest beside the old one until that is taken away. Missing in what was
   * recorded before there was one.
   */
  readonly twoStops?: boolean;
}

/** Why a venue closed a position by itself. */
export type VenueClose = 'liquidation' | 'deleveraging' | 'attached_stop';

/** Tells one event of a venue from another: what is told again, after a restart perhaps, counts once. */
export interface VenueEventMark {
  /** Missing in what was recorded before there was one: such an event is always new. */
  readonly id?: string;
  /** When it happened there, which may be long before it is heard of. */
  readonly happenedAt?: Millis;
}

/** One fill of an own order. Decimals are exact strings. */
export interface FillReport {
  /** The venue's execution id: the same fill reported twice has the same one. */
  readonly fillId: string;
  readonly price: string;
  readonly quantity: string;
  readonly fee: string;
  /** The coin that the fee is taken in: the quote coin, or the base coin on a spot buy. */
  readonly feeIn: 'quote' | 'base';
  readonly liquidity: 'maker' | 'taker';
  /** When it filled, by the venue's time, where the venue tells. Missing in what was recorded before it was asked. */
  readonly filledAt?: Millis;
}

/** What became of an own order. `orderId` is the kernel's ordinal. */
export type OrderReport =
  | { readonly status: 'accepted'; readonly orderId: number }
  | { readonly status: 'rejected'; readonly orderId: number; readonly reason: string }
  | ({ readonly status: 'fill'; readonly orderId: number } & FillReport)
  | { readonly status: 'cancelled'; readonly orderId: number; readonly reason: string }
  | {
      readonly status: 'amended';
      readonly orderId: number;
      readonly quantity: string;
      readonly stopPrice: string | null;
    }
  | { readonly status: 'amend_rejected'; readonly orderId: number; readonly reason: string }
  | { readonly status: 'cancel_rejected'; readonly orderId: number; readonly reason: string }
  /** Sent, and nothing is known of it: neither accepted nor rejected. */
  | { readonly status: 'unknown'; readonly orderId: number }
  /** The venue has shown that it never had the order and never will: it got lost on the way, or was not sent. */
  | { readonly status: 'lost'; readonly orderId: number; readonly reason: string };

/** A venue's own count of what it holds for this account: signed base quantity. */
export interface PositionReport {
  readonly symbol: string;
  readonly quantity: string;
}

/** What a reconciliation found to differ and what was done about it, for the operator. */
export interface Finding {
  readonly code: FindingCode;
  /** Null for what is of no one symbol. */
  readonly symbol: string | null;
  readonly message: string;
}

export type FindingCode =
  | 'ORDER_FOUND'
  | 'ORDER_GONE'
  | 'ORDER_LOST'
  | 'ORDER_DIFFERS'
  | 'FILL_FOUND'
  | 'POSITION_SMALLER'
  | 'FOREIGN_POSITION'
  | 'FOREIGN_ORDERS'
  | 'DECISIONS_DIFFER'
  | 'RECORDS_LOST';

/** What the venue holds in a symbol that no order of this bot explains. */
export interface ForeignHolding {
  readonly symbol: string;
  /** Signed base quantity; `0` where there are orders alone. */
  readonly quantity: string;
  /** Average entry price, or the market's where the venue does not tell; null without a position. */
  readonly price: string | null;
  /** Open orders there that are not the bot's. */
  readonly orders: number;
}

/**
 * Everything that can happen to the engine: a closed, versioned union with a JSON form. `at` is the
 * venue's time and never runs backwards.
 */
export type Input =
  | {
      readonly kind: 'command';
      readonly at: Millis;
      readonly id: number;
      readonly by: string;
      readonly command: Command;
    }
  | {
      readonly kind: 'instruments';
      readonly at: Millis;
      /** Sorted by symbol; the position in this list is the symbol's index in bars. */
      readonly instruments: readonly Instrument[];
      readonly figures: VenueFigures;
      readonly broker: BrokerCapabilities;
    }
  /**
   * The venue lists other markets than before, or on other terms. Indices stay: a market that is gone keeps its own, a
   * new one gets the next.
   */
  | {
      readonly kind: 'listings';
      readonly at: Millis;
      readonly added: readonly Instrument[];
      /** Known ones, with another tick, lot, smallest value or fee than before. */
      readonly changed: readonly Instrument[];
      /** Symbols that are traded no more, and those that are traded again. */
      readonly delisted: readonly string[];
      readonly relisted: readonly string[];
    }
  /** The closed bars of one close time. `history`: warm-up, no decision is taken on it. `late`: came after its turn. */
  | {
      readonly kind: 'bars';
      readonly at: Millis;
      readonly phase: 'history' | 'live' | 'late';
      readonly bars: BarColumns;
    }
  /** The warm-up asked for at start is complete. */
  | { readonly kind: 'ready'; readonly at: Millis }
  | { readonly kind: 'book'; readonly at: Millis; readonly symbol: number; readonly book: BookSummary }
  | { readonly kind: 'order'; readonly at: Millis; readonly report: OrderReport }
  /** The venue's positions, in answer to a `query`. Symbols that are missing are flat. */
  | {
      readonly kind: 'positions';
      readonly at: Millis;
      readonly queryId: number;
      readonly positions: readonly PositionReport[];
    }
  /**
   * The account in quote, as the venue counts it: what it holds without the results of what is open, and what of that is
   * not tied up. What the books expect and is not there caps the sizes of positions.
   */
  | {
      readonly kind: 'balance';
      readonly at: Millis;
      readonly total: string;
      readonly available: string;
    }
  /** Funding paid (negative) or received on one symbol's position, in quote. */
  | ({
      readonly kind: 'funding';
      readonly at: Millis;
      readonly symbol: number;
      readonly amount: string;
    } & VenueEventMark)
  /** The venue closed the position, or a part of it, itself: `quantity` unsigned, `fee` in quote. */
  | ({
      readonly kind: 'liquidation';
      readonly at: Millis;
      readonly symbol: number;
      readonly price: string;
      readonly quantity: string;
      readonly fee: string;
      /** A liquidation where it is missing. */
      readonly cause?: VenueClose;
    } & VenueEventMark)
  | {
      readonly kind: 'feed';
      readonly at: Millis;
      readonly symbol: number | null;
      readonly status: 'stale' | 'live';
    }
  | { readonly kind: 'timer'; readonly at: Millis; readonly timerId: number }
  /** Own books were held against the venue's. Inputs that correct them come before it; this tells what was found. */
  | {
      readonly kind: 'reconciliation';
      readonly at: Millis;
      readonly findings: readonly Finding[];
      /** All there is that is not the bot's: what is missing here is gone. */
      readonly foreign: readonly ForeignHolding[];
    }
  /**
   * The venue holds less of an own position than its fills say: the books follow at `price`. `quantity` is the signed
   * change, negative where a long is smaller.
   */
  | {
      readonly kind: 'adjustment';
      readonly at: Millis;
      readonly symbol: number;
      readonly quantity: string;
      readonly price: string;
      /** When the venue was asked for what it holds: what happens later is no part of the change. Missing: just now. */
      readonly seenAt?: Millis;
    }
  /** Records of orders were lost: the next has an ordinal beyond `taken`, so that no id at the venue is given twice. */
  | { readonly kind: 'orders_lost'; readonly at: Millis; readonly taken: number }
  /** The daemon is about to end: entries are withdrawn, all else stays as it is and goes on with the next one. */
  | { readonly kind: 'shutdown'; readonly at: Millis }
  /** Nothing trades at the venue any more: what is open stays open, and nobody can wait for anything of it. */
  | { readonly kind: 'market_over'; readonly at: Millis; readonly reason: string }
  /** The shell round the engine failed in a way that trading must not go on over. */
  | { readonly kind: 'fault'; readonly at: Millis; readonly reason: string };

export type InputOf<K extends Input['kind']> = Extract<Input, { kind: K }>;
