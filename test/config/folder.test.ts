import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ConfigError } from '../../src/config/config-error.ts';
import { DiskFull, makeFolder, probeFolder, unusable } from '../../src/config/folder.ts';

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'breakout-folder-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const configError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ConfigError, String(error));
  assert.match(error.message, pattern);
  return true;
};

test('what is missing on the way is made for its owner alone; what is there stays', (t) => {
  const folder = folderFor(t);
  const deep = join(folder, 'a', 'b', 'c');
  makeFolder(deep);
  makeFolder(deep);
  for (const each of [join(folder, 'a'), join(folder, 'a', 'b'), deep])
    assert.equal((statSync(each).mode & 0o777).toString(8), '700');
});

test('a folder below /proc is refused at once: it must not hold up a start for ever', {
  skip: !existsSync('/proc/self'),
}, () => {
  assert.throws(() => makeFolder('/proc/nope/state'), configError(/\/proc\/nope.*ENOENT/));
});

test('a file, or a link to nothing, in the way is named', (t) => {
  const folder = folderFor(t);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  assert.throws(() => makeFolder(join(file, 'state', 'log')), configError(/file is no folder/));
  const link = join(folder, 'link');
  symlinkSync(join(folder, 'nowhere'), link);
  assert.throws(() => makeFolder(join(link, 'state')), configError(/link.*EEXIST/));
});

test('trying whether a folder can be written leaves nothing behind', (t) => {
  const folder = folderFor(t);
  probeFolder(folder);
  assert.deepEqual(readdirSync(folder), []);
  assert.throws(() => probeFolder(join(folder, 'missing')), configError(/missing.*ENOENT/));
});

test('a full disk is told apart from a mistake: it passes by itself', () => {
  const full = unusable('/state', Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
  assert.ok(full instanceof DiskFull);
  assert.match(full.message, /no space is left for \/state.*BREAKOUT_STATE_DIR/);
});
