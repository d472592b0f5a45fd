import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Sandbox } from '../cli/sandbox.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/breakout.js', import.meta.url));
const NO_TMUX =
  spawnSync('tmux', ['-V']).status === 0 ? false : 'tmux is not installed: apt-get install tmux';

/** A tmux of its own with one window, in which a shell command runs. */
class Tmux implements Disposable {
  readonly #socket: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(sandbox: Sandbox, columns: number, rows: number, command: string) {
    this.#socket = path.join(sandbox.folder, 'tmux.sock');
    const { NO_COLOR: _, ...env } = sandbox.env;
    this.#env = { ...env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
    this.#run('-f', '/dev/null', 'new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, command);
  }

  #run(...words: string[]): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-S', this.#socket, ...words], {
      env: this.#env,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    return stdout;
  }

  get screen(): string {
    return this.#run('capture-pane', '-p');
  }

  press(...keys: string[]): void {
    for (const key of keys) this.#run('send-keys', key);
  }

  resize(columns: number, rows: number): void {
    this.#run('resize-window', '-x', `${columns}`, '-y', `${rows}`);
  }

  async shows(pattern: RegExp, withinMs = 20_000): Promise<string> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const { screen } = this;
      if (pattern.test(screen)) return screen;
      assert.ok(Date.now() < deadline, `it never showed ${pattern}:\n${screen}`);
      await delay(50);
    }
  }

  [Symbol.dispose](): void {
    this.#run('kill-server');
  }
}

const quoted = (text: string): string => `'${text}'`;
const command = [process.execPath, LAUNCHER, 'tui'].map(quoted).join(' ');

test('on a real terminal: trades come in, pause and resume work, the daemon dies and comes back, panic ends it, the shell is as it was', {
  skip: NO_TMUX,
}, async () => {
  await using sandbox = new Sandbox();
  const { code, stderr } = await sandbox.run('start', '--preset', 'breakout_v1', '--speed', '3600');
  assert.equal(code, 0, stderr);
  using tmux = new Tmux(sandbox, 100, 30, `echo before; ${command}; echo "left with $?"; exec cat`);
  await tmux.shows(/ SIM .*breakout_v1 on sim.*connected/);
  await tmux.shows(/signal +\w+ (long|short) (momentum|retest)/);
  tmux.press('p');
  await tmux.shows(/PAUSED by tui/);
  await tmux.shows(/paused: no new entries/);
  tmux.press('Escape');
  tmux.resize(120, 40);
  const wide = await tmux.shows(/q leave$/m);
  assert.equal(wide.split('\n').filter((line) => line.includes(' Positions ')).length, 1);
  tmux.press('r');
  await tmux.shows(/SCAN|WAIT|MANAGE/);
  const status: { pid: number } = await sandbox.json('daemon', 'status');
  process.kill(status.pid, 'SIGKILL');
  await tmux.shows(/STALE/);
  assert.equal((await sandbox.run('start', '--preset', 'breakout_v1', '--speed', '3600')).code, 0);
  await tmux.shows(/the daemon was restarted meanwhile/);
  tmux.press('E');
  await tmux.shows(/Type panic to confirm/);
  tmux.press('p', 'a', 'n', 'i', 'c');
  await tmux.shows(/▸ Close everything/);
  tmux.press('Enter');
  await tmux.shows(/HALTED/);
  tmux.press('Escape', 'q');
  const shell = await tmux.shows(/left with 0/);
  assert.match(shell, /^before\nleft with 0\n/);
});

test('a view that is ended by a signal gives the terminal back', { skip: NO_TMUX }, async () => {
  await using sandbox = new Sandbox();
  const file = path.join(sandbox.folder, 'pid');
  using tmux = new Tmux(
    sandbox,
    80,
    24,
    `echo before; sh -c 'echo $$ > "$0"; exec "$@"' ${file} ${command}; echo "left with $?"; exec cat`,
  );
  await tmux.shows(/no daemon at/);
  assert.ok(existsSync(file));
  process.kill(Number(readFileSync(file, 'utf8')), 'SIGTERM');
  const shell = await tmux.shows(/left with/);
  assert.match(shell, /^before\nleft with 0\n/);
});

test('without a terminal there is one status and no screen', async () => {
  await using sandbox = new Sandbox();
  const started = await sandbox.run('daemon', 'start');
  assert.equal(started.code, 0, started.stderr);
  const { code, stdout } = await sandbox.run('tui');
  assert.equal(code, 0);
  assert.match(stdout, /^state +IDLE$/m);
  assert.ok(!stdout.includes('\u001b'));
});
