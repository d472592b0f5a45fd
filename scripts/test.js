/**
 * `npm test [-- FILTER… --NODE-FLAG…]`: runs the test files, all or those whose path holds one of the filters.
 * Node 20 expands no pattern for --test, so the files are listed here. What begins with `-` goes to node.
 * A run of all of them bundles dist/ first: hundreds of commands start in a third of the time that tsx takes for one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const given = process.argv.slice(2);
const flags = given.filter((word) => word.startsWith('-'));
const filters = given.filter((word) => !word.startsWith('-'));

const files = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => path.join('test', file))
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
  .sort();

if (files.length === 0) {
  console.error(`no test file under test/ matches ${filters.map((f) => JSON.stringify(f)).join(', ')}`);
  process.exit(3);
}

if (filters.length === 0) {
  const { status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', path.join('scripts', 'build.ts'), '--without-types'],
    { cwd: root, stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}

const child = spawn(
  process.execPath,
  ['--import', 'tsx', '--test', '--test-reporter=spec', '--test-concurrency=3', ...flags, ...files],
  { cwd: root, stdio: 'inherit' },
);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
