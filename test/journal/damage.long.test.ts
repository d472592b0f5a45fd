/** Whatever happens to the files, a start has every durable input or refuses and says how to mend it. */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { after, before, test } from 'node:test';
import { Mark, readMark } from '../../src/journal/files/mark.ts';
import { journalFiles } from '../../src/journal/files/names.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { JournalError } from '../../src/journal/journal-error.ts';
import { openJournalForReading } from '../../src/journal/journal-reader.ts';
import { item } from '../../src/market/arrays.ts';
import { Sqlite } from '../../src/sqlite/sqlite.ts';
import { copyOf, type LeftBehind, leftBehind, type Start, start } from './killed.ts';
import { makeFolder, workFolder } from './kit.ts';

const BARS = 120;
/** Copies that are damaged at different places, each way. */
const PLACES = 12;

/** The same places each time: a failure can be looked into. */
function* places(size: number, count = PLACES): Generator<number> {
  let x = 12_345;
  for (let i = 0; i < count; i++) {
    x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0;
    yield x % size;
  }
}

let killed: LeftBehind;
let closed: LeftBehind;
let whole: Start;
const folders: string[] = [];

before(async () => {
  folders.push(makeFolder(), makeFolder());
  [killed, closed] = await Promise.all([
    leftBehind(item(folders, 0), { bars: BARS, end: 'kill' }),
    leftBehind(item(folders, 1), { bars: BARS, end: 'close' }),
  ]);
  whole = start(copyOf(killed));
  assert.equal(whole.refused, null, 'kill -9 alone loses nothing');
  assert.equal(whole.inputs, killed.durable);
  assert.deepEqual(start(copyOf(closed)), whole);
});

after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test('after kill -9 at any moment a start has every input whose commit had returned', async (t) => {
  for (const killAt of [17, 333]) {
    const left = await leftBehind(workFolder(t), { bars: 20, end: 'endless', killAt });
    const started = start(left.file);
    assert.equal(started.refused, null);
    assert.ok(started.inputs >= left.durable, `${started.inputs} of ${left.durable}`);
    assert.ok(started.inputs <= left.durable + 1, 'at most the commit that was under way besides');
    using reader = openJournalForReading(left.file);
    assert.deepEqual(reader.integrity(), []);
  }
});

test('a write-ahead log that was removed after kill -9 is missed, and the refusal says how to go on', () => {
  const file = copyOf(killed);
  const { wal, accept } = journalFiles(file);
  rmSync(wal);
  const { refused } = start(file);
  assert.equal(refused?.code, 'JOURNAL_WAL_LOST');
  assert.match(refused.message, new RegExp(`${file}.*has lost.*${wal}.*create an empty file ${accept}`));
  copyFileSync(journalFiles(killed.file).wal, wal);
  assert.equal(start(file).refused, null, 'put back, it is whole');
});

test('a loss that a person accepts lets the journal go on once, and is written down in it', () => {
  const file = copyOf(killed);
  const { wal, accept } = journalFiles(file);
  truncateSync(wal, 100);
  assert.equal(start(file).refused?.code, 'JOURNAL_WAL_LOST');
  writeFileSync(accept, '');
  const started = start(file);
  assert.equal(started.refused, null);
  assert.ok(started.inputs < killed.durable);
  assert.equal(start(file).refused, null, 'it is whole again');
  const db = new Sqlite(file, { readonly: true });
  const found = db.prepare<[], string>('SELECT found FROM accepted_losses').pluck().all();
  db.close();
  assert.equal(found.length, 1);
  assert.match(String(found[0]), /commits are missing/);
});

test('a write-ahead log cut at any byte loses nothing or is refused', () => {
  const tally = damaged(killed, 'wal', (file, at) => truncateSync(file, at));
  assert.ok(tally.refused > 0, JSON.stringify(tally));
});

test('a write-ahead log overwritten at any byte loses nothing or is refused', () => {
  const tally = damaged(killed, 'wal', flip);
  assert.ok(tally.refused > 0, JSON.stringify(tally));
});

test('a database cut at any byte after kill -9 loses nothing or is refused', () => {
  damaged(killed, 'journal', (file, at) => truncateSync(file, at));
});

for (const [words, page] of [
  ['zeros', Buffer.alloc(4096)],
  ['noise', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) & 255))],
] as const) {
  test(`a page overwritten with ${words} after a clean end or kill -9 loses nothing or is refused`, () => {
    const overwrite = (file: string, at: number) => write(file, page, at - (at % page.length));
    const tally = damaged(closed, 'journal', overwrite);
    assert.ok(tally.refused > 0, JSON.stringify(tally));
    damaged(killed, 'journal', overwrite);
  });
}

test('a database cut at any byte after a clean end is refused', () => {
  const tally = damaged(closed, 'journal', (file, at) => truncateSync(file, at));
  assert.equal(tally.started, 0);
});

test('a bit that turns in a stored input is found when it is read, not traded on', () => {
  const file = copyOf(closed);
  const db = new Sqlite(file);
  db.exec(`UPDATE inputs SET outputs = '[ ]' WHERE seq = 5`);
  db.close();
  const { refused } = start(file);
  assert.equal(refused?.code, 'JOURNAL_UNREADABLE');
  assert.match(refused.message, /input 5 of session .* is not what was written/);
  using reader = openJournalForReading(file);
  assert.match(reader.integrity().join(), /input 5/);
});

test('an older copy of the journal under the present mark is refused: its fills would be forgotten', () => {
  const file = copyOf(closed);
  openJournal({ file, reserveBytes: 4096 }).close();
  copyFileSync(closed.file, file);
  assert.equal(start(file).refused?.code, 'JOURNAL_WAL_LOST');
});

test('a journal whose mark is gone, damaged or another one is refused: nothing could tell what it lost', () => {
  for (const change of [
    (mark: string) => rmSync(mark),
    (mark: string) => truncateSync(mark, 0),
    (mark: string) => write(mark, Buffer.from('9'), 70),
    (mark: string) => copyFileSync(journalFiles(killed.file).mark, mark),
  ]) {
    const copy = copyOf(closed);
    change(journalFiles(copy).mark);
    const { refused } = start(copy);
    assert.equal(refused?.code, 'JOURNAL_WAL_LOST');
    assert.match(refused.message, /mark/);
  }
});

test('another program that took the log into the database after kill -9 has lost nothing, and is not held against it', () => {
  const file = copyOf(killed);
  const db = new Sqlite(file);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  assert.deepEqual(start(file), whole);
});

test('after the whole machine was lost a missing log is never explained away: the mark may be behind', () => {
  const file = copyOf(closed);
  const { mark } = journalFiles(file);
  const said = readMark(mark);
  assert.ok(said.found === 'mark');
  const { found: _, ...fields } = said;
  new Mark(mark, { ...fields, state: 'open', boot: 'another-run-of-the-machine' }).release();
  const { refused } = start(file);
  assert.equal(refused?.code, 'JOURNAL_WAL_LOST');
  assert.match(refused.message, /not closed cleanly, and its write-ahead log is gone/);
});

test('a start that fails half-way after kill -9 takes nothing for lost the next time', () => {
  const file = copyOf(killed);
  // What the reserve is to be written to is a folder.
  const { reserve } = journalFiles(file);
  rmSync(reserve);
  mkdirSync(reserve);
  assert.throws(() => openJournal({ file }), JournalError);
  rmSync(reserve, { recursive: true });
  assert.deepEqual(start(file), whole);
});

test('an empty, a missing and a foreign file are refused in words, where a journal has been', () => {
  for (const [change, words] of [
    [(file: string) => truncateSync(file, 0), /is empty/],
    [(file: string) => rmSync(file), /is gone/],
    [(file: string) => writeFileSync(file, 'my shopping list\n'.repeat(100)), /no SQLite database/],
    [foreign, /database of something else/],
  ] as const) {
    const copy = copyOf(closed);
    change(copy);
    const { refused } = start(copy);
    assert.equal(refused?.code, 'JOURNAL_UNREADABLE');
    assert.match(refused.message, words);
    assert.match(refused.message, /move/);
  }
});

function foreign(file: string): void {
  rmSync(file);
  const db = new Sqlite(file);
  db.exec('CREATE TABLE mine (x)');
  db.close();
}

/** Damages copies at many places: each start refuses, or has exactly what the whole journal has. */
function damaged(
  left: LeftBehind,
  which: 'journal' | 'wal',
  damage: (file: string, at: number) => void,
): { refused: number; started: number } {
  const size = statSync(journalFiles(left.file)[which]).size;
  const tally = { refused: 0, started: 0 };
  for (const at of places(size)) {
    const copy = copyOf(left);
    damage(journalFiles(copy)[which], at);
    const started = start(copy);
    if (started.refused === null) {
      assert.deepEqual(started, whole, `${which} at ${at} of ${size}: a start that is silently wrong`);
      tally.started += 1;
    } else {
      tally.refused += 1;
    }
    rmSync(copy.slice(0, -'/journal.sqlite'.length), { recursive: true });
  }
  return tally;
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  writeFileSync(file, bytes);
}

function write(file: string, page: Buffer, at: number): void {
  const bytes = readFileSync(file);
  page.copy(bytes, at);
  writeFileSync(file, bytes);
}
