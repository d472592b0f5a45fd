/** How a test starts a process of its own: a file of the tests, as `npm test` bundled it, or through tsx. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** What node is to be told for it to run `file`, whose name ends in `-process.ts`. */
export function program(file: URL): string[] {
  const source = fileURLToPath(file);
  const bundles = process.env.TEST_BUNDLES;
  if (bundles === undefined) return ['--import', 'tsx', source];
  return ['--enable-source-maps', path.join(bundles, path.relative(ROOT, source)).replace(/\.ts$/, '.js')];
}
