/**
 * What a scraper is told, each with what it means. Names follow the conventions of Prometheus: base units (seconds,
 * bytes), `_total` on what only grows. Counters run over all sessions of the daemon's life; what belongs to one
 * session is a gauge. Labels have few values, known beforehand: no symbol, session or client is one.
 */
import { engineState, mode } from '../protocol/views.ts';
import type { HistogramFamily } from '../telemetry/prometheus.ts';
import { counter, type Family, gauge, labelled, oneOf, type Scrape } from './metric-family.ts';
import { PROCESS_METRICS } from './process-metrics.ts';
import { VENUE_METRICS } from './venue-metrics.ts';

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
  gauge('journal_commit_seconds', 'Mean time of the newest commits to the journal', (s) =>
    s.health.journalLagMs === null ? null : s.health.journalLagMs / 1000,
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
  counter('repeated_bars_total', 'Candles that came again, and were passed over', (s) => s.runs.repeatedBars),
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

export const METRIC_FAMILIES: readonly Family[] = [
  ...engine,
  ...session,
  cycleDuration,
  ...trading,
  ...VENUE_METRICS,
  ...PROCESS_METRICS,
];
