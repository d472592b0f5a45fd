import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ConfigError } from '../../src/config/config-error.ts';
import { isLoopback, parseListen } from '../../src/config/listen.ts';
import { packageInfo } from '../../src/config/package.ts';
import {
  checkSettingsFile,
  defaultSettings,
  loadSettings,
  type SettingFlags,
  settingAt,
  settingsFile,
  settingsJsonSchema,
} from '../../src/config/settings.ts';

let configDir: string;
beforeEach(() => {
  configDir = mkdtempSync(join(tmpdir(), 'breakout-settings-'));
});
afterEach(() => rmSync(configDir, { recursive: true }));

function write(content: unknown): void {
  writeFileSync(settingsFile(configDir), typeof content === 'string' ? content : JSON.stringify(content));
}

const load = (env: Record<string, string> = {}, flags: SettingFlags = {}) =>
  loadSettings({ configDir, env, flags });

/** The lines that refuse the settings, the folder's own path cut off. */
function problemsOf(env: Record<string, string> = {}, flags: SettingFlags = {}): string[] {
  try {
    load(env, flags);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.split('\n').map((line) => line.replace(`${configDir}/`, ''));
  }
  return assert.fail('the settings were taken');
}

test('without a file everything has its default, and says so', () => {
  const { settings, sources, file } = load();
  assert.equal(file, null);
  assert.deepEqual(settings, defaultSettings());
  assert.ok(sources.size > 20 && [...sources.values()].every(({ from }) => from === 'default'));
  for (const path of sources.keys()) assert.notEqual(settingAt(settings, path), undefined, path);
});

test('a flag goes over the environment, that over the file, that over the default: each value tells where it is from', () => {
  write({
    $schema: './config.schema.json',
    log: { level: 'warn', max_files: 9 },
    metrics: { listen: '[::1]:1' },
  });
  const { settings, sources, file } = load(
    {
      BREAKOUT_LOG_LEVEL: 'error',
      BREAKOUT_METRICS_LISTEN: '127.0.0.1:2',
      BREAKOUT_CONTROL_MAX_CONNECTIONS: '',
    },
    { 'log.level': 'debug', 'metrics.listen': undefined },
  );
  assert.equal(file, settingsFile(configDir));
  assert.deepEqual(
    ['log.level', 'metrics.listen', 'log.max_files', 'control.max_connections'].map((path) => [
      settingAt(settings, path),
      sources.get(path),
    ]),
    [
      ['debug', { from: 'flag', name: '--log-level' }],
      ['127.0.0.1:2', { from: 'environment', name: 'BREAKOUT_METRICS_LISTEN' }],
      [9, { from: 'file', name: file }],
      [256, { from: 'default', name: null }],
    ],
  );
});

test('every setting can be given in the environment, by one rule, as what it is', () => {
  const { settings, sources } = load({
    BREAKOUT_LOG_COMPONENTS: '{"control":"debug"}',
    BREAKOUT_METRICS_ALLOW_REMOTE: 'true',
    BREAKOUT_METRICS_LISTEN: '0.0.0.0:9464',
    BREAKOUT_CONTROL_READ_ONLY_SOCKET: '{"group":"monitoring"}',
    BREAKOUT_CONTROL_CONTROL_PER_SECOND: '2.5',
    BREAKOUT_HEALTH_DISK_PERCENT_WARN: '70',
    BREAKOUT_STATE_DIR: '/not/a/setting',
    BREAKOUT_WRAPPER: 'somebody else’s',
  });
  assert.deepEqual(settings.log.components, { control: 'debug' });
  assert.deepEqual(settings.metrics, { listen: '0.0.0.0:9464', allow_remote: true });
  assert.deepEqual(settings.control.read_only_socket, { group: 'monitoring', mode: '0660' });
  assert.equal(settings.control.control_per_second, 2.5);
  assert.deepEqual(settings.health.disk_percent, { warn: 70, critical: 95 });
  assert.equal([...sources.values()].filter(({ from }) => from === 'environment').length, 6);
  write({ metrics: { listen: '127.0.0.1:1' } });
  assert.equal(load({ BREAKOUT_METRICS_LISTEN: 'null' }).settings.metrics.listen, null);
});

test('everything that is wrong is told at once, each by the place that it came from', () => {
  write({ log: { lvl: 'info', max_files: 0 }, health: { cpu_percent: { critical: 50 } } });
  const lines = problemsOf(
    {
      BREAKOUT_CONTROL_MAX_CONNECTIONS: 'many',
      BREAKOUT_CONTROL_READ_ONLY_SOCKET: '{"mode":"0777"}',
      BREAKOUT_METRICS_LISTENS: '127.0.0.1:1',
      BREAKOUT_HEALTH_TEMPERATURE: '90',
    },
    { 'log.level': 'loud' },
  );
  for (const wanted of [
    /^--log-level: found "loud", allowed: "error" or "warn" or "info" or "debug"$/,
    /^config.json: log.lvl: found an unknown key, allowed: level\? or one of level, components, /,
    /^config.json: log.max_files: found 0, allowed: a whole number from 1 to 100$/,
    /^config.json: health.cpu_percent.warn: found 80, the default, allowed: must be below `critical`/,
    /^BREAKOUT_CONTROL_MAX_CONNECTIONS: found "many", allowed: a whole number from 4 to 4096$/,
    /^BREAKOUT_CONTROL_READ_ONLY_SOCKET: mode: found "0777", allowed: "0660" or "0600"$/,
    /^BREAKOUT_METRICS_LISTENS: found no setting of this name, allowed: BREAKOUT_METRICS_LISTEN\?/,
    /^BREAKOUT_HEALTH_TEMPERATURE: found no setting of this name/,
  ]) {
    assert.equal(lines.filter((line) => wanted.test(line)).length, 1, `${wanted} in ${lines.join('\n')}`);
  }
  assert.equal(lines.length, 8, lines.join('\n'));
});

test('metrics are not opened to other machines by an address alone: they tell of positions and money', () => {
  for (const listen of ['0.0.0.0:9464', '[::]:9464', '192.168.1.2:9464'])
    assert.match(problemsOf({ BREAKOUT_METRICS_LISTEN: listen })[0] ?? '', /other machines.*allow_remote/);
  for (const listen of ['9464', '127.0.0.1', '127.0.0.1:70000', 'example.org:80', '[127.0.0.1]:80', '::1:80'])
    assert.match(problemsOf({ BREAKOUT_METRICS_LISTEN: listen })[0] ?? '', /an address and a port/, listen);
  for (const listen of ['127.0.0.1:9464', '[::1]:9464', '[0:0:0:0:0:0:0:1]:1', 'localhost:0', '127.8.8.8:1'])
    assert.ok(isLoopback(listen) && load({ BREAKOUT_METRICS_LISTEN: listen }), listen);
  assert.deepEqual(parseListen('[::1]:9464'), { host: '::1', port: 9464 });
});

test('a secret in config.json is refused with where it belongs, and is not repeated', () => {
  write({ apiKey: 'sk-1', log: { level: { bot_token: 'sk-2' } }, control: { 'private-key': 'sk-3' } });
  const told = problemsOf().join('\n');
  assert.match(told, /apiKey: found a key that looks like a secret.*0600.*environment.*LoadCredential/);
  assert.match(told, /control\.private-key: found a key that looks like a secret/);
  assert.match(told, /log\.level: found {"bot_token":"\(hidden\)"}/);
  assert.doesNotMatch(told, /sk-/);
  write('{"apiKey": sk-4}');
  assert.doesNotMatch(problemsOf().join('\n'), /sk-/);
});

test('a config.json that is there and cannot be used never passes for none', () => {
  write('{"log": {"level": "debug", "level": "error"}}');
  assert.deepEqual(problemsOf({ BREAKOUT_CONTROL_FOO: '1' }), [
    'config.json: log.level: found the key a second time in line 1, after line 1, allowed: each key once',
    'BREAKOUT_CONTROL_FOO: found no setting of this name, allowed: BREAKOUT_SECTION_KEY for a setting that `breakout config show` lists',
  ]);
  write('[]');
  assert.match(problemsOf()[0] ?? '', /found \[\], allowed: an object/);
  write('{"log": ');
  assert.match(problemsOf()[0] ?? '', /its end too early \(line 1, column 9\)/);
  rmSync(settingsFile(configDir));
  mkdirSync(settingsFile(configDir));
  assert.match(problemsOf()[0] ?? '', /found no regular file/);
});

test('a key that only looks like a part of every object is refused as any other', () => {
  write('{"__proto__": {"log": {"level": "debug"}}, "constructor": 1}');
  assert.equal(problemsOf().length, 2);
  assert.equal(defaultSettings().log.level, 'info');
});

test('a file can be checked by itself, before it is put where the daemon reads it', () => {
  const file = join(configDir, 'next.json');
  writeFileSync(file, '{"log": {"level": "debug"}}');
  checkSettingsFile(file);
  writeFileSync(file, '{"logs": {}}');
  assert.throws(() => checkSettingsFile(file), /next\.json: logs: found an unknown key, allowed: log\?/);
});

test('the committed schema for editors is the one that settings are checked by (mend: npx tsx scripts/preset-schema.ts)', () => {
  const file = join(packageInfo().root, 'presets', 'config.schema.json');
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(settingsJsonSchema())));
});

test('the example of the README is a config.json that a daemon takes', () => {
  const readme = readFileSync(join(packageInfo().root, 'README.md'), 'utf8');
  const example = /## Settings[\s\S]*?\n\n( {4}\{[\s\S]*?\n {4}\})\n/.exec(readme)?.[1] ?? assert.fail();
  write(example);
  assert.equal(load().settings.log.components.control, 'debug');
});
