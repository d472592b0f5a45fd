/** What a scraper is told of the exchange that is traded on; nothing while none is. Names and labels as in metric-families. */
import type { ResourceHealth } from '../protocol/health-view.ts';
import { VENUE_TROUBLES } from '../telemetry/health/venue-reading.ts';
import type { Sample } from '../telemetry/prometheus.ts';
import { counter, type Family, gauge, labelled } from './metric-family.ts';

type Venue = NonNullable<ResourceHealth['venue']>;

const of = (name: string, help: string, read: (venue: Venue) => number | null): Family =>
  gauge(`exchange_${name}`, help, ({ health }) => (health.venue === null ? null : read(health.venue)));

const byStream = (
  kind: 'gauge' | 'counter',
  name: string,
  help: string,
  read: (stream: Venue['streams'][number]) => number,
): Family =>
  labelled(kind, `exchange_${name}`, help, ['stream'], ({ health }): Sample[] =>
    (health.venue?.streams ?? []).map((stream) => ({
      labels: { stream: stream.name },
      value: read(stream),
    })),
  );

export const VENUE_METRICS: readonly Family[] = [
  gauge('recovery_seconds', 'For how long what the last daemon left has been taken up', ({ health }) =>
    health.recovery === null ? null : health.recovery.seconds,
  ),
  of('test_environment', "1 on the exchange's own test environment", ({ environment }) =>
    environment === 'test' ? 1 : 0,
  ),
  byStream('gauge', 'stream_up', '1 while a stream of the exchange is up', ({ state }) =>
    state === 'up' ? 1 : 0,
  ),
  byStream(
    'counter',
    'stream_reconnects_total',
    'Times that a stream of the exchange was lost, or could not be had again',
    ({ reconnects }) => reconnects,
  ),
  of('feed_stale', '1 while nothing comes from the exchange and no entry is made', ({ feed }) =>
    feed.stale ? 1 : 0,
  ),
  of('feed_silent_seconds', 'Since any candle was told of', ({ feed }) => feed.silentSeconds),
  of(
    'stale_symbols',
    'Symbols without an entry, because their last candle did not come in time',
    ({ feed }) => feed.staleSymbols.length,
  ),
  of('candles_awaited', 'Candles that are late and asked for', ({ candles }) => candles.awaited.length),
  counter('exchange_candles_missing_total', 'Candles that have never come', ({ health }) =>
    health.venue === null ? null : health.venue.candles.missing,
  ),
  of('clock_ahead_seconds', "How far this machine's clock is ahead of the exchange's", ({ clock }) =>
    clock === null ? null : clock.aheadMs / 1_000,
  ),
  of(
    'rate_limit_used_ratio',
    'Of what may be sent at once by the rate limit, 1 = all',
    ({ requests }) => requests.usedPercent / 100,
  ),
  of('requests_waiting', 'Requests that wait for the rate limit', ({ requests }) => requests.waiting),
  of('orders_unknown', 'Orders of which nothing is known', ({ unknownOrders }) => unknownOrders.length),
  of('order_unknown_seconds', 'For how long nothing is known of the oldest of them', ({ unknownOrders }) =>
    unknownOrders.length === 0 ? null : Math.max(...unknownOrders.map(({ seconds }) => seconds)),
  ),
  labelled(
    'counter',
    'exchange_errors_total',
    'Errors of the exchange, by what they mean; rate_limit: too many requests (429)',
    ['trouble'],
    ({ health }) =>
      health.venue === null
        ? []
        : VENUE_TROUBLES.map((trouble) => ({
            labels: { trouble },
            value: health.venue?.errors[trouble] ?? 0,
          })),
  ),
];
