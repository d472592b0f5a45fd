import type { Database } from '../../sqlite/sqlite.ts';

/** What a journal says of itself. */
export interface JournalState {
  /** Random: which journal it is. */
  readonly journal: string;
  /** How many it holds. */
  readonly commits: number;
}

export function readState(db: Database): JournalState {
  return stateOr(db.prepare<[], JournalState>('SELECT journal, commits FROM state').get());
}

/** One commit more. */
export function countCommit(db: Database): JournalState {
  return stateOr(
    db.prepare<[], JournalState>('UPDATE state SET commits = commits + 1 RETURNING journal, commits').get(),
  );
}

function stateOr(state: JournalState | undefined): JournalState {
  if (state === undefined) throw new Error('it holds no state');
  return state;
}
