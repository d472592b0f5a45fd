import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageInfo } from '../../src/config/package.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { METHODS } from '../../src/protocol/methods.ts';
import { daemonHere } from './support.ts';

const file = join(packageInfo().root, 'presets', 'breakout_v1.json');
const text = readFileSync(file, 'utf8');
const written = JSON.parse(text);

const refused = (code: string) => (error: unknown) => {
  assert.ok(error instanceof RpcError, String(error));
  assert.equal(error.code, code, error.message);
  return true;
};

test('a preset is shown with every value that it would trade by, and the hash that its sessions carry', async (t) => {
  const { client, paths } = await daemonHere(t);
  const got = METHODS['presets.get'].result.parse(await client.call('presets.get', { name: 'breakout_v1' }));
  assert.deepEqual([got.name, got.origin], ['breakout_v1', 'package']);
  assert.equal(got.preset.$schema, undefined);
  assert.deepEqual(got.preset.universe, { top_n_by_volume: 30, whitelist: [], blacklist: [] });

  // The same values, laid out otherwise and with every default written out: the same preset.
  const folder = join(paths.configDir, 'presets');
  mkdirSync(folder, { recursive: true });
  const { risk, ...rest } = got.preset;
  writeFileSync(join(folder, 'breakout_v1.json'), JSON.stringify({ risk, ...rest }, null, 7));
  const own = await client.call('presets.get', { name: 'breakout_v1' });
  assert.deepEqual([own.origin, own.hash], ['user', got.hash]);
  const other = { ...written, risk: { ...written.risk, max_open_positions: 1 } };
  writeFileSync(join(folder, 'breakout_v1.json'), JSON.stringify(other));
  assert.notEqual((await client.call('presets.get', { name: 'breakout_v1' })).hash, got.hash);

  writeFileSync(join(folder, 'breakout_v1.json'), JSON.stringify({ ...written, strategy: 'hope' }));
  await assert.rejects(client.call('presets.get', { name: 'breakout_v1' }), (error) => {
    assert.ok(refused('PRESET_INVALID')(error) && error instanceof RpcError);
    assert.ok(!JSON.stringify(error.toWire()).includes(paths.configDir), 'the answer tells a path');
    return true;
  });
  await assert.rejects(client.call('presets.get', { name: '../config' }), refused('PRESET_UNKNOWN'));
  await assert.rejects(client.call('presets.get', JSON.parse('{}')), refused('INVALID_PARAMS'));
});

test('a preset can be checked before it is put where it would trade', async (t) => {
  const { client } = await daemonHere(t);
  const validate = async (params: { preset?: unknown; text?: string }) =>
    METHODS['presets.validate'].result.parse(await client.call('presets.validate', params));
  const { hash } = await client.call('presets.get', { name: 'breakout_v1' });
  assert.deepEqual(await validate({ preset: written }), { valid: true, hash, problems: [] });
  assert.deepEqual(await validate({ text }), { valid: true, hash, problems: [] });

  const wrong = await validate({
    preset: { ...written, sides: 'up', risk: { ...written.risk, apiKey: 'k' } },
  });
  assert.deepEqual([wrong.valid, wrong.hash], [false, null]);
  assert.deepEqual(
    wrong.problems.map(({ path, found }) => [path, found]),
    [
      ['sides', '"up"'],
      ['risk.apiKey', 'a key that looks like a secret'],
    ],
  );
  const twice = await validate({ text: text.replace('"sides"', '"strategy"') });
  assert.match(twice.problems[0]?.found ?? '', /a second time in line 6, after line 5/);
  assert.equal((await validate({ preset: null })).valid, false);

  await assert.rejects(client.call('presets.validate', {}), refused('INVALID_PARAMS'));
  await assert.rejects(client.call('presets.validate', { text, preset: written }), refused('INVALID_PARAMS'));
});

test('a preset that is nothing but mistakes does not hold up a daemon that trades', async (t) => {
  const { client } = await daemonHere(t);
  const huge = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`key${i}`, i]));
  await assert.rejects(client.call('presets.validate', { preset: huge }), refused('INVALID_PARAMS'));
  await assert.rejects(
    client.call('presets.validate', { text: ' '.repeat(100_000) }),
    refused('INVALID_PARAMS'),
  );
  const many = Object.fromEntries(Array.from({ length: 4_000 }, (_, i) => [`key${i}`, i]));
  const before = performance.now();
  const { problems } = await client.call('presets.validate', { preset: many });
  assert.equal(problems.length, 100);
  assert.ok(performance.now() - before < 1_000);
  const twice = `{${'"a":1,'.repeat(5_000)}"a":1}`;
  assert.equal((await client.call('presets.validate', { text: twice })).problems.length, 100);
});
