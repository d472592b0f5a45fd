/**
 * The mark: a small file beside the journal that says how far it had come. SQLite replays what it finds in the
 * write-ahead log and cannot tell that a part of it is missing; the mark can.
 *
 * It is written with one call before a commit (`begun`) and after it (`durable`), and not synced: after a killed
 * process it is exact, after a lost machine it may be behind, never ahead of the journal. `boot` tells the two apart.
 * At open and at close it is synced. So for every journal that is whole, `durable` <= commits in it.
 */
import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

export interface MarkFields {
  /** Which journal it belongs to. */
  readonly journal: string;
  readonly state: 'open' | 'closed';
  /** The machine's present run, null where it cannot be known. */
  readonly boot: string | null;
  readonly begun: number;
  readonly durable: number;
}

export type MarkFound =
  | { readonly found: 'none' }
  | { readonly found: 'damaged' }
  | ({ readonly found: 'mark' } & MarkFields);

/** Within one sector, so that no half of it is ever written. */
const MARK_BYTES = 256;

export class Mark {
  readonly #descriptor: number;
  #fields: MarkFields;

  /** Opens the file, and makes it where there is none, with these fields synced. */
  constructor(file: string, fields: MarkFields) {
    this.#descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    this.#fields = fields;
    this.#write(fields);
    fsyncSync(this.#descriptor);
    syncFolder(dirname(file));
  }

  /** From now on there is a write-ahead log; synced. */
  opened(commits: number): void {
    this.#write({ ...this.#fields, state: 'open', begun: commits, durable: commits });
    fsyncSync(this.#descriptor);
  }

  begin(commit: number): void {
    this.#write({ ...this.#fields, begun: commit });
  }

  done(commit: number): void {
    this.#write({ ...this.#fields, begun: commit, durable: commit });
  }

  /** Everything is in the database itself; synced. */
  closed(): void {
    this.#write({ ...this.#fields, begun: this.#fields.durable, state: 'closed' });
    fsyncSync(this.#descriptor);
  }

  release(): void {
    closeSync(this.#descriptor);
  }

  #write(fields: MarkFields): void {
    writeSync(this.#descriptor, encode(fields), 0, MARK_BYTES, 0);
    this.#fields = fields;
  }
}

export function readMark(file: string): MarkFound {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { found: 'none' };
    throw error;
  }
  const match = /^breakout-journal-mark 1 (\S+) (open|closed) (\S+) (\d+) (\d+) ([0-9a-f]{8})\n *$/.exec(
    bytes.toString('latin1'),
  );
  const [, journal, state, boot, begun, durable, sum] = match ?? [];
  if (journal === undefined || boot === undefined) return { found: 'damaged' };
  const fields: MarkFields = {
    journal,
    state: state === 'closed' ? 'closed' : 'open',
    boot: boot === UNKNOWN_BOOT ? null : boot,
    begun: Number(begun),
    durable: Number(durable),
  };
  return sumOf(line(fields)) === sum ? { found: 'mark', ...fields } : { found: 'damaged' };
}

/** The machine's present run, where the system tells: with it, nothing that was written can have been lost. */
export function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    // No Linux: every unclean end is then taken for a lost machine.
    return null;
  }
}

/** Makes what was created in a folder outlast a lost machine. */
export function syncFolder(folder: string): void {
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

const UNKNOWN_BOOT = '-';

function line({ journal, state, boot, begun, durable }: MarkFields): string {
  return `breakout-journal-mark 1 ${journal} ${state} ${boot ?? UNKNOWN_BOOT} ${begun} ${durable}`;
}

function encode(fields: MarkFields): Buffer {
  const text = line(fields);
  return Buffer.from(`${text} ${sumOf(text)}\n`.padEnd(MARK_BYTES), 'latin1');
}

function sumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
