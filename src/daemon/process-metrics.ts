/** What a scraper is told of the daemon itself: its socket, its health, its process. */
import { packageInfo } from '../config/package.ts';
import { HEALTH_STATES } from '../protocol/health-view.ts';
import { counter, type Family, gauge, labelled, oneOf } from './metric-family.ts';

const control: readonly Family[] = [
  labelled(
    'counter',
    'requests_total',
    'Requests on the control socket, by method and outcome (ok, or the code of the error)',
    ['method', 'outcome'],
    (s) =>
      s.requests.map(({ method, outcome, count }) => ({
        labels: { method: method ?? 'none', outcome },
        value: count,
      })),
  ),
  labelled('counter', 'events_total', 'Events published', ['type'], (s) => s.totals.events.samples),
  counter(
    'subscribers_lagged_total',
    'Subscribers that were closed because they did not keep up',
    (s) => s.lagged,
  ),
  gauge('connections', 'Open connections on the control socket', (s) => s.health.connections),
  gauge('subscribers', 'Subscriptions to events', (s) => s.health.subscribers),
  gauge('event_backlog', 'Events that wait for a subscriber to read', (s) => s.health.eventBacklog),
];

const health: readonly Family[] = [
  labelled('gauge', 'health_status', '1 for the verdict on the health of the daemon', ['status'], (s) =>
    oneOf('status', HEALTH_STATES, s.health.status),
  ),
  labelled('gauge', 'health_issue', '1 for each issue that there is', ['code', 'severity'], (s) =>
    s.health.issues.map(({ code, severity }) => ({ labels: { code, severity }, value: 1 })),
  ),
  gauge('disk_used_ratio', 'Of the file system of the state folder', ({ vitals: { disk } }) =>
    disk.value === null ? null : disk.value.usedPercent / 100,
  ),
  gauge(
    'disk_free_bytes',
    'What can still be written there',
    ({ vitals }) => vitals.disk.value?.freeBytes ?? null,
  ),
];

const daemonProcess: readonly Family[] = [
  labelled('gauge', 'build_info', '1, with the versions as labels', ['version', 'node'], () => [
    { labels: { version: packageInfo().version, node: process.version }, value: 1 },
  ]),
  gauge(
    'process_start_time_seconds',
    'When the process began, Unix time',
    () => performance.timeOrigin / 1000,
  ),
  labelled('counter', 'process_cpu_seconds_total', 'CPU time', ['mode'], () => {
    const { user, system } = process.cpuUsage();
    return [
      { labels: { mode: 'user' }, value: user / 1e6 },
      { labels: { mode: 'system' }, value: system / 1e6 },
    ];
  }),
  gauge('process_resident_memory_bytes', 'Memory held', ({ vitals }) => vitals.memory.rssBytes),
  gauge('process_heap_used_bytes', 'Heap in use', ({ vitals }) => vitals.memory.heapUsedBytes),
  gauge(
    'process_heap_limit_bytes',
    'Heap at which the runtime gives up',
    ({ vitals }) => vitals.memory.heapLimitBytes,
  ),
  gauge(
    'process_memory_limit_bytes',
    'Memory that the process may take at most',
    ({ vitals }) => vitals.memory.limitBytes,
  ),
  gauge('process_open_fds', 'File descriptors in use', ({ vitals }) => vitals.files.value?.open ?? null),
  gauge(
    'process_max_fds',
    'File descriptors that there may be',
    ({ vitals }) => vitals.files.value?.limit ?? null,
  ),
  labelled(
    'gauge',
    'event_loop_lag_seconds',
    'How late the event loop was over the last seconds',
    ['stat'],
    ({ vitals: { loop } }) =>
      loop === null
        ? []
        : [
            { labels: { stat: 'mean' }, value: loop.meanMs / 1000 },
            { labels: { stat: 'p50' }, value: loop.p50Ms / 1000 },
            { labels: { stat: 'p99' }, value: loop.p99Ms / 1000 },
            { labels: { stat: 'max' }, value: loop.maxMs / 1000 },
          ],
  ),
];

export const PROCESS_METRICS: readonly Family[] = [...control, ...health, ...daemonProcess];
