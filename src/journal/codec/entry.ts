/** An input and its outputs as they lie in the table `inputs`. */
import { crc32 } from 'node:zlib';
import type { Input } from '../../engine/input.ts';
import type { Millis } from '../../market/time.ts';
import type { JournalEntry, Origin, StoredEntry } from '../rows.ts';
import { decodeColumns, encodeColumns } from './bar-columns-blob.ts';
import { exactJson, parseExactJson } from './exact-json.ts';

export interface EntryRow {
  readonly seq: number;
  readonly at: Millis;
  readonly wall_at: Millis;
  readonly kind: string;
  readonly origin: Origin;
  readonly body: string;
  readonly columns: Uint8Array | null;
  readonly outputs: string;
  /** CRC-32 of the row, begun with that of the row before: one that was changed, lost or put in between is found. */
  readonly chain: number;
}

/** Of most inputs nothing comes. */
const NONE = '[]';

export function encodeEntry(entry: JournalEntry, chainBefore: number): EntryRow {
  const { input, outputs } = entry;
  const bars = input.kind === 'bars' ? input.bars : null;
  const row = {
    seq: entry.seq,
    at: input.at,
    wall_at: entry.wallAt,
    kind: input.kind,
    origin: entry.origin,
    body:
      input.kind === 'bars'
        ? exactJson({ kind: 'bars', at: input.at, phase: input.phase, closeTime: input.bars.closeTime })
        : exactJson(input),
    columns: bars === null ? null : encodeColumns(bars),
    outputs: outputs.length === 0 ? NONE : exactJson(outputs),
  };
  return { ...row, chain: chainOf(row, chainBefore) };
}

/** @throws SyntaxError or RangeError when it is not what was written. */
export function decodeEntry(row: EntryRow): StoredEntry {
  return {
    seq: row.seq,
    input: decodeInput(row),
    outputsText: row.outputs,
    origin: row.origin,
    wallAt: row.wall_at,
  };
}

export function chainOf(row: Omit<EntryRow, 'chain'>, before: number): number {
  const head = `${row.seq}|${row.at}|${row.wall_at}|${row.kind}|${row.origin}|${row.body}|${row.outputs}`;
  const sum = crc32(head, before);
  return row.columns === null ? sum : crc32(row.columns, sum);
}

function decodeInput(row: EntryRow): Input {
  if (row.columns === null) return parseExactJson<Input>(row.body);
  const { kind, at, phase, closeTime } = parseExactJson<BarsBody>(row.body);
  return { kind, at, phase, bars: decodeColumns(row.columns, closeTime) };
}

/** What lies beside the columns. */
type BarsBody = Omit<Extract<Input, { kind: 'bars' }>, 'bars'> & { readonly closeTime: Millis };
