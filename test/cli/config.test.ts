import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { Sandbox } from './sandbox.ts';

interface Shown {
  readonly file: string | null;
  readonly settings: { readonly log: { readonly level: string } };
  readonly sources: Readonly<Record<string, { readonly from: string; readonly name: string | null }>>;
}

describe('breakout config', { concurrency: 2 }, () => {
  const bot = new Sandbox();
  const file = path.join(path.dirname(bot.presetDir), 'config.json');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '{"log": {"level": "warn"}, "metrics": {"listen": "127.0.0.1:9464"}}');
  after(() => bot[Symbol.asyncDispose]());

  test('show tells of each setting what a daemon would have and where it is from, and starts none', async () => {
    const { code, stdout, stderr } = await bot.run('config', 'show');
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^log\.level +warn +file$/m);
    assert.match(stdout, /^control\.max_connections +256 +default$/m);
    assert.match(stdout, new RegExp(`^file: ${file}$`, 'm'));
    const shown = await bot.json<Shown>('config', 'show');
    assert.equal(shown.settings.log.level, 'warn');
    assert.deepEqual(shown.sources['metrics.listen'], { from: 'file', name: file });
    assert.equal(existsSync(bot.stateDir), false);
  });

  test('path is the path alone, for an editor', async () => {
    const { code, stdout } = await bot.run('config', 'path');
    assert.deepEqual([code, stdout], [0, `${file}\n`]);
  });

  test('validate says that a file is good, or everything that is wrong with it, with exit code 1', async () => {
    assert.deepEqual(await bot.json('config', 'validate'), { valid: true, file });
    const next = path.join(bot.folder, 'next.json');
    writeFileSync(next, '{"log": {"level": "loud"}, "matrics": {}}');
    const { code, stdout, stderr } = await bot.run('config', 'validate', next);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(
      stderr,
      /^breakout: the configuration has 2 problems\n {2}.*next\.json: log\.level: found "loud"/,
    );
    assert.match(stderr, /\n {2}.*next\.json: matrics: found an unknown key, allowed: metrics\? or one of /);
  });

  test('a daemon does not start over wrong settings: exit code 78, every problem, and nothing is made', async () => {
    const wrong = new Sandbox();
    try {
      wrong.env.BREAKOUT_LOG_LEVEL = 'loud';
      wrong.env.BREAKOUT_METRICS_LISTEN = '0.0.0.0:9464';
      const { code, stderr } = await wrong.run('daemon', 'run');
      assert.equal(code, 78);
      assert.match(
        stderr,
        /^breakout: the configuration has 2 problems .*\n {2}BREAKOUT_LOG_LEVEL: found "loud"/,
      );
      assert.match(stderr, /\n {2}BREAKOUT_METRICS_LISTEN: found .*allow_remote/);
      assert.equal(existsSync(wrong.stateDir), false);
      const started = await wrong.run('daemon', 'start', '--log-level', 'debug');
      assert.equal(started.code, 1);
      assert.match(
        started.stderr,
        /the daemon did not start: BREAKOUT_METRICS_LISTEN: found "0\.0\.0\.0:9464"/,
      );
    } finally {
      await wrong[Symbol.asyncDispose]();
    }
  });
});
