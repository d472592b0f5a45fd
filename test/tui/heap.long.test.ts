import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const VIEW = fileURLToPath(new URL('heap-process.ts', import.meta.url));
const MB = 1024 * 1024;

test('a view that is open all day neither gathers what it has shown nor holds room for what is dead', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', VIEW]);
  const { early, end, most, written } = JSON.parse(stdout);
  assert.ok(written > 500_000, `${written} bytes written: the frames were not drawn`);
  // 75 thousand events and 600 frames later: thirty bytes for each event would be found.
  assert.ok(end - early < 2 * MB, `${end - early} bytes more are held`);
  assert.ok(most - end < 20 * MB, `room for ${most} bytes, of which ${end} live`);
});
