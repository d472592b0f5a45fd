import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.ts';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

test('a release holds no place at which it could be told to end itself: not a name, not a call', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'breakout-release-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  await bundle(folder);
  const places = [...readFileSync(join(SRC, 'faults', 'point.ts'), 'utf8').matchAll(/'([a-z]+\.[a-z]+)'/g)];
  const names = places.map(([, name = '']) => name);
  assert.ok(names.length >= 25, `${names.length} places are named`);
  const released = files(folder, '.js').join('\n');
  for (const name of names) assert.ok(!released.includes(`"${name}"`), `${name} is in the release`);
  assert.ok(!/watchPoints|faultPoint|\bFAULT:|faults\/point/.test(released));
  const called = files(SRC, '.ts').join('\n');
  for (const name of names) assert.ok(called.includes(`{ place: '${name}'`), `${name} is reached nowhere`);
});

function files(folder: string, end: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}
