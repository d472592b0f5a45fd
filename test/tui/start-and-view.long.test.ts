import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sandbox } from '../cli/sandbox.ts';
import { breakout, NO_TMUX, Tmux } from './tmux.ts';

test('start --tui without a terminal starts and shows one status; with --json it starts nothing', async () => {
  await using sandbox = new Sandbox();
  const refused = await sandbox.run('--json', 'start', '--preset', 'breakout_v1', '--tui');
  assert.equal(refused.code, 3);
  assert.equal((await sandbox.run('status')).code, 2);
  const { code, stdout, stderr } = await sandbox.run('start', '--preset', 'breakout_v1', '--tui');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^The daemon runs in the background/m);
  assert.match(stdout, /^preset +breakout_v1/m);
});

test('from nothing to a session in the view: the form starts the daemon and the engine, `:` stops it, the shell is as it was', {
  skip: NO_TMUX,
}, async () => {
  await using sandbox = new Sandbox();
  using tmux = new Tmux(sandbox, 100, 30, `echo before; ${breakout('tui')}; echo "left with $?"; exec cat`);
  await tmux.shows(/No daemon is running/);
  tmux.press('S');
  await tmux.shows(/▸breakout_v1/);
  tmux.press('BTab', 'BTab');
  await tmux.shows(/▸ Start/);
  tmux.press('Enter');
  await tmux.shows(/ SIM .*breakout_v1 on sim.*connected/);
  tmux.press(':', 'stat', 'Tab');
  await tmux.shows(/^:status/m);
  tmux.press('Enter');
  await tmux.shows(/breakout status \(done\)/);
  tmux.press('Escape');
  await tmux.shows(/q leave/);
  tmux.press(':', 'stop');
  await tmux.shows(/^:stop/m);
  tmux.press('Enter');
  await tmux.shows(/Stop the engine/);
  tmux.press('Tab');
  await tmux.shows(/▸ Stop/);
  tmux.press('Enter');
  await tmux.shows(/^ \w+ +IDLE /m);
  tmux.press('q');
  assert.match(await tmux.shows(/left with 0/), /^before\nleft with 0\n/);
});

test('start --tui opens the view on the session that it started', { skip: NO_TMUX }, async () => {
  await using sandbox = new Sandbox();
  using tmux = new Tmux(
    sandbox,
    100,
    30,
    `${breakout('start', '--preset', 'breakout_v1', '--tui')}; echo "left with $?"; exec cat`,
  );
  await tmux.shows(/ SIM .*breakout_v1 on sim.*connected/);
  tmux.press('q');
  await tmux.shows(/The daemon runs in the background[\s\S]*left with 0/);
});

test('Ctrl-Z puts the view into the background of the shell, and fg fetches it back', {
  skip: NO_TMUX,
}, async () => {
  await using sandbox = new Sandbox();
  using tmux = new Tmux(sandbox, 100, 30, 'PS1="ready> " exec bash --norc --noprofile -i');
  await tmux.shows(/ready>/);
  tmux.type(breakout('tui'));
  tmux.press('Enter');
  await tmux.shows(/No daemon is running/);
  tmux.press('C-z');
  await tmux.shows(/Stopped/);
  tmux.press('fg', 'Enter');
  await tmux.shows(/No daemon is running/);
  tmux.press('q');
  await tmux.shows(/Stopped[\s\S]*ready> *$/m);
  tmux.type('echo "left $? then"; exec cat');
  tmux.press('Enter');
  await tmux.shows(/^left 0 then/m);
});
