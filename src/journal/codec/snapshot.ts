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
  readonly shell: Uint8Array;
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
    shell: Uint8Array.from(row.shell),
  };
  return { ...columns, checksum: checksumOf(columns) };
}

export function isWholeSnapshot(row: SnapshotTableRow): boolean {
  return checksumOf(row) === row.checksum;
}

function checksumOf(row: Omit<SnapshotTableRow, 'checksum'>): number {
  const { session, seq, at, wall_at, state, hash, shell } = row;
  const sum = crc32(state, crc32(`${session}|${seq}|${at}|${wall_at}|${hash}`));
  // Of an empty blob, as SQLite gives it, zlib has 0 for any sum before it.
  return shell.length === 0 ? sum : crc32(shell, sum);
}
