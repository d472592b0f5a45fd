/**
 * `node scripts/pack-check.js`: packs the package, installs the tarball in an empty folder with its own
 * dependencies, and runs it there: help, presets, a short session from start to a clean end, and its replay.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(path.join(tmpdir(), 'breakout-pack-'));
const home = path.join(folder, 'app');
mkdirSync(home);

/** Nothing of the caller's own bot may be touched. */
const env = {
  ...process.env,
  BREAKOUT_STATE_DIR: path.join(folder, 'state'),
  BREAKOUT_CONFIG_DIR: path.join(folder, 'config'),
  BREAKOUT_SOCKET: path.join(folder, 'b.sock'),
};

/**
 * @param {string} command
 * @param {readonly string[]} words
 * @param {{ cwd?: string, code?: number }} [options]
 */
function run(command, words, { cwd = home, code = 0 } = {}) {
  console.log(`$ ${command} ${words.join(' ')}`);
  const { status, stdout, stderr, error } = spawnSync(command, words, { cwd, env, encoding: 'utf8' });
  if (error) throw error;
  process.stderr.write(stderr);
  if (status !== code)
    throw new Error(`${command} ${words.join(' ')} ended with ${status}, not ${code}\n${stdout}`);
  return stdout;
}

/** @param {...string} words */
const breakout = (...words) => run(path.join(home, 'node_modules/.bin/breakout'), words);

try {
  const packed = run('npm', ['pack', '--pack-destination', folder, '--json'], { cwd: root });
  const [{ filename, files }] = JSON.parse(packed.slice(packed.indexOf('[\n')));
  const names = files.map((/** @type {{ path: string }} */ file) => file.path);
  for (const needed of [
    'bin/breakout.js',
    'dist/cli/main.js',
    'man/breakout.1',
    'man/breakout-rpc.7',
    'dist/LICENSES.txt',
    'presets/breakout_v1.json',
    'README.md',
    'LICENSE',
  ]) {
    assert.ok(names.includes(needed), `${needed} is not in the package`);
  }
  assert.deepEqual(
    names.filter((/** @type {string} */ name) => /^(src|test|scripts)\//.test(name)),
    [],
  );

  writeFileSync(
    path.join(home, 'package.json'),
    JSON.stringify({ private: true, allowScripts: { 'better-sqlite3': true } }),
  );
  run('npm', ['install', '--no-audit', '--no-fund', path.join(folder, filename)]);

  assert.match(breakout('--help'), /Usage: breakout/);
  assert.match(breakout('presets'), /breakout_v1/);
  console.log(breakout('start', '--preset', 'breakout_v1', '--seed', '1', '--for', '15s'));
  const { trades, openPositions } = JSON.parse(breakout('trades', '--json'));
  assert.ok(trades.length + openPositions.length > 0, 'the session did not trade');
  console.log(breakout('daemon', 'stop'));
  assert.equal(existsSync(env.BREAKOUT_SOCKET), false, 'the daemon left its socket behind');
  assert.match(breakout('replay', 'last'), /^result +identical$/m);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
