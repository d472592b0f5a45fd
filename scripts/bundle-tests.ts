/**
 * `node --import tsx scripts/bundle-tests.ts FOLDER`: bundles the tests, and each process that they start, to FOLDER.
 * Two hundred test files are two hundred processes.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleForTests } from './bundle-for-tests.ts';

const tests = fileURLToPath(new URL('../test', import.meta.url));
const [, , folder] = process.argv;
if (folder === undefined) throw new Error('where to?');
await bundleForTests(
  readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?:\.test|-process)\.ts$/.test(file))
    .map((file) => path.join('test', file)),
  folder,
);
