/** What outlives the daemon: committed rows. What was handed over and not committed dies with the life that held it. */
import { decodeEntry, type EntryRow, encodeEntry } from '../../../src/journal/codec/entry.ts';
import { JournalCommitFailed } from '../../../src/journal/journal-error.ts';
import type {
  JournalEntry,
  SessionRow,
  SnapshotRow,
  StoredEntry,
  StoredSnapshot,
} from '../../../src/journal/rows.ts';
import type { SessionJournal } from '../../../src/session/keeping/recorder.ts';

/** A journal as one life of the daemon has it open. */
export interface LifeJournal extends SessionJournal {
  lastSnapshot(session: string): StoredSnapshot | null;
  entries(session: string, afterSeq: number): IterableIterator<StoredEntry>;
}

/** What the disk does when something is to be written: may throw. */
export interface DiskHooks {
  readonly full: () => boolean;
  readonly reserveFails: () => boolean;
  /** The daemon may die here. */
  readonly point: (name: string) => void;
}

export interface Disk {
  /** There is a session to go on with. */
  readonly used: boolean;
  open(hooks: DiskHooks): LifeJournal;
  /** Committed inputs after an ordinal, oldest first. */
  entries(after: number): Iterable<StoredEntry>;
  snapshots(): Iterable<SnapshotRow>;
  /** The life that had it open is no more. */
  abandon(): void;
  close(): void;
}

export class MemoryDisk implements Disk {
  readonly #rows: EntryRow[] = [];
  readonly #snapshots: SnapshotRow[] = [];
  #session: string | null = null;
  #open: MemoryJournal | null = null;

  get used(): boolean {
    return this.#session !== null;
  }

  open(hooks: DiskHooks): LifeJournal {
    this.#open = new MemoryJournal(hooks, {
      rows: this.#rows,
      snapshots: this.#snapshots,
      begun: (session) => {
        this.#session = session;
      },
    });
    return this.#open;
  }

  *entries(after: number): IterableIterator<StoredEntry> {
    for (const row of this.#rows.slice(after)) yield decodeEntry(row);
  }

  snapshots(): Iterable<SnapshotRow> {
    return this.#snapshots;
  }

  abandon(): void {
    this.#open?.die();
    this.#open = null;
  }

  close(): void {
    this.abandon();
  }
}

interface Committed {
  readonly rows: EntryRow[];
  readonly snapshots: SnapshotRow[];
  readonly begun: (session: string) => void;
}

class MemoryJournal implements LifeJournal {
  readonly #hooks: DiskHooks;
  readonly #committed: Committed;
  #buffer: (() => void)[] = [];
  #reserve = true;
  #seq: number;
  #dead = false;

  constructor(hooks: DiskHooks, committed: Committed) {
    this.#hooks = hooks;
    this.#committed = committed;
    this.#seq = committed.rows.length;
  }

  get uncommitted(): number {
    return this.#buffer.length;
  }

  die(): void {
    this.#dead = true;
  }

  openSession({ id }: SessionRow): void {
    this.#buffer.push(() => this.#committed.begun(id));
  }

  append(entry: JournalEntry): void {
    if (entry.seq !== this.#seq + 1) throw new RangeError(`input ${entry.seq} cannot follow ${this.#seq}`);
    this.#seq = entry.seq;
    const row = encodeEntry(entry, 0);
    this.#buffer.push(() => this.#committed.rows.push(row));
  }

  checkpoint(): void {
    // Read models are no part of what recovery stands on.
  }

  equity(): void {
    // As above.
  }

  snapshot(row: SnapshotRow): void {
    this.#buffer.push(() => this.#committed.snapshots.push(row));
  }

  endSession(): void {
    throw new Error('a session here goes on to the end of its run');
  }

  commit(): void {
    // A timer of a life that is over finds nothing open any more.
    if (this.#dead || this.#buffer.length === 0) return;
    this.#hooks.point('before a commit');
    if (this.#hooks.full()) {
      if (this.#reserve || this.#hooks.reserveFails())
        throw new JournalCommitFailed('no space', true, new Error('ENOSPC'));
    }
    for (const write of this.#buffer.splice(0)) write();
    this.#hooks.point('after a commit');
  }

  useReserve(): boolean {
    const had = this.#reserve;
    this.#reserve = false;
    return had;
  }

  refillReserve(): boolean {
    this.#reserve = true;
    return true;
  }

  close(): void {
    this.commit();
    this.#dead = true;
  }

  lastSnapshot(): StoredSnapshot | null {
    const row = this.#committed.snapshots.at(-1);
    return row === undefined ? null : { ...row, fellBack: false };
  }

  *entries(_session: string, afterSeq: number): IterableIterator<StoredEntry> {
    for (const row of this.#committed.rows.slice(afterSeq)) yield decodeEntry(row);
  }
}
