import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { exactJson } from '../../src/journal/codec/exact-json.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { JournalCommitFailed } from '../../src/journal/journal-error.ts';
import { openJournalForReading } from '../../src/journal/journal-reader.ts';
import { Sqlite } from '../../src/sqlite/sqlite.ts';
import {
  appendMarket,
  balance,
  entryOf,
  PRESET,
  runMarket,
  SESSION,
  saidBy,
  sessionRow,
  WALL,
  workFolder,
} from './kit.ts';

const BARS = 700;

test('a session comes back input by input and output by output as it was, bars bit by bit, after the journal was closed', (t) => {
  const file = path.join(workFolder(t), 'journal.sqlite');
  const journal = openJournal({ file });
  journal.openSession(sessionRow());
  const said: string[] = [];
  const engine = runMarket(BARS, (input, outputs) => {
    const seq = said.length + 1;
    journal.append(entryOf(seq, input, outputs));
    said.push(saidBy({ seq, input, outputsText: exactJson(outputs) }));
  });
  const seq = said.length;
  journal.close();
  const again = openJournal({ file });
  t.after(() => again.close());
  const session = again.lastSession();
  assert.equal(session?.id, SESSION);
  assert.equal(session.lastSeq, seq);
  assert.equal(session.ended, null);
  assert.deepEqual(session.preset, PRESET);
  assert.deepEqual(session.request, sessionRow().request);
  let at = 0;
  for (const entry of again.entries(SESSION, 0)) {
    assert.equal(saidBy(entry), said[at]);
    at += 1;
  }
  assert.equal(at, seq);
  assert.deepEqual(
    [...again.entries(SESSION, seq - 3)].map((entry) => entry.seq),
    [seq - 2, seq - 1, seq],
  );
  assert.ok(engine.trades().length > 0, 'a run that trades');
});

test('the read models tell the trades, fills, orders, positions and levels that the engine has', (t) => {
  const file = path.join(workFolder(t), 'journal.sqlite');
  const journal = openJournal({ file });
  journal.openSession(sessionRow());
  const engine = appendMarket(journal, BARS);
  journal.commit();
  using reader = openJournalForReading(file);
  assert.deepEqual(reader.trades(SESSION), engine.trades());
  const fills = reader.fills(SESSION);
  assert.ok(fills.length > engine.trades().length);
  assert.ok(fills.every((fill) => fill.fillId !== null && fill.feeIn !== null && fill.base !== null));
  assert.deepEqual(reader.integrity(), []);
  journal.close();
});

test('nothing is durable before the commit, and what was handed over may change at once', (t) => {
  const file = path.join(workFolder(t), 'journal.sqlite');
  const journal = openJournal({ file });
  journal.openSession(sessionRow());
  const state = Uint8Array.of(1, 2, 3);
  journal.append(entryOf(1, balance(1), []));
  journal.snapshot({ session: SESSION, seq: 1, at: WALL, wallAt: WALL, state, hash: 'h', shell: state });
  state.fill(9);
  assert.equal(journal.uncommitted, 4);
  assert.equal(journal.lastSession(), null);
  journal.commit();
  assert.equal(journal.uncommitted, 0);
  assert.deepEqual([...(journal.lastSnapshot(SESSION)?.state ?? [])], [1, 2, 3]);
  journal.close();
});

test('an input out of turn is refused before it is buffered: a gap would make every replay wrong', (t) => {
  const journal = openJournal({ file: path.join(workFolder(t), 'journal.sqlite') });
  t.after(() => journal.close());
  assert.throws(() => journal.append(entryOf(1, balance(1), [])), /has no session/);
  journal.openSession(sessionRow());
  journal.append(entryOf(1, balance(1), []));
  assert.throws(() => journal.append(entryOf(3, balance(3), [])), /input 3 .* cannot follow input 1/);
  assert.throws(() => journal.append(entryOf(1, balance(1), [])), RangeError);
  journal.append(entryOf(2, balance(2), []));
});

test('an order cannot be committed twice: the second intent fails, keeps its rows, and nothing of it is sent', (t) => {
  const journal = openJournal({ file: path.join(workFolder(t), 'journal.sqlite') });
  journal.openSession(sessionRow());
  const order = {
    id: 1,
    tradeId: 1,
    symbol: 'X',
    side: 'buy',
    type: 'market',
    purpose: 'entry',
    quantity: '1',
    price: null,
    stopPrice: null,
    reduceOnly: false,
  } as const;
  const submit = { kind: 'submit', at: WALL, order } as const;
  journal.append(entryOf(1, balance(1), [submit]));
  journal.commit();
  journal.append(entryOf(2, balance(2), [submit]));
  const before = journal.uncommitted;
  assert.throws(() => journal.commit(), JournalCommitFailed);
  assert.equal(journal.uncommitted, before);
  assert.equal(journal.session(SESSION)?.lastSeq, 1, 'no half of the transaction');
});

test('the newest two snapshots are kept, and a damaged one is passed over and said to be', (t) => {
  const file = path.join(workFolder(t), 'journal.sqlite');
  const journal = openJournal({ file });
  journal.openSession(sessionRow());
  for (const seq of [1, 2, 3]) {
    journal.append(entryOf(seq, balance(seq), []));
    journal.snapshot({
      session: SESSION,
      seq,
      at: WALL,
      wallAt: WALL,
      state: Uint8Array.of(seq),
      hash: String(seq),
      shell: Uint8Array.of(seq),
    });
    journal.commit();
  }
  assert.deepEqual(journal.lastSnapshot(SESSION), {
    seq: 3,
    at: WALL,
    state: Buffer.of(3),
    hash: '3',
    shell: Buffer.of(3),
    fellBack: false,
  });
  journal.close();
  edit(file, `UPDATE snapshots SET state = x'00' WHERE seq = 3`);
  const again = openJournal({ file });
  t.after(() => again.close());
  assert.equal(again.lastSnapshot(SESSION)?.seq, 2);
  assert.equal(again.lastSnapshot(SESSION)?.fellBack, true);
});

test('sessions are listed newest first, with their end, and an id that nobody knows is null', (t) => {
  const journal = openJournal({ file: path.join(workFolder(t), 'journal.sqlite') });
  t.after(() => journal.close());
  for (const n of [1, 2, 3]) journal.openSession(sessionRow(`s${n}`, n));
  journal.endSession('s2', {
    reason: 'stopped',
    message: 'by hand',
    at: WALL + 1,
    wallAt: WALL + 2,
    record: Uint8Array.of(7),
  });
  journal.commit();
  assert.deepEqual(
    journal.sessions(2).map(({ id }) => id),
    ['s3', 's2'],
  );
  assert.deepEqual(
    journal.sessions(9, 2).map(({ id }) => id),
    ['s1'],
  );
  assert.deepEqual(journal.session('s2')?.ended, {
    reason: 'stopped',
    message: 'by hand',
    at: WALL + 1,
    wallAt: WALL + 2,
    record: Buffer.of(7),
  });
  assert.equal(journal.lastSession()?.id, 's3');
  assert.equal(journal.session('none'), null);
});

test('a session goes on in the next process where it stood, and its inputs still follow from one another', (t) => {
  const file = path.join(workFolder(t), 'journal.sqlite');
  const journal = openJournal({ file });
  journal.openSession(sessionRow());
  journal.append(entryOf(1, balance(1), []));
  journal.close();
  const again = openJournal({ file });
  again.append({ ...entryOf(2, balance(2), []), origin: 'recovery' });
  again.close();
  using reader = openJournalForReading(file);
  assert.deepEqual(
    [...reader.entries(SESSION)].map(({ origin }) => origin),
    ['live', 'recovery'],
  );
});

/** What a person with the sqlite3 shell could do. */
function edit(file: string, sql: string): void {
  const db = new Sqlite(file);
  db.exec(sql);
  db.close();
}
