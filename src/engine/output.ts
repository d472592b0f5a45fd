import type { Millis } from '../market/time.ts';
import type { ErrorCode } from './refusal.ts';
import type { EngineState } from './state.ts';

export type Side = 'long' | 'short';
export type OrderSide = 'buy' | 'sell';

/**
 * `market`: at once, at any price. `limit`. `stop`: a market order once the price has reached `stopPrice`.
 * `stop_limit`: a limit order once it has.
 */
export type OrderType = 'market' | 'limit' | 'stop' | 'stop_limit';

export type OrderPurpose = 'entry' | 'add_on' | 'stop' | 'tp1' | 'tp2' | 'exit';

/** An order as it goes to a venue. Prices and quantities are whole ticks and lots, as exact decimals. */
export interface OrderRequest {
  /** Ordinal, given by the kernel, never used twice in a session. */
  readonly id: number;
  /** The trade (ordinal) that it belongs to. */
  readonly tradeId: number;
  readonly symbol: string;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly purpose: OrderPurpose;
  readonly quantity: string;
  /** For `limit` and `stop_limit`. */
  readonly price: string | null;
  /** For `stop` and `stop_limit`. */
  readonly stopPrice: string | null;
  readonly reduceOnly: boolean;
  /**
   * For an entry at a venue that takes one: where it is to stop out what fills, until the stop that is sent after the fill
   * is confirmed.
   */
  readonly attachedStop?: string;
}

/** Where, when and why a trade ended. */
export type ExitReason =
  | 'stop'
  | 'breakeven'
  | 'trail'
  | 'tp1'
  | 'tp2'
  | 'max_hold'
  | 'failed_breakout'
  | 'flatten'
  | 'panic'
  | 'kill_switch'
  | 'unprotected'
  | 'stop_passed'
  | 'manual'
  | 'liquidation'
  /** The position was found smaller at the venue than its fills say. */
  | 'reconciled';

/** What a trade was entered by. `adopted`: the bot found the position and was told to take it over. */
export type Strategy = 'momentum' | 'retest' | 'adopted';

/** A finished trade. Decimals are exact strings; `pnl` is net of fees and funding; `r` = pnl / initial risk. */
export interface Trade {
  readonly id: number;
  readonly symbol: string;
  readonly side: Side;
  readonly strategy: Strategy;
  readonly openedAt: Millis;
  readonly closedAt: Millis;
  /** Volume-weighted average prices. */
  readonly entry: string;
  readonly exit: string;
  /** Largest quantity held, in base units. */
  readonly quantity: string;
  readonly fees: string;
  readonly funding: string;
  readonly pnl: string;
  readonly r: number;
  /** Risk in quote taken at entry: what one R is worth in this trade. */
  readonly risk: string;
  readonly initialStop: string;
  readonly level: string;
  readonly exitReason: ExitReason;
  /** Best and worst unrealised R at base closes. */
  readonly maxR: number;
  readonly minR: number;
  readonly addedOn: boolean;
}

/** Why something was not done: a stable code, the value that was found, and the threshold it needs. */
export interface Rejection {
  readonly code: string;
  readonly value: number | null;
  readonly threshold: number | null;
}

/** What the engine announces. Carried to clients, the journal and logs; deterministic, venue time only. */
export type DomainEvent =
  | {
      readonly type: 'state';
      readonly from: EngineState;
      readonly to: EngineState;
      readonly reason: string;
      /** Who asked, or `engine`. */
      readonly by: string;
    }
  | {
      readonly type: 'scan';
      readonly universe: number;
      readonly passed: number;
      readonly candidates: readonly { readonly symbol: string; readonly score: number }[];
    }
  | {
      readonly type: 'level';
      readonly symbol: string;
      readonly levelId: number;
      readonly side: Side;
      readonly price: string;
      readonly life: 'formed' | 'armed' | 'broken' | 'retested' | 'invalidated' | 'expired';
      readonly strength: number;
      readonly touches: number;
      readonly reason: string;
    }
  | {
      readonly type: 'signal';
      readonly signalId: number;
      readonly symbol: string;
      readonly side: Side;
      readonly strategy: 'momentum' | 'retest';
      readonly levelId: number;
      readonly level: string;
      readonly price: string;
      readonly stop: string;
      readonly confidence: number;
      readonly reason: string;
    }
  /** A signal that was not traded. */
  | {
      readonly type: 'refused';
      readonly signalId: number;
      readonly symbol: string;
      readonly rejection: Rejection;
    }
  | {
      readonly type: 'order';
      readonly order: OrderRequest;
      readonly status: OrderEventStatus;
      readonly reason: string;
    }
  | {
      readonly type: 'fill';
      /** Null for a fill of no own order: a liquidation. */
      readonly orderId: number | null;
      readonly tradeId: number;
      readonly symbol: string;
      readonly side: OrderSide;
      readonly purpose: OrderPurpose;
      readonly price: string;
      readonly quantity: string;
      readonly fee: string;
    }
  | {
      readonly type: 'position';
      readonly change: 'opened' | 'increased' | 'reduced' | 'closed' | 'protected' | 'stop_moved';
      readonly tradeId: number;
      readonly symbol: string;
      readonly side: Side;
      readonly quantity: string;
      readonly stop: string | null;
      readonly reason: string;
    }
  | { readonly type: 'trade'; readonly trade: Trade }
  | {
      readonly type: 'halt';
      readonly rule: HaltRule;
      readonly value: number;
      readonly limit: number;
      readonly release: 'manual' | 'next_utc_day';
    }
  | { readonly type: 'halt_released'; readonly rule: HaltRule; readonly reason: string }
  /** A remainder too small for the venue to close. */
  | { readonly type: 'dust'; readonly tradeId: number; readonly symbol: string; readonly quantity: string }
  | { readonly type: 'gap'; readonly symbol: string; readonly missing: number }
  | {
      readonly type: 'warning';
      readonly code: string;
      readonly symbol: string | null;
      readonly message: string;
    };

export type OrderEventStatus =
  | 'submitted'
  | 'accepted'
  | 'rejected'
  | 'filled'
  | 'cancelling'
  | 'cancelled'
  | 'amended'
  | 'unknown';

export type HaltRule = 'daily_loss' | 'losing_streak' | 'drawdown';

/** What the engine asks of the shell round it, or announces. In order; the shell carries them out in order. */
export type Output =
  | { readonly kind: 'submit'; readonly at: Millis; readonly order: OrderRequest }
  | { readonly kind: 'cancel'; readonly at: Millis; readonly orderId: number }
  | {
      readonly kind: 'amend';
      readonly at: Millis;
      readonly orderId: number;
      readonly quantity: string;
      readonly stopPrice: string | null;
    }
  /** Asks for the venue's own positions; answered by a `positions` input with the same id. */
  | { readonly kind: 'query'; readonly at: Millis; readonly queryId: number }
  /** Asks for up to `bars` closed base bars before `at`, as `bars` inputs in phase `history`, then `ready`. */
  | { readonly kind: 'history'; readonly at: Millis; readonly bars: number }
  | { readonly kind: 'timer'; readonly at: Millis; readonly timerId: number; readonly due: Millis }
  | {
      readonly kind: 'reply';
      readonly at: Millis;
      readonly commandId: number;
      readonly error: { readonly code: ErrorCode; readonly message: string } | null;
      readonly message: string;
    }
  | { readonly kind: 'event'; readonly at: Millis; readonly event: DomainEvent };
