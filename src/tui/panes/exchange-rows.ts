/** How it stands with the exchange that is traded on, in rows of the health pane. */
import { plural } from '../../cli/format.ts';
import { apart } from '../../market/apart.ts';
import type { ResourceHealth } from '../../protocol/health-view.ts';
import { age, shortSpan } from '../text/figures.ts';
import { plain, type Span, span } from '../text/line.ts';
import type { FigureRow } from './figure-rows.ts';

type Venue = NonNullable<ResourceHealth['venue']>;
type Stream = Venue['streams'][number];

const seconds = (value: number): string => shortSpan(value * 1000);

export function exchangeRows(venue: Venue): FigureRow[] {
  const { lastError, clock, unknownOrders, requests, errors } = venue;
  const told = errors.rate_limit ?? 0;
  return [
    {
      name: 'exchange',
      parts: [
        plain(venue.exchange),
        venue.environment === 'test' ? span('warn', 'TEST, play money') : null,
        ...streamParts(venue.streams),
      ],
    },
    { name: 'prices', parts: priceParts(venue) },
    ...(unknownOrders.length === 0
      ? []
      : [
          {
            name: 'unknown',
            parts: unknownOrders.map(({ orderId, purpose, symbol, seconds: since }) =>
              span('warn', `${purpose} ${orderId} ${plain(symbol)} for ${seconds(since)}`),
            ),
          },
        ]),
    {
      name: 'requests',
      parts: [
        requests.closedSeconds === null
          ? `${requests.usedPercent.toFixed(0)} % used`
          : span('warn', `held back for ${seconds(requests.closedSeconds)}`),
        `${requests.waiting} waiting`,
        told === 0 ? null : span('warn', `over it ${plural(told, 'time')}`),
        clock === null ? null : `clock ${apart(clock.aheadMs)} ${clock.aheadMs < 0 ? 'behind' : 'ahead'}`,
      ],
    },
    ...(lastError === null
      ? []
      : [
          {
            name: 'error',
            parts: [span('dim', `${seconds(lastError.agoSeconds)} ago: ${plain(lastError.message)}`)],
          },
        ]),
  ];
}

/** Those that are up together, each other by its name. */
function streamParts(streams: readonly Stream[]): (Span | string)[] {
  const up = streams.filter(({ state }) => state === 'up');
  const opening = streams.filter(({ state }) => state === 'opening');
  const named = (list: readonly Stream[]): string => list.map(({ name }) => plain(name)).join(', ');
  return [
    ...streams.flatMap(({ name, state, downSeconds, retrySeconds }) =>
      state === 'reconnecting'
        ? [
            span(
              'warn',
              `${plain(name)} down ${seconds(downSeconds ?? 0)}${retrySeconds === null ? '' : `, again in ${seconds(retrySeconds)}`}`,
            ),
          ]
        : [],
    ),
    ...(up.length === 0 ? [] : [`${named(up)} up`]),
    ...(opening.length === 0 ? [] : [`${named(opening)} opening`]),
  ];
}

function priceParts({ feed, candles }: Venue): (Span | string | null)[] {
  const { staleSymbols, silentSeconds } = feed;
  return [
    feed.stale ? span('bad', 'STALE, no entries') : null,
    silentSeconds === null ? 'nothing came yet' : `heard ${age(silentSeconds * 1000)} ago`,
    staleSymbols.length === 0
      ? null
      : span('warn', `no candle of ${staleSymbols.map((symbol) => plain(symbol)).join(', ')}`),
    candles.awaited.length === 0 ? null : `${candles.awaited.length} late`,
    candles.missing === 0 ? null : `${plural(candles.missing, 'gap')}`,
  ];
}
