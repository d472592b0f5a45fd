import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthLines } from '../../src/cli/commands/health.ts';
import { painter } from '../../src/cli/style.ts';
import type { ResourceHealth } from '../../src/protocol/health-view.ts';
import { readExposition } from '../telemetry/exposition.ts';
import { Sandbox } from './sandbox.ts';

const plain = painter(false, {});

const VENUE: NonNullable<ResourceHealth['venue']> = {
  exchange: 'bybit',
  environment: 'test',
  streams: [
    {
      name: 'candles',
      state: 'up',
      streams: 3,
      down: 0,
      downSeconds: null,
      retrySeconds: null,
      silentSeconds: 1,
      reconnects: 2,
      reason: null,
    },
    {
      name: 'orders',
      state: 'reconnecting',
      streams: 1,
      down: 1,
      downSeconds: 12,
      retrySeconds: 4,
      silentSeconds: 70,
      reconnects: 3,
      reason: 'connection closed',
    },
  ],
  feed: { silentSeconds: 1, stale: false, staleSymbols: ['ETH/USDT:USDT'] },
  candles: { awaited: [{ symbol: 'ETH/USDT:USDT', closeTime: 1_767_225_600_000 }], missing: 2 },
  clock: { aheadMs: -12, errorMs: 3 },
  requests: { usedPercent: 40.4, waiting: 2, closedSeconds: 3 },
  unknownOrders: [{ orderId: 7, symbol: 'BTC/USDT:USDT', purpose: 'entry', seconds: 9 }],
  troubles: [],
  lastError: { trouble: 'network', message: 'the exchange does not answer: lost', agoSeconds: 11, times: 3 },
  errors: { rate_limit: 1 },
};

const HEALTH: ResourceHealth = {
  status: 'healthy',
  issues: [],
  measuredAt: '2026-01-01T00:00:00.000Z',
  cpuPercent: 12.34,
  cpu: { windowSeconds: 15.2, cores: 4, load: [0.5, 0.25, 0.1] },
  memoryPercent: 1.66,
  memoryUsedMb: 136.2,
  heapUsedMb: 23.4,
  memory: { limitMb: 8192, limitOf: 'machine', availableMb: 6000, heapLimitMb: 4144 },
  diskUsagePercent: 41.26,
  diskFreeMb: 81_152,
  stateFolderWritable: true,
  eventLoopLagMs: 4.2,
  eventLoop: { meanMs: 0.4, p50Ms: 0.3, p99Ms: 4.2, maxMs: 31, windowSeconds: 20 },
  openHandles: 5,
  openFiles: { open: 28, limit: 20_000 },
  feedAgeSeconds: 0.04,
  feedExpectedSeconds: 300 / 3600,
  journalLagMs: null,
  venue: null,
  recovery: null,
  connections: 1,
  subscribers: 2,
  eventBacklog: 0,
  notMeasured: [{ figure: 'journalLagMs', reason: 'this version keeps no journal' }],
};

test('health is one aligned block that says over which time and of what each figure is', () => {
  assert.deepEqual(healthLines(HEALTH, plain), [
    'health      healthy',
    'cpu         12.3 % of a core over 15 s; load 0.50 0.25 0.10 on 4 cores',
    'memory      136 MiB, 1.7 % of the 8,192 MiB that the machine has, 6,000 MiB available; heap 23 MiB of 4,144 MiB',
    'disk        41.3 % used, 81,152 MiB free',
    'event loop  late by 0.40 ms on average, p99 4.20 ms, longest 31 ms, over 20 s',
    'files       28 of 20,000 descriptors; 5 handles',
    'feed        last candles 0.04 s ago, one every 0.083 s',
    'journal     not measured: this version keeps no journal',
    'clients     1 connection, 2 subscriptions, 0 events waiting',
  ]);
});

test('an exchange is told whole: streams, prices, orders of which nothing is known, limits, clock, last error', () => {
  assert.deepEqual(healthLines({ ...HEALTH, venue: VENUE }, plain).slice(1, 10), [
    'exchange     bybit, its test environment, play money',
    'candles      up (3 streams), last word 1 s ago, 2 reconnects',
    'orders       reconnecting for 12 s, tried again in 4 s, 3 reconnects: connection closed',
    'market data  heard 1 s ago; no entry on ETH/USDT:USDT, whose candle did not come; 1 late candle asked for; 2 candles never came',
    'unknown      7 (entry, BTC/USDT:USDT) for 9 s',
    'requests     40 % of the rate limit, 2 waiting, none sent for 3 s, over it 1 time',
    "clock        12 ms behind the exchange's, known to 3 ms",
    'last error   11 s ago: the exchange does not answer: lost',
    'cpu          12.3 % of a core over 15 s; load 0.50 0.25 0.10 on 4 cores',
  ]);
});

test('what is wrong stands first, and what is not known is said to be so, with why', () => {
  const lines = healthLines(
    {
      ...HEALTH,
      status: 'critical',
      issues: [
        {
          code: 'DISK_HIGH',
          severity: 'critical',
          message: 'the disk is 97 % full',
          value: 97,
          threshold: 95,
          mend: 'free some',
        },
        {
          code: 'CPU_HIGH',
          severity: 'warning',
          message: 'the daemon is busy',
          value: 85,
          threshold: 80,
          mend: null,
        },
      ],
      feedAgeSeconds: null,
      feedExpectedSeconds: null,
      openFiles: null,
      diskUsagePercent: null,
      notMeasured: [
        { figure: 'feedAgeSeconds', reason: 'no session runs' },
        { figure: 'openFiles', reason: 'this system does not tell' },
        { figure: 'diskUsagePercent', reason: 'the system refuses: EIO' },
      ],
    },
    plain,
  );
  assert.deepEqual(lines.slice(0, 4), [
    'health      critical',
    'critical    the disk is 97 % full (DISK_HIGH)',
    '            fix: free some',
    'warning     the daemon is busy (CPU_HIGH)',
  ]);
  const text = lines.join('\n');
  assert.match(text, /^feed +not measured: no session runs$/m);
  assert.match(text, /^files +not measured: this system does not tell; 5 handles$/m);
  assert.match(text, /^disk +not measured: the system refuses: EIO$/m);
});

test('a person and a script see health and metrics of a daemon, and a scraper finds its address', async () => {
  await using box = new Sandbox();
  // Any event loop is late by this much: the verdict is critical, and the exit code tells a script.
  box.env.BREAKOUT_HEALTH_EVENT_LOOP_LAG_MS_WARN = '1';
  box.env.BREAKOUT_HEALTH_EVENT_LOOP_LAG_MS_CRITICAL = '1.001';
  const started = await box.run('daemon', 'start', '--metrics-listen', '127.0.0.1:0');
  assert.equal(started.code, 0, started.stderr);

  const told = await box.run('health');
  assert.match(told.stdout, /^health +critical\ncritical +the event loop is up to .* \(EVENT_LOOP_SLOW\)$/m);
  assert.equal(told.code, 1);
  assert.equal(told.stderr, '');
  const { stdout } = await box.run('metrics', '--prometheus');
  const families = readExposition(stdout);
  assert.ok(families.size > 40);
  const inJson = await box.json<{ contentType: string; text: string }>('metrics', '--prometheus');
  assert.match(inJson.contentType, /^text\/plain; version=0\.0\.4/);
  assert.deepEqual([...readExposition(inJson.text).keys()], [...families.keys()]);

  const info = await box.json<{ metricsUrl: string }>('daemon', 'status');
  assert.match(info.metricsUrl, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  const answer = await fetch(info.metricsUrl);
  assert.equal(answer.headers.get('content-type'), inJson.contentType);
  assert.deepEqual([...readExposition(await answer.text()).keys()], [...families.keys()]);

  await using second = new Sandbox();
  const { host } = new URL(info.metricsUrl);
  const refused = await second.run('daemon', 'start', '--metrics-listen', host);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^breakout: the daemon did not start: metrics cannot be served on 127\.0\.0\.1:\d+: another program has port \d+; choose another port with --metrics-listen, or in metrics\.listen of config\.json\n$/,
  );
});
