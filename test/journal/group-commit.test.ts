import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { GroupCommit } from '../../src/journal/group-commit.ts';

/** A journal that counts. */
class Counted extends EventEmitter {
  uncommitted = 0;
  commits = 0;
  fails = false;

  commit(): void {
    if (this.fails) throw new Error('no space');
    if (this.uncommitted > 0) this.commits += 1;
    this.uncommitted = 0;
    this.emit('commit');
  }
}

function group(journal: Counted, rows = 10) {
  const errors: unknown[] = [];
  return { errors, group: new GroupCommit({ journal, rows, everyMs: 5, onError: (e) => errors.push(e) }) };
}

test('inputs that wait for nothing are committed together, soon', async () => {
  const journal = new Counted();
  const { group: commits } = group(journal);
  for (let i = 0; i < 5; i++) {
    journal.uncommitted += 1;
    commits.soon();
  }
  assert.equal(journal.commits, 0);
  await once(journal, 'commit');
  assert.equal(journal.commits, 1);
  assert.equal(journal.uncommitted, 0);
});

test('many rows are not waited with, so that a crash takes few', () => {
  const journal = new Counted();
  const { group: commits } = group(journal, 3);
  for (let i = 0; i < 7; i++) {
    journal.uncommitted += 1;
    commits.soon();
  }
  assert.equal(journal.commits, 2);
  assert.equal(commits.close(), true);
  assert.equal(journal.commits, 3);
});

test('a commit that fails before a send says so, and nothing may be sent', () => {
  const journal = new Counted();
  const { group: commits, errors } = group(journal);
  journal.uncommitted = 1;
  journal.fails = true;
  assert.equal(commits.now(), false);
  assert.equal(errors.length, 1);
  assert.equal(journal.uncommitted, 1);
  journal.fails = false;
  assert.equal(commits.now(), true);
});

test('a commit that fails later is told too, and after the end nothing waits', async () => {
  const journal = new Counted();
  journal.fails = true;
  const told = new EventEmitter();
  const commits = new GroupCommit({ journal, everyMs: 1, onError: () => told.emit('error-told') });
  journal.uncommitted = 1;
  commits.soon();
  await once(told, 'error-told');
  journal.fails = false;
  commits.close();
  journal.uncommitted = 1;
  commits.soon();
  assert.equal(journal.uncommitted, 0);
});
