import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A module costs a short command about half a millisecond; the launcher and the entry are two of them. */
const MOST_MODULES = 20;

/** Writes the address of every module that is loaded to stderr. */
const HOOK = `export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  process._rawDebug('loaded ' + found.url);
  return found;
}`;
const REGISTER = `import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(HOOK)}));`;

describe('the built package', () => {
  let folder: string;
  let app: string;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'breakout-built-'));
    app = path.join(folder, 'app');
    await bundle(path.join(app, 'dist'));
    for (const part of ['bin', 'presets', 'package.json'])
      cpSync(path.join(root, part), path.join(app, part), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(app, 'node_modules'));
  });
  after(() => {
    // A test that failed half-way may have left a daemon.
    breakout(['daemon', 'stop']);
    rmSync(folder, { recursive: true, force: true });
  });

  const breakout = (words: readonly string[], flags: readonly string[] = []) =>
    spawnSync(process.execPath, [...flags, path.join(app, 'bin/breakout.js'), ...words], {
      encoding: 'utf8',
      env: {
        ...process.env,
        BREAKOUT_STATE_DIR: path.join(folder, 'state'),
        BREAKOUT_CONFIG_DIR: path.join(folder, 'config'),
        BREAKOUT_SOCKET: path.join(folder, 'b.sock'),
      },
    });

  test('a daemon starts from the bundle and trades, and a client reads its status', () => {
    const started = breakout(['start', '--preset', 'breakout_v1', '--for', '1s', '--json']);
    assert.equal(started.status, 0, started.stderr);
    const { status, stdout, stderr } = breakout(['status', '--json']);
    assert.equal(status, 0, stderr);
    assert.equal(JSON.parse(stdout).preset, 'breakout_v1');
    const stopped = breakout(['daemon', 'stop']);
    assert.equal(stopped.status, 0, stopped.stderr);
  });

  test('a short command finds a few modules of its own and none elsewhere, so that it starts at once', () => {
    const hook = `data:text/javascript,${encodeURIComponent(REGISTER)}`;
    const { status, stderr } = breakout(['status'], ['--import', hook]);
    assert.equal(status, 2, stderr);
    const loaded = [...stderr.matchAll(/^loaded file:\/\/(\S+)$/gm)].map(([, file = '']) => file);
    const own = loaded.filter((file) => file.startsWith(app));
    assert.ok(own.includes(path.join(app, 'dist/cli/main.js')), stderr);
    assert.deepEqual(
      loaded.filter((file) => !file.startsWith(app)),
      [],
    );
    assert.ok(new Set(own).size <= MOST_MODULES, `loads ${new Set(own).size} modules`);
  });

  test('a stack from the bundle leads back to a line that there is', () => {
    const dist = path.join(app, 'dist');
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' });
    const maps = files.filter((file) => file.endsWith('.js.map'));
    assert.equal(maps.length, files.filter((file) => file.endsWith('.js')).length);
    const sources = maps.flatMap((file) => {
      const map: { sources: string[] } = JSON.parse(readFileSync(path.join(dist, file), 'utf8'));
      return map.sources.map((source) => path.resolve(path.dirname(path.join(dist, file)), source));
    });
    assert.ok(sources.some((source) => source.endsWith('src/daemon/run.ts')));
    assert.deepEqual(
      sources.filter((source) => !existsSync(source)),
      [],
    );
  });

  test('what is bundled of other packages goes with its licence', () => {
    const text = readFileSync(path.join(app, 'dist/LICENSES.txt'), 'utf8');
    for (const name of ['commander', 'json-rpc-2.0'])
      assert.match(text, new RegExp(`^${name}\\n-+\\n\\n.*MIT`, 'm'));
  });
});

describe('the launcher in a checkout', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'breakout-launcher-'));
    for (const part of ['bin', 'src/cli', 'src/daemon', 'dist/cli'])
      mkdirSync(path.join(folder, part), { recursive: true });
    cpSync(path.join(root, 'bin'), path.join(folder, 'bin'), { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    cpSync(path.join(root, 'tsconfig.json'), path.join(folder, 'tsconfig.json'));
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    writeFileSync(path.join(folder, 'src/cli/main.ts'), "console.log('sources' as string);");
    writeFileSync(path.join(folder, 'src/daemon/run.ts'), 'export {};');
    writeFileSync(path.join(folder, 'dist/cli/main.js'), "console.log('build');");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Which of the two it runs when these, and nothing else, are newer than the build. */
  function runs(...newer: string[]): string {
    for (const part of [
      'src',
      'src/cli',
      'src/cli/main.ts',
      'src/daemon',
      'src/daemon/run.ts',
      'dist/cli/main.js',
    ])
      utimesSync(path.join(folder, part), 1_000, 1_000);
    for (const part of newer) utimesSync(path.join(folder, part), 2_000, 2_000);
    return spawnSync(process.execPath, [path.join(folder, 'bin/breakout.js')], {
      encoding: 'utf8',
    }).stdout.trim();
  }

  test('runs the build while no source is newer', () => assert.equal(runs(), 'build'));

  test('runs the sources once one was edited, wherever it lies, so that nobody trades on an old build', () => {
    assert.equal(runs('src/daemon/run.ts'), 'sources');
  });

  test('runs the sources once one was removed', () => assert.equal(runs('src/daemon'), 'sources'));
});
