import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recoveryIssues, venueIssues } from '../../../src/telemetry/health/assess-venue.ts';
import { VENUE_TROUBLES, type VenueReading } from '../../../src/telemetry/health/venue-reading.ts';

const GOOD: VenueReading = {
  exchange: 'bybit',
  environment: 'real',
  streams: [],
  feed: { silentSeconds: 1, stale: false, staleSymbols: [] },
  candles: { awaited: [], missing: 0 },
  clock: { aheadMs: 12, errorMs: 3 },
  requests: { usedPercent: 10, waiting: 0, closedSeconds: null },
  unknownOrders: [],
  troubles: [],
  lastError: null,
  errors: {},
};

const found = (change: Partial<VenueReading>): string[] =>
  venueIssues({ ...GOOD, ...change }).map(({ code, severity }) => `${code} ${severity}`);

test('an exchange with which nothing is wrong is no issue, and none is needed for sim', () => {
  assert.deepEqual(found({}), []);
  assert.deepEqual(venueIssues(null), []);
  assert.deepEqual(recoveryIssues(null), []);
});

test('a feed that is silent is critical and says that no entry is made; the symbols in it are not named one by one', () => {
  const [issue] = venueIssues({ ...GOOD, feed: { silentSeconds: 42, stale: true, staleSymbols: ['A'] } });
  assert.deepEqual([issue?.code, issue?.severity], ['EXCHANGE_FEED_STALE', 'critical']);
  assert.match(issue?.message ?? '', /nothing comes from bybit for 42 s: no entry is made/);
  assert.match(issue?.mend ?? '', /reaches the exchange/);
});

test('symbols without their candle are named, up to five, and late candles counted', () => {
  const staleSymbols = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
  const issues = venueIssues({
    ...GOOD,
    feed: { silentSeconds: 1, stale: false, staleSymbols },
    candles: { awaited: [{ symbol: 'A', closeTime: 0 }], missing: 0 },
  });
  assert.deepEqual(
    issues.map(({ message }) => message),
    ['no candle in time, so no entry, on A, B, C, D, E and 2 more', '1 late candle is asked for: A'],
  );
});

test('a stream that is down says since when and when it is tried again, and is critical after a minute', () => {
  const stream = {
    name: 'orders',
    state: 'reconnecting',
    streams: 1,
    down: 1,
    retrySeconds: 8,
    silentSeconds: 90,
    reconnects: 4,
    reason: 'closed',
  } as const;
  const [issue] = venueIssues({ ...GOOD, streams: [{ ...stream, downSeconds: 59 }] });
  assert.equal(issue?.message, 'the stream of orders is down for 59 s, tried again in 8 s: closed');
  assert.deepEqual(found({ streams: [{ ...stream, downSeconds: 59 }] }), ['STREAM_DOWN warning']);
  assert.deepEqual(found({ streams: [{ ...stream, downSeconds: 60 }] }), ['STREAM_DOWN critical']);
});

test('an order of which nothing is known warns at once, and is critical when it stays so', () => {
  const order = { orderId: 7, symbol: 'BTC/USDT:USDT', purpose: 'stop' };
  assert.deepEqual(found({ unknownOrders: [{ ...order, seconds: 1 }] }), ['ORDERS_UNKNOWN warning']);
  const [issue] = venueIssues({ ...GOOD, unknownOrders: [{ ...order, seconds: 31 }] });
  assert.equal(issue?.severity, 'critical');
  assert.match(issue?.message ?? '', /an order is not known for 31 s: 7 \(stop, BTC\/USDT:USDT\)/);
});

test('a rate limit that is used up and a clock that is off are told with their figures', () => {
  assert.deepEqual(found({ requests: { usedPercent: 100, waiting: 3, closedSeconds: 2 } }), [
    'RATE_LIMITED warning',
  ]);
  assert.deepEqual(found({ clock: { aheadMs: -1_000, errorMs: 1 } }), ['CLOCK_SKEW warning']);
  assert.deepEqual(found({ clock: { aheadMs: 999, errorMs: 1 } }), []);
  const [issue] = venueIssues({ ...GOOD, clock: { aheadMs: -10_920_000, errorMs: 1 } });
  assert.equal(issue?.message, "this machine's clock is 3 h 2 min behind the exchange's");
  assert.equal(issue.value, 10_920_000);
});

test('each kind of error that is not over is told, those that end trading as critical', () => {
  const of = (trouble: VenueReading['troubles'][number]['trouble']): string[] =>
    found({ troubles: [{ trouble, message: 'no', agoSeconds: 1, times: 1 }] });
  assert.deepEqual(of('credentials'), ['KEY_REFUSED critical']);
  assert.deepEqual(of('permission'), ['KEY_LACKS_RIGHT critical']);
  assert.deepEqual(of('exchange_down'), ['EXCHANGE_DOWN warning']);
  for (const trouble of VENUE_TROUBLES) assert.equal(of(trouble).length, trouble === 'rate_limit' ? 0 : 1);
});

test('a recovery says since when and what for, and is critical when its exchange stays away', () => {
  const reading = { since: '2026-01-01T00:00:00.000Z', session: 's', reason: 'waits for its exchange' };
  const [soon] = recoveryIssues({ ...reading, seconds: 5 });
  assert.deepEqual(
    [soon?.code, soon?.severity, soon?.message],
    ['RECOVERING', 'warning', 'recovering for 5 s: waits for its exchange'],
  );
  assert.equal(recoveryIssues({ ...reading, seconds: 60 })[0]?.severity, 'critical');
});
