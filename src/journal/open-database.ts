import type { Millis } from '../market/time.ts';
import { type Database, Sqlite } from '../sqlite/sqlite.ts';
import { countCommit, type JournalState } from './files/state.ts';
import { APPLICATION_ID, migrate } from './schema/migrate.ts';
import { Statements } from './statements.ts';

/** Nobody else writes; another program may hold the lock for the moment of a look. */
const BUSY_MS = 2_000;

/** The log is cut back to this once it was taken into the database; a long reader may let it grow beyond. */
const LOG_KEPT_BYTES = 16 * 2 ** 20;

/** For writing, at the newest schema. `version`: of the file as it lies there; 0 = nothing yet. */
export function openDatabase(file: string, version: number): Database {
  const db = new Sqlite(file, { timeout: BUSY_MS });
  try {
    db.pragma('foreign_keys = OFF');
    if (version === 0) {
      // Before the write-ahead log begins, so that the file says by itself what it is.
      db.pragma('synchronous = FULL');
      db.pragma(`application_id = ${APPLICATION_ID}`);
      migrate(db, version);
    }
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma(`journal_size_limit = ${LOG_KEPT_BYTES}`);
    if (version > 0) migrate(db, version);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A first commit: from now on there is a write-ahead log, and it must not get lost. */
export function beginRun(db: Database, acceptedLoss: string | null, wallAt: Millis): JournalState {
  return db
    .transaction(() => {
      const state = countCommit(db);
      if (acceptedLoss !== null) {
        const values = { wall_at: wallAt, found: acceptedLoss, commits: state.commits };
        new Statements(db).run({ to: 'acceptedLoss', values });
      }
      return state;
    })
    .immediate();
}
