/** What the daemon tells of its sessions is what the journal keeps of them. */
import type { Paths } from '../../src/config/paths.ts';
import type { ResultOf } from '../../src/protocol/methods.ts';
import { Sqlite } from '../../src/sqlite/sqlite.ts';

export interface WrittenUp {
  /** Newest first. */
  readonly sessions: readonly string[];
  readonly session: string;
  readonly checkpoints: ResultOf<'sessions.checkpoints'>['checkpoints'];
}

interface Row {
  readonly seq: number;
  readonly name: string;
  readonly at: number;
  readonly state: string;
  readonly note: string;
}

/** `told`: just before the daemon ended in order. */
export function writtenProblems({ journalFile }: Paths, told: WrittenUp): string[] {
  const db = new Sqlite(journalFile, { readonly: true, fileMustExist: true });
  try {
    const ids = db.prepare<[], string>('SELECT id FROM sessions ORDER BY key DESC LIMIT 20').pluck().all();
    const problems: string[] = [];
    if (ids.join() !== told.sessions.join())
      problems.push(`the daemon lists the sessions ${told.sessions.join()}, the journal has ${ids.join()}`);
    const rows = db
      .prepare<[string], Row>(
        'SELECT seq, name, at, state, note FROM checkpoints WHERE session = ? ORDER BY seq',
      )
      .all(told.session);
    const kept = new Map(rows.map((row) => [row.seq, row]));
    for (const { seq, name, at, state, note } of told.checkpoints) {
      const row = kept.get(seq);
      if (row?.name !== name || row.at !== at || row.state !== state || row.note !== note)
        problems.push(
          `checkpoint ${seq} is ${JSON.stringify({ name, at, state, note })}, kept is ${JSON.stringify(row)}`,
        );
    }
    return problems;
  } finally {
    db.close();
  }
}
