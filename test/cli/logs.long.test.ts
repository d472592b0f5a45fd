import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { logLine } from '../../src/cli/log-words.ts';
import { Sandbox } from './sandbox.ts';

interface Line {
  readonly level: string;
  readonly component: string;
  readonly message: string;
  readonly ref: string | null;
}

interface Shown {
  readonly source: string;
  readonly lines: readonly Line[];
}

interface Levels {
  readonly levels: readonly { readonly component: string; readonly level: string }[];
}

describe('breakout logs with a daemon', () => {
  const sandbox = new Sandbox();
  before(() => sandbox.run('daemon', 'start'));
  after(() => sandbox[Symbol.asyncDispose]());

  const levelOf = async (component: string): Promise<string | undefined> =>
    (await sandbox.json<Levels>('logs', '--levels')).levels.find((row) => row.component === component)?.level;

  test('a refused command is found under the ref that its error names', async () => {
    const refused = await sandbox.run('resume', '--json');
    assert.equal(refused.code, 1);
    const { lines } = await sandbox.json<Shown>('logs', '--component', 'control', '--level', 'warn');
    const line = lines.at(-1);
    assert.equal(line?.message, 'engine.resume refused');
    const { stdout } = await sandbox.run('logs', '--ref', line?.ref ?? '');
    assert.match(
      stdout,
      /^\S+ \S+ {2}warn {3}control {4}engine\.resume refused {2}ref=\S+ .*code=ENGINE_NOT_RUNNING/,
    );
  });

  test('--level debug makes the daemon write debug lines, says so, and says the way back', async () => {
    const raised = await sandbox.run('logs', '--level', 'debug', '--component', 'control', '--for', '10m');
    assert.equal(raised.code, 0);
    assert.match(raised.stderr, /^control: info -> debug, for 600 s$/m);
    assert.match(raised.stderr, /breakout logs --set-level configured --component control/);
    assert.equal(await levelOf('control'), 'debug');
    const { lines } = await sandbox.json<Shown>('logs', '-n', '5');
    assert.ok(lines.some(({ level }) => level === 'debug'));

    const only = await sandbox.run('logs', '--level', 'error');
    assert.equal(only.stderr, '', 'a graver level only chooses what is shown');
    assert.equal(await levelOf('control'), 'debug');

    const back = await sandbox.run('logs', '--set-level', 'configured');
    assert.equal(back.stdout, 'control: debug -> info, as the settings say\n');
    assert.equal(await levelOf('control'), 'info');
  });

  test('--follow --json streams a line of JSON for each line of the log until Ctrl-C', async () => {
    const following = sandbox.start('logs', '--follow', '--json', '-n', '1', '--component', 'control');
    await following.says(/\n/);
    await sandbox.run('stop');
    await following.says(/engine\.stop refused/);
    following.child.kill('SIGINT');
    const { code, stdout, stderr } = await following.ended;
    assert.equal(code, 0, stderr);
    const lines: Line[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(lines.at(-1)?.message, 'engine.stop refused');
  });

  const wrong: readonly [why: string, words: string[], says: RegExp][] = [
    ['two levels', ['--level', 'info', '--set-level', 'info'], /--level or --set-level, not both/],
    ['a time for nothing', ['--for', '5m'], /--for says how long a level holds/],
    ['an unknown level', ['--level', 'loud'], /Allowed choices are error, warn, info, debug/],
    ['too many lines', ['-n', '5000'], /from 1 to 1000/],
  ];
  for (const [why, words, says] of wrong)
    test(`${why}: refused before anything is changed`, async () => {
      const { code, stdout, stderr } = await sandbox.run('logs', ...words);
      assert.equal(code, 3);
      assert.equal(stdout, '');
      assert.match(stderr, says);
    });
});

test('without a daemon the end of the log file is shown, rotated ones included, torn lines passed over', async () => {
  await using sandbox = new Sandbox();
  const none = await sandbox.run('logs');
  assert.equal(none.code, 2, 'there is no log either');
  const folder = path.join(sandbox.stateDir, 'log');
  mkdirSync(folder, { recursive: true });
  const line = (n: number, level = 'info'): string =>
    `${JSON.stringify({ timestamp: `2026-03-31T08:00:0${n}.000Z`, level, component: 'engine', message: `m${n}` })}\n`;
  writeFileSync(path.join(folder, 'daemon.log.1'), line(1) + line(2, 'error'));
  writeFileSync(path.join(folder, 'daemon.log'), line(3));
  appendFileSync(path.join(folder, 'daemon.log'), `{"timestamp":"2026-\n${line(4, 'warn')}`);
  const { code, stdout, stderr } = await sandbox.run('logs', '-n', '3');
  assert.equal(code, 0);
  assert.deepEqual(stdout.match(/m\d/g), ['m2', 'm3', 'm4']);
  assert.match(stderr, /no daemon answers .* this is the end of .*daemon\.log/);
  const { source, lines } = await sandbox.json<Shown>(
    'logs',
    '--level',
    'warn',
    '--since',
    '2026-03-31T08:00:02Z',
  );
  assert.equal(source, 'file');
  assert.deepEqual(
    lines.map(({ message }) => message),
    ['m2', 'm4'],
  );
  assert.equal((await sandbox.run('logs', '--follow')).code, 2);
});

test('a line of the log cannot rewrite the terminal of who reads it', () => {
  const line = {
    timestamp: '2026-03-31T08:05:00.123Z',
    level: 'info',
    component: 'engine',
    message: 'a\u001b[2Jb\nc',
    ref: null,
    detail: { why: 'x\u0007 y', list: [1, { a: 'b' }], long: 'z'.repeat(500) },
  };
  const text = logLine(line, (_, plain) => plain);
  assert.ok(!/\p{Cc}/u.test(text), JSON.stringify(text));
  assert.match(text, /^2026-03-31 08:05:00\.123 {2}info {3}engine {5}a\\u001b\[2Jb\\u000ac {2}why=/);
  assert.ok(text.length < 400);
});
