import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JournalReader } from '../../journal/journal-reader.ts';
import type { Context } from '../context.ts';
import { type CsvColumn, csv } from '../csv.ts';
import { CliError, usageError } from '../exit.ts';
import { EQUITY_COLUMNS, type Exported, FILL_COLUMNS, TRADE_COLUMNS } from '../export-columns.ts';
import { plural } from '../format.ts';
import { sessionNamed, withJournal } from '../journal-file.ts';

export type ExportKind = 'trades' | 'fills' | 'equity';

export interface ExportOptions {
  readonly session?: string;
  readonly all?: boolean;
  readonly csv?: boolean;
  readonly out?: string;
}

/** More sessions than a bot has in its life. */
const EVERY = Number.MAX_SAFE_INTEGER;

/** `breakout export`: from the journal, in this process, without a daemon. */
export function exportRows(context: Context, kind: ExportKind, options: ExportOptions): void {
  const { output } = context;
  if (options.csv && output.json) throw usageError('--csv or --json, not both');
  if (options.out === '') throw usageError('--out is empty', 'the file to write');
  const { sessions, rows, text } = withJournal(context, (journal) =>
    exported(journal, kind, sessionsOf(journal, options)),
  );
  const document = { kind, sessions, rows };
  if (options.out === undefined) {
    if (output.json) output.document(document);
    else output.text(text);
    return;
  }
  const file = resolve(options.out);
  write(file, output.json ? `${JSON.stringify(document)}\n` : text);
  const told = `${plural(rows.length, 'row')} of ${kind} from ${plural(sessions.length, 'session')} written to ${file}`;
  output.result({ kind, sessions, rows: rows.length, file }, () => [told]);
}

function sessionsOf(journal: JournalReader, { session, all = false }: ExportOptions): string[] {
  if (!all) return [sessionNamed(journal, session ?? 'last').id];
  return journal
    .sessions(EVERY)
    .map(({ id }) => id)
    .reverse();
}

interface Rows {
  readonly sessions: readonly string[];
  readonly rows: readonly object[];
  readonly text: string;
}

function exported(journal: JournalReader, kind: ExportKind, sessions: readonly string[]): Rows {
  const rowsOf = <Row extends object>(
    read: (session: string) => readonly Row[],
    columns: readonly CsvColumn<Exported<Row>>[],
  ): Rows => {
    const rows = sessions.flatMap((session) => read(session).map((row) => ({ session, ...row })));
    return { sessions, rows, text: csv(columns, rows) };
  };
  switch (kind) {
    case 'trades':
      return rowsOf((session) => journal.trades(session), TRADE_COLUMNS);
    case 'fills':
      return rowsOf((session) => journal.fills(session), FILL_COLUMNS);
    case 'equity':
      return rowsOf((session) => journal.equity(session), EQUITY_COLUMNS);
  }
}

/** Whole or not at all: a file that is there is kept until the new one is. */
function write(file: string, text: string): void {
  const made = `${file}.${process.pid}.new`;
  try {
    writeFileSync(made, text);
    renameSync(made, file);
  } catch (error) {
    rmSync(made, { force: true });
    if (error instanceof Error && 'syscall' in error)
      throw new CliError('NOT_WRITTEN', `${file} cannot be written: ${error.message}`, { cause: error });
    throw error;
  }
}
