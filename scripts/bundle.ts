/**
 * Bundles src/ into a few ES modules: the command line, and a chunk for each part that it loads when it is needed.
 * Node takes about half a millisecond to find and read a module, so a client in forty files starts half as fast.
 *
 * What every short command needs of other packages is bundled with it; all else stays in node_modules. Nothing is
 * minified, and source maps go with it, so that a stack names functions, and a daemon's log the lines of src/.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const BUNDLED: ReadonlySet<string> = new Set(['commander', 'json-rpc-2.0']);

/** The oldest Node that the package runs on. */
const TARGET = 'node20.19';

/** Commander is a CommonJS package: its `require` of Node's own modules needs one to call. */
const BANNER =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/**
 * Writes `cli/main.js` and its chunks under `folder`.
 * @throws BuildFailure when the sources do not bundle; Error for a package that is neither declared nor to be bundled.
 */
export async function bundle(folder: string): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    outbase: 'src',
    outdir: folder,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    external: declared().filter((name) => !BUNDLED.has(name)),
    banner: { js: BANNER },
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  const packages = packagesIn(metafile);
  const stray = packages.filter((name) => !BUNDLED.has(name));
  if (stray.length > 0) throw new Error(`not in the dependencies of package.json: ${stray.join(', ')}`);
  writeFileSync(path.join(folder, 'LICENSES.txt'), licences(packages));
}

function declared(): string[] {
  const manifest: { readonly dependencies: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  );
  return Object.keys(manifest.dependencies);
}

function packagesIn({ inputs }: Metafile): string[] {
  const names = Object.keys(inputs).flatMap((file) => {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
    return name === undefined ? [] : [name];
  });
  return [...new Set(names)].sort();
}

/** A copy of a package goes with its licence. */
function licences(packages: readonly string[]): string {
  return packages
    .map((name) => {
      const text = readFileSync(path.join(root, 'node_modules', name, 'LICENSE'), 'utf8').trim();
      return `${name}\n${'-'.repeat(name.length)}\n\n${text}\n`;
    })
    .join('\n\n');
}
