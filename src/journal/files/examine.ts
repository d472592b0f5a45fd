/**
 * Looks at a journal before anything is written to it: through a connection that can only read, so that what is found
 * damaged stays as it lies, write-ahead log and all.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { type Database, Sqlite } from '../../sqlite/sqlite.ts';
import { JournalError } from '../journal-error.ts';
import { APPLICATION_ID, NEWEST } from '../schema/migrate.ts';
import { asJournalError, newer, unreadable, walLost, whyNotWritable } from './failure.ts';
import { bootId, type MarkFound, readMark } from './mark.ts';
import type { JournalFiles } from './names.ts';
import { type JournalState, readState } from './state.ts';

export interface Examined {
  /** Schema version; 0 = there is nothing yet. */
  readonly version: number;
  /** Null when there is nothing yet. */
  readonly state: JournalState | null;
  /** Some commits may be in the write-ahead log alone. */
  readonly inLog: boolean;
  /** What is missing, in words, where somebody has accepted that. */
  readonly acceptedLoss: string | null;
}

const NOTHING: Examined = { version: 0, state: null, inLog: false, acceptedLoss: null };

/** Pages of a larger file are looked at one by one only after an unclean end: that is some seconds a gigabyte. */
const ALWAYS_CHECKED_BYTES = 64 * 2 ** 20;

/** Of SQLite's file format: https://www.sqlite.org/fileformat.html, 1.3 */
const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';
const PAGE_SIZE_AT = 16;
const PAGES_AT = 28;
const APPLICATION_ID_AT = 68;
const WIDEST_PAGE = 65_536;

const PROBLEMS_TOLD = 3;

/** @throws JournalError */
export function examine(files: JournalFiles): Examined {
  try {
    const refused = whyNotWritable(files);
    if (refused !== null) throw refused;
    const mark = readMark(files.mark);
    const walBytes = sizeOf(files.wal) ?? 0;
    const bytes = sizeOf(files.journal);
    if (bytes === null || bytes === 0) return nothingThere(files, mark, walBytes, bytes);
    checkHeader(files, bytes, walBytes);
    const db = new Sqlite(files.journal, { readonly: true, fileMustExist: true });
    try {
      return look(db, files, { mark, walBytes, bytes });
    } finally {
      db.close();
    }
  } catch (error) {
    throw asJournalError(files, error);
  }
}

interface Lies {
  readonly mark: MarkFound;
  readonly walBytes: number;
  readonly bytes: number;
}

function look(db: Database, files: JournalFiles, { mark, walBytes, bytes }: Lies): Examined {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > NEWEST) throw newer(files, version, NEWEST);
  const unclean = mark.found !== 'mark' || mark.state === 'open';
  if (unclean || bytes <= ALWAYS_CHECKED_BYTES) {
    const problems = checkPages(db);
    if (problems.length > 0) throw unreadable(files, problems.slice(0, PROBLEMS_TOLD).join('; '));
  }
  const tables = db.prepare<[], number>('SELECT count(*) FROM sqlite_master').pluck().get();
  if (version === 0 && tables === 0 && !holdsCommits(mark)) return NOTHING;
  if (version === 0) throw unreadable(files, 'it says of no version that it is');
  const state = readState(db);
  const lost = whatIsLost(state, mark, walBytes);
  if (lost !== null && sizeOf(files.accept) === null) throw walLost(files, lost);
  return { version, state, inLog: walBytes > 0, acceptedLoss: lost };
}

/** Problems in the structure of the file, in SQLite's words. */
export function checkPages(db: Database): string[] {
  return db
    .prepare<[], string>('PRAGMA quick_check')
    .pluck()
    .all()
    .filter((found) => found !== 'ok');
}

/** Null when nothing can be missing. */
function whatIsLost({ journal, commits }: JournalState, mark: MarkFound, walBytes: number): string | null {
  if (mark.found !== 'mark') {
    // A first start that did not come far leaves a journal without a mark.
    return commits === 0
      ? null
      : `its mark, which says how far it had come, is ${mark.found === 'none' ? 'gone' : 'damaged'}`;
  }
  if (mark.journal !== journal) return 'its mark belongs to another journal';
  if (commits < mark.durable) return `${mark.durable - commits} of ${mark.durable} commits are missing`;
  if (mark.state === 'closed' || walBytes > 0) return null;
  // Another program (the sqlite3 shell) may have taken the log into the database: proven when the mark is exact.
  if (mark.boot !== null && mark.boot === bootId() && commits >= mark.begun) return null;
  return 'it was not closed cleanly, and its write-ahead log is gone';
}

function nothingThere(
  files: JournalFiles,
  mark: MarkFound,
  walBytes: number,
  bytes: number | null,
): Examined {
  if (!holdsCommits(mark) && walBytes === 0) return NOTHING;
  throw unreadable(files, bytes === null ? 'it is gone, but not what lay beside it' : 'it is empty');
}

/** A damaged mark may have said anything. */
function holdsCommits(mark: MarkFound): boolean {
  return mark.found === 'damaged' || (mark.found === 'mark' && mark.durable > 0);
}

function checkHeader(files: JournalFiles, bytes: number, walBytes: number): void {
  const header = Buffer.alloc(HEADER_BYTES);
  const opened = openSync(files.journal, 'r');
  try {
    readSync(opened, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(opened);
  }
  if (bytes < HEADER_BYTES || !header.toString('latin1').startsWith(MAGIC)) {
    throw unreadable(files, 'it is no SQLite database');
  }
  if (header.readUInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID) {
    throw new JournalError(
      'JOURNAL_UNREADABLE',
      `${files.journal} is a database of something else, no journal of breakout: move it away; nothing was changed`,
    );
  }
  const said = header.readUInt16BE(PAGE_SIZE_AT);
  const wanted = header.readUInt32BE(PAGES_AT) * (said === 1 ? WIDEST_PAGE : said);
  // With a log beside it, pages at the end may be in the log alone.
  if (walBytes === 0 && bytes < wanted)
    throw unreadable(files, `it was cut: ${bytes} of ${wanted} bytes are left`);
}

export function sizeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.size ?? null;
}
