import type { OrderRequest } from '../../engine/output.ts';
import type { Millis } from '../../market/time.ts';
import { clientOrderId } from '../client-order-id.ts';

/** An own order that is not final, as far as the gateway has to know it. */
export interface OwnOrder {
  readonly id: number;
  readonly symbol: string;
  readonly request: OrderRequest;
  /** Client order ids that it may have at the venue, the newest last. */
  ids: readonly string[];
  attempt: number;
  /** When the newest attempt was sent. */
  sentAt: Millis;
  /** The venue has shown that it has, or had, the order. */
  seen: boolean;
  /** Nothing more is to come of it. */
  final: boolean;
  /** Calls off an attempt that waits to be made. */
  callOff: (() => void) | null;
  /** What a look-up is to answer besides. */
  asked: 'cancel' | 'amend' | 'refused amend' | null;
  /** A look-up is under way or waits for its time. */
  looking: boolean;
  looks: number;
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
    asked: null,
    looking: false,
    looks: 0,
  };
}

/** After a restart nobody knows any more which attempt was the last: all are looked for. */
export function allIds(session: string, orderId: number): string[] {
  return Array.from({ length: ATTEMPTS }, (_, i) => clientOrderId(session, orderId, i + 1));
}
