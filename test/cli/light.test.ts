import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Sandbox } from './sandbox.ts';

/** The sources, where each module shows; the bundle of them is looked at by built.long.test.ts. */
const entry = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A resolve hook that writes the address of every module that is loaded to stderr. */
const HOOK = `export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  process._rawDebug('loaded ' + found.url);
  return found;
}`;
const REGISTER = `import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(HOOK)}));`;

describe('plain client commands', () => {
  for (const words of [['status'], ['pause'], ['positions'], ['--help']]) {
    test(`${words.join(' ')} loads no schema library, no log library and nothing of the engine`, async () => {
      await using bot = new Sandbox();
      const hook = `data:text/javascript,${encodeURIComponent(REGISTER)}`;
      const { stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--import', hook, entry, ...words], {
        env: bot.env,
        cwd: root,
        encoding: 'utf8',
      });
      const loaded = [...stderr.matchAll(/^loaded (file:.*?)(?:\?.*)?$/gm)].map(([, url = '']) => url);
      assert.ok(loaded.includes(pathToFileURL(entry).href), stderr);
      const packages = new Set(
        loaded.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []),
      );
      for (const allowed of [
        'commander',
        'json-rpc-2.0',
        'tsx',
        'get-tsconfig',
        'esbuild',
        'resolve-pkg-maps',
      ]) {
        packages.delete(allowed);
      }
      assert.deepEqual([...packages], []);
      const own = loaded.filter((url) => !url.includes('/node_modules/'));
      const folders = new Set(own.flatMap((url) => /\/(?:src|dist)\/([a-z]+)\//.exec(url)?.[1] ?? []));
      for (const folder of folders)
        assert.ok(['cli', 'protocol', 'config'].includes(folder), `loads src/${folder}`);
      assert.ok(!loaded.some((url) => path.basename(url).startsWith('methods.')), 'loads the method table');
    });
  }
});
