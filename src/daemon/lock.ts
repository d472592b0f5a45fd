/**
 * Locks that end with the process that holds them: an open write transaction on an empty SQLite file. The kernel frees
 * it when the process dies, however it dies, and nobody who cannot write the folder can take it (Node has no flock).
 */
import { dirname } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { DiskFull, makeFolder } from '../config/folder.ts';
import { type Database, Sqlite } from '../sqlite/sqlite.ts';
import { AlreadyRunning } from './already-running.ts';

/** Held for as long as the process lives, or until it is disposed of. */
export interface Lock extends Disposable {
  readonly file: string;
}

/**
 * The exclusive lock on a state folder.
 * @throws AlreadyRunning when another process holds it; ConfigError when the file cannot be made; DiskFull
 */
export function takeLock(file: string): Lock {
  const lock = tryLock(file);
  if (lock === null)
    throw new AlreadyRunning(`another daemon holds ${file}: one runs already for this state folder`);
  return lock;
}

/**
 * @returns null when another process, or another holder in this one, has it.
 * @throws ConfigError when the file cannot be made; DiskFull
 */
export function tryLock(file: string): Lock | null {
  makeFolder(dirname(file));
  let database: Database | null = null;
  try {
    database = new Sqlite(file, { timeout: 0 });
    // Nothing is ever written, so there is nothing to roll back, and no file beside it for a full disk to refuse.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
    if (error instanceof Sqlite.SqliteError && error.code === 'SQLITE_FULL')
      throw new DiskFull(dirname(file), error);
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`the lock file ${file} cannot be used (${why}): nothing is kept in it, remove it`, {
      cause: error,
    });
  }
  const held = database;
  return {
    file,
    [Symbol.dispose]: () => {
      held.close();
    },
  };
}
