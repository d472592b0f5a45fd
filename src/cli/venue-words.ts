/** How it stands with the exchange of a session, in words for a person. */
import { apart } from '../market/apart.ts';
import type { ResourceHealth } from '../protocol/health-view.ts';
import { plural, span } from './format.ts';
import type { Paint } from './style.ts';

export type VenueHealth = NonNullable<ResourceHealth['venue']>;
type Stream = VenueHealth['streams'][number];

/** Figures of an exchange by their names, as `breakout health` shows them. */
export function exchangePairs(venue: VenueHealth, paint: Paint): (readonly [name: string, value: string])[] {
  const { lastError, clock, unknownOrders } = venue;
  const test =
    venue.environment === 'test' ? paint('warn', 'its test environment, play money') : 'its real markets';
  return [
    ['exchange', `${venue.exchange}, ${test}`],
    ...venue.streams.map((stream) => [stream.name, streamText(stream, paint)] as const),
    ['market data', feedWords(venue)],
    [
      'unknown',
      unknownOrders.length === 0
        ? 'no order'
        : unknownOrders
            .map(
              ({ orderId, purpose, symbol, seconds }) =>
                `${orderId} (${purpose}, ${symbol}) for ${span(seconds * 1000)}`,
            )
            .join(', '),
    ],
    ['requests', requestWords(venue)],
    ['clock', clock === null ? "the exchange's time is not measured" : clockWords(clock)],
    [
      'last error',
      lastError === null ? 'none' : `${span(lastError.agoSeconds * 1000)} ago: ${lastError.message}`,
    ],
  ];
}

/** How far this machine's clock is off, and how well that is known. */
export function clockWords({ aheadMs, errorMs }: NonNullable<VenueHealth['clock']>): string {
  return `${apart(aheadMs)} ${aheadMs < 0 ? 'behind' : 'ahead of'} the exchange's, known to ${apart(errorMs)}`;
}

function streamText(stream: Stream, paint: Paint): string {
  const words = streamWords(stream);
  return stream.state === 'reconnecting' ? paint('warn', words) : words;
}

/** One stream: up, opening, or down for how long and when it is tried again. */
export function streamWords({
  state,
  streams,
  down,
  downSeconds,
  retrySeconds,
  silentSeconds,
  reconnects,
  reason,
}: Stream): string {
  const lost = reconnects === 0 ? '' : `, ${plural(reconnects, 'reconnect')}`;
  if (state === 'opening') return `opening${lost}`;
  const many = streams > 1 ? ` (${streams} streams)` : '';
  const heard = silentSeconds === null ? 'nothing came yet' : `last word ${span(silentSeconds * 1000)} ago`;
  if (state === 'up') return `up${many}, ${heard}${lost}`;
  const some = streams > 1 ? ` (${down} of ${streams})` : '';
  const next = retrySeconds === null ? 'tried now' : `tried again in ${span(retrySeconds * 1000)}`;
  return `reconnecting${some} for ${span((downSeconds ?? 0) * 1000)}, ${next}${lost}: ${reason ?? 'lost'}`;
}

export function feedWords({ feed, candles }: VenueHealth): string {
  const parts: string[] = [];
  if (feed.stale) parts.push('STALE: no entry is made');
  if (feed.silentSeconds !== null) parts.push(`heard ${span(feed.silentSeconds * 1000)} ago`);
  if (feed.staleSymbols.length > 0)
    parts.push(`no entry on ${feed.staleSymbols.join(', ')}, whose candle did not come`);
  if (candles.awaited.length > 0) parts.push(`${plural(candles.awaited.length, 'late candle')} asked for`);
  if (candles.missing > 0) parts.push(`${plural(candles.missing, 'candle')} never came`);
  return parts.length === 0 ? 'nothing came yet' : parts.join('; ');
}

export function requestWords({ requests, errors }: VenueHealth): string {
  const { usedPercent, waiting, closedSeconds } = requests;
  const refused = errors.rate_limit ?? 0;
  const held = closedSeconds === null ? '' : `, none sent for ${span(closedSeconds * 1000)}`;
  return `${usedPercent.toFixed(0)} % of the rate limit, ${waiting} waiting${held}${refused === 0 ? '' : `, over it ${plural(refused, 'time')}`}`;
}
