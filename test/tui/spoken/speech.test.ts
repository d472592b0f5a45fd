import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialUi } from '../../../src/tui/keys/ui-state.ts';
import { PANES } from '../../../src/tui/panes/registry.ts';
import { Speech } from '../../../src/tui/spoken/speech.ts';
import { notice } from '../../../src/tui/store/reduce.ts';
import { type OpenView, open } from '../kit.ts';
import { aPosition, aState, aStatus, NOW } from '../samples.ts';

/** What was written since the last look, as lines without codes. */
function hearing({ terminal }: OpenView): () => string[] {
  let from = 0;
  return () => {
    const written = terminal.written.slice(from);
    from = terminal.written.length;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: codes begin with one.
    const text = written.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '');
    return text.split(/\r?\n/).filter((line) => line !== '');
  };
}

test('a screen reader is told mode, connection, figures and the positions in words, with nothing that is drawn', async (t) => {
  const view = await open(t, { state: aState(), screenReader: true });
  const said = hearing(view)();
  assert.deepEqual(said.slice(0, 3), [
    'question mark lists the keys, tab reads the next pane, ctrl+l reads this one again, q leaves',
    'SIM: breakout_v1 on sim, running, connected',
    'state MANAGING, 2 of 3 slots taken, today +1.25 R, 1 loss in a row, equity 10125.40',
  ]);
  assert.ok(said.includes('Positions, 2 open, 1 of 3 slots free'), said.join('\n'));
  assert.match(
    said.find((line) => line.startsWith('BTCUSDT')) ?? '',
    /^BTCUSDT short 0\.015 .*-0\.46, .*yes$/,
  );
  assert.doesNotMatch(said.join(''), /[\u2500-\u25ff]/);
  assert.equal(view.terminal.emulator.buffer.active.type, 'normal');
});

test('prices that move and ages that grow say nothing by themselves: a listener is not flooded', async (t) => {
  const view = await open(t, { state: aState(), screenReader: true });
  const said = hearing(view);
  said();
  for (let i = 1; i <= 20; i++)
    await view.set((state) => ({
      ...state,
      now: NOW + i * 200,
      heardAt: NOW + i * 200,
      positions: state.positions.map((position) => ({ ...position, mark: `${100 + i}`, unrealisedR: i })),
      status: aStatus({ dailyR: i, equity: `${10_000 + i}` }),
    }));
  assert.deepEqual(said(), []);
});

test('what matters is said once: a pause and its end, a missing stop, a lost connection, news', async (t) => {
  const view = await open(t, { state: aState(), screenReader: true });
  const said = hearing(view);
  said();
  const pausedBy = { by: 'cli', at: NOW, reason: 'lunch' };
  await view.set((state) => ({ ...state, status: aStatus({ state: 'PAUSED', pausedBy }) }));
  assert.equal(said()[0], 'Attention: PAUSED by cli at 2024-03-31 14:00 UTC: lunch');
  await view.set((state) => ({ ...state, status: aStatus() }));
  assert.equal(said()[0], 'Over: PAUSED by cli at 2024-03-31 14:00 UTC: lunch');
  await view.set((state) => ({ ...state, positions: [aPosition({ stop: null, protectedQuantity: '0' })] }));
  assert.equal(said()[0], 'Attention: UNPROTECTED, no stop is confirmed for SOLUSDT');
  await view.set((state) => notice(state, 'bad', 'the price feed went stale', NOW));
  assert.equal(said()[0], '14:00 view: the price feed went stale');
  const failure = { kind: 'lost', message: 'the daemon closed the connection' } as const;
  const connection = { phase: 'waiting', attempt: 1, retryAt: NOW, failure } as const;
  await view.set((state) => ({ ...state, connection }));
  assert.deepEqual(said().slice(0, 1), [
    'SIM: breakout_v1 on sim, running, not connected, figures are stale',
  ]);
});

test('many news at once are counted, and only the newest are read', async (t) => {
  const view = await open(t, { state: aState(), screenReader: true });
  const said = hearing(view);
  said();
  await view.set((state) => {
    let next = state;
    for (let i = 1; i <= 40; i++) next = notice(next, 'plain', `number ${i}`, NOW);
    return next;
  });
  const heard = said();
  assert.equal(heard[0], '35 more events, e reads them');
  assert.equal(heard.filter((line) => line.includes('number')).length, 5);
});

test('keys read what they open: a pane, a row, a question with what is typed into it, and once more on demand', async (t) => {
  const view = await open(t, { state: aState(), screenReader: true });
  const said = hearing(view);
  said();
  await view.press('down');
  assert.match(said()[0] ?? '', /^selected: SOLUSDT long, 2, 100,/);
  await view.press('e');
  assert.equal(said()[0], 'Events');
  await view.press('E');
  const asked = said();
  assert.equal(asked[0], 'PANIC: close everything at market');
  assert.ok(asked.includes('selected: Cancel, Close everything'), asked.join('\n'));
  await view.press('p', 'a', 'n', 'i', 'c');
  const typed = said();
  assert.ok(typed.includes('Cancel, selected: Close everything'), typed.join('\n'));
  assert.ok(!typed.includes('PANIC: close everything at market'), 'the question is not read again');
  await view.press('esc', '1');
  said();
  await view.press('ctrl+l');
  assert.equal(said()[0], 'SIM: breakout_v1 on sim, running, connected');
});

test('after a day of news no more of them is kept than can be looked at', async (t) => {
  const view = await open(t, { state: aState(), screenReader: true });
  const said = hearing(view);
  for (let i = 0; i < 600; i += 5)
    await view.set((state) => {
      let next = state;
      for (let n = i + 1; n <= i + 5; n++) next = notice(next, 'plain', `number ${n}`, NOW);
      return next;
    });
  const heard = said();
  for (const number of [1, 499, 500, 501, 600])
    assert.equal(heard.filter((line) => line.endsWith(`view: number ${number}`)).length, 1, `${number}`);
});

test('a screen that is asked for again and again is put into words once', () => {
  const [state, ui] = [aState(), initialUi(200, 60)];
  let looks = 0;
  const positions = {
    id: 'positions',
    rect: { x: 0, y: 0, width: 10, height: 1 },
    get text() {
      looks += 1;
      return 'Positions';
    },
  };
  const regions = [positions];
  const speech = new Speech({ standing: () => ({ state, ui, panes: PANES }), screen: () => regions });
  const said = speech.spoken();
  const once = looks;
  assert.ok(once > 0);
  assert.equal(speech.spoken(), said);
  assert.equal(looks, once);
  speech.repeat();
  assert.notEqual(speech.spoken(), said);
});

test('what the shell says after the view is left is not read as part of its last line', async (t) => {
  const view = await open(t, { state: aState(), screenReader: true });
  await view.press('q');
  await view.left;
  assert.match(view.terminal.written, /\n$/);
});
