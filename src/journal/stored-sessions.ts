/** What was committed of sessions, their inputs and snapshots: read, and checked to be what was written. */
import type { Database } from '../sqlite/sqlite.ts';
import { chainOf, decodeEntry, type EntryRow } from './codec/entry.ts';
import { decodeSession, isWhole, type SessionTableRow } from './codec/session.ts';
import { isWholeSnapshot, type SnapshotTableRow } from './codec/snapshot.ts';
import { unreadable } from './files/failure.ts';
import type { JournalFiles } from './files/names.ts';
import { SessionPruned } from './journal-error.ts';
import type { StoredEntry, StoredSession, StoredSnapshot } from './rows.ts';

/** Inputs of a session have ids from `key * SESSION_SPAN` on. */
export const SESSION_SPAN = 2 ** 32;

/** Rows read at once: no statement stays open in between, so that the journal can be written meanwhile. */
const PAGE = 500;

/** Where a session's inputs lie, and how their chain ends. */
export interface Tail {
  readonly key: number;
  readonly seq: number;
  readonly chain: number;
}

const SESSIONS = `SELECT *, (SELECT max(id) - sessions.key * ${SESSION_SPAN} FROM inputs
  WHERE id > sessions.key * ${SESSION_SPAN} AND id < (sessions.key + 1) * ${SESSION_SPAN}) AS last_seq FROM sessions`;

const ENTRIES = `SELECT seq, at, wall_at, kind, origin, body, columns, outputs, chain FROM inputs
  WHERE id > @after AND id < @end ORDER BY id LIMIT ${PAGE}`;

export class StoredSessions {
  readonly #files: JournalFiles;
  readonly #byId;
  readonly #newest;
  readonly #last;
  readonly #page;
  readonly #chainAt;
  readonly #snapshots;
  readonly #nextKey;
  readonly #losses;

  constructor(db: Database, files: JournalFiles) {
    this.#files = files;
    this.#byId = db.prepare<[string], SessionTableRow>(`${SESSIONS} WHERE id = ?`);
    this.#newest = db.prepare<[number, number], SessionTableRow>(
      `${SESSIONS} WHERE ordinal < ? ORDER BY ordinal DESC, key DESC LIMIT ?`,
    );
    this.#last = db.prepare<[], SessionTableRow>(`${SESSIONS} ORDER BY key DESC LIMIT 1`);
    this.#page = db.prepare<[{ after: number; end: number }], EntryRow>(ENTRIES);
    this.#chainAt = db.prepare<[number], number>('SELECT chain FROM inputs WHERE id = ?').pluck();
    this.#snapshots = db.prepare<[string], SnapshotTableRow>(
      'SELECT * FROM snapshots WHERE session = ? ORDER BY seq DESC',
    );
    this.#losses = db.prepare<[], number>('SELECT count(*) FROM accepted_losses').pluck();
    this.#nextKey = db.prepare<[], number>('SELECT coalesce(max(key), 0) + 1 FROM sessions').pluck();
  }

  /** @throws JournalError JOURNAL_UNREADABLE when it is damaged */
  session(id: string): StoredSession | null {
    return this.#decoded(this.#byId.get(id));
  }

  last(): StoredSession | null {
    return this.#decoded(this.#last.get());
  }

  /** How often somebody said to go on with a journal that had lost commits. */
  losses(): number {
    return this.#losses.get() ?? 0;
  }

  /** Newest first, with an ordinal below `before`. */
  sessions(limit: number, before = Number.MAX_SAFE_INTEGER): StoredSession[] {
    return this.#newest
      .all(before, limit)
      .map((row) => this.#decoded(row))
      .filter((session) => session !== null);
  }

  /** The newest that is whole; null when there is none. */
  lastSnapshot(session: string): StoredSnapshot | null {
    const rows = this.#snapshots.all(session);
    const whole = rows.findIndex(isWholeSnapshot);
    const row = rows[whole];
    if (row === undefined) return null;
    const { seq, at, state, hash, shell } = row;
    return { seq, at, state, hash, shell, fellBack: whole > 0 };
  }

  /** All that are whole, by ascending ordinal of the input. */
  snapshots(session: string): StoredSnapshot[] {
    return this.#snapshots
      .all(session)
      .filter(isWholeSnapshot)
      .reverse()
      .map(({ seq, at, state, hash, shell }) => ({ seq, at, state, hash, shell, fellBack: false }));
  }

  /**
   * Checked as they come: each must follow from the one before, without a gap.
   * @throws SessionPruned; JournalError JOURNAL_UNREADABLE
   */
  *entries(session: string, afterSeq: number): IterableIterator<StoredEntry> {
    const row = this.#byId.get(session);
    if (row === undefined) return;
    if (afterSeq < row.pruned_to) {
      throw new SessionPruned(
        `the inputs of session ${session} up to ${row.pruned_to} are no longer kept: its trades, fills and orders are`,
      );
    }
    const base = row.key * SESSION_SPAN;
    let chain = this.#chainAfter(row, afterSeq);
    let seq = afterSeq;
    for (;;) {
      const page = this.#page.all({ after: base + seq, end: base + SESSION_SPAN });
      for (const each of page) {
        if (each.seq !== seq + 1 || chainOf(each, chain) !== each.chain) {
          throw unreadable(this.#files, `input ${seq + 1} of session ${session} is not what was written`);
        }
        ({ seq, chain } = each);
        yield this.#whole(session, each);
      }
      if (page.length < PAGE) return;
    }
  }

  /** Where the next input of a session goes; null when it is not known. */
  tail(session: string): Tail | null {
    const row = this.#byId.get(session);
    if (row === undefined) return null;
    const seq = Math.max(row.last_seq ?? 0, row.pruned_to);
    return { key: row.key, seq, chain: this.#chainAfter(row, seq) };
  }

  nextKey(): number {
    return this.#nextKey.get() ?? 1;
  }

  #chainAfter(row: SessionTableRow, seq: number): number {
    if (seq === 0) return 0;
    if (seq === row.pruned_to) return row.pruned_chain;
    const chain = this.#chainAt.get(row.key * SESSION_SPAN + seq);
    if (chain === undefined) throw unreadable(this.#files, `input ${seq} of session ${row.id} is missing`);
    return chain;
  }

  #decoded(row: SessionTableRow | undefined): StoredSession | null {
    if (row === undefined) return null;
    if (!isWhole(row)) throw unreadable(this.#files, `session ${row.id} is not what was written`);
    return decodeSession(row);
  }

  #whole(session: string, row: EntryRow): StoredEntry {
    try {
      return decodeEntry(row);
    } catch (error) {
      throw unreadable(this.#files, `input ${row.seq} of session ${session} makes no sense`, error);
    }
  }
}
