import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Sandbox } from './sandbox.ts';
import { commandTree, helpOf } from './tree.ts';

const COMMANDS = commandTree().filter(({ path }) => path !== '' && !path.includes(' '));

describe('the command line', { concurrency: 2 }, () => {
  const sandbox = new Sandbox();
  after(() => sandbox[Symbol.asyncDispose]());

  test('help names every command and the exit codes', async () => {
    const { code, stdout, stderr } = await sandbox.run('--help');
    assert.equal(code, 0);
    assert.equal(stderr, '');
    for (const { path: name } of COMMANDS) assert.match(stdout, new RegExp(`^  ${name}\\b`, 'm'));
    assert.match(stdout, /Exit codes:/);
  });

  test('what is wrong with a command line is told with the way to the help of that command', async () => {
    const { code, stderr } = await sandbox.run('data', 'download', '--symbols', 'BTCUSDT');
    assert.equal(code, 3);
    assert.match(stderr, /--exchange <name>' not specified \(see `breakout data download --help`\)/);
  });

  test('the help of a command has an example of it', async () => {
    const { code, stdout } = await sandbox.run('start', '--help');
    assert.equal(code, 0);
    assert.match(stdout, /Examples:\n {2}\$ breakout start --preset breakout_v1/);
  });

  test('the help of no command runs over a terminal of 80 columns, but for examples that are longer', () => {
    const long = commandTree().flatMap(({ path: name, command }) =>
      helpOf(command)
        .split('\n')
        .filter((line) => line.length > 80 && !line.startsWith('  $ '))
        .map((line) => `${name}: ${line}`),
    );
    assert.deepEqual(long, []);
  });

  const wrong: readonly [why: string, words: string[], says: RegExp][] = [
    ['an unknown command', ['statsu'], /^breakout: unknown command 'statsu' \(Did you mean status\?\) .*\n$/],
    ['an unknown command of the daemon', ['daemon', 'rnu'], /^breakout: unknown command 'rnu'.*\n$/],
    ['an unknown option', ['status', '--verbose'], /^breakout: unknown option '--verbose'.*\n$/],
    [
      'a start without a preset',
      ['start'],
      /^breakout: required option '--preset <name>' not specified.*\n$/,
    ],
    [
      'a replay without its candles',
      ['start', '--preset', 'breakout_v1', '--venue', 'replay'],
      /^breakout: --venue replay needs --data DIR.*\n$/,
    ],
    [
      'a generated market with a first day',
      ['start', '--preset', 'breakout_v1', '--from', '2024-01-01'],
      /^breakout: --venue sim takes no --from\n$/,
    ],
    [
      'a folder of candles with no name',
      ['start', '--preset', 'breakout_v1', '--data', ''],
      /^breakout: --data is empty .*\n$/,
    ],
    [
      'a backtest over a folder with no name',
      ['backtest', '--preset', 'breakout_v1', '--data', ''],
      /^breakout: --data is empty .*\n$/,
    ],
    [
      'an equity that no account has',
      ['start', '--preset', 'breakout_v1', '--equity', '9'.repeat(400)],
      /^breakout: option '--equity <amount>' argument '9+' is invalid. Give a positive amount .*\n$/,
    ],
    [
      'a period that ends before it begins',
      ['start', '--preset', 'breakout_v1', '--data', '.', '--from', '2024-02-01', '--to', '2024-01-01'],
      /^breakout: --from must be before --to\n$/,
    ],
    [
      'a mode that there is not',
      ['start', '--preset', 'breakout_v1', '--mode', 'real'],
      /^breakout: option '--mode <mode>' argument 'real' is invalid.*\n$/,
    ],
    [
      'a topic that there is not',
      ['events', '--topics', 'trades'],
      /^breakout: there is no topic "trades"; there are: session, state, .*\n$/,
    ],
    [
      'an emergency stop that nobody can confirm',
      ['emergency-stop'],
      /^breakout: emergency-stop closes every position at market: add --yes.*\n$/,
    ],
    [
      'a stop that closes positions, and nobody there to confirm it',
      ['stop', '--flatten'],
      /^breakout: stop --flatten closes every position at market: add --yes.*\n$/,
    ],
    [
      'a position to be closed, and nobody there to confirm it',
      ['close', 'BTCUSDT'],
      /^breakout: close sends a market order: add --yes.*\n$/,
    ],
    [
      'an instance name that would leave its folder',
      ['status', '--instance', '../other'],
      /^breakout: instance "\.\.\/other": .*\n$/,
    ],
    [
      'a socket path that the system would cut',
      ['status', '--socket', `/tmp/${'x'.repeat(120)}`],
      /^breakout: the socket path .* has 125 bytes and the system takes \d+.*\n$/,
    ],
  ];
  for (const [why, words, says] of wrong) {
    test(`${why}: one line and exit code 3`, async () => {
      const { code, stdout, stderr } = await sandbox.run(...words);
      assert.match(stderr, says);
      assert.equal(stdout, '');
      assert.equal(code, 3);
    });
  }

  for (const words of [
    ['status'],
    ['stop'],
    ['pause'],
    ['resume'],
    ['reset', '--reason', 'x'],
    ['emergency-stop', '--yes'],
    ['metrics'],
    ['commands'],
    ['transitions'],
    ['positions'],
    ['trades'],
    ['events'],
    ['daemon', 'status'],
    ['daemon', 'stop'],
  ]) {
    test(`${words.join(' ')} without a daemon says so with exit code 2 and starts none`, async () => {
      const { code, stdout, stderr } = await sandbox.run(...words);
      assert.match(stderr, /^breakout: no daemon at .*b\.sock \(there is no socket\): start one with .*\n$/);
      assert.equal(stdout, '');
      assert.equal(code, 2);
      assert.equal(existsSync(sandbox.stateDir), false);
    });
  }

  test('a state folder that cannot be made is one line with exit code 1, and no daemon is left', async (t) => {
    const other = new Sandbox();
    t.after(() => other[Symbol.asyncDispose]());
    writeFileSync(other.stateDir, 'a file');
    const { code, stdout, stderr } = await other.run('start', '--preset', 'breakout_v1');
    assert.match(
      stderr,
      /^breakout: the state folder .*state cannot be used: .*state is no folder \(mend it, .*\)\n$/,
    );
    assert.equal(stdout, '');
    assert.equal(code, 1);
    assert.equal(existsSync(other.socketPath), false);
  });

  test('a lock file that is something else is named, with the way to mend it', async (t) => {
    const other = new Sandbox();
    t.after(() => other[Symbol.asyncDispose]());
    mkdirSync(other.stateDir);
    writeFileSync(path.join(other.stateDir, 'lock.sqlite'), 'no database '.repeat(50));
    const { code, stderr } = await other.run('daemon', 'run');
    assert.match(stderr, /^breakout: the lock file .*lock\.sqlite cannot be used \(.*\): .*remove it\n$/);
    assert.equal(code, 78);
  });

  test('a full disk behind stdout is one line and no success', { skip: !existsSync('/dev/full') }, () => {
    const full = openSync('/dev/full', 'w');
    const launcher = fileURLToPath(new URL('../../bin/breakout.js', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [launcher, 'presets'], {
      env: sandbox.env,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    assert.match(stderr, /^breakout: the output cannot be written: ENOSPC.*\n$/);
    assert.equal(status, 1);
  });

  test('under --json a failure is one document as well, with its code', async () => {
    const { code, stdout } = await sandbox.run('status', '--json');
    assert.equal(code, 2);
    assert.equal(JSON.parse(stdout).error.code, 'NOT_REACHABLE');
  });

  for (const [why, words, says] of [
    ['an unknown command', ['statsu'], "unknown command 'statsu' (Did you mean status?)"],
    ['a start without a preset', ['start'], "required option '--preset <name>' not specified"],
    ['no command', [], 'a command is missing'],
  ] as const) {
    test(`under --json a wrong command line is one document as well: ${why}`, async () => {
      const { code, stdout } = await sandbox.run(...words, '--json');
      assert.equal(code, 3);
      const { error } = JSON.parse(stdout);
      assert.deepEqual([error.code, error.message], ['USAGE', says]);
    });
  }

  test('presets are listed without a daemon, and none is started for it', async () => {
    const { code, stdout } = await sandbox.run('presets');
    assert.equal(code, 0);
    assert.match(stdout, /^breakout_v1 /m);
    assert.equal(existsSync(sandbox.stateDir), false);
  });
});
