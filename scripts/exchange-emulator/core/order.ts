/** Orders and executions as the exchange's own books keep them. */
import type Big from 'big.js';
import type { Millis } from '../../../src/market/time.ts';
import type { Listing } from './instrument.ts';

export type Side = 'buy' | 'sell';
export type OrderType = 'market' | 'limit';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'PostOnly';

/** 0: one-way; 1 and 2: the long and the short leg of a hedged account. */
export type Leg = 0 | 1 | 2;

/** What became of a conditional order's price: `rise` acts at or above it, `fall` at or below. */
export interface Trigger {
  readonly price: Big;
  readonly direction: 'rise' | 'fall';
}

/**
 * `stop`: a conditional order of its own. `stop-loss`, `take-profit`: made by the venue for what an entry order carried
 * along. `tpsl`: spot, holds the balance while it waits.
 */
export type ConditionKind = 'stop' | 'stop-loss' | 'take-profit' | 'tpsl';

export interface Attached {
  readonly stopLoss: Big | null;
  readonly takeProfit: Big | null;
  /** For the quantity of each fill alone; otherwise for the whole position, as large as it then is. */
  readonly partial: boolean;
}

export const NOTHING_ATTACHED: Attached = { stopLoss: null, takeProfit: null, partial: false };

export interface OrderTerms {
  readonly listing: Listing;
  readonly linkId: string | null;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** In base units; null for a spot market order that is given by what it may spend. */
  readonly quantity: Big | null;
  /** What a spot market order spends or is to bring, in quote. */
  readonly quoteQuantity: Big | null;
  readonly price: Big | null;
  readonly trigger: Trigger | null;
  readonly kind: ConditionKind | null;
  readonly reduceOnly: boolean;
  /** Acts on whatever the position then is, whatever its own quantity. */
  readonly closesPosition: boolean;
  readonly leg: Leg;
  readonly attached: Attached | null;
  /** Own id of the entry that carried it along, for one that the venue has made. */
  readonly parentLinkId?: string | null;
  /** The venue closes the position against its owner's will. */
  readonly forced?: boolean;
}

export type OrderStatus =
  | 'untriggered'
  | 'new'
  | 'partly-filled'
  | 'filled'
  | 'cancelled'
  | 'deactivated'
  | 'rejected';

/** Why an order ended without being filled. */
export type EndReason =
  | 'by-user'
  | 'by-venue'
  | 'reduce-only'
  | 'no-liquidity'
  | 'post-only'
  | 'not-whole'
  | 'no-margin'
  | 'position-closed'
  | 'other-leg-done';

export interface Order extends Omit<OrderTerms, 'quantity' | 'price' | 'trigger' | 'attached'> {
  readonly id: string;
  readonly ordinal: number;
  readonly createdAt: Millis;
  readonly lastPriceOnCreated: Big;
  quantity: Big;
  price: Big | null;
  trigger: Trigger | null;
  attached: Attached | null;
  status: OrderStatus;
  endReason: EndReason | null;
  /** Set once a conditional order has become an active one. */
  triggered: boolean;
  filled: Big;
  filledValue: Big;
  fees: Map<string, Big>;
  updatedAt: Millis;
  /** The conditional order on the other side of the same fill: when one acts, the other goes. */
  twin: Order | null;
}

export type ExecutionKind = 'trade' | 'funding' | 'liquidation';

export interface Execution {
  readonly id: string;
  readonly ordinal: number;
  readonly kind: ExecutionKind;
  readonly order: Order | null;
  readonly listing: Listing;
  readonly side: Side;
  readonly price: Big;
  readonly quantity: Big;
  readonly value: Big;
  readonly fee: Big;
  readonly feeCoin: string;
  readonly feeRate: Big;
  readonly maker: boolean;
  readonly at: Millis;
  /** Of the order, after this execution. */
  readonly leaves: Big;
  /** How much of it closed a position, and what that made before fees. */
  readonly closed: Big;
  readonly realised: Big;
  readonly leg: Leg;
}

export function isLive(order: Order): boolean {
  return order.status === 'untriggered' || order.status === 'new' || order.status === 'partly-filled';
}

/** Live and on the book: neither waiting for its trigger nor done. */
export function isActive(order: Order): boolean {
  return order.status === 'new' || order.status === 'partly-filled';
}

export function leaves(order: Order): Big {
  return order.quantity.minus(order.filled);
}
