/** The numbered steps from an empty file to the newest schema. A step that was released never changes. */
import type { Database } from '../../sqlite/sqlite.ts';
import { FIRST } from './first.ts';
import { VIEWS } from './views.ts';

/** Tells a journal from every other SQLite file: "brko". */
export const APPLICATION_ID = 0x62726b6f;

const STEPS: readonly string[] = [FIRST];

export const NEWEST = STEPS.length;

/** Brings an older file up to date, each step in its own transaction; views are made anew. */
export function migrate(db: Database, from: number, steps: readonly string[] = STEPS): void {
  for (const [index, step] of steps.entries()) {
    if (index < from) continue;
    db.transaction(() => {
      dropViews(db);
      db.exec(step);
      db.exec(VIEWS);
      db.pragma(`user_version = ${index + 1}`);
    })();
  }
}

/** They hold nothing, and a step may change what they look at. */
function dropViews(db: Database): void {
  const names = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'view'").pluck().all();
  for (const name of names) db.exec(`DROP VIEW "${name}"`);
}
