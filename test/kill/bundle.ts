/** The armed daemon in one file, with its points: a daemon that has to start hundreds of times must start fast. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Beneath the project, so that its packages are found. @returns the file to run */
export async function bundleDaemon(): Promise<string> {
  const folder = `${ROOT}node_modules/.cache/breakout-kill`;
  mkdirSync(folder, { recursive: true });
  // Of its own for each run: two at once must not overwrite each other's.
  const outfile = `${folder}/daemon-${process.pid}.mjs`;
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/kill/daemon.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  return outfile;
}
