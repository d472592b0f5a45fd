import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { ConfigError } from '../config/config-error.ts';
import { AlreadyRunning } from './already-running.ts';

/** Held for as long as the process lives, or until it is disposed of. */
export interface Lock extends Disposable {
  readonly file: string;
}

/**
 * Takes the exclusive lock on a state folder: an open write transaction on an empty SQLite file. The kernel frees
 * it when the process dies, however it dies; nobody who cannot write the folder can take it.
 * @throws AlreadyRunning when another process holds it; ConfigError when the file cannot be made.
 */
export function takeLock(file: string): Lock {
  let database: Database.Database | null = null;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    database = new Database(file, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new AlreadyRunning(`another daemon holds ${file}: one runs already for this state folder`);
    }
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
