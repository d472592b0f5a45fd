import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Output } from '../../src/cli/output.ts';
import { program } from '../../src/cli/program.ts';
import { viewShell } from '../../src/cli/view-shell.ts';
import type { Paths } from '../../src/config/paths.ts';
import { connect } from '../../src/protocol/client.ts';
import type { RunOptions, Shell } from '../../src/tui/shell.ts';
import { daemonHere, onEnd } from '../daemon/support.ts';
import { type OpenView, open } from './kit.ts';
import { aState } from './samples.ts';

const lastLine = ({ terminal }: OpenView): string => terminal.lines[terminal.rows - 2] ?? '';

/** Waits for what comes from outside of the view. */
async function shows(view: OpenView, pattern: RegExp): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!pattern.test(view.terminal.text)) {
    assert.ok(performance.now() < deadline, `it never showed ${pattern}:\n${view.terminal.text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await view.terminal.settled();
  }
}

/** The command line as `breakout tui` hands it over. */
const commandLine = (paths: Paths, env: NodeJS.ProcessEnv): Shell =>
  viewShell(program(), { output: new Output(process.stdout, process.stderr, env, false), paths, env });

interface Run extends RunOptions {
  readonly words: readonly string[];
  end(code: number | null): void;
}

/** Processes that the test ends itself. */
function runs(): { readonly all: Run[]; readonly run: Shell['run'] } {
  const all: Run[] = [];
  return {
    all,
    run: (words, options) =>
      new Promise((resolve) => {
        all.push({ ...options, words, end: (code) => resolve({ code }) });
      }),
  };
}

const opened = (t: TestContext, shell: Partial<Shell> = {}, readOnly = false): Promise<OpenView> =>
  open(t, { state: aState(), columns: 100, rows: 30, shell, readOnly });

test('Tab completes commands, options and names as the shell does', async (t) => {
  const { paths } = await daemonHere(t);
  const view = await opened(t, commandLine(paths, process.env));
  await view.press(':', 'posi', 'tab');
  await shows(view, /^:positions +$/m);
  await view.press('ctrl+u', 'emer', 'tab');
  await shows(view, /^:emergency-stop/m);
  await view.press('ctrl+u', 'start --mode ', 'tab');
  await shows(view, /tab goes on/);
  await view.press('tab');
  assert.match(lastLine(view), /^:start --mode paper/);
  await view.press('tab');
  assert.match(lastLine(view), /^:start --mode live/);
  await view.press('ctrl+u', 'presets show breakout_v', 'tab');
  await shows(view, /^:presets show breakout_v1 /m);
});

test('a command that reads runs, and what it prints is shown and goes away with esc', async (t) => {
  const { paths } = await daemonHere(t);
  const view = await opened(t, commandLine(paths, process.env));
  await view.press(':', 'status', 'enter');
  await shows(view, /breakout status \(done\)/);
  assert.match(view.terminal.text, /│ state +IDLE/);
  await view.press('esc');
  assert.doesNotMatch(view.terminal.text, /breakout status/);
  await view.press(':', 'up');
  assert.match(lastLine(view), /^:status/);
});

test('a command that goes on shows its newest lines, stands still when scrolled, and ends with esc', async (t) => {
  const { all, run } = runs();
  const view = await opened(t, { run });
  await view.press(':', 'events', 'enter');
  assert.match(view.terminal.text, /breakout events \(running: esc ends it\)/);
  const [process] = all;
  assert.ok(process);
  process.onText(Array.from({ length: 60 }, (_, i) => `event ${i}\n`).join(''));
  await shows(view, /event 59/);
  await view.press('pageup');
  process.onText('event 60\n');
  await shows(view, /of 61/);
  assert.doesNotMatch(view.terminal.text, /event 60/);
  await view.press('end');
  assert.match(view.terminal.text, /event 60/);
  assert.equal(process.signal.aborted, false);
  await view.press('esc');
  assert.equal(process.signal.aborted, true);
  process.end(null);
  await view.terminal.settled();
  assert.match(lastLine(view), /q leave$/);
});

test('leaving the view ends what it runs', async (t) => {
  const { all, run } = runs();
  const view = await opened(t, { run });
  await view.press(':', 'logs --follow', 'enter', 'ctrl+c');
  await view.left;
  assert.equal(all[0]?.signal.aborted, true);
  all[0]?.end(null);
});

test('commands that act go over the connection of the view, and those that the keys ask about ask here too', async (t) => {
  const { paths, client } = await daemonHere(t);
  await client.call('engine.start', { preset: 'breakout_v1' });
  const own = await connect({ socketPath: paths.socketPath, client: 'tui' });
  onEnd(t, () => own.close());
  const view = await open(t, { state: aState(), client: own, columns: 100, rows: 30 });
  await view.press(':', 'pause --reason "lunch time"', 'enter');
  await shows(view, /paused/i);
  assert.deepEqual((await client.call('engine.status')).pausedBy?.reason, 'lunch time');
  await view.press(':', 'resume', 'enter');
  await shows(view, /resumed|takes entries|entries/i);
  await view.press(':', 'stop --flatten --yes', 'enter');
  assert.match(view.terminal.text, /Stop the engine/);
  assert.match(view.terminal.text, /SIM: breakout_v1 on sim, instance default/);
  assert.match(view.terminal.text, /▸ Cancel/);
  await view.press('enter', ':', 'close BTCUSDT', 'enter');
  assert.match(view.terminal.text, /Close BTCUSDT/);
  await view.press('esc', ':', 'emergency-stop', 'enter');
  assert.match(view.terminal.text, /Type panic to confirm/);
  await view.press('esc', ':', 'reset --reason "all flat"', 'enter');
  assert.match(view.terminal.text, /Recorded as: all flat/);
  await view.press('esc', ':', 'reconcile --adopt ETHUSDT', 'enter');
  assert.match(view.terminal.text, /Take over ETHUSDT/);
  await view.press('esc', ':', 'reconcile --ignore ETHUSDT', 'enter');
  assert.match(view.terminal.text, /Leave ETHUSDT alone/);
  await view.press('tab', 'enter');
  await shows(view, /nothing is known at the venue that the bot did not make/);
  assert.notEqual((await client.call('engine.status')).state, 'STOPPED');
});

test('what is wrong with a line is said beside it, and the line stays to be mended', async (t) => {
  const view = await opened(t);
  for (const [line, why] of [
    ['close DOGE', 'no position DOGE is open: there is SOLUSDT, BTCUSDT'],
    ['reset', 'reset needs --reason'],
    ['cancel x', 'is no order id'],
    ['pause now', '"now" is too much'],
    ['reconcile --adopt A --ignore A', '--adopt or --ignore, not both'],
    ['resume --json', 'resume takes no --json here'],
    ['--instance other status', 'begin with the command'],
    ['tui', 'this is the view already'],
    ['pause --reason "x', 'a quote is not closed'],
  ] as const) {
    await view.press(':', line, 'enter');
    assert.ok(lastLine(view).includes(why), `${line}: ${lastLine(view)}`);
    assert.ok(lastLine(view).startsWith(`:${line}`), lastLine(view));
    await view.press('esc');
  }
});

test('whatever else changes something asks first, and Cancel runs nothing', async (t) => {
  const { all, run } = runs();
  const view = await opened(t, { run });
  await view.press(':', 'daemon stop', 'enter');
  assert.match(view.terminal.text, /breakout daemon stop/);
  await view.press('enter');
  assert.equal(all.length, 0);
  await view.press(':', 'rpc engine.stop', 'enter', 'tab', 'enter');
  assert.deepEqual(all[0]?.words, ['rpc', 'engine.stop']);
  await view.press('esc');
  all[0]?.end(0);
});

test('a read-only view runs what reads and refuses the rest, saying why', async (t) => {
  const { all, run } = runs();
  const view = await opened(t, { run }, true);
  for (const line of [
    'pause',
    'stop',
    'emergency-stop',
    'start',
    'daemon stop',
    'rpc engine.stop',
    'reconcile --adopt ETHUSDT',
    'logs --set-level debug',
  ]) {
    await view.press(':', line, 'enter');
    assert.match(lastLine(view), /this view is read-only/, line);
    await view.press('esc');
  }
  assert.equal(all.length, 0);
  await view.press(':', 'logs --lines 5', 'enter');
  assert.deepEqual(all[0]?.words, ['logs', '--lines', '5']);
  await view.press('esc');
  all[0]?.end(0);
});

test('a pasted line is not run by the line end in it', async (t) => {
  const { all, run } = runs();
  const view = await opened(t, { run });
  await view.press(':');
  for (const part of ['\u001b[200~', 'status', '\r', '\u001b[201~']) {
    view.terminal.type(part);
    await view.terminal.settled();
  }
  assert.match(lastLine(view), /^:status/);
  assert.equal(all.length, 0);
});

test('a line that arrives with its end, as from a terminal that does not tell a paste, waits for enter', async (t) => {
  const { all, run } = runs();
  const view = await opened(t, { run });
  await view.press(':', 'status\r');
  assert.match(lastLine(view), /^:status/);
  assert.equal(all.length, 0);
  await view.press('\u007f\u007f\ts');
  assert.match(lastLine(view), /^:stats/);
  await view.press('esc', 's\r');
  assert.match(view.terminal.text, /press s alone to stop/);
});

test('a line longer than the screen keeps its cursor in sight', async (t) => {
  const view = await opened(t);
  await view.press(':', 'x'.repeat(130), 'E');
  assert.match(lastLine(view), /^<x+E/);
});
