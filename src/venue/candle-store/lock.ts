/**
 * One writer at a time, until it ends, however it ends: an open write transaction on an empty SQLite file, which the
 * kernel frees with the process. Readers need no lock: files are replaced whole.
 */
import { join } from 'node:path';
import { type Database, Sqlite } from '../../sqlite/sqlite.ts';
import { DataError } from '../replay/data-error.ts';
import { LOCK_FILE } from './layout.ts';

/** @throws DataError DATA_STORE_BUSY when another process, or another writer in this one, has it. */
export function lockStore(store: string): Disposable {
  const path = join(store, LOCK_FILE);
  let database: Database | null = null;
  try {
    database = new Sqlite(path, { timeout: 0 });
    // Nothing is ever written, so there is nothing to roll back, and no file beside it for a full disk to refuse.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    if (cause instanceof Sqlite.SqliteError && cause.code.startsWith('SQLITE_BUSY'))
      throw new DataError(
        'DATA_STORE_BUSY',
        `something else is writing into ${store}: wait until it is done`,
        {
          cause,
        },
      );
    throw new DataError('DATA_STORE_UNUSABLE', `${path} cannot be locked (${String(cause)})`, { cause });
  }
  const held = database;
  return { [Symbol.dispose]: () => held.close() };
}
