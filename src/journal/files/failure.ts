/** What went wrong with the journal's files, told as what mends it. */
import { accessSync, constants, statfsSync } from 'node:fs';
import { JournalError } from '../journal-error.ts';
import type { JournalFiles } from './names.ts';

/** Result codes of SQLite (with what follows them) and of the file system that mean the same thing. */
const FULL = ['SQLITE_FULL', 'ENOSPC', 'EDQUOT'];
const READ_ONLY = ['SQLITE_READONLY', 'EROFS', 'EACCES', 'EPERM', 'SQLITE_PERM'];
const CANNOT_OPEN = 'SQLITE_CANTOPEN';
const IO_ERROR = 'SQLITE_IOERR';

/** What the index of a write-ahead log grows by. */
const INDEX_BYTES = 64 * 1024;

export function asJournalError(files: JournalFiles, error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  const code = codeOf(error);
  if (isFull(files, error)) return full(files, error);
  if (READ_ONLY.some((start) => code.startsWith(start))) return readOnly(files, error);
  if (code.startsWith(CANNOT_OPEN) || code.startsWith(IO_ERROR)) {
    const refused = whyNotWritable(files);
    if (refused !== null) return refused;
  }
  return unreadable(files, reasonOf(error), error);
}

/** Null when the folder takes files. */
export function whyNotWritable(files: JournalFiles): JournalError | null {
  for (const path of [files.folder, files.journal, files.mark]) {
    try {
      accessSync(path, constants.W_OK);
    } catch (error) {
      if (codeOf(error) === 'ENOENT' && path !== files.folder) continue;
      return readOnly(files, error);
    }
  }
  return null;
}

/** Growing the index of its log SQLite calls a lack of space an I/O error: then the disk is asked. */
export function isFull({ folder }: JournalFiles, error: unknown): boolean {
  const code = codeOf(error);
  if (FULL.some((start) => code.startsWith(start))) return true;
  if (!code.startsWith(IO_ERROR)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < INDEX_BYTES;
}

export function unreadable(files: JournalFiles, found: string, cause?: unknown): JournalError {
  const { journal, mark } = files;
  return new JournalError(
    'JOURNAL_UNREADABLE',
    `the journal ${journal} cannot be read: ${found}; nothing was changed. Put it back from a backup, or take out what ` +
      `can still be read (sqlite3 ${journal} .recover | sqlite3 mended.sqlite), or, to begin anew, move ${journal}* and ` +
      `${mark} to another folder: what this bot holds at the venue is then nobody's and must be looked after by hand`,
    { cause },
  );
}

export function walLost(files: JournalFiles, found: string): JournalError {
  const { journal, wal, accept } = files;
  return new JournalError(
    'JOURNAL_WAL_LOST',
    `the journal ${journal} has lost what was written last: ${found}; nothing was changed. Put ${wal} (or the newer ` +
      `${journal}) back; or, to go on with what is left, create an empty file ${accept} and start again: orders and ` +
      'fills that are missing must then be found at the venue',
  );
}

export function newer(files: JournalFiles, version: number, known: number): JournalError {
  return new JournalError(
    'JOURNAL_NEWER',
    `the journal ${files.journal} was written by a newer version of breakout (schema ${version}, this one knows ${known}): ` +
      'install that version again; nothing was changed',
  );
}

function full({ folder, journal }: JournalFiles, cause: unknown): JournalError {
  return new JournalError(
    'JOURNAL_FULL',
    `no space is left for the journal ${journal} (${reasonOf(cause)}): free some on the disk that holds ${folder}, and start again`,
    { cause },
  );
}

function readOnly({ folder, journal }: JournalFiles, cause: unknown): JournalError {
  return new JournalError(
    'JOURNAL_READ_ONLY',
    `the journal ${journal} cannot be written (${reasonOf(cause)}): make ${folder} and the files in it writable for this ` +
      'user, mount its disk for writing, or set BREAKOUT_STATE_DIR',
    { cause },
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
