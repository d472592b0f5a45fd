import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { presetsList } from '../../src/cli/commands/presets.ts';
import { Output } from '../../src/cli/output.ts';
import { packageInfo } from '../../src/config/package.ts';
import { resolvePaths } from '../../src/config/paths.ts';
import { Sandbox } from './sandbox.ts';

const file = path.join(packageInfo().root, 'presets', 'breakout_v1.json');

/** What `breakout presets` prints on a terminal of this width. */
async function listed(t: { after: (end: () => void) => void }, columns: number): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'breakout-presets-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const env = { BREAKOUT_STATE_DIR: folder, BREAKOUT_CONFIG_DIR: folder, NO_COLOR: '1' };
  const screen = Object.assign(new PassThrough(), { isTTY: true, columns });
  const output = new Output(screen, screen, env, false);
  await presetsList({ output, paths: resolvePaths({ env }), env });
  screen.end();
  return text(screen);
}

test('on a narrow terminal the names of presets stay whole: a cut one starts nothing', async (t) => {
  for (const columns of [20, 40, 60, 80, 200]) {
    const lines = (await listed(t, columns)).trimEnd().split('\n');
    for (const name of ['breakout_v1', 'high_liquidity_top30', 'smallcap_top_gainers', 'smallcap_top_losers'])
      assert.ok(
        lines.some((line) => line.startsWith(name)),
        `${name} at ${columns}`,
      );
    for (const line of lines) assert.ok(line.length <= columns, `${columns}: ${line}`);
  }
  assert.match(await listed(t, 40), /^preset +strategy +sides$/m);
  assert.match(await listed(t, 80), /^preset +strategy +sides +from +what it is for$/m);
});

test('a preset is shown, and one is checked where it lies, without a daemon', async () => {
  await using bot = new Sandbox();
  const shown = await bot.run('presets', 'show', 'breakout_v1');
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /^preset +breakout_v1\nfrom +package\nhash +[0-9a-f]{64}\n\nBalanced /);
  assert.match(shown.stdout, /^universe\.whitelist +\[\]$/m);

  const mine = path.join(bot.presetDir, 'mine.json');
  writeFileSync(mine, readFileSync(file, 'utf8').replace('"breakout_v1"', '"mine"'));
  const good = await bot.json<{ valid: boolean; name: string }>('presets', 'validate', mine);
  assert.deepEqual([good.valid, good.name], [true, 'mine']);
  assert.equal((await bot.json<{ origin: string }>('presets', 'show', 'mine')).origin, 'user');

  writeFileSync(mine, '{"name": "mine", "sides": "up"}');
  const bad = await bot.run('presets', 'validate', 'config/presets/mine.json');
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /^breakout: the preset has 5 problems\n/);
  assert.match(bad.stderr, /\n {2}.*mine\.json: sides: found "up", allowed: "both" or "long" or "short"\n/);
  const unknown = await bot.run('presets', 'show', 'yours');
  assert.deepEqual([unknown.code, unknown.stdout], [1, '']);
  assert.match(unknown.stderr, /^breakout: there is no preset "yours"; there are: breakout_v1, .*mine/);
});
