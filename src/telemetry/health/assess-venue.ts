/** From how it stands with an exchange to what is the matter. Pure; no setting has a say in it. */
import { apart } from '../../market/apart.ts';
import type { RecoveryReading, VenueReading, VenueTroubleKind } from './venue-reading.ts';

export type VenueIssueCode =
  | 'RECOVERING'
  | 'EXCHANGE_FEED_STALE'
  | 'SYMBOLS_STALE'
  | 'STREAM_DOWN'
  | 'CANDLES_LATE'
  | 'ORDERS_UNKNOWN'
  | 'RATE_LIMITED'
  | 'CLOCK_SKEW'
  | 'KEY_REFUSED'
  | 'KEY_LACKS_RIGHT'
  | 'EXCHANGE_DOWN'
  | 'EXCHANGE_SILENT'
  | 'EXCHANGE_ERRORS'
  | 'FUNDS_SHORT';

interface VenueIssue {
  readonly code: VenueIssueCode;
  readonly severity: 'warning' | 'critical';
  readonly message: string;
  readonly value: number | null;
  readonly threshold: number | null;
  readonly mend: string | null;
}

/** An order of which nothing is known for so long is more than one slow answer. */
const UNKNOWN_SECONDS = 30;
/** Back-off has had its way by then: it is no hiccup. */
const DOWN_SECONDS = 60;
/** Requests are signed with the exchange's own time; beyond this, logs and days of the machine are wrong. */
const SKEW_MS = 1_000;
const RECOVERING_SECONDS = 60;
/** Names in one message. */
const NAMED = 5;

const OF_ITSELF = null;

/** What an error that is not over means; streams and the feed have issues of their own. */
const TROUBLES: Readonly<Record<VenueTroubleKind, Pick<VenueIssue, 'code' | 'severity' | 'mend'> | null>> = {
  credentials: {
    code: 'KEY_REFUSED',
    severity: 'critical',
    mend: '`breakout keys check` says what is wrong with the key; with a good one, restart the daemon',
  },
  permission: {
    code: 'KEY_LACKS_RIGHT',
    severity: 'critical',
    mend: '`breakout keys check` shows the rights of the key: give it those to read and to trade',
  },
  exchange_down: { code: 'EXCHANGE_DOWN', severity: 'warning', mend: OF_ITSELF },
  network: {
    code: 'EXCHANGE_SILENT',
    severity: 'warning',
    mend: 'see that this machine reaches the exchange; it is tried again by itself',
  },
  unclear: {
    code: 'EXCHANGE_ERRORS',
    severity: 'warning',
    mend: 'look at `breakout logs --component venue`',
  },
  funds: {
    code: 'FUNDS_SHORT',
    severity: 'warning',
    mend: 'see what else trades on the account, or move money into it',
  },
  clock: {
    code: 'CLOCK_SKEW',
    severity: 'warning',
    mend: "let the machine's clock be kept right (chrony, systemd-timesyncd)",
  },
  // Told by what it does to requests.
  rate_limit: null,
};

export function recoveryIssues(recovery: RecoveryReading | null): VenueIssue[] {
  if (recovery === null) return [];
  const { seconds, reason } = recovery;
  const severity = seconds >= RECOVERING_SECONDS ? 'critical' : 'warning';
  const message = `recovering for ${seconds.toFixed(0)} s: ${reason}`;
  return [
    {
      code: 'RECOVERING',
      severity,
      message,
      value: seconds,
      threshold: severity === 'critical' ? RECOVERING_SECONDS : null,
      mend: 'it goes on by itself once the venue answers; stops and targets rest there meanwhile',
    },
  ];
}

export function venueIssues(venue: VenueReading | null): VenueIssue[] {
  if (venue === null) return [];
  return [
    ...feedIssues(venue),
    ...streamIssues(venue),
    ...orderIssues(venue),
    ...requestIssues(venue),
    ...troubleIssues(venue),
  ];
}

function feedIssues({ exchange, feed, candles }: VenueReading): VenueIssue[] {
  if (feed.stale)
    return [
      {
        code: 'EXCHANGE_FEED_STALE',
        severity: 'critical',
        message: `nothing comes from ${exchange}${feed.silentSeconds === null ? '' : ` for ${feed.silentSeconds.toFixed(0)} s`}: no entry is made; stops and targets rest there`,
        value: feed.silentSeconds,
        threshold: null,
        mend: 'see that this machine reaches the exchange; it is tried again by itself',
      },
    ];
  const issues: VenueIssue[] = [];
  if (feed.staleSymbols.length > 0)
    issues.push({
      code: 'SYMBOLS_STALE',
      severity: 'warning',
      message: `no candle in time, so no entry, on ${names(feed.staleSymbols)}`,
      value: feed.staleSymbols.length,
      threshold: null,
      mend: OF_ITSELF,
    });
  if (candles.awaited.length > 0)
    issues.push({
      code: 'CANDLES_LATE',
      severity: 'warning',
      message: `${candles.awaited.length} late candle${candles.awaited.length === 1 ? ' is' : 's are'} asked for: ${names(candles.awaited.map(({ symbol }) => symbol))}`,
      value: candles.awaited.length,
      threshold: null,
      mend: OF_ITSELF,
    });
  return issues;
}

function streamIssues({ streams }: VenueReading): VenueIssue[] {
  return streams.flatMap(({ name, state, down, streams: all, downSeconds, retrySeconds, reason }) => {
    if (state !== 'reconnecting' || downSeconds === null) return [];
    const severe = downSeconds >= DOWN_SECONDS;
    const some = all > 1 ? ` (${down} of ${all})` : '';
    const next = retrySeconds === null ? 'tried now' : `tried again in ${retrySeconds.toFixed(0)} s`;
    return [
      {
        code: 'STREAM_DOWN' as const,
        severity: severe ? ('critical' as const) : ('warning' as const),
        message: `the stream of ${name}${some} is down for ${downSeconds.toFixed(0)} s, ${next}: ${reason ?? 'lost'}`,
        value: downSeconds,
        threshold: severe ? DOWN_SECONDS : null,
        mend: 'see that this machine reaches the exchange; it is tried again by itself',
      },
    ];
  });
}

function orderIssues({ unknownOrders }: VenueReading): VenueIssue[] {
  if (unknownOrders.length === 0) return [];
  const longest = Math.max(...unknownOrders.map(({ seconds }) => seconds));
  const severe = longest >= UNKNOWN_SECONDS;
  const orders = unknownOrders.map(({ orderId, symbol, purpose }) => `${orderId} (${purpose}, ${symbol})`);
  return [
    {
      code: 'ORDERS_UNKNOWN',
      severity: severe ? 'critical' : 'warning',
      message: `what became of ${orders.length === 1 ? 'an order' : `${orders.length} orders`} is not known for ${longest.toFixed(0)} s: ${names(orders)}`,
      value: longest,
      threshold: severe ? UNKNOWN_SECONDS : null,
      mend: 'it is looked up until the exchange tells; look there too if that takes long',
    },
  ];
}

function requestIssues({ requests, clock }: VenueReading): VenueIssue[] {
  const issues: VenueIssue[] = [];
  if (requests.closedSeconds !== null)
    issues.push({
      code: 'RATE_LIMITED',
      severity: 'warning',
      message: `the exchange has had too many requests: none is sent for ${requests.closedSeconds.toFixed(0)} s, ${requests.waiting} wait`,
      value: requests.closedSeconds,
      threshold: null,
      mend: 'see what else asks this exchange from this address',
    });
  if (clock !== null && Math.abs(clock.aheadMs) >= SKEW_MS)
    issues.push({
      code: 'CLOCK_SKEW',
      severity: 'warning',
      message: `this machine's clock is ${apart(clock.aheadMs)} ${clock.aheadMs > 0 ? 'ahead of' : 'behind'} the exchange's`,
      value: Math.abs(clock.aheadMs),
      threshold: SKEW_MS,
      mend: "let the machine's clock be kept right (chrony, systemd-timesyncd)",
    });
  return issues;
}

function troubleIssues({ troubles }: VenueReading): VenueIssue[] {
  return troubles.flatMap(({ trouble, message, times, agoSeconds }) => {
    const means = TROUBLES[trouble];
    if (means === null) return [];
    const often = times === 1 ? '' : `, ${times} times`;
    return [
      {
        ...means,
        message: `${message} (${agoSeconds.toFixed(0)} s ago${often})`,
        value: times,
        threshold: null,
      },
    ];
  });
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, NAMED).join(', ');
  return all.length > NAMED ? `${shown} and ${all.length - NAMED} more` : shown;
}
