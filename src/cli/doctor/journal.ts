/** The journal: there, whole, closed in order, and which session it would go on with. It is read and left as it lies. */
import { statSync } from 'node:fs';
import { examine } from '../../journal/files/examine.ts';
import { readMark } from '../../journal/files/mark.ts';
import { journalFiles } from '../../journal/files/names.ts';
import { JournalError } from '../../journal/journal-error.ts';
import { openJournalForReading } from '../../journal/journal-reader.ts';
import type { StoredSession } from '../../journal/rows.ts';
import { type Finding, fail, pass, warn } from './finding.ts';
import { look } from './look.ts';

const MIB = 2 ** 20;

/** Pages are looked at one by one: some seconds a gigabyte. */
const MOST_CHECKED_BYTES = 4 * 2 ** 30;

/** @param inUse a daemon has the state folder: what is written last may lie beside the journal still. */
export function checkJournal(file: string, inUse: boolean): Finding {
  const found = look(file);
  if (typeof found === 'string')
    return fail('journal', `${file}: ${found}`, 'see whose the state folder is, or set BREAKOUT_STATE_DIR');
  if (found === null) return beginning(file, inUse);
  try {
    // What the next start would refuse, as it would say it.
    if (!inUse) examine(journalFiles(file));
    return opened(file, inUse);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    return fail('journal', error.message, 'as it says; until then no daemon starts on it');
  }
}

function beginning(file: string, inUse: boolean): Finding {
  try {
    if (!inUse && look(journalFiles(file).folder) !== null) examine(journalFiles(file));
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    return fail('journal', error.message, 'as it says; until then no daemon starts on it');
  }
  return pass('journal', `${file}: not there yet, the first start begins it`);
}

function opened(file: string, inUse: boolean): Finding {
  const bytes = statSync(file).size;
  using journal = openJournalForReading(file);
  const checked = bytes <= MOST_CHECKED_BYTES;
  const problems = checked ? journal.quickCheck() : [];
  if (problems.length > 0)
    return fail(
      'journal',
      `${file}: it is damaged`,
      'stop the daemon, keep a copy, and put it back from a backup; `breakout export` takes out what can be read',
      problems.slice(0, 5),
    );
  const size = `${(bytes / MIB).toFixed(1)} MiB`;
  const whole = checked ? 'its structure is whole' : 'too large to be looked through here';
  const about = `${file}: ${size}, ${whole}; ${lastOf(journal.lastSession(), inUse)}`;
  const mark = readMark(journalFiles(file).mark);
  if (inUse) return pass('journal', `${about}; a daemon writes it`);
  return mark.found === 'mark' && mark.state === 'closed'
    ? pass('journal', `${about}; closed in order`)
    : warn(
        'journal',
        `${about}; not closed in order: the daemon was killed, or the machine went down`,
        'nothing: the next start holds it against the venue and goes on; start it soon where positions are open',
      );
}

function lastOf(session: StoredSession | null, inUse: boolean): string {
  if (session === null) return 'no session yet';
  const { id, mode, venue, ended } = session;
  const how =
    ended === null ? (inUse ? 'not over' : 'the next daemon goes on with it') : `over (${ended.reason})`;
  return `last session ${id}, ${mode} on ${venue}, ${how}`;
}
