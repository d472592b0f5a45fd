import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { packageInfo } from '../../src/config/package.ts';
import { findPresets } from '../../src/config/preset-files.ts';
import { listPresets } from '../../src/config/preset-list.ts';
import { presetJsonSchema } from '../../src/config/preset-problems.ts';
import { loadPreset, loadPresetFile, PresetInvalid, PresetUnknown } from '../../src/config/presets.ts';

const MINIMAL = {
  name: 'mine',
  description: 'for a test',
  strategy: 'momentum',
  scan: { score_weights: { volume_24h: 1 } },
  risk: {
    risk_per_trade: 0.005,
    max_open_positions: 3,
    max_total_risk: 0.02,
    daily_loss_limit: 0.03,
    losing_streak_limit: 5,
    max_drawdown: 0.1,
  },
};

let configDir: string;
beforeEach(() => {
  configDir = mkdtempSync(join(tmpdir(), 'breakout-presets-'));
  mkdirSync(join(configDir, 'presets'));
});
afterEach(() => rmSync(configDir, { recursive: true }));

function write(name: string, content: unknown): string {
  const file = join(configDir, 'presets', `${name}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function problemsOf(content: unknown): readonly string[] {
  const file = write('broken', content);
  try {
    loadPresetFile(file);
  } catch (error) {
    assert.ok(error instanceof PresetInvalid, String(error));
    assert.ok(
      error.message.split('\n').every((line) => line.startsWith(`${file}: `)),
      'each line names the file',
    );
    return error.lines;
  }
  return assert.fail('the preset was taken');
}

test('a preset of your own is found by its name and gets every default', () => {
  write('mine', MINIMAL);
  const preset = loadPreset('mine', configDir);
  assert.equal(preset.name, 'mine');
  assert.equal(preset.position.tp1_r, 1.5);
  assert.deepEqual(
    findPresets(configDir).filter((found) => found.origin === 'user'),
    [{ name: 'mine', file: join(configDir, 'presets', 'mine.json'), origin: 'user' }],
  );
});

test('an unknown preset is refused with the names there are', () => {
  write('mine', MINIMAL);
  assert.throws(
    () => loadPreset('yours', configDir),
    (error) =>
      error instanceof PresetUnknown && error.valid.includes('mine') && /"yours".*mine/.test(error.message),
  );
});

test('a broken preset shows all its mistakes at once: place, value found, what is allowed', () => {
  const lines = problemsOf({
    ...MINIMAL,
    strategy: 'momentun',
    risk: { ...MINIMAL.risk, risk_per_trade: 5, max_open_position: 3, max_total_risk: 'much' },
    entry: { cooldown_base_bars: 1.5 },
    levels: null,
  });
  const line = (path: string) =>
    lines.find((text) => text.includes(`: ${path}: `)) ?? assert.fail(`${path} in ${lines.join('\n')}`);
  assert.match(line('strategy'), /found "momentun", allowed: "momentum" or "retest"/);
  assert.match(line('risk.risk_per_trade'), /found 5, allowed: a number from 0.0001 to 0.1/);
  assert.match(line('risk.max_total_risk'), /found "much"/);
  assert.match(line('risk.max_open_position'), /an unknown key, allowed: max_open_positions\?/);
  assert.match(line('entry.cooldown_base_bars'), /found 1.5, allowed: a whole number from 0 to 2016/);
  assert.match(line('levels'), /found null, allowed: an object/);
});

test('figures that contradict each other are refused although each is in its range', () => {
  const lines = problemsOf({ ...MINIMAL, risk: { ...MINIMAL.risk, daily_loss_limit: 0.2 } });
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /risk.daily_loss_limit: found 0.2, allowed: must not be over max_drawdown/);
});

test('a field that breaks its own range and a rule with another field is one problem, not two', () => {
  const lines = problemsOf({ ...MINIMAL, risk: { ...MINIMAL.risk, daily_loss_limit: 7 } });
  assert.deepEqual(lines, ['broken.json: risk.daily_loss_limit: found 7, allowed: a number from 0.001 to 1']);
});

test('a rule that a default breaks names the default: the field is nowhere in the file', () => {
  const lines = problemsOf({ ...MINIMAL, position: { tp2_r: 1 } });
  assert.deepEqual(lines, [
    'broken.json: position.tp1_r: found 1.5, the default, allowed: must be below tp2_r: a number from 0.1 to 50',
  ]);
});

test('a parameter written twice is refused with both lines: of two risks the second would count in silence', () => {
  const twice = JSON.stringify(MINIMAL, null, 1).replace(
    '"max_open_positions"',
    '"risk_per_tr\\u0061de": 0.1,\n "max_open_positions"',
  );
  assert.deepEqual(problemsOf(twice), [
    'broken.json: risk.risk_per_trade: found the key a second time in line 12, after line 11, allowed: each key once',
  ]);
});

test('a secret in a preset is refused with where it belongs, and is not repeated', () => {
  const lines = problemsOf({ ...MINIMAL, apiKey: 'sk-1', sides: { api_secret: 'sk-2' } });
  assert.equal(lines.length, 2);
  assert.match(lines.join('\n'), /apiKey: found a key that looks like a secret.*0600.*environment.*systemd/);
  assert.doesNotMatch(lines.join('\n'), /sk-/);
  assert.doesNotMatch(problemsOf('{"apiKey": sk-3}').join(), /sk-/);
});

test('a preset that is no JSON names the line, and one that is no object says so', () => {
  assert.match(
    problemsOf('{\n  "name": "a",\n  oops\n}')[0] ?? '',
    /broken.json: found .*line 3, column 3.*allowed: JSON/,
  );
  assert.match(problemsOf([])[0] ?? '', /found \[\], allowed: an object/);
});

test('a preset under another file name is refused: the name asked for is the name that trades', () => {
  write('other', MINIMAL);
  assert.throws(() => loadPreset('other', configDir), /other.json: name: found "mine", allowed: "other"/);
});

test('a preset path that does not exist is one clear line', () => {
  assert.throws(
    () => loadPresetFile('/nowhere/at/all.json'),
    /^PresetInvalid: \/nowhere\/at\/all.json: found no such file, allowed/,
  );
});

test('the committed schema for editors is the one the loader checks by (mend: npx tsx scripts/preset-schema.ts)', () => {
  const file = join(packageInfo().root, 'presets', 'preset.schema.json');
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(presetJsonSchema())));
});

test('every preset of the package is valid', () => {
  for (const found of findPresets('/nowhere'))
    assert.equal(loadPreset(found.name, '/nowhere').name, found.name);
});

test('a preset file with a byte order mark is read, as editors on other systems write it', () => {
  write('mine', `\uFEFF${JSON.stringify(MINIMAL)}`);
  assert.equal(loadPreset('mine', configDir).name, 'mine');
});

test('a pipe among the presets is refused at once: its open would hold up a trading daemon for ever', () => {
  execFileSync('mkfifo', [join(configDir, 'presets', 'pipe.json')]);
  assert.throws(() => loadPreset('pipe', configDir), /pipe.json: found no regular file/);
});

test('a preset file that is far too large or nested too deeply is one clear line', () => {
  assert.match(problemsOf({ ...MINIMAL, description: 'x'.repeat(300_000) })[0] ?? '', /found \d+ bytes/);
  const depth = 100_000;
  assert.match(
    problemsOf(`${'['.repeat(depth)}${']'.repeat(depth)}`)[0] ?? '',
    /found a document that is nested too deeply/,
  );
});

test('a folder full of presets is listed in one look: the daemon answers nobody meanwhile, not even a panic', () => {
  const count = 2_000;
  for (let i = 0; i < count; i++) writeFileSync(join(configDir, 'presets', `p${i}.json`), '{');
  const began = performance.now();
  assert.equal(listPresets(configDir).filter(({ valid }) => !valid).length, count);
  // A look through the folder for each of them takes many times as long.
  assert.ok(performance.now() - began < 2_000, `${performance.now() - began} ms`);
});
