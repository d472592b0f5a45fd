/** A session as the journal holds it, and back. */
import { presetHash } from '../../config/preset-hash.ts';
import type { SessionRow, StoredSession } from '../../journal/rows.ts';
import { marketsOf } from '../drive.ts';
import type { EndReason } from '../event-log.ts';
import { optionsOf, type Session, type SessionEnd, type StartRequest } from '../session.ts';

export function sessionRow(
  { id, request, speed, startedAt, drive }: Session,
  ordinal: number,
  by: string,
): SessionRow {
  const [first] = drive.market.instruments;
  return {
    id,
    ordinal,
    preset: request.preset,
    presetHash: presetHash(request.preset),
    mode: request.mode,
    venue: request.venue,
    request: {
      data: request.data ?? null,
      ...optionsOf(request, speed),
      ...(drive.market.account !== undefined && { account: drive.market.account }),
      ...(drive.reading !== null && first !== undefined && { markets: marketsOf(first) }),
    },
    startedAt,
    by,
  };
}

/** What opens the session's venue again as it was. */
export function requestOf({ preset, mode, venue, request }: StoredSession): StartRequest {
  const { data, symbols, from, to, seed, speed, equity, sandbox } = request;
  return {
    preset,
    mode,
    venue,
    equity,
    speed,
    data: data ?? undefined,
    symbols: symbols ?? undefined,
    from: from ?? undefined,
    to: to ?? undefined,
    seed: seed ?? undefined,
    sandbox,
  };
}

const REASONS: ReadonlySet<string> = new Set<EndReason>(['stopped', 'data_ended', 'failed']);

export function endOf({ reason, message, wallAt }: NonNullable<StoredSession['ended']>): SessionEnd {
  return { reason: isReason(reason) ? reason : 'failed', message, wallAt };
}

function isReason(reason: string): reason is EndReason {
  return REASONS.has(reason);
}
