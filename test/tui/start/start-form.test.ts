import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Output } from '../../../src/cli/output.ts';
import { program } from '../../../src/cli/program.ts';
import { viewShell } from '../../../src/cli/view-shell.ts';
import { type ControlClient, connect } from '../../../src/protocol/client.ts';
import type { Shell } from '../../../src/tui/shell.ts';
import { initialState, type ViewState } from '../../../src/tui/store/state.ts';
import { daemonHere, onEnd, privateFolder, serve } from '../../daemon/support.ts';
import { liveExchange } from '../../live/exchange.ts';
import { type OpenView, open } from '../kit.ts';
import { aState, aStatus, NOW } from '../samples.ts';
import { until } from '../until.ts';

async function shows(view: OpenView, pattern: RegExp): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!pattern.test(view.terminal.text)) {
    assert.ok(performance.now() < deadline, `it never showed ${pattern}:\n${view.terminal.text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await view.terminal.settled();
  }
}

const commandLine = (options: Pick<ReturnType<typeof privateFolder>, 'paths' | 'env'>): Shell =>
  viewShell(program(), {
    output: new Output(process.stdout, process.stderr, options.env, false),
    ...options,
  });

/** Connected to a daemon that has done nothing yet. */
const idle = (): ViewState => ({
  ...aState({ positions: [] }),
  status: aStatus({
    state: 'IDLE',
    preset: null,
    mode: null,
    venue: null,
    startedAt: null,
    session: null,
    openPositions: 0,
  }),
});

const nothing = (): ViewState => {
  const failure = { kind: 'no_daemon', message: 'no daemon at /run/b.sock' } as const;
  return {
    ...initialState(NOW),
    connection: { phase: 'waiting', attempt: 1, retryAt: NOW + 500, failure },
  };
};

async function overIdleDaemon(t: TestContext): Promise<{ view: OpenView; client: ControlClient }> {
  const { paths, client } = await daemonHere(t);
  const broken = path.join(paths.configDir, 'presets');
  mkdirSync(broken, { recursive: true });
  writeFileSync(path.join(broken, 'aa_broken.json'), '{"name":"aa_broken","risk":7}');
  const own = await connect({ socketPath: paths.socketPath, client: 'tui' });
  onEnd(t, () => own.close());
  const view = await open(t, { state: idle(), client: own, shell: commandLine({ paths, env: {} }) });
  return { view, client };
}

test('where nothing runs the screen says so and offers to start it, unless it is only for looking', async (t) => {
  const view = await open(t, { state: nothing() });
  assert.match(view.terminal.text, /No daemon is running/);
  assert.match(view.terminal.text, /Press S to start one/);
  assert.match(view.terminal.text, /S start/);
  await view.set(idle);
  assert.match(view.terminal.text, /The engine is idle/);
  await view.set(() => aState());
  assert.doesNotMatch(view.terminal.text, /S start/);
  await view.press('S');
  assert.match(view.terminal.text, /S start: the engine is running/);
  await view.press('esc');
  const failure = { kind: 'denied', message: 'the socket belongs to another user' } as const;
  await view.set(() => ({
    ...nothing(),
    connection: { phase: 'waiting', attempt: 1, retryAt: NOW, failure },
  }));
  assert.doesNotMatch(view.terminal.text, /No daemon is running|S start/);
  const looking = await open(t, { state: nothing(), readOnly: true });
  assert.doesNotMatch(looking.terminal.text, /Press S|S start/);
  await looking.press('S');
  assert.doesNotMatch(looking.terminal.text, /Start the engine/);
});

test('the form starts an idle engine with what was chosen and typed', async (t) => {
  const { view, client } = await overIdleDaemon(t);
  await view.press('S');
  await shows(view, /aa_broken +BROKEN/);
  assert.match(view.terminal.text, /▸ preset/);
  for (let i = 0; i < 40 && !/▸breakout_v1 /.test(view.terminal.text); i++) await view.press('down');
  for (let i = 0; i < 40 && !/▸breakout_v1 /.test(view.terminal.text); i++) await view.press('up');
  assert.match(view.terminal.text, /▸breakout_v1 /);
  await view.press('tab', 'tab', 'tab', 'BTCUSDT,ETHUSDT', 'tab', '2500', 'tab', '3600', 'tab', '7');
  await view.press('enter', 'enter');
  await shows(view, /[Ss]tarted|scanning/);
  await view.press(':', 'start --preset breakout_v1', 'enter');
  await shows(view, /of \d+|BROKEN/);
  await view.press('shift+tab', 'shift+tab', 'enter');
  await shows(view, /refused: .*already running/);
  await view.press('esc');
  const status = await client.call('engine.status');
  assert.equal(status.preset, 'breakout_v1');
  assert.equal(Number(status.equity), 2500);
});

test('what is wrong is said at its field, and nothing is started', async (t) => {
  const { view, client } = await overIdleDaemon(t);
  const tried = async (line: string, wrong: RegExp): Promise<void> => {
    await view.press(':', line, 'enter');
    await shows(view, /Start the engine[\s\S]*▸/);
    await shows(view, /breakout_v1|BROKEN|of \d+/);
    await view.press('shift+tab', 'shift+tab', 'enter');
    await shows(view, wrong);
    await view.press('esc');
  };
  await tried(
    'start --preset breakout_v1 --equity nine',
    /equity +nine.*\n.*Give a positive amount such as 10000/,
  );
  await tried('start --preset breakout_v1 --seed -1', /seed +-1.*\n.*Give a whole number from 0/);
  await tried('start --preset aa_broken', /BROKEN[\s\S]*it is broken: /);
  await tried('start --preset nowhere', /"nowhere" is none of them[\s\S]*nowhere/);
  await tried('start --preset breakout_v1 --venue replay', /data .*\n.*--venue replay needs --data/);
  await tried('start --preset breakout_v1 --data /nowhere', /data +\/nowhere.*\n.*\/nowhere/);
  await tried('start --preset breakout_v1 --symbols NOPE', /NOPE/);
  assert.equal((await client.call('engine.status')).preset, null);
});

test('real money asks once more, naming the account, and the refusal of a venue without one stands at the mode', async (t) => {
  const { view, client } = await overIdleDaemon(t);
  await view.press(':', 'start --preset breakout_v1 --mode live', 'enter');
  await shows(view, /REAL MONEY/);
  await shows(view, /of \d+|BROKEN/);
  await view.press('shift+tab', 'shift+tab', 'enter');
  assert.match(view.terminal.text, /LIVE: trade real money/);
  assert.match(view.terminal.text, /breakout_v1 on sim, instance default/);
  await view.press('enter');
  assert.match(view.terminal.text, /Start the engine/);
  await view.press('enter', 'tab', 'enter');
  await shows(view, /mode +paper +\[live\].*\n.*sim trades on paper only/);
  assert.equal((await client.call('engine.status')).preset, null);
});

test('an account of real money is typed by its name before it is traded, and any other word leaves it alone', async (t) => {
  const exchange = await liveExchange(t);
  const { socketPath, paths } = await serve(t, {}, { open: (request) => exchange.open(request) });
  const client = await connect({ socketPath, client: 'tui' });
  onEnd(t, () => client.close());
  const view = await open(t, { state: idle(), client, shell: commandLine({ paths, env: {} }) });
  await view.press(':', 'start --preset breakout_v1 --mode live --venue bybit', 'enter');
  await shows(view, /of \d+|BROKEN/);
  await view.press('shift+tab', 'shift+tab', 'enter');
  assert.match(view.terminal.text, /LIVE: trade real money/);
  await view.press('tab', 'enter');
  await shows(view, /LIVE: the account[\s\S]*Type bybit-[0-9a-f]{8} to confirm/);
  const name = /Type (\S+) to confirm/.exec(view.terminal.text)?.[1] ?? '';
  await view.press(`${name}x`, 'enter');
  assert.match(view.terminal.text, /Start the engine/);
  assert.equal((await client.call('engine.status')).session, null);
  await view.press('enter', 'tab', 'enter');
  await shows(view, /Type bybit-/);
  await view.press(name, 'enter');
  await shows(view, /live mode/);
  assert.equal((await client.call('engine.status')).mode, 'live');
  await shows(view, /start breakout_v1 \(with warnings: esc closes\)/);
  const read = view.terminal.lines.map((one) => one.replaceAll('│', '').trim()).join(' ');
  assert.match(read, /warning: .*good from any address/, 'what is wrong with the account is read whole');
  await view.press('esc');
  assert.doesNotMatch(view.terminal.text, /with warnings/);
  // The log is told at the store's own pace, which may be after the keys.
  const inLog = ({ events }: ViewState): boolean =>
    events.some((entry) => entry.kind === 'notice' && /good from any address/.test(entry.text));
  await until(view.store, inLog);
  await client.call('engine.stop');
});

test('with no daemon one is started first; where that fails the view says why', async (t) => {
  const { paths, env } = privateFolder(t);
  const shell = {
    ...commandLine({ paths, env }),
    startDaemon: () => Promise.reject(new Error('the disk is full')),
  };
  const view = await open(t, { state: nothing(), shell });
  await view.press('S');
  await shows(view, /▸breakout/);
  assert.match(view.terminal.text, /no daemon runs: one is started first/);
  await view.press('shift+tab', 'shift+tab', 'enter');
  await shows(view, /the disk is full/);
});
