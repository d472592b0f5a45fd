/**
 * The inputs of every session with what the engine made of them, and the read models of that, in one SQLite file.
 * What is handed over is held in memory until `commit`; what is read is what was committed.
 *
 * A commit is one transaction: counted, marked as begun, written and synced, marked as done. Only after that may
 * anything be sent that follows from it.
 */
import { rmSync } from 'node:fs';
import { point } from '../faults/point.ts';
import type { Millis } from '../market/time.ts';
import type { Database } from '../sqlite/sqlite.ts';
import { encodeEntry } from './codec/entry.ts';
import { encodeSession } from './codec/session.ts';
import { encodeSnapshot } from './codec/snapshot.ts';
import { examine, sizeOf } from './files/examine.ts';
import { asJournalError, isFull, reasonOf } from './files/failure.ts';
import { bootId, Mark } from './files/mark.ts';
import { type JournalFiles, journalFiles } from './files/names.ts';
import { Reserve } from './files/reserve.ts';
import { type JournalState, readState } from './files/state.ts';
import { JournalCommitFailed } from './journal-error.ts';
import { beginRun, openDatabase } from './open-database.ts';
import { project } from './projection.ts';
import { type Pruned, prune, type RetentionPolicy } from './prune.ts';
import type {
  CheckpointRow,
  EquityRow,
  JournalEntry,
  SessionEnding,
  SessionRow,
  SnapshotRow,
  StoredEntry,
  StoredSession,
  StoredSnapshot,
} from './rows.ts';
import { Statements, type Write } from './statements.ts';
import { SESSION_SPAN, StoredSessions, type Tail } from './stored-sessions.ts';

export interface JournalOptions {
  /** `journal.sqlite` in the state folder; what belongs to it lies beside it. */
  readonly file: string;
  readonly wallNow?: () => Millis;
  /** Disk space kept for the commits of exits once the disk is full. */
  readonly reserveBytes?: number;
}

/** Some thousand commits of exits, with the log's own pages. */
const RESERVE_BYTES = 8 * 2 ** 20;

/** @throws JournalError */
export function openJournal(options: JournalOptions): Journal {
  const files = journalFiles(options.file);
  const wallNow = options.wallNow ?? Date.now;
  const { version, state, inLog, acceptedLoss } = examine(files);
  let db: Database | null = null;
  let mark: Mark | null = null;
  try {
    // What was found whole is marked so at once: what fails from here on must not look like a loss the next time.
    if (state !== null) mark = markOf(files, state, inLog ? 'open' : 'closed');
    db = openDatabase(files.journal, version);
    mark ??= markOf(files, readState(db), 'closed');
    const { commits } = beginRun(db, acceptedLoss, wallNow());
    mark.opened(commits);
    const reserve = new Reserve(files.reserve, options.reserveBytes ?? RESERVE_BYTES);
    rmSync(files.accept, { force: true });
    return new Journal(db, { file: options.file, wallNow, commits, mark, reserve });
  } catch (error) {
    db?.close();
    if (mark !== null && (sizeOf(files.wal) ?? 0) === 0) mark.closed();
    mark?.release();
    throw asJournalError(files, error);
  }
}

function markOf(files: JournalFiles, { journal, commits }: JournalState, state: 'open' | 'closed'): Mark {
  return new Mark(files.mark, { journal, state, boot: bootId(), begun: commits, durable: commits });
}

interface JournalParts {
  readonly file: string;
  readonly wallNow: () => Millis;
  readonly commits: number;
  readonly mark: Mark;
  readonly reserve: Reserve;
}

export class Journal {
  readonly file: string;
  readonly #files: JournalFiles;
  readonly #db: Database;
  readonly #wallNow: () => Millis;
  readonly #mark: Mark;
  readonly #reserve: Reserve;
  readonly #statements: Statements;
  readonly #stored: StoredSessions;
  readonly #begin;
  readonly #end;
  readonly #count;
  /** What the next commit writes, in order. */
  #buffer: Write[] = [];
  #commits: number;
  /** Where the next input of each session goes that was written to. */
  readonly #tails = new Map<string, Tail>();
  #nextKey: number;
  /** Its files may be the next daemon's by now. */
  #closed = false;

  constructor(db: Database, { file, wallNow, commits, mark, reserve }: JournalParts) {
    this.file = file;
    this.#files = journalFiles(file);
    this.#db = db;
    this.#wallNow = wallNow;
    this.#mark = mark;
    this.#reserve = reserve;
    this.#commits = commits;
    this.#statements = new Statements(db);
    this.#stored = new StoredSessions(db, this.#files);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#end = db.prepare('COMMIT');
    this.#count = db.prepare<[number]>('UPDATE state SET commits = ?');
    this.#nextKey = this.#stored.nextKey();
  }

  /** Rows that the next commit will make durable. */
  get uncommitted(): number {
    return this.#buffer.length;
  }

  /** The reserve has been given up. */
  get inReserve(): boolean {
    return !this.#reserve.held;
  }

  /** Buffered: durable with the next commit. */
  openSession(row: SessionRow): void {
    const key = this.#nextKey++;
    this.#tails.set(row.id, { key, seq: 0, chain: 0 });
    this.#buffer.push({ to: 'session', values: encodeSession(row, key) });
  }

  /** Buffered. */
  endSession(id: string, { reason, message, at, wallAt, record }: SessionEnding): void {
    this.#buffer.push({ to: 'sessionEnded', values: { id, reason, message, at, wall_at: wallAt, record } });
  }

  /** Buffered, as it is now: what was handed over may change afterwards. @throws RangeError for a gap or a stranger */
  append(entry: JournalEntry): void {
    const tail = this.#tailOf(entry.session);
    if (entry.seq !== tail.seq + 1) {
      throw new RangeError(`input ${entry.seq} of session ${entry.session} cannot follow input ${tail.seq}`);
    }
    const { seq, ...row } = encodeEntry(entry, tail.chain);
    this.#buffer.push({ to: 'input', values: { id: tail.key * SESSION_SPAN + seq, ...row } });
    project(entry, (write) => this.#buffer.push(write));
    this.#tails.set(entry.session, { key: tail.key, seq, chain: row.chain });
  }

  /** Buffered. */
  checkpoint(session: string, row: CheckpointRow): void {
    const { seq, name, at, wallAt, state, figures, note } = row;
    const values = { session, seq, name, at, wall_at: wallAt, state, figures: JSON.stringify(figures), note };
    this.#buffer.push({ to: 'checkpoint', values });
  }

  /** Buffered. */
  equity(session: string, row: EquityRow): void {
    this.#buffer.push({ to: 'equity', values: { session, ...row } });
  }

  /** Buffered. Of each session the newest two are kept, and the one before its first input, which a replay begins with. */
  snapshot(row: SnapshotRow): void {
    this.#buffer.push({ to: 'snapshot', values: encodeSnapshot(row) });
    this.#buffer.push({ to: 'olderSnapshots', values: { session: row.session } });
    FAULT: point({ place: 'snapshot.taken' });
  }

  /**
   * Makes all that is buffered durable, in one transaction.
   * @throws JournalCommitFailed and keeps the buffer
   */
  commit(): void {
    if (this.#buffer.length === 0) return;
    if (this.#closed) throw this.#failed('took no commit', new Error('it is closed'));
    const commits = this.#commits + 1;
    try {
      FAULT: point({ place: 'commit.asked' });
      this.#mark.begin(commits);
      FAULT: point({ place: 'commit.marked' });
      this.#begin.run();
      FAULT: point({ place: 'commit.begun' });
      for (const write of this.#buffer) this.#statements.run(write);
      this.#count.run(commits);
      FAULT: point({ place: 'commit.written' });
      this.#end.run();
      FAULT: point({ place: 'commit.synced' });
    } catch (error) {
      // After some failures SQLite has rolled back already.
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw this.#failed('took no commit', error);
    }
    this.#commits = commits;
    this.#buffer = [];
    try {
      this.#mark.done(commits);
      FAULT: point({ place: 'commit.done' });
    } catch (error) {
      throw this.#failed('took a commit and could not mark it', error);
    }
  }

  /** Gives the reserve back to the disk, so that another commit may work; false when that was done before. */
  useReserve(): boolean {
    return !this.#closed && this.#reserve.release();
  }

  /** The failure of a write, to the journal or beside it, says that the disk is full. */
  saysFull(error: unknown): boolean {
    return error instanceof JournalCommitFailed ? error.full : isFull(this.#files, error);
  }

  /** Takes the reserve again, once the disk has space; false while it has not. */
  refillReserve(): boolean {
    try {
      this.#reserve.refill();
      return true;
    } catch (error) {
      if (isFull(this.#files, error)) return false;
      throw error;
    }
  }

  lastSession(): StoredSession | null {
    return this.#stored.last();
  }

  /** How often somebody said to go on with a journal that had lost commits; whatever the clock was set to then. */
  losses(): number {
    return this.#stored.losses();
  }

  session(id: string): StoredSession | null {
    return this.#stored.session(id);
  }

  /** Newest first, with an ordinal below `before`. */
  sessions(limit: number, before?: number): StoredSession[] {
    return this.#stored.sessions(limit, before);
  }

  /** The newest that is whole; null when there is none. */
  lastSnapshot(session: string): StoredSnapshot | null {
    return this.#stored.lastSnapshot(session);
  }

  /** @throws SessionPruned; JournalError JOURNAL_UNREADABLE at a damaged one */
  entries(session: string, afterSeq: number): IterableIterator<StoredEntry> {
    return this.#stored.entries(session, afterSeq);
  }

  /** Drops old inputs that neither recovery nor a tax year needs; durable when it returns. */
  prune(policy: RetentionPolicy): Pruned {
    return prune(this.#db, policy, this.#wallNow());
  }

  /** Commits what is buffered, takes the log into the database and says that nothing is open. @throws JournalCommitFailed */
  close(): void {
    if (this.#closed) return;
    this.commit();
    this.#closed = true;
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
      FAULT: point({ place: 'close.checkpointed' });
      this.#mark.closed();
      FAULT: point({ place: 'close.marked' });
    } finally {
      this.#db.close();
      this.#mark.release();
    }
  }

  #failed(what: string, error: unknown): JournalCommitFailed {
    return new JournalCommitFailed(
      `the journal ${this.file} ${what} (${reasonOf(error)})`,
      isFull(this.#files, error),
      error,
    );
  }

  #tailOf(session: string): Tail {
    const known = this.#tails.get(session) ?? this.#stored.tail(session);
    if (known === null) throw new RangeError(`the journal has no session ${session}`);
    return known;
  }
}
