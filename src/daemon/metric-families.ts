/**
 * What a scraper is told, each with what it means. Names follow the conventions of Prometheus: base units (seconds,
 * bytes), `_total` on what only grows. Counters run over all sessions of the daemon's life; what belongs to one
 * session is a gauge. Labels have few values, known beforehand: no symbol, session or client is one.
 */
import { packageInfo } from '../config/package.ts';
import { HEALTH_STATES, type ResourceHealth } from '../protocol/health-view.ts';
import { engineState, mode } from '../protocol/views.ts';
import type { SessionMetrics, SessionStatus } from '../session/host-views.ts';
import type { LatencyOctaves } from '../session/latency.ts';
import type { VitalsReading } from '../telemetry/health/vitals.ts';
import type { HistogramFamily, MetricFamily, Sample, ValueFamily } from '../telemetry/prometheus.ts';
import type { EventTotals } from './event-totals.ts';
import type { RequestCount } from './request-counts.ts';

/** Everything that one scrape shows. */
export interface Scrape {
  readonly vitals: VitalsReading;
  readonly health: ResourceHealth;
  readonly status: SessionStatus;
  readonly metrics: SessionMetrics;
  readonly cycles: LatencyOctaves;
  readonly totals: EventTotals;
  readonly runs: EventTotals['runs'];
  readonly requests: readonly RequestCount[];
  readonly lagged: number;
}

type Family = MetricFamily<Scrape>;

/** A family without labels; null is no sample at all. */
function plain(
  kind: 'gauge' | 'counter',
  name: string,
  help: string,
  read: (scrape: Scrape) => number | null,
): Family {
  return {
    kind,
    name: `breakout_${name}`,
    help,
    labels: [],
    read: (scrape) => {
      const value = read(scrape);
      return value === null ? [] : [{ labels: {}, value }];
    },
  };
}

const gauge = (name: string, help: string, read: (scrape: Scrape) => number | null): Family =>
  plain('gauge', name, help, read);

const counter = (name: string, help: string, read: (scrape: Scrape) => number | null): Family =>
  plain('counter', name, help, read);

function labelled(
  kind: 'gauge' | 'counter',
  name: string,
  help: string,
  labels: readonly string[],
  read: (scrape: Scrape) => readonly Sample[],
): ValueFamily<Scrape> {
  return { kind, name: `breakout_${name}`, help, labels, read };
}

/** One sample for each value that a thing may have: 1 for the one it has, 0 for the others. */
function oneOf(label: string, values: readonly string[], present: string | null): Sample[] {
  return values.map((value) => ({ labels: { [label]: value }, value: value === present ? 1 : 0 }));
}

const number = (text: string | null | undefined): number | null =>
  text === null || text === undefined ? null : Number(text);

const seconds = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso) / 1000);

/** Decisions that take less are too quick to matter, and longer than this is longer than any step is waited for. */
const SHORTEST_BUCKET_MS = 0.016;

const HALT_RULES = ['daily_loss', 'losing_streak', 'drawdown', 'panic'] as const;

const engine: readonly Family[] = [
  labelled(
    'gauge',
    'engine_state',
    '1 for the state that the engine is in, 0 for the others',
    ['state'],
    (s) => oneOf('state', engineState.options, s.status.state),
  ),
  labelled('gauge', 'engine_mode', '1 for the mode of the session: whose money', ['mode'], (s) =>
    oneOf('mode', mode.options, s.status.mode),
  ),
  gauge('engine_paused', '1 while an operator holds it paused', (s) => (s.status.pausedBy === null ? 0 : 1)),
  labelled('gauge', 'engine_halted', '1 for the rule that has stopped entries', ['rule'], (s) =>
    oneOf('rule', HALT_RULES, s.status.haltedBy?.rule ?? null),
  ),
  gauge('slots', 'Positions that may be open at once', (s) => s.status.slots),
  gauge('free_slots', 'Positions that may be opened now', (s) => s.status.freeSlots),
  gauge('open_positions', 'Positions that are open', (s) => s.status.openPositions),
  gauge('pending_entries', 'Entry orders that wait at the venue', (s) => s.status.pendingEntries),
];

const session: readonly Family[] = [
  gauge('session_running', '1 while a session runs', (s) =>
    s.status.session !== null && s.status.ended === null ? 1 : 0,
  ),
  gauge('session_start_time_seconds', 'Wall time of the last start, Unix time', (s) =>
    seconds(s.status.startedAt),
  ),
  gauge('venue_time_seconds', "The venue's time, Unix time", (s) =>
    s.status.at === null ? null : s.status.at / 1000,
  ),
  gauge(
    'feed_age_seconds',
    'Wall time since the last close of candles, while a session runs',
    (s) => s.health.feedAgeSeconds,
  ),
  gauge('equity_quote', 'Equity of the session in quote currency', (s) => number(s.status.equity)),
  gauge('net_profit_quote', 'Profit of the session after fees and funding, in quote currency', (s) =>
    number(s.metrics.engine?.netProfit),
  ),
  gauge('daily_r', 'Realised R of the UTC day', (s) => (s.metrics.engine === null ? null : s.status.dailyR)),
  gauge('session_r', 'Realised R of the session', (s) => s.metrics.engine?.totalR ?? null),
  gauge(
    'session_max_drawdown_r',
    'Largest fall of the realised R of the session from its peak, zero or negative',
    (s) => s.metrics.engine?.maxDrawdownR ?? null,
  ),
  gauge('consecutive_losses', 'Trades lost in a row', (s) => s.status.consecutiveLosses),
];

const cycleDuration: HistogramFamily<Scrape> = {
  kind: 'histogram',
  name: 'breakout_cycle_duration_seconds',
  help: 'Time to decide on the candles of one close time',
  read: ({ cycles }) => ({
    buckets: cycles.buckets
      .filter(({ upToMs }) => upToMs >= SHORTEST_BUCKET_MS)
      .map(({ upToMs, count }) => ({ upTo: toSeconds(upToMs), count })),
    sum: cycles.sumMs / 1000,
    count: cycles.count,
  }),
};

/** A bound is part of a series' name: without the last bits of a division by a thousand. */
function toSeconds(ms: number): number {
  return Number((ms / 1000).toPrecision(12));
}

const trading: readonly Family[] = [
  counter('sessions_started_total', 'Sessions started, or gone on with', (s) => s.totals.sessionsStarted),
  labelled(
    'counter',
    'sessions_ended_total',
    'Sessions that are over, by why',
    ['reason'],
    (s) => s.totals.sessionsEnded.samples,
  ),
  counter('cycles_total', 'Close times handled while scanning or later', (s) => s.runs.cycleCount),
  counter('scans_total', 'Scans of the universe', (s) => s.runs.scans),
  counter('bars_total', 'Candles taken', (s) => s.runs.bars),
  counter('late_bars_total', 'Candles that came too late to trade on', (s) => s.runs.lateBars),
  counter('gaps_total', 'Gaps in the candles of a symbol', (s) => s.runs.gaps),
  counter('missing_bars_total', 'Candles that are missing in those gaps', (s) => s.runs.missingBars),
  labelled('counter', 'signals_total', 'Signals', ['strategy', 'side'], (s) => s.totals.signals.samples),
  labelled(
    'counter',
    'signals_refused_total',
    'Signals that were not traded, by why',
    ['code'],
    (s) => s.totals.refused.samples,
  ),
  labelled('counter', 'orders_total', 'What became of orders', ['status'], (s) => s.totals.orders.samples),
  labelled(
    'counter',
    'fills_total',
    'Fills, by what the order was for',
    ['purpose'],
    (s) => s.totals.fills.samples,
  ),
  labelled(
    'counter',
    'trades_total',
    'Finished trades, by result after fees',
    ['result'],
    (s) => s.totals.trades.samples,
  ),
  labelled(
    'counter',
    'trade_exits_total',
    'Finished trades, by what closed them',
    ['reason'],
    (s) => s.totals.exits.samples,
  ),
  counter('fees_quote_total', 'Fees paid, in quote currency', (s) => s.totals.fees),
  counter(
    'rebates_quote_total',
    'Fees that the venue paid to us, in quote currency',
    (s) => s.totals.rebates,
  ),
  labelled(
    'counter',
    'halts_total',
    'Times that a rule stopped entries',
    ['rule'],
    (s) => s.totals.halts.samples,
  ),
  labelled('counter', 'warnings_total', 'Warnings of the engine', ['code'], (s) => s.totals.warnings.samples),
];

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

export const METRIC_FAMILIES: readonly Family[] = [
  ...engine,
  ...session,
  cycleDuration,
  ...trading,
  ...control,
  ...health,
  ...daemonProcess,
];
