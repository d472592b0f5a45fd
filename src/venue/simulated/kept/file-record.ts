/**
 * The simulated venue's own file, apart from the journal of whoever trades on it: a daemon that dies does not take
 * the venue's books back with it.
 */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../../config/folder.ts';
import { type Database, Sqlite, type Statement } from '../../../sqlite/sqlite.ts';
import { type Kept, LAST_POINT, type Place, type PlacedRequest, START, type VenueRecord } from './record.ts';
import { type RequestRow, requestOf } from './request-row.ts';
import { VenueFileError } from './venue-file-error.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS requests (
    n INTEGER PRIMARY KEY, bars INTEGER NOT NULL, point INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), bars INTEGER NOT NULL, point INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS snapshot (one INTEGER PRIMARY KEY CHECK (one = 1), bars INTEGER NOT NULL, state BLOB NOT NULL) STRICT;
`;

export class FileRecord implements VenueRecord {
  readonly where: string;
  readonly #db: Database;
  readonly #insert: Statement<[number, number, number, string]>;
  readonly #place: Statement<[number, number]>;
  readonly #request: (row: PlacedRequest) => void;
  readonly #snapshot: (bars: number, state: Uint8Array) => void;

  /** `kept`: of a session that goes on, so there must be one. @throws VenueFileError */
  constructor(file: string, kept: boolean) {
    this.where = file;
    const db = opened(file, kept);
    this.#db = db;
    this.#insert = db.prepare('INSERT INTO requests (bars, point, at, body) VALUES (?, ?, ?, ?)');
    this.#place = db.prepare(
      'INSERT INTO place (one, bars, point) VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET bars = excluded.bars, point = excluded.point',
    );
    this.#request = db.transaction(({ place, at, request }: PlacedRequest) => {
      this.#insert.run(place.bars, place.point, at, JSON.stringify(request));
      this.#place.run(place.bars, place.point);
    });
    const forget = db.prepare('DELETE FROM requests');
    const keep = db.prepare(
      'INSERT INTO snapshot (one, bars, state) VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET bars = excluded.bars, state = excluded.state',
    );
    this.#snapshot = db.transaction((bars: number, state: Uint8Array) => {
      keep.run(bars, Buffer.from(state.buffer, state.byteOffset, state.byteLength));
      forget.run();
      this.#place.run(bars, LAST_POINT);
    });
  }

  load(): Kept {
    const snapshot = this.#db
      .prepare<[], { bars: number; state: Buffer }>('SELECT bars, state FROM snapshot')
      .get();
    const place = this.#db.prepare<[], Place>('SELECT bars, point FROM place').get();
    const rows = this.#db
      .prepare<[], RequestRow>('SELECT bars, point, at, body FROM requests ORDER BY n')
      .all();
    return {
      snapshot: snapshot ?? null,
      requests: rows.map(requestOf),
      place: place ?? START,
    };
  }

  request(row: PlacedRequest): void {
    this.#request(row);
  }

  reached(place: Place): void {
    this.#place.run(place.bars, place.point);
  }

  snapshot(bars: number, state: Uint8Array): void {
    this.#snapshot(bars, state);
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

function opened(file: string, kept: boolean): Database {
  let db: Database | null = null;
  try {
    makeFolder(dirname(file));
    if (kept && (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0)
      throw new VenueFileError(file, 'there is none, and a session goes on with it');
    db = new Sqlite(file, { fileMustExist: kept });
    // Before anything is written to it: what is damaged stays as it lies.
    const problem = kept ? db.pragma('quick_check(1)', { simple: true }) : 'ok';
    if (problem !== 'ok') throw new VenueFileError(file, String(problem));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec(SCHEMA);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof VenueFileError) throw error;
    const full = error instanceof Sqlite.SqliteError && error.code === 'SQLITE_FULL';
    const found = error instanceof Error ? error.message : String(error);
    throw new VenueFileError(file, found, { full, cause: error });
  }
}
