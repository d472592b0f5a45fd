/**
 * `npm run build`: checks the types of src/ and bundles it to dist/. The output is made beside it and then moved into
 * place, so that a launcher that runs meanwhile sees the old build or the new one, never half of one. With
 * `--without-types` it only bundles: the tests' own build.
 */
import { spawnSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const made = path.join(root, 'dist.new');
const dist = path.join(root, 'dist');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

if (!process.argv.includes('--without-types')) {
  const { status } = spawnSync(process.execPath, [tsc, '--project', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
rmSync(made, { recursive: true, force: true });
try {
  await bundle(made);
  rmSync(dist, { recursive: true, force: true });
  renameSync(made, dist);
} finally {
  rmSync(made, { recursive: true, force: true });
}
