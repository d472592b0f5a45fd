import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from '../../../src/config/settings.ts';
import { assess, type Figures, type HealthThresholds } from '../../../src/telemetry/health/assess.ts';
import type { VitalsReading } from '../../../src/telemetry/health/vitals.ts';

const GIB = 2 ** 30;
const LIMITS = defaultSettings().health;

const VITALS: VitalsReading = {
  cpu: { percent: 10, windowSeconds: 15 },
  cores: 2,
  load: [0.1, 0.1, 0.1],
  memory: {
    rssBytes: 0.1 * GIB,
    heapUsedBytes: 0.05 * GIB,
    heapLimitBytes: 4 * GIB,
    limitBytes: 8 * GIB,
    limitOf: 'machine',
    availableBytes: 6 * GIB,
  },
  disk: { value: { usedPercent: 20, freeBytes: 50 * GIB, writable: true } },
  loop: { meanMs: 1, p50Ms: 1, p99Ms: 5, maxMs: 12, windowSeconds: 20 },
  files: { value: { open: 30, limit: 1024 } },
  handles: 5,
};

const figures = (
  change: Partial<VitalsReading>,
  feed: Figures['feed'] = null,
  journal: Figures['journal'] = null,
): Figures => ({
  vitals: { ...VITALS, ...change },
  feed,
  journal,
  venue: null,
  recovery: null,
});

/** Status, and each issue as `CODE severity value/threshold`. */
function verdict(of: Figures, limits: HealthThresholds = LIMITS): [string, string[]] {
  const { status, issues } = assess(of, limits);
  return [
    status,
    issues.map(({ code, severity, value, threshold }) => `${code} ${severity} ${value}/${threshold}`),
  ];
}

test('a daemon with room in everything is healthy, and so is one that has not been measured yet', () => {
  assert.deepEqual(verdict(figures({})), ['healthy', []]);
  assert.deepEqual(verdict(figures({ cpu: null, loop: null, files: { value: null } })), ['healthy', []]);
});

test('each figure warns at its threshold, is critical at the next, and says what was found and reached', () => {
  const { memory } = VITALS;
  const disk = (usedPercent: number): VitalsReading['disk'] => ({
    value: { usedPercent, freeBytes: GIB, writable: true },
  });
  const loop = { meanMs: 1, p50Ms: 1, maxMs: 50, windowSeconds: 20 };
  const cases: [Partial<VitalsReading>, string, string][] = [
    [{ cpu: { percent: 79.9, windowSeconds: 15 } }, 'healthy', ''],
    [{ cpu: { percent: 80, windowSeconds: 15 } }, 'warning', 'CPU_HIGH warning 80/80'],
    [{ cpu: { percent: 99, windowSeconds: 15 } }, 'critical', 'CPU_HIGH critical 99/95'],
    [{ memory: { ...memory, rssBytes: 6.8 * GIB } }, 'warning', 'MEMORY_HIGH warning 85/80'],
    [{ memory: { ...memory, heapUsedBytes: 3.84 * GIB } }, 'critical', 'HEAP_HIGH critical 96/95'],
    [
      { memory: { ...memory, rssBytes: 0.9 * GIB, availableBytes: 0.1 * GIB } },
      'warning',
      'MEMORY_SCARCE warning 90/80',
    ],
    [{ disk: disk(85) }, 'warning', 'DISK_HIGH warning 85/85'],
    [{ disk: disk(97) }, 'critical', 'DISK_HIGH critical 97/95'],
    [{ loop: { ...loop, p99Ms: 100 } }, 'warning', 'EVENT_LOOP_SLOW warning 100/100'],
    [{ loop: { ...loop, p99Ms: 1500, maxMs: 1600 } }, 'critical', 'EVENT_LOOP_SLOW critical 1500/1000'],
    [{ loop: { ...loop, p99Ms: 5, maxMs: 2000 } }, 'warning', 'EVENT_LOOP_STALLED warning 2000/1000'],
    [{ files: { value: { open: 820, limit: 1025 } } }, 'warning', 'FILES_HIGH warning 80/80'],
    [{ files: { value: { open: 999_999, limit: null } } }, 'healthy', ''],
  ];
  for (const [change, status, issue] of cases) {
    assert.deepEqual(verdict(figures(change)), [status, issue === '' ? [] : [issue]], JSON.stringify(change));
  }
});

test('the worst issue is the status, and all of them are told', () => {
  const bad = figures({
    cpu: { percent: 85, windowSeconds: 15 },
    disk: { value: { usedPercent: 99, freeBytes: 0, writable: false } },
  });
  assert.deepEqual(verdict(bad), [
    'critical',
    ['CPU_HIGH warning 85/80', 'DISK_HIGH critical 99/95', 'STATE_NOT_WRITABLE critical null/null'],
  ]);
});

test('thresholds are those of the settings', () => {
  const strict = { ...LIMITS, disk_percent: { warn: 10, critical: 15 } };
  assert.deepEqual(verdict(figures({}), strict), ['critical', ['DISK_HIGH critical 20/15']]);
});

test('a disk that cannot be asked is an issue, not a full or an empty one', () => {
  const { status, issues } = assess(figures({ disk: { value: null, reason: 'EIO' } }), LIMITS);
  assert.equal(status, 'warning');
  assert.match(issues[0]?.message ?? '', /cannot be measured: EIO/);
});

test('a feed that stops is told, at real time after the thresholds', () => {
  const feed = (ageSeconds: number) => figures({}, { ageSeconds, expectedSeconds: 300 });
  assert.deepEqual(verdict(feed(299)), ['healthy', []]);
  assert.deepEqual(verdict(feed(330)), ['warning', ['FEED_STALE warning 330/330']]);
  assert.deepEqual(verdict(feed(700)), ['critical', ['FEED_STALE critical 700/660']]);
});

test('a session that is paced slower than real time is not called stale while it waits as it should', () => {
  const slow = (ageSeconds: number) => figures({}, { ageSeconds, expectedSeconds: 3000 });
  assert.deepEqual(verdict(slow(2999)), ['healthy', []]);
  assert.deepEqual(verdict(slow(3030)), ['warning', ['FEED_STALE warning 3030/3030']]);
});

test('a replay at full speed may take a core without an alarm; a slow one may not', () => {
  const cpu = { percent: 100, windowSeconds: 15 };
  assert.deepEqual(verdict(figures({ cpu }, { ageSeconds: 0, expectedSeconds: 0 })), ['healthy', []]);
  assert.deepEqual(verdict(figures({ cpu }, { ageSeconds: 0, expectedSeconds: 0.1 })), [
    'critical',
    ['CPU_HIGH critical 100/95'],
  ]);
});

test('a journal that cannot keep up, or that only its reserve keeps alive, is said to hold orders up', () => {
  assert.deepEqual(verdict(figures({}, null, { commitMs: 20, inReserve: false })), ['healthy', []]);
  assert.deepEqual(verdict(figures({}, null, { commitMs: null, inReserve: false })), ['healthy', []]);
  assert.deepEqual(verdict(figures({}, null, { commitMs: 700, inReserve: false })), [
    'warning',
    ['JOURNAL_SLOW warning 700/500'],
  ]);
  assert.deepEqual(verdict(figures({}, null, { commitMs: 1, inReserve: true })), [
    'critical',
    ['JOURNAL_FAILING critical null/null'],
  ]);
});
