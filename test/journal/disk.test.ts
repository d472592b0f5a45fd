/** A disk that is full or takes no writes: real file systems, mounted for the test. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import { JournalCommitFailed, JournalError } from '../../src/journal/journal-error.ts';
import { balance, entryOf, SESSION, sessionRow } from './kit.ts';

const RESERVE = 512 * 1024;

/** A folder on a disk of its own; null when this user or system cannot mount one. */
function smallDisk(t: TestContext, bytes: number): string | null {
  const folder = mkdtempSync(path.join(tmpdir(), 'breakout-disk-'));
  const state = path.join(folder, 'state');
  mkdirSync(state);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', state]);
  t.after(() => {
    if (status === 0) spawnSync('umount', [state]);
    rmSync(folder, { recursive: true, force: true });
  });
  return status === 0 ? state : null;
}

/** Writes until nothing more goes in. @returns what frees it again. */
function fill(folder: string): () => void {
  const file = path.join(folder, 'ballast');
  const { bavail, bsize } = statfsSync(folder);
  try {
    writeFileSync(file, Buffer.alloc((bavail + 1) * bsize));
  } catch (error) {
    assert.match(String(error), /ENOSPC/);
  }
  return () => rmSync(file);
}

function appendOne(journal: Journal, seq: number): void {
  journal.append(entryOf(seq, balance(seq), []));
}

/** Commits until the disk takes no more. @returns the input that could not be made durable. */
function commitUntilFull(journal: Journal, from: number): number {
  for (let seq = from; ; seq++) {
    appendOne(journal, seq);
    try {
      journal.commit();
    } catch (error) {
      assert.ok(error instanceof JournalCommitFailed, String(error));
      assert.equal(error.full, true, error.message);
      return seq;
    }
  }
}

test('a full disk fails the commit and loses nothing, the reserve serves the exits, and with space all goes on', (t) => {
  const folder = smallDisk(t, 4 * 2 ** 20);
  if (folder === null) {
    t.skip('only root can mount a small disk');
    return;
  }
  const file = path.join(folder, 'journal.sqlite');
  const journal = openJournal({ file, reserveBytes: RESERVE });
  journal.openSession(sessionRow());
  journal.commit();
  const free = fill(folder);
  const failed = commitUntilFull(journal, 1);
  assert.equal(journal.uncommitted, 1, 'it is still held');
  assert.equal(journal.inReserve, false);
  assert.equal(journal.useReserve(), true);
  assert.equal(journal.inReserve, true);
  journal.commit();
  assert.equal(journal.session(SESSION)?.lastSeq, failed);
  const last = commitUntilFull(journal, failed + 1);
  assert.ok(last - failed > 20, `the reserve served ${last - failed} commits`);
  assert.equal(journal.useReserve(), false, 'it is used up');
  assert.equal(journal.refillReserve(), false);
  free();
  assert.equal(journal.refillReserve(), true);
  assert.equal(journal.inReserve, false);
  journal.close();
  const again = openJournal({ file, reserveBytes: RESERVE });
  assert.deepEqual([...again.entries(SESSION, 0)].map(({ seq }) => seq).at(-1), last);
  again.close();
});

test('a start on a full disk is refused in words, and works as it was once there is space', (t) => {
  const folder = smallDisk(t, 2 * 2 ** 20);
  if (folder === null) {
    t.skip('only root can mount a small disk');
    return;
  }
  const file = path.join(folder, 'journal.sqlite');
  const free = fill(folder);
  assertRefused(file, 'JOURNAL_FULL', /no space is left .*free some/);
  free();
  assert.throws(() => openJournal({ file, reserveBytes: 2 ** 24 }), { code: 'JOURNAL_FULL' });
  const journal = openJournal({ file, reserveBytes: RESERVE });
  journal.openSession(sessionRow());
  appendOne(journal, 1);
  journal.close();
  rmSync(path.join(folder, 'journal.reserve'));
  const freeAgain = fill(folder);
  assertRefused(file, 'JOURNAL_FULL', /no space is left/);
  freeAgain();
  const again = openJournal({ file, reserveBytes: RESERVE });
  assert.equal(again.lastSession()?.lastSeq, 1);
  again.close();
});

test('a folder that takes no writes is refused in words, with and without a journal in it', (t) => {
  const folder = smallDisk(t, 4 * 2 ** 20);
  if (folder === null) {
    t.skip('only root can mount a disk that takes no writes');
    return;
  }
  const file = path.join(folder, 'journal.sqlite');
  const remount = (how: string) =>
    assert.equal(spawnSync('mount', ['-o', `remount,${how}`, folder]).status, 0);
  remount('ro');
  assertRefused(file, 'JOURNAL_READ_ONLY', /cannot be written .*make .* writable/);
  remount('rw');
  const journal = openJournal({ file, reserveBytes: RESERVE });
  journal.openSession(sessionRow());
  appendOne(journal, 1);
  journal.close();
  remount('ro');
  assertRefused(file, 'JOURNAL_READ_ONLY', /cannot be written/);
  remount('rw');
  const again = openJournal({ file, reserveBytes: RESERVE });
  assert.equal(again.lastSession()?.lastSeq, 1);
  again.close();
});

function assertRefused(file: string, code: JournalError['code'], words: RegExp): void {
  assert.throws(
    () => openJournal({ file, reserveBytes: RESERVE }),
    (error) => {
      assert.ok(error instanceof JournalError);
      assert.equal(error.code, code, error.message);
      assert.match(error.message, words);
      assert.ok(error.message.includes(file), 'it names the file');
      return true;
    },
  );
}
