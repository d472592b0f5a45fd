/** The state of an exchange as health shows it. */
import type { Engine } from '../../engine/engine.ts';
import type { Millis } from '../../market/time.ts';
import type {
  StreamReading,
  TroubleReading,
  UnknownOrder,
  VenueReading,
  VenueTroubleKind,
} from '../../telemetry/health/venue-reading.ts';
import { redactText } from '../../telemetry/secrets.ts';
import type { VenueTrouble } from '../../venue/ccxt/health.ts';
import type { StreamState } from '../../venue/ccxt/stream-watch.ts';
import type { VenueState } from '../../venue/ccxt/venue.ts';

/** What an exchange's error means, before its own words. */
const WORDS: Readonly<Record<VenueTroubleKind, string>> = {
  funds: 'the account has too little for an order',
  credentials: 'the exchange refuses the key',
  permission: 'the key or the account lacks a right',
  rate_limit: 'too many requests for the exchange',
  clock: 'the exchange refuses the time of requests',
  exchange_down: 'the exchange is down, or under maintenance',
  network: 'the exchange does not answer',
  unclear: 'the exchange has answered with an error of no clear meaning',
};

/** All but what the engine knows. */
export type ExchangeReading = Omit<VenueReading, 'unknownOrders'>;

export function exchangeReading(
  exchange: string,
  environment: VenueReading['environment'],
  { market, account, budget, skew, troubles, last, errors }: VenueState,
): ExchangeReading {
  return {
    exchange,
    environment,
    streams: [...market.streams, ...account].map(streamReading),
    feed: {
      silentSeconds: seconds(market.silentMs),
      stale: market.stale,
      staleSymbols: market.staleSymbols,
    },
    candles: { awaited: market.awaited, missing: market.givenUp },
    clock: skew,
    requests: {
      usedPercent: budget.usedPercent,
      waiting: budget.waiting,
      closedSeconds: budget.closedMs > 0 ? budget.closedMs / 1_000 : null,
    },
    troubles: troubles.map(troubleReading),
    lastError: last && troubleReading(last),
    errors: Object.fromEntries(errors),
  };
}

/** Orders of which nothing is known, since when by the venue's time. */
export function unknownOrders(engine: Pick<Engine, 'orders'>, now: Millis): readonly UnknownOrder[] {
  return engine
    .orders()
    .filter(({ status }) => status === 'unknown')
    .map(({ id, symbol, purpose, sentAt }) => ({
      orderId: id,
      symbol,
      purpose,
      seconds: Math.max(0, now - sentAt) / 1_000,
    }));
}

function streamReading({ downMs, retryMs, silentMs, reason, ...state }: StreamState): StreamReading {
  return {
    ...state,
    downSeconds: seconds(downMs),
    retrySeconds: seconds(retryMs),
    silentSeconds: seconds(silentMs),
    reason: reason === null ? null : redactText(reason),
  };
}

function troubleReading({ trouble, reason, agoMs, times }: VenueTrouble): TroubleReading {
  return { trouble, message: redactText(`${WORDS[trouble]}: ${reason}`), agoSeconds: agoMs / 1_000, times };
}

function seconds(ms: Millis | null): number | null {
  return ms === null ? null : ms / 1_000;
}
