import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { golden, open } from './kit.ts';
import { aPosition, aState, aStatus, NOW } from './samples.ts';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

for (const [columns, rows] of SIZES) {
  test(`a running session at ${columns}x${rows}: state, positions, R, protection and the last events at a glance`, async (t) => {
    const { terminal } = await open(t, { state: aState(), columns, rows });
    golden(terminal, 'running');
  });
}

test('a lost connection is said in words, and every pane is marked as stale', async (t) => {
  const { terminal, set } = await open(t, { state: aState() });
  const failure = { kind: 'lost', message: 'the daemon closed the connection' } as const;
  await set((state) => ({
    ...state,
    now: NOW + 12_000,
    connection: { phase: 'waiting', attempt: 2, retryAt: NOW + 13_000, failure },
  }));
  golden(terminal, 'lost');
  assert.match(terminal.text, /STALE/);
});

test('with no daemon the screen says so and shows no figure at all', async (t) => {
  const state = aState({ status: null, positions: [], heardAt: null });
  const failure = { kind: 'no_daemon', message: 'no daemon at /run/b.sock' } as const;
  const { terminal } = await open(t, {
    state: { ...state, connection: { phase: 'waiting', attempt: 1, retryAt: NOW + 500, failure } },
  });
  assert.match(terminal.text, /no daemon at \/run\/b\.sock/);
  assert.doesNotMatch(terminal.text, /slots|equity/);
});

test('a pause and a halt say by whom and why; a position without a stop says it louder', async (t) => {
  const pausedBy = { by: 'cli', at: NOW, reason: 'lunch' };
  const paused = aState({ status: aStatus({ state: 'PAUSED', pausedBy }) });
  const { terminal, set } = await open(t, { state: paused });
  assert.match(terminal.text, /PAUSED by cli at 2024-03-31 14:00 UTC: lunch/);
  golden(terminal, 'paused');
  await set((state) => ({ ...state, positions: [aPosition({ stop: null, protectedQuantity: '0' })] }));
  assert.match(terminal.text, /UNPROTECTED {2}no stop is confirmed for SOLUSDT/);
});

test('real money says LIVE, generated money says SIM, in words', async (t) => {
  const live = aState({ status: aStatus({ mode: 'live', venue: 'binance' }) });
  const { terminal, set } = await open(t, { state: live });
  assert.match(terminal.text, /^ LIVE /);
  await set((state) => ({ ...state, status: aStatus({ venue: 'binance' }) }));
  assert.match(terminal.text, /^ PAPER /);
});

test('a trader with two accounts sees which one is traded, however narrow the screen and whatever else there is to say', async (t) => {
  const account = 'binanceusdm-sandbox-1a2b3c4d';
  const status = aStatus({ mode: 'live', venue: 'binanceusdm', account, state: 'LEVEL_BUILDING' });
  const { terminal, press, set } = await open(t, { state: aState({ status }) });
  const first = new RegExp(`^ LIVE {2}${account} {2}LEVEL_BUILDING`);
  assert.match(terminal.text, first);
  const failure = { kind: 'lost', message: 'the daemon closed the connection' } as const;
  await set((state) => ({
    ...state,
    now: NOW + 12_000,
    connection: { phase: 'waiting', attempt: 2, retryAt: NOW + 13_000, failure },
  }));
  assert.match(terminal.text, first);
  await set((state) => ({ ...state, connection: aState().connection }));
  await press('E');
  assert.match(terminal.text, new RegExp(`LIVE: breakout_v1 on binanceusdm, account ${account}`));
});

test('help, the question before a panic and the detail of a position stand over the panes', async (t) => {
  const { terminal, press } = await open(t, { state: aState() });
  await press('?');
  golden(terminal, 'help');
  await press('esc', 'E');
  golden(terminal, 'panic');
  await press('esc', '1', 'down', 'enter');
  golden(terminal, 'detail');
});

test('with --ascii and --no-color not one byte is beyond ASCII, and no colour is sent', async (t) => {
  const { terminal, press } = await open(t, { state: aState(), ascii: true });
  await press('?', 'esc', 'E', 'esc', 'z');
  golden(terminal, 'ascii');
  assert.equal(Buffer.byteLength(terminal.written), terminal.written.length);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
  assert.doesNotMatch(terminal.written, /\u001b\[(3|4|9|10)\d(;|m)/);
});

test('too small a terminal says what is needed, and is drawn right again when it grows', async (t) => {
  const { terminal } = await open(t, { state: aState() });
  terminal.resize(60, 20);
  await terminal.settled();
  assert.match(terminal.text, /60x20 is too small/);
  assert.match(terminal.text, /80x24/);
  terminal.resize(80, 24);
  await terminal.settled();
  golden(terminal, 'running');
});

test('resized at any moment to any size, nothing scrolls, nothing overflows, nothing old is left standing', async (t) => {
  const { terminal } = await open(t, { state: aState() });
  const size = fc.tuple(fc.integer({ min: 80, max: 300 }), fc.integer({ min: 24, max: 100 }));
  await fc.assert(
    fc.asyncProperty(size, async ([columns, rows]) => {
      terminal.resize(columns, rows);
      await terminal.settled();
      const { lines } = terminal;
      assert.match(lines[0] ?? '', /^ SIM {3}MANAGING .* connected data 0\.3s$/);
      assert.equal(lines[0]?.length, columns);
      assert.match(lines[rows - 2] ?? '', /\? help {2}q leave$/);
      assert.equal(lines[rows - 1], '');
      assert.equal(lines.filter((text) => text.includes(' Positions ')).length, 1);
    }),
    { numRuns: 25 },
  );
});

test('the terminal is given back as it was when the view is left', async (t) => {
  const { terminal, press, left } = await open(t, { state: aState() });
  assert.equal(terminal.emulator.buffer.active.type, 'alternate');
  assert.equal(terminal.raw, true);
  await press('q');
  await left;
  await terminal.settled();
  assert.equal(terminal.emulator.buffer.active.type, 'normal');
  assert.equal(terminal.raw, false);
  assert.ok(terminal.written.endsWith('\u001b[?25h\u001b[?1049l'));
  assert.equal(terminal.text.trim(), '');
});

test('Ctrl-Z gives the shell its terminal, whatever is open, and fg brings the view back as it was', async (t) => {
  let goOn: () => void = () => undefined;
  const suspend = (): Promise<void> =>
    new Promise((resolve) => {
      goOn = resolve;
    });
  const { terminal, press } = await open(t, { state: aState(), suspend });
  const before = terminal.text;
  await press('E', 'ctrl+z');
  assert.equal(terminal.emulator.buffer.active.type, 'normal');
  assert.equal(terminal.raw, false);
  goOn();
  await terminal.settled();
  assert.equal(terminal.emulator.buffer.active.type, 'alternate');
  assert.equal(terminal.raw, true);
  assert.match(terminal.text, /Type panic to confirm/);
  await press('esc');
  assert.equal(terminal.text, before);
});
