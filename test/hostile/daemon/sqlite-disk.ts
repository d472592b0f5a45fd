/**
 * The real journal on a real disk. A life that is killed leaves the files as they lie: they are taken as they are to
 * where the next one opens them, and what the dead one still held in memory never gets there.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Journal, openJournal } from '../../../src/journal/journal.ts';
import { JournalCommitFailed } from '../../../src/journal/journal-error.ts';
import type { SnapshotRow, StoredEntry } from '../../../src/journal/rows.ts';
import type { Disk, DiskHooks, LifeJournal } from './disk.ts';

/** Small: a run does not fill it. */
const RESERVE_BYTES = 64 * 1024;

export class SqliteDisk implements Disk {
  readonly #root = mkdtempSync(path.join(tmpdir(), 'breakout-hostile-'));
  readonly #snapshots: SnapshotRow[] = [];
  #life = 0;
  #journal: Journal | null = null;
  #closed = true;
  #used = false;

  get used(): boolean {
    return this.#used;
  }

  open(hooks: DiskHooks): LifeJournal {
    const journal = openJournal({ file: this.#file, reserveBytes: RESERVE_BYTES });
    this.#journal = journal;
    this.#closed = false;
    this.#used = journal.lastSession() !== null;
    return this.#watched(journal, hooks);
  }

  *entries(after: number): IterableIterator<StoredEntry> {
    const session = this.#journal?.lastSession();
    if (this.#journal && session) yield* this.#journal.entries(session.id, after);
  }

  snapshots(): Iterable<SnapshotRow> {
    return this.#snapshots;
  }

  abandon(): void {
    const journal = this.#journal;
    if (journal === null) return;
    this.#journal = null;
    const from = this.#folder;
    this.#life += 1;
    cpSync(from, this.#folder, { recursive: true });
    // What the dead one would have written goes to a folder that nobody reads any more.
    if (!this.#closed) journal.close();
    rmSync(from, { recursive: true });
  }

  close(): void {
    if (this.#journal !== null && !this.#closed) this.#journal.close();
    rmSync(this.#root, { recursive: true });
  }

  get #folder(): string {
    const folder = path.join(this.#root, String(this.#life));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  get #file(): string {
    return path.join(this.#folder, 'journal.sqlite');
  }

  #watched(journal: Journal, hooks: DiskHooks): LifeJournal {
    let reserve = true;
    let pending: SnapshotRow[] = [];
    const isOpen = () => this.#journal === journal && !this.#closed;
    const commit = (): void => {
      if (!isOpen() || journal.uncommitted === 0) return;
      hooks.point('before a commit');
      if (hooks.full() && (reserve || hooks.reserveFails()))
        throw new JournalCommitFailed('no space', true, new Error('ENOSPC'));
      journal.commit();
      this.#snapshots.push(...pending);
      pending = [];
      hooks.point('after a commit');
    };
    return {
      append: (entry) => journal.append(entry),
      checkpoint: (...of) => journal.checkpoint(...of),
      equity: (...of) => journal.equity(...of),
      openSession: (row) => journal.openSession(row),
      endSession: (...of) => journal.endSession(...of),
      snapshot: (row) => {
        pending.push(row);
        journal.snapshot(row);
      },
      get uncommitted() {
        return journal.uncommitted;
      },
      commit,
      useReserve: () => {
        const had = reserve;
        reserve = false;
        return had;
      },
      refillReserve: () => {
        reserve = true;
        return true;
      },
      close: () => {
        commit();
        this.#closed = true;
        journal.close();
      },
      lastSnapshot: (session) => journal.lastSnapshot(session),
      entries: (session, after) => journal.entries(session, after),
    };
  }
}
