/** A snapshot as it lies in the table `snapshots`. */
import { crc32 } from 'node:zlib';
import type { Millis } from '../../market/time.ts';
import type { SnapshotRow } from '../rows.ts';

export interface SnapshotTableRow {
  readonly session: string;
  readonly seq: number;
  readonly at: Millis;
  readonly wall_at: Millis;
  readonly state: Uint8Array;
  readonly hash: string;
  readonly checksum: number;
}

/** A copy: the state may change at once. */
export function encodeSnapshot(
  row: SnapshotRow,
): SnapshotTableRow & Record<string, string | number | Uint8Array> {
  const columns = {
    session: row.session,
    seq: row.seq,
    at: row.at,
    wall_at: row.wallAt,
    state: Uint8Array.from(row.state),
    hash: row.hash,
  };
  return { ...columns, checksum: checksumOf(columns) };
}

export function isWholeSnapshot(row: SnapshotTableRow): boolean {
  return checksumOf(row) === row.checksum;
}

function checksumOf({ session, seq, at, wall_at, state, hash }: Omit<SnapshotTableRow, 'checksum'>): number {
  return crc32(state, crc32(`${session}|${seq}|${at}|${wall_at}|${hash}`));
}
