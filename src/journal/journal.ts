import type { Millis } from '../market/time.ts';
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

export interface JournalOptions {
  /** `journal.sqlite` in the state folder; what belongs to it lies beside it. */
  readonly file: string;
  readonly wallNow?: () => Millis;
  /** Disk space kept for the commits of exits once the disk is full. */
  readonly reserveBytes?: number;
}

/**
 * The inputs of every session with what the engine made of them. What is handed over is held in memory until
 * `commit`; what is read is what was committed.
 */
export declare class Journal {
  readonly file: string;
  /** Rows that the next commit will make durable. */
  readonly uncommitted: number;
  /** The reserve has been given up. */
  readonly inReserve: boolean;
  openSession(row: SessionRow): void;
  endSession(id: string, ending: SessionEnding): void;
  append(entry: JournalEntry): void;
  checkpoint(session: string, row: CheckpointRow): void;
  equity(session: string, row: EquityRow): void;
  /** Buffered as well. Of one session the newest two are kept. */
  snapshot(row: SnapshotRow): void;
  /** Makes all that is buffered durable, in one transaction. @throws JournalCommitFailed and keeps the buffer */
  commit(): void;
  /** Gives the reserve back to the disk, so that another commit may work; false when that was done already. */
  useReserve(): boolean;
  lastSession(): StoredSession | null;
  session(id: string): StoredSession | null;
  /** Newest first, with an ordinal below `before`. */
  sessions(limit: number, before?: number): StoredSession[];
  lastSnapshot(session: string): StoredSnapshot | null;
  /** @throws SessionPruned; JournalError JOURNAL_UNREADABLE at a damaged one */
  entries(session: string, afterSeq: number): IterableIterator<StoredEntry>;
  close(): void;
}

/** @throws JournalError */
export declare function openJournal(options: JournalOptions): Journal;
