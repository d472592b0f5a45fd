/**
 * Bundles TypeScript that tests run: through tsx each process is half a second of work before it does anything, and every
 * module that it loads later waits for another thread.
 *
 * What several of them need is a chunk that they share. A module keeps the URL of its source, so that what it looks for
 * beside itself is found, and its fault points: only a release is without them.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { TARGET } from './bundle.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const OWN_URL = 'urlOfThisModule';

const ownUrl: Plugin = {
  name: 'own-url',
  setup(given) {
    given.onLoad({ filter: /\.tsx?$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      // Without a line of its own, so that lines keep their numbers.
      const contents = `const ${OWN_URL} = ${JSON.stringify(pathToFileURL(file).href)}; ${source}`;
      return { contents, loader: file.endsWith('x') ? 'tsx' : 'ts' };
    });
  },
};

/** @param entryPoints from the project's folder on; beneath `folder` they lie alike, as JavaScript. */
export async function bundleForTests(entryPoints: string[], folder: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints,
    outbase: root,
    outdir: folder,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    packages: 'external',
    define: { 'import.meta.url': OWN_URL },
    plugins: [ownUrl],
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
}
