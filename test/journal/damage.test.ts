/** Issue of trust: whatever happens to the files, a start has every durable input or refuses and says how to mend it. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { journalFiles } from '../../src/journal/files/names.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { openJournalForReading } from '../../src/journal/journal-reader.ts';
import { copyOf, type LeftBehind, leftBehind, type Start, start } from './killed.ts';
import { workFolder } from './kit.ts';

const BARS = 150;
/** Copies that are damaged at different places, each way. */
const PLACES = 40;

/** The same places each time: a failure can be looked into. */
function* places(size: number, count = PLACES): Generator<number> {
  let x = 12_345;
  for (let i = 0; i < count; i++) {
    x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0;
    yield x % size;
  }
}

async function killed(t: TestContext): Promise<{ left: LeftBehind; whole: Start }> {
  const left = await leftBehind(workFolder(t), { bars: BARS, end: 'kill' });
  const whole = start(copyOf(left));
  assert.equal(whole.refused, null, 'kill -9 alone loses nothing');
  assert.equal(whole.inputs, left.durable);
  return { left, whole };
}

test('after kill -9 at any moment a start has every input whose commit had returned', async (t) => {
  for (const killAt of [1, 17, 333]) {
    const left = await leftBehind(workFolder(t), { bars: 20, end: 'endless', killAt });
    const started = start(left.file);
    assert.equal(started.refused, null);
    assert.ok(started.inputs >= left.durable, `${started.inputs} of ${left.durable}`);
    assert.ok(started.inputs <= left.durable + 1, 'at most the commit that was under way besides');
    using reader = openJournalForReading(left.file);
    assert.deepEqual(reader.integrity(), []);
  }
});

test('a write-ahead log that was removed after kill -9 is missed, and the refusal says how to go on', async (t) => {
  const { left } = await killed(t);
  const file = copyOf(left);
  const { wal, accept } = journalFiles(file);
  rmSync(wal);
  const { refused } = start(file);
  assert.equal(refused?.code, 'JOURNAL_WAL_LOST');
  assert.match(refused.message, new RegExp(`${file}.*has lost.*${wal}.*create an empty file ${accept}`));
  copyFileSync(journalFiles(left.file).wal, wal);
  assert.equal(start(file).refused, null, 'put back, it is whole');
});

test('a loss that a person accepts lets the journal go on once, and is written down in it', async (t) => {
  const { left } = await killed(t);
  const file = copyOf(left);
  const { wal, accept } = journalFiles(file);
  truncateSync(wal, Math.floor(statSync(wal).size / 2));
  assert.equal(start(file).refused?.code, 'JOURNAL_WAL_LOST');
  writeFileSync(accept, '');
  const started = start(file);
  assert.equal(started.refused, null);
  assert.ok(started.inputs < left.durable);
  assert.equal(start(file).refused, null, 'it is whole again');
  const db = new Sqlite(file, { readonly: true });
  const found = db.prepare<[], string>('SELECT found FROM accepted_losses').pluck().all();
  db.close();
  assert.equal(found.length, 1);
  assert.match(String(found[0]), /commits are missing/);
});

test('a write-ahead log cut at any byte loses nothing or is refused', async (t) => {
  const { left, whole } = await killed(t);
  const tally = damaged(left, whole, 'wal', (file, at) => truncateSync(file, at));
  assert.ok(tally.refused > 0, JSON.stringify(tally));
});

test('a write-ahead log overwritten at any byte loses nothing or is refused', async (t) => {
  const { left, whole } = await killed(t);
  const tally = damaged(left, whole, 'wal', flip);
  assert.ok(tally.refused > 0, JSON.stringify(tally));
});

test('a database cut at any byte after kill -9 loses nothing or is refused', async (t) => {
  const { left, whole } = await killed(t);
  damaged(left, whole, 'journal', (file, at) => truncateSync(file, at));
});

for (const [words, page] of [
  ['zeros', Buffer.alloc(4096)],
  ['noise', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) & 255))],
] as const) {
  test(`a page overwritten with ${words} after a clean end or kill -9 loses nothing or is refused`, async (t) => {
    const closed = await leftBehind(workFolder(t), { bars: BARS, end: 'close' });
    const { left, whole } = await killed(t);
    const overwrite = (file: string, at: number) => write(file, page, at - (at % page.length));
    const tally = damaged(closed, whole, 'journal', overwrite);
    assert.ok(tally.refused > 0, JSON.stringify(tally));
    damaged(left, whole, 'journal', overwrite);
  });
}

test('a database cut at any byte after a clean end is refused', async (t) => {
  const closed = await leftBehind(workFolder(t), { bars: BARS, end: 'close' });
  const tally = damaged(closed, start(copyOf(closed)), 'journal', (file, at) => truncateSync(file, at));
  assert.equal(tally.started, 0);
});

test('a bit that turns in a stored input is found when it is read, not traded on', async (t) => {
  const closed = await leftBehind(workFolder(t), { bars: 20, end: 'close' });
  const db = new Sqlite(closed.file);
  db.exec(`UPDATE inputs SET outputs = '[ ]' WHERE seq = 5`);
  db.close();
  const { refused } = start(closed.file);
  assert.equal(refused?.code, 'JOURNAL_UNREADABLE');
  assert.match(refused.message, /input 5 of session .* is not what was written/);
  using reader = openJournalForReading(closed.file);
  assert.match(reader.integrity().join(), /input 5/);
});

test('an older copy of the journal under the present mark is refused: its fills would be forgotten', async (t) => {
  const closed = await leftBehind(workFolder(t), { bars: 20, end: 'close' });
  const older = readFileSync(closed.file);
  const journal = openJournal({ file: closed.file, reserveBytes: 4096 });
  journal.close();
  writeFileSync(closed.file, older);
  assert.equal(start(closed.file).refused?.code, 'JOURNAL_WAL_LOST');
});

test('a journal whose mark is gone, damaged or another one is refused: nothing could tell what it lost', async (t) => {
  const closed = await leftBehind(workFolder(t), { bars: 20, end: 'close' });
  const other = await leftBehind(workFolder(t), { bars: 20, end: 'close' });
  for (const change of [
    (mark: string) => rmSync(mark),
    (mark: string) => truncateSync(mark, 0),
    (mark: string) => write(mark, Buffer.from('9'), 70),
    (mark: string) => copyFileSync(journalFiles(other.file).mark, mark),
  ]) {
    const copy = copyOf(closed);
    change(journalFiles(copy).mark);
    const { refused } = start(copy);
    assert.equal(refused?.code, 'JOURNAL_WAL_LOST');
    assert.match(refused.message, /mark/);
  }
});

test('another program that took the log into the database after kill -9 has lost nothing, and is not held against it', async (t) => {
  const { left, whole } = await killed(t);
  const file = copyOf(left);
  const db = new Sqlite(file);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  assert.deepEqual(start(file), whole);
});

test('an empty, a missing and a foreign file are refused in words, where a journal has been', async (t) => {
  const closed = await leftBehind(workFolder(t), { bars: 20, end: 'close' });
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
  whole: Start,
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
