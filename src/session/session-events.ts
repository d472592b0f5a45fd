/** What a session announces of itself. */
import type { PositionView } from '../engine/view.ts';
import type { EndReason, SessionEvent } from './event-log.ts';
import type { Session, StartRequest } from './session.ts';

export function startedEvent({ drive: { market } }: Session, request: StartRequest): SessionEvent {
  return {
    type: 'session',
    change: 'started',
    preset: request.preset.name,
    mode: request.mode,
    venue: request.venue,
    symbols: market.instruments.length,
    total: market.total,
    assumed: market.assumed,
  };
}

export function endedEvent(
  reason: EndReason,
  message: string,
  openPositions: readonly PositionView[],
): SessionEvent {
  return { type: 'session', change: 'ended', reason, message, openPositions };
}
