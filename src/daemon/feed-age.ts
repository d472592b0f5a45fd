import { BASE } from '../market/time.ts';
import type { SessionHost } from '../session/host.ts';
import type { FeedReading } from '../telemetry/health/assess.ts';

type FeedSource = Pick<SessionHost, 'status'> & { readonly cycles: Pick<SessionHost['cycles'], 'latestAt'> };

/**
 * How long the running session has gone without candles, beside what its pace makes of five minutes. Null while none
 * runs.
 */
export function feedOf(host: FeedSource): FeedReading | null {
  const { session, ended, startedAt, speed } = host.status();
  if (session === null || ended !== null || startedAt === null || speed === null) return null;
  // The session may be older than this process, which has heard nothing before it began.
  const sinceStart = Math.min(Date.now() - Date.parse(startedAt), performance.now());
  const sinceCandles = performance.now() - (host.cycles.latestAt ?? Number.NEGATIVE_INFINITY);
  return {
    // The last candles may have been those of a session before.
    ageSeconds: Math.max(0, Math.min(sinceStart, sinceCandles)) / 1000,
    expectedSeconds: speed === 0 ? 0 : BASE / 1000 / speed,
  };
}
