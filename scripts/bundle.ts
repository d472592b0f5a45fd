/**
 * Bundles src/ into a few ES modules: the command line, and a chunk for each part that it loads when it is needed.
 * Node takes about half a millisecond to find and read a module, so a client in forty files starts half as fast.
 *
 * What every short command needs of other packages is bundled with it; all else stays in node_modules. Nothing is
 * minified, and source maps go with it, so that a stack names functions, and a daemon's log the lines of src/.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type ImportKind, type Metafile, type Plugin } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const BUNDLED: ReadonlySet<string> = new Set(['commander', 'json-rpc-2.0']);

const ENTRY = 'src/cli/main.ts';

/** What it needs, nearly every command needs: the client and the means to print. */
const TYPICAL = 'src/cli/commands/status.ts';

/** The oldest Node that the package runs on. */
export const TARGET = 'node20.19';

/** Commander is a CommonJS package: its `require` of Node's own modules needs one to call. */
const BANNER =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

const OPTIONS = {
  absWorkingDir: root,
  entryPoints: [ENTRY],
  outbase: 'src',
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
  // Of src/faults: places where the tests end the process.
  dropLabels: ['FAULT'],
} as const satisfies BuildOptions;

/**
 * Writes `cli/main.js` and its chunks under `folder`.
 * @throws BuildFailure when the sources do not bundle; Error for a package that is neither declared nor to be bundled.
 */
export async function bundle(folder: string): Promise<void> {
  const draft = await build({ ...OPTIONS, outdir: folder, write: false });
  const { metafile } = await build({ ...OPTIONS, outdir: folder, plugins: [oneCommonChunk(draft.metafile)] });
  const packages = packagesIn(metafile);
  const stray = packages.filter((name) => !BUNDLED.has(name));
  if (stray.length > 0) throw new Error(`not in the dependencies of package.json: ${stray.join(', ')}`);
  writeFileSync(path.join(folder, 'LICENSES.txt'), licences(packages));
}

/**
 * The bundler makes a chunk for each set of parts that share something, a dozen small ones for a command to load.
 * Here every part, which is what is imported when it is needed, asks for all that the entry and a typical command
 * load: so they share one chunk.
 */
function oneCommonChunk({ inputs }: Metafile): Plugin {
  const parts = new Set(Object.keys(inputs).flatMap((name) => importsOf(inputs, name, 'dynamic-import')));
  const common = [...importsOf(inputs, ENTRY, 'import-statement'), TYPICAL];
  return {
    name: 'one-common-chunk',
    setup(given) {
      given.onLoad({ filter: /\.tsx?$/ }, async (file) => {
        const name = path.relative(root, file.path).replaceAll(path.sep, '/');
        if (!parts.has(name) && name !== ENTRY) return undefined;
        const source = await readFile(file.path, 'utf8');
        const asked = common.filter((other) => other !== name);
        // At the end, so that lines keep their numbers.
        const imports = asked.map((other) => `import ${JSON.stringify(path.join(root, other))};`);
        return { contents: `${source}\n${imports.join('')}\n`, loader: name.endsWith('x') ? 'tsx' : 'ts' };
      });
    },
  };
}

function importsOf(inputs: Metafile['inputs'], name: string, kind: ImportKind): string[] {
  const imports = inputs[name]?.imports ?? [];
  return imports.filter((other) => other.kind === kind && other.external !== true).map((other) => other.path);
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
