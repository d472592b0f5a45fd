import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { ResultOf } from '../../src/protocol/methods.ts';
import { Sandbox } from '../cli/sandbox.ts';

type Status = ResultOf<'engine.status'>;
type DaemonStart = { readonly started: boolean; readonly pid: number };

const START = ['start', '--preset', 'breakout_v1'];

describe('a session by hand', () => {
  test('start, status, pause, resume, stop and daemon stop do what they say, and leave nothing', async () => {
    await using bot = new Sandbox();
    // Slow enough for all its state changes to be among those that are held, however slow this machine is.
    const started = await bot.run(...START, '--seed', '3', '--speed', '60');
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stdout, /breakout_v1.*paper/);
    assert.match(started.stdout, /The daemon runs in the background \(pid \d+\)/);

    const running = await bot.json<Status>('status');
    assert.equal(running.preset, 'breakout_v1');
    assert.equal(running.venue, 'sim');
    assert.equal(running.mode, 'paper');

    const again = await bot.run(...START);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /^breakout: .*running.*\(`breakout stop` ends the session that runs\)\n$/);

    assert.equal((await bot.run('pause', '--reason', 'maintenance')).code, 0);
    const paused = await bot.run('status');
    assert.match(paused.stdout, /^state +PAUSED$/m);
    assert.match(paused.stdout, /^paused +by cli at .*Z: maintenance$/m);

    assert.equal((await bot.run('resume')).code, 0);
    const notPaused = await bot.run('resume');
    assert.equal(notPaused.code, 1, 'resume when not paused must be refused');

    const { transitions } = await bot.json<ResultOf<'engine.transitions'>>('transitions', '--limit', '1000');
    assert.deepEqual(
      transitions.slice(0, 2).map(({ from, to }) => [from, to]),
      [
        ['IDLE', 'INITIALIZING'],
        ['INITIALIZING', 'SCANNING'],
      ],
    );

    const stopped = await bot.run('stop', '--flatten', '--yes');
    assert.equal(stopped.code, 0, stopped.stderr);
    assert.equal((await bot.json<Status>('status')).state, 'IDLE');
    assert.equal((await bot.run('stop')).code, 1, 'stop on a stopped engine must be refused');

    assert.equal((await bot.run('daemon', 'stop')).code, 0);
    assert.equal(existsSync(bot.socketPath), false);
    assert.equal((await bot.run('status')).code, 2);
  });

  test('an emergency stop ends flat and locked; only a reset with a reason unlocks', async () => {
    await using bot = new Sandbox();
    assert.equal((await bot.run(...START)).code, 0);
    const panic = await bot.run('emergency-stop', '--yes', '--reason', 'drill');
    assert.equal(panic.code, 0, panic.stderr);
    const refused = await bot.run(...START);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /breakout reset --reason/);
    assert.equal((await bot.run('reset', '--reason', 'drill is over')).code, 0);
    assert.equal((await bot.run(...START)).code, 0);
  });

  test('--for stops the engine after its time and sums up; the daemon stays', async () => {
    await using bot = new Sandbox();
    const outcome = await bot.json<{ ended: { reason: string }; trades: number }>(...START, '--for', '1s');
    assert.equal(outcome.ended.reason, 'stopped');
    assert.equal((await bot.json<Status>('status')).state, 'IDLE');
  });

  test('Ctrl-C during --follow ends the view, says so, and the engine trades on', async () => {
    await using bot = new Sandbox();
    const view = bot.start(...START, '--follow');
    await view.says(/INITIALIZING -> SCANNING/);
    await view.says(/started/);
    view.child.kill('SIGINT');
    const { code, stderr } = await view.ended;
    assert.equal(code, 0);
    assert.match(stderr, /The engine goes on/);
    const { state } = await bot.json<Status>('status');
    assert.ok(!['IDLE', 'STOPPED', 'ERROR'].includes(state), state);
  });
});

describe('one daemon', () => {
  test('two starters at once make one daemon, and both are served by it', async () => {
    await using bot = new Sandbox();
    const both = await Promise.all([
      bot.json<DaemonStart>('daemon', 'start'),
      bot.json<DaemonStart>('daemon', 'start'),
    ]);
    assert.equal(both[0].pid, both[1].pid);
    assert.deepEqual(both.map(({ started }) => started).sort(), [false, true]);
  });

  test('a second daemon on the same state folder is refused with 75, and the first one serves on', async () => {
    await using bot = new Sandbox();
    const { pid } = await bot.json<DaemonStart>('daemon', 'start');
    const second = await bot.run('daemon', 'run');
    assert.equal(second.code, 75);
    assert.match(second.stderr, /^breakout: .*\n$/);
    assert.equal((await bot.json<ResultOf<'daemon.info'>>('daemon', 'status')).pid, pid);
  });

  test('daemon run with a socket path that the system would cut ends with 78', async () => {
    await using bot = new Sandbox();
    const { code, stderr } = await bot.run('daemon', 'run', '--socket', `/tmp/${'x'.repeat(120)}`);
    assert.equal(code, 78);
    assert.match(stderr, /^breakout: the socket path .*\n$/);
  });
});

describe('bad input', () => {
  test('is told with its place and mend, exit code 1, and no daemon is left behind for it', async () => {
    await using bot = new Sandbox();
    const candles = path.join(bot.folder, 'candles');
    mkdirSync(candles);
    writeFileSync(
      path.join(candles, 'AUSDT-5m.csv'),
      'timestamp,open,high,low,close,volume\n1704067200000,1,2,0.5,1.5,10\n1704067500000,1,x,0.5,1.5,10\n',
    );
    writeFileSync(path.join(bot.presetDir, 'broken.json'), '{"name":"broken","risc":1}');
    const cases: readonly [words: string[], says: RegExp][] = [
      [['--preset', 'nope'], /^breakout: there is no preset "nope"; there are: breakout_v1, .*\n$/m],
      [['--preset', 'broken'], /^breakout: .* problems\n(?: {2}broken\.json: .*\n){4,}$/],
      [
        ['--preset', 'breakout_v1', '--data', 'nowhere'],
        /^breakout: the data folder .*nowhere does not exist.*\n$/,
      ],
      [
        ['--preset', 'breakout_v1', '--data', candles],
        /^breakout: .*AUSDT-5m\.csv, line 3: high is not a number: "x".*\n$/,
      ],
      [
        ['--preset', 'breakout_v1', '--venue', 'nyse'],
        /^breakout: there is no venue "nyse"; there are: sim, replay, and the exchanges that ccxt knows.*\n$/,
      ],
      [
        ['--preset', 'breakout_v1', '--venue', 'nowhere'],
        /^breakout: .* and the exchanges that ccxt knows: live there are binance, .*README\n$/,
      ],
      [['--preset', 'breakout_v1', '--mode', 'live'], /^breakout: sim trades on paper only.*\n$/],
    ];
    for (const [words, says] of cases) {
      const { code, stderr, stdout } = await bot.run('start', ...words);
      assert.match(stderr, says);
      assert.equal(stdout, '');
      assert.equal(code, 1);
      assert.equal(existsSync(bot.socketPath), false, `${words.join(' ')} left a daemon`);
    }
    const missing = await bot.run('backtest', '--preset', 'breakout_v1', '--data', 'nowhere');
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /^breakout: the data folder .*nowhere does not exist\n$/);
    const broken = await bot.run('backtest', '--preset', 'broken', '--data', candles);
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /^breakout: preset broken has \d+ problems\n/);
  });
});
