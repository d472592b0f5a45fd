import type { Millis } from '../../src/market/time.ts';
import type { VenueClock } from './clock.ts';
import type { Exchange } from './core/exchange.ts';
import type { ApiKey } from './key.ts';
import type { Market } from './market/market.ts';

/** What a protocol speaks for. */
export interface Venue {
  readonly exchange: Exchange;
  readonly market: Market;
  readonly clock: VenueClock;
  readonly apiKey: ApiKey;
  /** The clock that the venue shows and holds requests against: its time, or the machine's, and its skew. */
  readonly shownNow: () => Millis;
  /** The venue's time over the machine's, at least 1: what a request may be late grows with it. */
  readonly pace: () => number;
}
