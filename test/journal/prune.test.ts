import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import { SessionPruned } from '../../src/journal/journal-error.ts';
import { openJournalForReading } from '../../src/journal/journal-reader.ts';
import { DAY } from '../../src/market/time.ts';
import { appendMarket, balance, entryOf, SESSION, sessionRow, WALL, workFolder } from './kit.ts';

/** A day's inputs a day: input n came on day n. */
function days(journal: Journal, session: string, count: number, snapshots: readonly number[]): void {
  for (let seq = 1; seq <= count; seq++) {
    const wallAt = WALL + seq * DAY;
    journal.append({ ...entryOf(seq, balance(seq), [], session), wallAt });
    if (snapshots.includes(seq)) {
      journal.snapshot({
        session,
        seq,
        at: wallAt,
        wallAt,
        state: Buffer.of(seq),
        hash: String(seq),
        shell: Buffer.of(),
      });
    }
  }
}

function open(t: TestContext, day: () => number): { journal: Journal; file: string } {
  const file = path.join(workFolder(t), 'journal.sqlite');
  return { file, journal: openJournal({ file, wallNow: () => WALL + day() * DAY }) };
}

test('of a running session only what came before the older snapshot and long ago is dropped, and it goes on', (t) => {
  const { journal, file } = open(t, () => 100);
  journal.openSession(sessionRow());
  days(journal, SESSION, 90, [50, 60]);
  journal.commit();
  assert.deepEqual(journal.prune({ inputDays: 30 }), { inputs: 50, sessions: 1 });
  assert.deepEqual(journal.prune({ inputDays: 30 }), { inputs: 0, sessions: 0 });
  assert.equal(journal.session(SESSION)?.prunedTo, 50);
  assert.equal([...journal.entries(SESSION, 50)].length, 40, 'the older snapshot can be recovered from');
  assert.throws(() => journal.entries(SESSION, 0).next(), SessionPruned);
  journal.append(entryOf(91, balance(91), []));
  journal.close();
  using reader = openJournalForReading(file);
  assert.deepEqual(reader.integrity(), []);
});

test('nothing is dropped that came lately, nor without two snapshots to go on from', (t) => {
  const { journal } = open(t, () => 100);
  t.after(() => journal.close());
  journal.openSession(sessionRow('one', 1));
  days(journal, 'one', 90, [80]);
  journal.commit();
  assert.equal(journal.prune({ inputDays: 30 }).inputs, 0);
  days2(journal);
  assert.equal(journal.prune({ inputDays: 30 }).inputs, 70 - 1, 'up to thirty days ago');
});

/** A second snapshot for `one`. */
function days2(journal: Journal): void {
  journal.append({ ...entryOf(91, balance(91), [], 'one'), wallAt: WALL + 91 * DAY });
  journal.snapshot({
    session: 'one',
    seq: 91,
    at: 0,
    wallAt: 0,
    state: Buffer.of(1),
    hash: '',
    shell: Buffer.of(),
  });
  journal.commit();
}

test('an ended session keeps its money for the tax years when its inputs go; the newest session stays recoverable', (t) => {
  let day = 1;
  const { journal, file } = open(t, () => day);
  journal.openSession(sessionRow());
  const engine = appendMarket(journal, 700);
  journal.endSession(SESSION, {
    reason: 'stopped',
    message: '',
    at: WALL,
    wallAt: WALL + DAY,
    record: Buffer.of(),
  });
  journal.openSession(sessionRow('newest', 2));
  journal.append(entryOf(1, balance(1), [], 'newest'));
  journal.endSession('newest', {
    reason: 'stopped',
    message: '',
    at: WALL,
    wallAt: WALL + DAY,
    record: Buffer.of(),
  });
  journal.commit();
  day = 20;
  assert.equal(journal.prune({ inputDays: 30 }).inputs, 0);
  day = 40;
  const { inputs } = journal.prune({ inputDays: 30 });
  assert.equal(inputs, journal.session(SESSION)?.lastSeq);
  assert.equal([...journal.entries('newest', 0)].length, 1);
  journal.close();
  using reader = openJournalForReading(file);
  assert.deepEqual(reader.trades(SESSION), engine.trades());
  assert.ok(reader.fills(SESSION).length > 0);
  assert.throws(() => [...reader.entries(SESSION)], SessionPruned);
  assert.deepEqual(reader.integrity(), []);
});

test('beyond its size the oldest inputs go however young they are, and what a recovery begins from stays', (t) => {
  const { journal } = open(t, () => 1);
  t.after(() => journal.close());
  journal.openSession(sessionRow('old', 1));
  days(journal, 'old', 400, [380, 400]);
  journal.endSession('old', { reason: 'stopped', message: '', at: WALL, wallAt: WALL, record: Buffer.of() });
  journal.openSession(sessionRow('now', 2));
  days(journal, 'now', 400, [200, 300]);
  journal.commit();
  assert.deepEqual(journal.prune({ inputDays: 1_000, maxBytes: 2 ** 30 }), { inputs: 0, sessions: 0 });
  assert.deepEqual(journal.prune({ inputDays: 1_000, maxBytes: 1 }), { inputs: 600, sessions: 2 });
  assert.equal([...journal.entries('now', 200)].length, 200, 'from the older snapshot on');
  assert.throws(() => journal.entries('old', 0).next(), SessionPruned);
});
