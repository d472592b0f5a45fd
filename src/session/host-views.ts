/** What the host shows of its engine and session. Every figure is measured; what is not known is null. */
import type { Engine } from '../engine/engine.ts';
import type { CommandName } from '../engine/input.ts';
import type { CommandView, MetricsView, StatusView } from '../engine/view.ts';
import type { Millis } from '../market/time.ts';
import type { EndReason } from './event-log.ts';
import type { LatencyView } from './latency.ts';
import { closingInVain, retryingInVain, type Session } from './session.ts';

export interface SessionStatus extends Omit<StatusView, 'startedAt'> {
  /** Wall time of the last start, ISO 8601. */
  readonly startedAt: string | null;
  readonly venue: string | null;
  /** Live: the account, by the name that a start confirms. */
  readonly account: string | null;
  readonly session: string | null;
  readonly speed: number | null;
  readonly progress: { readonly done: number; readonly total: number | null } | null;
  readonly ended: { readonly reason: EndReason; readonly message: string } | null;
  readonly latencyMs: number | null;
}

export interface SessionMetrics {
  /** Seconds. */
  readonly uptime: number;
  readonly avgLatencyMs: number | null;
  readonly latency: LatencyView | null;
  /** null before the first start. */
  readonly engine: MetricsView | null;
}

/** The read models of an engine that are shown. */
type Views = Pick<Engine, 'status' | 'metrics' | 'positions' | 'commands'>;

/** The most asked of all views. Field by field: an object spread that is then written over costs V8 ten times the rest. */
export function statusView(engine: Views, session: Session | null): SessionStatus {
  const status = engine.status();
  return {
    state: status.state,
    preset: status.preset,
    mode: status.mode,
    startedAt: session === null ? null : new Date(session.startedAt).toISOString(),
    at: status.at,
    slots: status.slots,
    freeSlots: status.freeSlots,
    openPositions: status.openPositions,
    pendingEntries: status.pendingEntries,
    dailyR: status.dailyR,
    consecutiveLosses: status.consecutiveLosses,
    equity: status.equity,
    pausedBy: status.pausedBy,
    haltedBy: status.haltedBy,
    stopping: status.stopping,
    venue: session?.request.venue ?? null,
    account: session?.drive.market.account ?? null,
    session: session?.id ?? null,
    speed: session?.speed ?? null,
    progress: session && { done: session.closes, total: session.drive.market.total },
    ended: session?.ended ? { reason: session.ended.reason, message: session.ended.message } : null,
    latencyMs: session?.latency.recentMean ?? null,
  };
}

export function metricsView(engine: Views, session: Session | null, wallNow: Millis): SessionMetrics {
  const until = session?.ended?.wallAt ?? wallNow;
  return {
    uptime: session ? (until - session.startedAt) / 1000 : 0,
    avgLatencyMs: session?.latency.mean ?? null,
    latency: session?.latency.view() ?? null,
    engine: engine.metrics(),
  };
}

/** The engine's own answer, less what its market can no longer do. */
export function commandViews(engine: Views, session: Pick<Session, 'ended'> | null): readonly CommandView[] {
  const closing = closingInVain(session, engine.positions().length);
  const reasons: Partial<Record<CommandName, string | null>> = {
    emergencyStop: closing,
    closePosition: closing,
    // A running engine can be stopped all the same; an idle one takes a stop only to flatten.
    stop: engine.status().state === 'IDLE' ? closing : null,
    retry: retryingInVain(session),
  };
  return engine.commands().map((view) => {
    const reason = reasons[view.command] ?? null;
    return reason === null || !view.allowed ? view : { ...view, allowed: false, reason };
  });
}
