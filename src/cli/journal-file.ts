/** The journal, read by the client itself: beside a daemon that writes it, or without one. */
import { existsSync } from 'node:fs';
import { JournalError } from '../journal/journal-error.ts';
import { type JournalReader, openJournalForReading } from '../journal/journal-reader.ts';
import type { StoredSession } from '../journal/rows.ts';
import type { Context } from './context.ts';
import { CliError } from './exit.ts';

/** @throws CliError when there is none, or it cannot be read. */
export function withJournal<T>({ paths }: Context, use: (journal: JournalReader) => T): T {
  const file = paths.journalFile;
  if (!existsSync(file))
    throw new CliError('NO_JOURNAL', `there is no journal at ${file}: nothing has been recorded there`, {
      hint: '`breakout start` begins one; --instance names another bot',
    });
  try {
    const journal = openJournalForReading(file);
    try {
      return use(journal);
    } finally {
      journal.close();
    }
  } catch (error) {
    if (error instanceof JournalError) throw new CliError(error.code, error.message, { cause: error });
    throw error;
  }
}

const ORDINAL = /^\d{1,9}$/;

/** By its id, its number in the list, or `last`. @throws CliError when there is none such. */
export function sessionNamed(journal: JournalReader, name: string): StoredSession {
  const found = ORDINAL.test(name)
    ? journal.sessions(1, Number(name) + 1).find(({ ordinal }) => ordinal === Number(name))
    : name === 'last'
      ? journal.lastSession()
      : journal.session(name);
  if (found) return found;
  const newest = journal.lastSession();
  throw new CliError(
    'SESSION_UNKNOWN',
    newest === null
      ? 'the journal has no session yet'
      : `the journal has no session ${name}: the last one is ${newest.id}, number ${newest.ordinal}`,
  );
}
