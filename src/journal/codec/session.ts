/** A session as it lies in the table `sessions`. */
import { crc32 } from 'node:zlib';
import type { Preset } from '../../config/preset.ts';
import type { Mode } from '../../engine/input.ts';
import type { Millis } from '../../market/time.ts';
import type { SessionRequest, SessionRow, StoredSession } from '../rows.ts';

/** The columns that are written when it begins. */
export interface SessionColumns {
  readonly key: number;
  readonly id: string;
  readonly ordinal: number;
  readonly preset: string;
  readonly preset_hash: string;
  readonly mode: Mode;
  readonly venue: string;
  readonly request: string;
  readonly started_at: Millis;
  readonly started_by: string;
  readonly checksum: number;
}

export interface SessionTableRow extends SessionColumns {
  readonly ended_reason: string | null;
  readonly ended_message: string | null;
  readonly ended_at: Millis | null;
  readonly ended_wall_at: Millis | null;
  readonly record: Uint8Array | null;
  readonly pruned_to: number;
  readonly pruned_chain: number;
  readonly last_seq: number | null;
}

export function encodeSession(
  row: SessionRow,
  key: number,
): SessionColumns & Record<string, string | number> {
  const columns = {
    key,
    id: row.id,
    ordinal: row.ordinal,
    preset: JSON.stringify(row.preset),
    preset_hash: row.presetHash,
    mode: row.mode,
    venue: row.venue,
    request: JSON.stringify(row.request),
    started_at: row.startedAt,
    started_by: row.by,
  };
  return { ...columns, checksum: checksumOf(columns) };
}

/** Whether what it was started with is what was written. */
export function isWhole(row: SessionTableRow): boolean {
  return checksumOf(row) === row.checksum;
}

/** @throws SyntaxError when it is not what was written. */
export function decodeSession(row: SessionTableRow): StoredSession {
  const preset: Preset = JSON.parse(row.preset);
  const request: SessionRequest = JSON.parse(row.request);
  return {
    id: row.id,
    ordinal: row.ordinal,
    preset,
    presetHash: row.preset_hash,
    mode: row.mode,
    venue: row.venue,
    request,
    startedAt: row.started_at,
    by: row.started_by,
    ended:
      row.ended_wall_at === null
        ? null
        : {
            reason: row.ended_reason ?? '',
            message: row.ended_message ?? '',
            at: row.ended_at ?? row.ended_wall_at,
            wallAt: row.ended_wall_at,
            record: row.record ?? new Uint8Array(),
          },
    lastSeq: Math.max(row.last_seq ?? 0, row.pruned_to),
    prunedTo: row.pruned_to,
  };
}

function checksumOf(row: Omit<SessionColumns, 'checksum'>): number {
  const { key, id, ordinal, preset, preset_hash, mode, venue, request, started_at, started_by } = row;
  return crc32(
    [key, id, ordinal, preset, preset_hash, mode, venue, request, started_at, started_by].join('|'),
  );
}
