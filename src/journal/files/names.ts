import { basename, dirname, join } from 'node:path';

/** The journal and what lies beside it. */
export interface JournalFiles {
  readonly folder: string;
  readonly journal: string;
  /** SQLite's write-ahead log: the newest commits are in it alone. */
  readonly wal: string;
  readonly mark: string;
  readonly reserve: string;
  /** Made by hand: go on with a journal that has lost commits. */
  readonly accept: string;
}

export function journalFiles(journal: string): JournalFiles {
  const folder = dirname(journal);
  const stem = basename(journal, '.sqlite');
  return {
    folder,
    journal,
    wal: `${journal}-wal`,
    mark: join(folder, `${stem}.mark`),
    reserve: join(folder, `${stem}.reserve`),
    accept: join(folder, `${stem}.accept`),
  };
}
