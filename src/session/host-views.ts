/** What the host shows of its engine and session. Every figure is measured; what is not known is null. */
import type { Engine } from '../engine/engine.ts';
import type { CommandView, MetricsView, StatusView } from '../engine/view.ts';
import type { Millis } from '../market/time.ts';
import type { EndReason } from './event-log.ts';
import type { LatencyView } from './latency.ts';
import { closingInVain, type Session } from './session.ts';

export interface SessionStatus extends Omit<StatusView, 'startedAt'> {
  readonly startedAt: Millis | null;
  readonly venue: string | null;
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

export function statusView(engine: Engine, session: Session | null): SessionStatus {
  return {
    ...engine.status(),
    startedAt: session?.startedAt ?? null,
    venue: session?.request.venue ?? null,
    session: session?.id ?? null,
    speed: session?.speed ?? null,
    progress: session && { done: session.closes, total: session.source.total },
    ended: session?.ended ? { reason: session.ended.reason, message: session.ended.message } : null,
    latencyMs: session?.latency.recentMean ?? null,
  };
}

export function metricsView(engine: Engine, session: Session | null, wallNow: Millis): SessionMetrics {
  const until = session?.ended?.wallAt ?? wallNow;
  return {
    uptime: session ? (until - session.startedAt) / 1000 : 0,
    avgLatencyMs: session?.latency.mean ?? null,
    latency: session?.latency.view() ?? null,
    engine: engine.metrics(),
  };
}

/** The engine's own answer, less what its market can no longer do. */
export function commandViews(engine: Engine, session: Session | null): readonly CommandView[] {
  const reason = closingInVain(session, engine.positions().length);
  return engine
    .commands()
    .map((view) =>
      reason !== null && (view.command === 'emergencyStop' || (view.command === 'stop' && view.allowed))
        ? { ...view, allowed: false, reason }
        : view,
    );
}
