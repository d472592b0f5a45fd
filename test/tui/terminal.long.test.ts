import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Sandbox } from '../cli/sandbox.ts';
import { breakout, NO_TMUX, Tmux } from './tmux.ts';

const command = breakout('tui');

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
  // Once the dialog has gone: read together with what follows it, an escape would be the beginning of another key.
  await tmux.shows(/q leave$/m);
  tmux.press('q');
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

test('for a screen reader the terminal gets lines one after the other, in words, and keys work as ever', {
  skip: NO_TMUX,
}, async () => {
  await using sandbox = new Sandbox();
  assert.equal((await sandbox.run('start', '--preset', 'breakout_v1', '--speed', '60')).code, 0);
  using tmux = new Tmux(sandbox, 100, 50, `INK_SCREEN_READER=true ${command}; echo "left with $?"; exec cat`);
  await tmux.shows(/^SIM: breakout_v1 on sim, running, connected$/m);
  await tmux.shows(/^Positions, \d open/m);
  tmux.press('p');
  await tmux.shows(/^Attention: PAUSED by tui/m);
  tmux.press('E');
  await tmux.shows(/^selected: Cancel, Close everything$/m);
  tmux.press('Escape');
  // Read together with what follows it, an escape would be the beginning of another key.
  await tmux.shows(/^>$/m);
  tmux.press('q');
  const said = await tmux.shows(/left with 0/);
  assert.doesNotMatch(said, /[\u2500-\u25ff]/);
});
