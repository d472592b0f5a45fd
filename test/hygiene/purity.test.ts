import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'breakout-purity-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What the linter says of a file of the kernel that holds this, under the project's own rules. */
function lint(source: string): { readonly refused: boolean; readonly told: string } {
  for (const file of ['biome.json', 'scripts/lint/kernel-purity.grit']) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    copyFileSync(path.join(root, file), path.join(folder, file));
  }
  mkdirSync(path.join(folder, 'src/engine'), { recursive: true });
  writeFileSync(path.join(folder, 'src/engine/sample.ts'), source);
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--error-on-warnings', '--vcs-enabled=false', 'src'];
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return { refused: status !== 0, told: stdout + stderr };
}

const IMPURE: readonly [string, string][] = [
  ['a clock', 'export const a = () => Date.now();'],
  ['a date of now', 'export const a = () => new Date();'],
  ['a clock by a back door', 'export const a = () => globalThis.Date.now();'],
  ['randomness', 'export const a = () => Math.random();'],
  ['randomness under another name', 'const { random } = Math;\nexport const a = () => random();'],
  ['a timer', 'export const a = () => setTimeout(() => 1, 2);'],
  ['a promise', 'export const a = () => Promise.resolve(1);'],
  ['an await', 'export async function a(b: () => PromiseLike<void>) {\n  await b();\n}'],
  ['a module loaded at run time', "export const a = () => import('./engine.ts');"],
];

for (const [what, source] of IMPURE) {
  test(`${what} in the kernel fails the build: a replay could decide otherwise`, () => {
    const { refused, told } = lint(`${source}\n`);
    assert.ok(refused, told);
    assert.match(told, /the kernel/);
  });
}

test('plain arithmetic in the kernel passes', () => {
  const { refused, told } = lint('export const a = (x: number) => Math.max(x, 1);\n');
  assert.ok(!refused, told);
});
