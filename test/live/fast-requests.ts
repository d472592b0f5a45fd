/**
 * How long a request may take where the exchange's time runs fast: the emulated one takes it for as much longer, because
 * on its way the machine's time passes and not the exchange's. Whoever trades there is to wait as long before what is
 * absent counts as lost, or it arrives all the same.
 */
import { inTurn } from '../../src/session/live/in-turn.ts';
import type { LiveVenue } from '../../src/session/live/live-venue.ts';

export function fastRequests(venue: LiveVenue, speed: number): LiveVenue {
  const { broker } = inTurn(venue, (run) => run());
  return { ...venue, broker: { ...broker, validityMs: broker.validityMs * speed } };
}
