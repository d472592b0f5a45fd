import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { openJournal } from '../../src/journal/journal.ts';
import { openJournalForReading } from '../../src/journal/journal-reader.ts';
import { FIRST } from '../../src/journal/schema/first.ts';
import { APPLICATION_ID, migrate, NEWEST } from '../../src/journal/schema/migrate.ts';
import { Sqlite } from '../../src/sqlite/sqlite.ts';
import { appendMarket, balance, entryOf, SESSION, sessionRow, workFolder } from './kit.ts';

test('an older file is brought up to date step by step with everything in it, and its views look at the new tables', (t) => {
  const file = path.join(workFolder(t), 'old.sqlite');
  const db = new Sqlite(file);
  t.after(() => db.close());
  db.pragma(`application_id = ${APPLICATION_ID}`);
  migrate(db, 0, [FIRST]);
  db.exec(`INSERT INTO equity VALUES ('s', 1, 2.5, 3.5)`);
  migrate(db, 1, [
    FIRST,
    'ALTER TABLE equity ADD COLUMN cash TEXT',
    'ALTER TABLE trades RENAME TO closed_trades; CREATE VIEW trades AS SELECT * FROM closed_trades',
  ]);
  assert.equal(db.pragma('user_version', { simple: true }), 3);
  assert.deepEqual(db.prepare('SELECT * FROM equity').get(), {
    session: 's',
    at: 1,
    equity: 2.5,
    realised: 3.5,
    cash: null,
  });
  assert.deepEqual(db.prepare('SELECT * FROM v_trades').all(), []);
});

test('a step that fails leaves the file at the version before, whole', (t) => {
  const db = new Sqlite(path.join(workFolder(t), 'old.sqlite'));
  t.after(() => db.close());
  migrate(db, 0, [FIRST]);
  assert.throws(
    () => migrate(db, 1, [FIRST, 'CREATE TABLE half (x); CREATE TABLE equity (x)']),
    /already exists/,
  );
  assert.equal(db.pragma('user_version', { simple: true }), 1);
  assert.throws(() => db.prepare('SELECT * FROM half'), /no such table/);
  assert.deepEqual(db.prepare('SELECT * FROM v_trades').all(), []);
});

test('a journal of a newer version is refused by a start and by a reader, and left alone', (t) => {
  const file = path.join(workFolder(t), 'journal.sqlite');
  openJournal({ file }).close();
  const db = new Sqlite(file);
  db.pragma(`user_version = ${NEWEST + 1}`);
  db.close();
  for (const open of [() => openJournal({ file }), () => openJournalForReading(file)]) {
    assert.throws(open, { code: 'JOURNAL_NEWER', message: /newer version .*install that version/ });
  }
});

test('every table and view says in the sqlite3 shell what it is', (t) => {
  const file = path.join(workFolder(t), 'journal.sqlite');
  openJournal({ file }).close();
  const db = new Sqlite(file, { readonly: true });
  t.after(() => db.close());
  const made = db
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view')",
    )
    .all();
  assert.ok(made.length > 20);
  for (const { name, sql } of made) assert.match(sql, /^[^\n]+\n {2}-- [A-Z].*\.|: .*$/m, name);
});

test('the views tell a person the trades, days, open positions, orders, fills and taxes of a session', (t) => {
  const file = path.join(workFolder(t), 'journal.sqlite');
  const journal = openJournal({ file });
  journal.openSession(sessionRow());
  const engine = appendMarket(journal, 700);
  journal.close();
  const db = new Sqlite(file, { readonly: true });
  t.after(() => db.close());
  const all = (view: string) => db.prepare<[], Record<string, unknown>>(`SELECT * FROM ${view}`).all();
  const trades = all('v_trades');
  assert.equal(trades.length, engine.trades().length);
  const [first] = engine.trades();
  assert.equal(trades[0]?.opened, new Date(first?.openedAt ?? 0).toISOString());
  assert.equal(trades[0]?.pnl, first?.pnl);
  const counted = all('v_daily').reduce((sum, day) => sum + Number(day.trades), 0);
  assert.equal(counted, trades.length);
  assert.deepEqual(
    all('v_open_positions').map(({ trade_id, quantity, stop }) => [trade_id, quantity, stop]),
    engine.positions().map((open) => [open.tradeId, open.quantity, open.stop]),
  );
  const tax = all('v_tax');
  assert.equal(tax.length, all('v_fills').length);
  assert.ok(tax.every(({ base, quote, fee_coin, venue }) => base && quote && fee_coin && venue === 'sim'));
  const orders = all('v_orders');
  assert.ok(orders.length > 0);
  assert.ok(orders.every(({ client_id, order_id }) => client_id === `bk-${SESSION}-${order_id}-1`));
  assert.equal(all('v_sessions').length, 1);
  assert.equal(all('v_inputs').length, journalLength(file));
});

function journalLength(file: string): number {
  using reader = openJournalForReading(file);
  return reader.session(SESSION)?.lastSeq ?? 0;
}

test('a journal that can be written is read by another process at the same time', (t) => {
  const file = path.join(workFolder(t), 'journal.sqlite');
  const journal = openJournal({ file });
  t.after(() => journal.close());
  journal.openSession(sessionRow());
  journal.append(entryOf(1, balance(1), []));
  journal.commit();
  using reader = openJournalForReading(file);
  assert.equal([...reader.entries(SESSION)].length, 1);
  journal.append(entryOf(2, balance(2), []));
  journal.commit();
  assert.equal([...reader.entries(SESSION)].length, 2);
});
