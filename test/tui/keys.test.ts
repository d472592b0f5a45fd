import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../src/protocol/client.ts';
import { bindings } from '../../src/tui/keys/table.ts';
import { PANES } from '../../src/tui/panes/registry.ts';
import type { ViewState } from '../../src/tui/store/state.ts';
import { daemonHere, onEnd } from '../daemon/support.ts';
import { type OpenView, open } from './kit.ts';
import { aState, NOW } from './samples.ts';

const selectedLine = ({ terminal }: OpenView): string =>
  terminal.lines.find((line) => line.startsWith('▸') && !line.includes('─')) ?? '';

const focused = ({ terminal }: OpenView): string =>
  terminal.lines.find((line) => /^▸ \w+ ─/.test(line))?.split(' ')[1] ?? '';

const withCommands = (commands: ViewState['reads']['commands']): ViewState => ({
  ...aState(),
  reads: commands === undefined ? {} : { commands },
});

test('no key is bound twice, and every binding is in the help', async (t) => {
  const keys = [...bindings(false).flatMap((binding) => binding.keys), ...PANES.map(({ hotkey }) => hotkey)];
  assert.deepEqual(keys, [...new Set(keys)]);
  const view = await open(t, { state: aState(), columns: 120, rows: 60 });
  await view.press('?');
  for (const { keys, help } of bindings(false)) {
    const shown = view.terminal.lines.some((line) => line.includes(keys.join(' ')) && line.includes(help));
    assert.ok(shown, `${keys}: ${help}`);
  }
});

test('arrows and vi keys select, and the selection stays with its position when another one above it closes', async (t) => {
  const view = await open(t, { state: aState() });
  await view.press('down');
  assert.match(selectedLine(view), /SOLUSDT/);
  await view.press('j');
  assert.match(selectedLine(view), /BTCUSDT/);
  await view.set((state) => ({ ...state, positions: state.positions.slice(1) }));
  assert.match(selectedLine(view), /BTCUSDT/);
  await view.press('x');
  assert.match(view.terminal.text, /Close BTCUSDT/);
  await view.press('esc', 'k', 'up', 'home', 'end', 'g', 'G', 'pageup', 'pagedown');
  assert.match(selectedLine(view), /BTCUSDT/);
});

test('a selected position that is gone is not replaced by another one under the same key press', async (t) => {
  const view = await open(t, { state: aState() });
  await view.press('down');
  await view.set((state) => ({ ...state, positions: state.positions.slice(1) }));
  await view.press('x');
  assert.match(view.terminal.text, /x close: select a position first/);
});

test('Tab goes round the panes and back, z gives one the screen, esc takes it back', async (t) => {
  const view = await open(t, { state: aState() });
  assert.equal(focused(view), 'Positions');
  await view.press('tab');
  assert.equal(focused(view), 'Events');
  await view.press('l');
  assert.equal(focused(view), 'Positions');
  await view.press('shift+tab');
  assert.equal(focused(view), 'Events');
  await view.press('z');
  assert.doesNotMatch(view.terminal.text, /Positions/);
  await view.press('esc');
  assert.match(view.terminal.text, /Positions/);
  await view.press('1');
  assert.equal(focused(view), 'Positions');
});

test('a filter shows what has it, is said at the pane, and goes with esc', async (t) => {
  const view = await open(t, { state: aState() });
  await view.press('/', 'b', 't', 'c');
  assert.doesNotMatch(view.terminal.text, /^ SOLUSDT/m);
  await view.press('enter');
  assert.match(view.terminal.text, /Positions ─+ \/btc/);
  await view.press('q', 'x');
});

test('keys that came in one go never change what is traded', async (t) => {
  const view = await open(t, { state: aState() });
  await view.press('sE');
  assert.match(view.terminal.text, /press E alone to PANIC/);
  assert.doesNotMatch(view.terminal.text, /Stop the engine/);
  view.terminal.type('\u001b[200~');
  view.terminal.type('s');
  view.terminal.type('\u001b[201~');
  await view.terminal.settled();
  assert.match(view.terminal.text, /pasted text is not taken as keys/);
});

test('a key that can do nothing now says why, in the words of the engine', async (t) => {
  const commands = {
    at: NOW,
    error: null,
    data: { commands: [{ command: 'resume', allowed: false, reason: 'the engine is not paused' } as const] },
  };
  const view = await open(t, { state: withCommands(commands) });
  await view.press('r');
  assert.match(view.terminal.text, /r resume: the engine is not paused/);
});

test('what a key has said makes room for the keys again', async (t) => {
  const view = await open(t, { state: aState() });
  await view.press('x');
  assert.doesNotMatch(view.terminal.text, /q leave/);
  await view.set((state) => ({ ...state, now: state.now + 8_000, heardAt: state.now + 8_000 }));
  assert.match(view.terminal.text, /q leave/);
});

test('without a connection nothing is asked of the daemon, and the screen says so', async (t) => {
  const failure = { kind: 'lost', message: 'gone' } as const;
  const connection = { phase: 'waiting', attempt: 1, retryAt: NOW, failure } as const;
  const view = await open(t, { state: { ...aState(), connection } });
  await view.press('p');
  assert.match(view.terminal.text, /p pause: there is no connection to the daemon/);
});

test('--read-only binds no key that changes what is traded', async (t) => {
  const view = await open(t, { state: aState(), readOnly: true });
  const { text } = view.terminal;
  await view.press('p', 'r', 's', 'x', 'E', 'down', 'x');
  assert.doesNotMatch(view.terminal.text, /PANIC|Stop the engine|Close/);
  assert.doesNotMatch(text, /p pause|s stop/);
  assert.match(view.terminal.text, /x close: this view is read-only/);
  await view.press('?');
  assert.match(view.terminal.text, /read-only: no key here changes what is traded/);
});

test('panic wants its word: Enter at once does nothing, a wrong word does nothing, the right one closes everything', async (t) => {
  const { paths, client } = await daemonHere(t);
  await client.call('engine.start', { preset: 'breakout_v1' });
  const own = await connect({ socketPath: paths.socketPath, client: 'tui' });
  onEnd(t, () => own.close());
  const stateNow = async (): Promise<string> => (await client.call('engine.status')).state;
  const view = await open(t, { state: aState(), client: own });
  await view.press('E', 'enter');
  assert.notEqual(await stateNow(), 'STOPPED');
  await view.press('E', 'p', 'a', 'n', 'i', 'k', 'tab', 'enter');
  assert.notEqual(await stateNow(), 'STOPPED');
  const stopped = new Promise<void>((resolve) => {
    void client.subscribe(
      { topics: ['state'] },
      { onEvent: ({ event }) => event.type === 'state' && event.to === 'STOPPED' && resolve() },
    );
  });
  await view.press('E', 'p', 'a', 'n', 'i', 'c', 'enter');
  await stopped;
  assert.equal((await client.call('engine.status')).haltedBy?.rule, 'panic');
});

test('pause and resume reach the daemon, recorded as asked for in the view', async (t) => {
  const { paths, client } = await daemonHere(t);
  await client.call('engine.start', { preset: 'breakout_v1' });
  const own = await connect({ socketPath: paths.socketPath, client: 'tui' });
  onEnd(t, () => own.close());
  const view = await open(t, { state: aState(), client: own });
  const states = new Map<string, () => void>();
  const reached = (state: string): Promise<void> =>
    new Promise((resolve) => {
      states.set(state, resolve);
    });
  await client.subscribe(
    { topics: ['state'] },
    { onEvent: ({ event }) => event.type === 'state' && states.get(event.to)?.() },
  );
  const paused = reached('PAUSED');
  await view.press('p');
  await paused;
  assert.equal((await client.call('engine.status')).pausedBy?.by, 'tui');
  const scanning = reached('SCANNING');
  await view.press('r');
  await scanning;
});

test('q and ctrl+c leave the view and nothing else', async (t) => {
  for (const key of ['q', 'ctrl+c']) {
    const view = await open(t, { state: aState() });
    await view.press(key);
    await view.left;
  }
});
