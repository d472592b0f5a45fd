import assert from 'node:assert/strict';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError } from '../../src/config/config-error.ts';
import { resolvePaths } from '../../src/config/paths.ts';

test('state and configuration come from BREAKOUT_* first, then XDG, then the home folder', () => {
  const home = { HOME: '/home/u' };
  assert.equal(resolvePaths({ env: home }).stateDir, '/home/u/.local/state/breakout');
  assert.equal(resolvePaths({ env: home }).configDir, '/home/u/.config/breakout');
  const xdg = { ...home, XDG_STATE_HOME: '/xs', XDG_CONFIG_HOME: '/xc' };
  assert.equal(resolvePaths({ env: xdg }).stateDir, '/xs/breakout');
  assert.equal(resolvePaths({ env: xdg }).configDir, '/xc/breakout');
  const own = { ...xdg, BREAKOUT_STATE_DIR: '/s', BREAKOUT_CONFIG_DIR: '/c' };
  assert.equal(resolvePaths({ env: own }).stateDir, '/s');
  assert.equal(resolvePaths({ env: own }).configDir, '/c');
  assert.equal(
    resolvePaths({ env: { ...home, XDG_STATE_HOME: 'relative' } }).stateDir,
    '/home/u/.local/state/breakout',
  );
});

test('the socket is looked for in one fixed order, and never in /tmp', () => {
  const env: Record<string, string> = { HOME: '/home/u' };
  const path = (socket?: string) => resolvePaths({ env, socket }).socketPath;
  assert.equal(path(), '/home/u/.local/state/breakout/breakout.sock');
  env.XDG_RUNTIME_DIR = '/run/user/1';
  assert.equal(path(), '/run/user/1/breakout/breakout.sock');
  env.RUNTIME_DIRECTORY = '/run/breakout:/run/other';
  assert.equal(path(), '/run/breakout/breakout.sock');
  env.BREAKOUT_SOCKET = '/b/own.sock';
  assert.equal(path(), '/b/own.sock');
  assert.equal(path('/o/given.sock'), '/o/given.sock');
});

test('two instances on one machine share neither state nor socket, whatever the environment says', () => {
  for (const env of [
    { HOME: '/h' },
    { HOME: '/h', XDG_RUNTIME_DIR: '/r' },
    { HOME: '/h', BREAKOUT_STATE_DIR: '/s', BREAKOUT_SOCKET: '/b/own.sock' },
    { HOME: '/h', RUNTIME_DIRECTORY: '/run/breakout' },
  ]) {
    const all = ['default', 'a', 'b'].map((instance) => resolvePaths({ env, instance }));
    assert.equal(new Set(all.map((paths) => paths.stateDir)).size, 3);
    assert.equal(new Set(all.map((paths) => paths.socketPath)).size, 3);
    assert.equal(new Set(all.map((paths) => paths.lockFile)).size, 3);
  }
});

test('an instance name that could leave its folder is refused', () => {
  for (const instance of ['', '..', 'a/b', 'A', 'x'.repeat(33), '-a']) {
    assert.throws(() => resolvePaths({ env: { HOME: '/h' }, instance }), ConfigError, instance);
  }
});

test('a socket path that the system would silently cut is refused with its length', () => {
  const fits = `/${'x'.repeat(106)}`;
  assert.equal(resolvePaths({ env: { HOME: '/h' }, socket: fits }).socketPath, fits);
  assert.throws(
    () => resolvePaths({ env: { HOME: '/h' }, socket: `${fits}x` }),
    /108 bytes.*BREAKOUT_SOCKET/,
  );
  assert.throws(
    () => resolvePaths({ env: { HOME: '/h', BREAKOUT_STATE_DIR: `/${'ä'.repeat(60)}` } }),
    ConfigError,
    'bytes count, not characters',
  );
});

test('an empty --socket is refused: a command must not reach another bot because a variable was not set', () => {
  assert.throws(() => resolvePaths({ env: { HOME: '/h' }, socket: '' }), /--socket is empty/);
});

test('a path with a line end is refused: in a unit it would be a line of its own, a command that root runs', () => {
  const evil = '/s\nExecStartPre=/bin/touch /x';
  for (const name of ['BREAKOUT_STATE_DIR', 'BREAKOUT_CONFIG_DIR', 'BREAKOUT_SOCKET']) {
    assert.throws(() => resolvePaths({ env: { HOME: '/h', [name]: evil } }), {
      name: 'ConfigError',
      message: /^the path "\/s\\nExecStartPre=.*" holds control characters/,
    });
  }
  assert.throws(() => resolvePaths({ env: { HOME: '/h' }, socket: '/\u001b[2Jx' }), ConfigError);
});

test('a relative path in a folder that is gone is a mistake with a name, and an absolute one still works', (t) => {
  const before = process.cwd();
  const gone = mkdtempSync(join(tmpdir(), 'breakout-gone-'));
  t.after(() => process.chdir(before));
  process.chdir(gone);
  rmdirSync(gone);
  assert.equal(resolvePaths({ env: { HOME: '/h' }, socket: '/o/given.sock' }).socketPath, '/o/given.sock');
  assert.throws(() => resolvePaths({ env: { HOME: '/h' }, socket: 'given.sock' }), {
    name: 'ConfigError',
    message: /given\.sock is relative, and the current folder is gone/,
  });
});
