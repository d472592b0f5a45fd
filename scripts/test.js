/**
 * `npm test`: the test files but for the long ones (`*.long.test.ts`, real daemons for the most part), `npm run test:long`
 * those, `npm run test:all` both. `npm test -- FILTER…`: the files whose path holds one of the filters, long ones too;
 * `npm run test:long -- FILTER…`: the long ones of them.
 * Node 20 expands no pattern for --test, so the files are listed here.
 * Without a filter it bundles first: dist/, for hundreds of commands start in a third of the time that tsx takes for
 * one, and the tests, a process each.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const given = process.argv.slice(2);
/** Which of the files; whatever else begins with `-` goes to node. */
const OWN = ['--long', '--all'];
const flags = given.filter((word) => word.startsWith('-') && !OWN.includes(word));
const filters = given.filter((word) => !word.startsWith('-'));

/** @type {(file: string) => boolean} */
const isLong = (file) => file.endsWith('.long.test.ts');

/** @param {string} file */
function isAsked(file) {
  if (filters.length > 0 && !filters.some((filter) => file.includes(filter))) return false;
  if (given.includes('--long')) return isLong(file);
  return filters.length > 0 || given.includes('--all') || !isLong(file);
}

/**
 * Beneath the project, so that its packages are found, and not in node_modules, where newer versions of node run no
 * tests. A folder of its own for each run: two at once must not mix theirs.
 */
const bundles = path.join(root, 'dist.tests', String(process.pid));

const files = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => path.join('test', file))
  .filter(isAsked)
  .sort();

if (files.length === 0) {
  const what = given.includes('--long') ? 'long test file' : 'test file';
  console.error(`no ${what} under test/ matches ${filters.map((f) => JSON.stringify(f)).join(', ')}`);
  process.exit(3);
}

/** @type {import('node:child_process').ChildProcess | null} */
let running = null;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => running?.kill(signal));

/**
 * Runs node to its end, which is this process's own when it is not a good one.
 * @param {readonly string[]} words
 * @param {NodeJS.ProcessEnv} env
 */
async function node(words, env = process.env) {
  const child = spawn(process.execPath, words, { cwd: root, stdio: 'inherit', env });
  running = child;
  const [code, signal] = await once(child, 'exit');
  if (code !== 0) process.exit(code ?? (signal === 'SIGINT' ? 130 : 1));
}

const test = ['--test', '--test-reporter=spec', '--test-concurrency=4', ...flags];
process.on('exit', () => rmSync(bundles, { recursive: true, force: true }));
if (filters.length > 0) {
  await node(['--import', 'tsx', ...test, ...files]);
} else {
  await node(['--import', 'tsx', path.join('scripts', 'build.ts'), '--without-types']);
  await node(['--import', 'tsx', path.join('scripts', 'bundle-tests.ts'), bundles]);
  const bundled = files.map((file) => path.join(bundles, file.replace(/\.ts$/, '.js')));
  await node(['--enable-source-maps', ...test, ...bundled], { ...process.env, TEST_BUNDLES: bundles });
}
