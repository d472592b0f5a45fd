import type { OrderRequest } from '../../engine/output.ts';
import type { Millis } from '../../market/time.ts';
import { clientOrderId } from '../keeping/client-order-id.ts';

/** An own order that is not final, as far as the gateway has to know it. */
export interface OwnOrder {
  readonly id: number;
  readonly symbol: string;
  readonly request: OrderRequest;
  /** Client order ids that it may have at the venue, the newest last. */
  ids: readonly string[];
  attempt: number;
  /** When the newest attempt was sent, by the steady clock. */
  sentAt: Millis;
  /** The venue has shown that it has, or had, the order. */
  seen: boolean;
  /** Nothing more is to come of it. */
  final: boolean;
  /** Calls off an attempt that waits to be made. */
  callOff: (() => void) | null;
  /** What a look-up is to answer besides: a cancel, and an amend that was refused or of which nothing is known. */
  cancelAsked: boolean;
  amendAsked: 'refused' | 'unknown' | null;
  /** The terms that the venue is known to have, and since when, by the steady clock. */
  quantity: string;
  stopPrice: string | null;
  termsSince: Millis;
  /** An amend whose fate is not known: until it is too old to arrive the terms may yet change. */
  amending: { readonly quantity: string; readonly stopPrice: string | null; readonly sentAt: Millis } | null;
  readonly looking: Looking;
}

/** The look-up of an order: at most one is under way. */
interface Looking {
  state: 'no' | 'waits' | 'asks';
  /** When one that waits is due. */
  dueAt: Millis;
  callOff: () => void;
  /** While one was under way something came that it may not have seen. */
  again: boolean;
  /** Looks in a row that gave no evidence. */
  inVain: number;
  /** Called after the next look that gives evidence of a time after now. */
  waiting: (() => void)[];
}

/** An attempt that the venue has shown not to have acted on is followed by another, so often at most. */
export const ATTEMPTS = 3;

export function ownOrder(request: OrderRequest, sentAt: Millis): OwnOrder {
  return {
    id: request.id,
    symbol: request.symbol,
    request,
    ids: [],
    attempt: 0,
    sentAt,
    seen: false,
    final: false,
    callOff: null,
    cancelAsked: false,
    amendAsked: null,
    quantity: request.quantity,
    stopPrice: request.stopPrice,
    termsSince: sentAt,
    amending: null,
    looking: { state: 'no', dueAt: 0, callOff: () => undefined, again: false, inVain: 0, waiting: [] },
  };
}

/** After a restart nobody knows any more which attempt was the last: all are looked for. */
export function allIds(session: string, orderId: number): string[] {
  return Array.from({ length: ATTEMPTS }, (_, i) => clientOrderId(session, orderId, i + 1));
}
