import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageInfo } from '../../src/config/package.ts';
import type { Paths } from '../../src/config/paths.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { daemonHere } from './support.ts';

function writeConfig({ configDir }: Paths, value: unknown): void {
  mkdirSync(configDir, { recursive: true });
  writeFileSync(join(configDir, 'config.json'), typeof value === 'string' ? value : JSON.stringify(value));
}

/** A preset of the user's, as the package has it but for its name. @returns its file. */
function ownPreset({ configDir }: Paths, name: string, change: Record<string, unknown> = {}): string {
  const folder = join(configDir, 'presets');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  const package_ = join(packageInfo().root, 'presets', 'breakout_v1.json');
  copyFileSync(package_, file);
  const preset: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...preset, name, ...change }));
  return file;
}

const refused =
  (...patterns: readonly RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof RpcError, String(error));
    assert.equal(error.code, 'RELOAD_INVALID');
    const problems = error.data.problems ?? [];
    assert.equal(problems.length, patterns.length, problems.join('\n'));
    for (const pattern of patterns)
      assert.ok(
        problems.some((line) => pattern.test(line)),
        `${pattern}\n${problems}`,
      );
    return true;
  };

test('a reload takes what it can at once, names what waits for the next start, and says so again', async (t) => {
  const { paths, client } = await daemonHere(t);
  assert.match((await client.call('engine.reload')).message, /nothing has changed/);
  writeConfig(paths, { log: { level: 'warn' }, control: { max_connections: 99 } });
  const { message } = await client.call('engine.reload');
  assert.equal(
    message,
    'reloaded; taken now: log.level; taken at the next start of the daemon: control.max_connections',
  );
  const again = await client.call('engine.reload');
  assert.equal(again.message, 'reloaded; taken at the next start of the daemon: control.max_connections');
  rmSync(join(paths.configDir, 'config.json'));
  assert.equal((await client.call('engine.reload')).message, 'reloaded; taken now: log.level');
});

test('one mistake anywhere and nothing is changed; every mistake is told, and no path', async (t) => {
  const { paths, client } = await daemonHere(t);
  writeConfig(paths, { log: { level: 'loud' }, health: { cpu_percent: { warn: 1, critical: 50 } } });
  const broken = ownPreset(paths, 'mine', { max_positions: 'many' });
  const asked = client.call('engine.reload');
  await assert.rejects(asked, refused(/^config\.json: log\.level: .*loud/, /^mine\.json: max_positions/));
  await asked.catch((error) => {
    assert.ok(!JSON.stringify(error.data).includes(paths.configDir), JSON.stringify(error.data));
  });
  writeConfig(paths, '{ "log": ');
  await assert.rejects(client.call('engine.reload'), refused(/^config\.json: .*JSON/, /^mine\.json/));

  rmSync(broken);
  writeConfig(paths, { log: { level: 'warn' } });
  assert.equal((await client.call('engine.reload')).message, 'reloaded; taken now: log.level');
});

test('new, changed and removed presets are named', async (t) => {
  const { paths, client } = await daemonHere(t);
  const file = ownPreset(paths, 'mine');
  assert.equal((await client.call('engine.reload')).message, 'reloaded; presets: mine is new');
  ownPreset(paths, 'mine', { description: 'other' });
  assert.equal((await client.call('engine.reload')).message, 'reloaded; presets: mine has changed');
  rmSync(file);
  assert.equal((await client.call('engine.reload')).message, 'reloaded; presets: mine is gone');
});

test('a running session holds to the preset that it began with, whatever a reload finds on disk', async (t) => {
  const { paths, client } = await daemonHere(t);
  const file = ownPreset(paths, 'mine', { description: 'as it began' });
  await client.call('engine.start', { preset: 'mine', speed: 100 });
  await client.call('engine.reload');
  ownPreset(paths, 'mine', { description: 'as it is now' });
  const { message } = await client.call('engine.reload');
  assert.match(message, /preset mine differs on disk from the running session's, which holds to its own/);
  assert.equal((await client.call('engine.status')).preset, 'mine');
  rmSync(file);
  assert.match((await client.call('engine.reload')).message, /mine is gone; preset mine differs/);
  await client.call('engine.stop');
  assert.match((await client.call('engine.reload')).message, /nothing has changed/);
});
