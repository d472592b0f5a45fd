/** Each key of the table, pressed under each of its names: what follows, and in which words it refuses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Standing } from '../../../src/tui/frame/standing.ts';
import { type Outcome, SUSPEND } from '../../../src/tui/keys/outcome.ts';
import { press } from '../../../src/tui/keys/press.ts';
import { type Action, bindings } from '../../../src/tui/keys/table.ts';
import { initialUi, type UiState } from '../../../src/tui/keys/ui-state.ts';
import type { PaneId } from '../../../src/tui/panes/pane.ts';
import { PANES } from '../../../src/tui/panes/registry.ts';
import type { ViewState } from '../../../src/tui/store/state.ts';
import { aFullState } from '../full-state.ts';
import { answered } from '../panes/reading-samples.ts';
import { aStatus, NOW } from '../samples.ts';

const TABLE = bindings(false);

function standing(ui: Partial<UiState> = {}, state: ViewState = aFullState()): Standing {
  return { state, ui: { ...initialUi(120, 40), ...ui }, panes: PANES };
}

function pressed(name: string, on: Standing, table = TABLE): Outcome {
  return press(on, { kind: 'key', name }, { table, pasting: false, readOnly: false });
}

/** The daemon says no to a command. */
function refusing(
  command: 'pause' | 'resume' | 'stop' | 'start' | 'closePosition',
  reason: string,
): ViewState {
  const state = aFullState();
  const told = { command, allowed: false, reason };
  return { ...state, reads: { ...state.reads, commands: answered({ commands: [told] }) } };
}

const failure = { kind: 'lost', message: 'gone' } as const;
const lost = aFullState({ connection: { phase: 'waiting', attempt: 1, retryAt: NOW, failure } });
const idle = aFullState({ status: aStatus({ state: 'IDLE', preset: null }) });

const rows = (pane: PaneId): readonly string[] =>
  PANES.find(({ id }) => id === pane)?.rows?.(aFullState(), '') ?? [];
const [FIRST = '', SECOND = ''] = rows('positions');
const EVENTS = rows('events');
const dialogTitle = ({ change }: Outcome): string | null =>
  change?.mode?.kind === 'dialog' ? change.mode.dialog.title : null;

/** What each key does, from where it can. */
const DOES: Readonly<Record<Action, (name: string) => void>> = {
  start(name) {
    const { change, effect } = pressed(name, standing({}, idle));
    assert.equal(change?.mode?.kind, 'form');
    assert.deepEqual(effect, { kind: 'read_presets' });
  },
  pause: (name) =>
    assert.deepEqual(pressed(name, standing()).effect, { kind: 'command', command: { kind: 'pause' } }),
  resume: (name) =>
    assert.deepEqual(pressed(name, standing()).effect, { kind: 'command', command: { kind: 'resume' } }),
  stop(name) {
    const outcome = pressed(name, standing());
    assert.equal(dialogTitle(outcome), 'Stop the engine');
    assert.equal(outcome.effect, undefined, 'nothing happens before the answer');
  },
  close(name) {
    const outcome = pressed(name, standing({ selected: { positions: SECOND } }));
    assert.equal(dialogTitle(outcome), 'Close BTCUSDT');
    assert.equal(outcome.effect, undefined, 'nothing happens before the answer');
  },
  panic(name) {
    const outcome = pressed(name, standing());
    assert.equal(dialogTitle(outcome), 'PANIC: close everything at market');
    assert.equal(outcome.effect, undefined, 'nothing happens before the answer');
  },
  next_pane: (name) => assert.equal(pressed(name, standing()).change?.focus, 'signals'),
  previous_pane: (name) =>
    assert.equal(pressed(name, standing({ focus: 'signals' })).change?.focus, 'positions'),
  down: (name) => {
    const { change } = pressed(name, standing({ selected: { positions: FIRST } }));
    assert.equal(change?.selected?.positions, SECOND);
  },
  up: (name) => {
    const { change } = pressed(name, standing({ selected: { positions: SECOND } }));
    assert.equal(change?.selected?.positions, FIRST);
  },
  page_down: (name) => {
    const { change } = pressed(name, standing({ selected: { positions: FIRST } }));
    assert.equal(change?.selected?.positions, SECOND, 'no further than the last');
  },
  page_up: (name) => {
    const { change } = pressed(name, standing({ selected: { positions: SECOND } }));
    assert.equal(change?.selected?.positions, FIRST, 'no further than the first');
  },
  first: (name) =>
    assert.equal(pressed(name, standing({ focus: 'events' })).change?.selected?.events, EVENTS.at(-1)),
  last: (name) => assert.equal(pressed(name, standing()).change?.selected?.positions, SECOND),
  detail(name) {
    const { change } = pressed(name, standing({ selected: { positions: SECOND } }));
    assert.deepEqual(change?.mode, { kind: 'detail', pane: 'positions', key: SECOND, scroll: 0 });
  },
  zoom(name) {
    assert.equal(pressed(name, standing()).change?.zoom, 'positions');
    assert.equal(pressed(name, standing({ zoom: 'positions' })).change?.zoom, null);
  },
  filter: (name) => assert.deepEqual(pressed(name, standing()).change?.mode, { kind: 'filter' }),
  next_match(name) {
    const filters = { events: 'LINK' };
    const { change } = pressed(
      name,
      standing({ focus: 'events', filters, selected: { events: EVENTS[0] ?? '' } }),
    );
    assert.equal(change?.selected?.events, EVENTS[3]);
    assert.deepEqual(change?.filters, { events: '' }, 'what is round the match is on the screen');
    const again = pressed(name, standing({ focus: 'events', ...change }));
    assert.equal(again.change?.selected?.events, EVENTS[3], 'round again where it is the only one');
  },
  previous_match(name) {
    const searched = { events: 'SOL' };
    const { change } = pressed(
      name,
      standing({ focus: 'events', searched, selected: { events: EVENTS[3] ?? '' } }),
    );
    assert.equal(change?.selected?.events, EVENTS[2]);
  },
  line: (name) => assert.equal(pressed(name, standing()).change?.mode?.kind, 'line'),
  back(name) {
    const all: Partial<UiState> = {
      zoom: 'positions',
      filters: { positions: 'btc' },
      selected: { positions: SECOND },
    };
    assert.equal(pressed(name, standing(all)).change?.zoom, null);
    assert.deepEqual(pressed(name, standing({ ...all, zoom: null })).change?.filters, { positions: '' });
    assert.deepEqual(pressed(name, standing({ selected: { positions: SECOND } })).change?.selected, {});
  },
  redraw: (name) => assert.deepEqual(pressed(name, standing()).effect, { kind: 'redraw' }),
  suspend: (name) => assert.deepEqual(pressed(name, standing()), SUSPEND),
  reconnect: (name) => assert.deepEqual(pressed(name, standing({}, lost)).effect, { kind: 'reconnect' }),
  help: (name) => assert.deepEqual(pressed(name, standing()).change?.mode, { kind: 'help', scroll: 0 }),
  leave: (name) => assert.deepEqual(pressed(name, standing()).effect, { kind: 'leave' }),
};

for (const { action, keys, help } of TABLE) {
  test(`${keys.join(', ')}: ${help}`, () => {
    for (const name of keys) DOES[action](name);
  });
}

const NO_ROWS: readonly (readonly [Partial<UiState>, ViewState, string])[] = [
  [{ focus: 'chart' }, aFullState(), 'nothing can be selected here'],
  [{}, aFullState({ positions: [] }), 'there is nothing to select'],
];

const NO_SEARCH: readonly (readonly [Partial<UiState>, ViewState, string])[] = [
  [{ focus: 'chart' }, aFullState(), 'this pane has no rows to search'],
  [{}, aFullState(), 'type / and what to search for first'],
  [{ filters: { positions: 'doge' } }, aFullState(), 'no row has "doge" in it'],
];

const NOT_CONNECTED = 'there is no connection to the daemon';

/** When each key can do nothing, and what it says then. */
const REFUSES: Readonly<
  Partial<Record<Action, readonly (readonly [Partial<UiState>, ViewState, string])[]>>
> = {
  start: [
    [{}, lost, NOT_CONNECTED],
    [{}, aFullState(), 'the engine is running'],
    [{}, refusing('start', 'the account is halted'), 'the account is halted'],
  ],
  pause: [
    [{}, lost, NOT_CONNECTED],
    [{}, refusing('pause', 'nothing runs'), 'nothing runs'],
  ],
  resume: [
    [{}, lost, NOT_CONNECTED],
    [{}, refusing('resume', 'the engine is not paused'), 'the engine is not paused'],
  ],
  stop: [
    [{}, lost, NOT_CONNECTED],
    [{}, refusing('stop', 'the engine is idle'), 'the engine is idle'],
  ],
  close: [
    [{ focus: 'events' }, aFullState(), 'go to the positions and select one'],
    [{}, aFullState(), 'select a position first'],
    [{ selected: { positions: FIRST } }, lost, NOT_CONNECTED],
    [
      { selected: { positions: FIRST } },
      refusing('closePosition', 'it is being closed'),
      'it is being closed',
    ],
  ],
  panic: [[{}, lost, NOT_CONNECTED]],
  up: NO_ROWS,
  down: NO_ROWS,
  page_up: NO_ROWS,
  page_down: NO_ROWS,
  first: NO_ROWS,
  last: NO_ROWS,
  detail: [
    [{ focus: 'chart' }, aFullState(), 'this pane has no details'],
    [{}, aFullState(), 'select a row first'],
  ],
  filter: [[{ focus: 'chart' }, aFullState(), 'this pane has no rows to filter']],
  next_match: NO_SEARCH,
  previous_match: NO_SEARCH,
  reconnect: [[{}, aFullState(), 'nothing is waited for']],
};

test('a key that can be off is known here with every reason that it gives', () => {
  const canBeOff = TABLE.filter(({ disabled }) => disabled !== undefined).map(({ action }) => action);
  assert.deepEqual(Object.keys(REFUSES).sort(), canBeOff.sort());
});

for (const { action, keys, label } of TABLE) {
  for (const [ui, state, why] of REFUSES[action] ?? []) {
    test(`${label} can do nothing and says: ${why}`, () => {
      for (const name of keys) {
        const { change, effect } = pressed(name, standing(ui, state));
        assert.equal(change?.message?.text, `${name} ${label}: ${why}`);
        assert.equal(effect, undefined);
        assert.equal(change?.mode, undefined);
      }
    });
  }
}

test('a key of a pane goes to it, and gives it the screen where it has no place there', () => {
  for (const { id, hotkey } of PANES) assert.equal(pressed(hotkey, standing()).change?.focus, id);
  assert.equal(pressed('L', standing()).change?.zoom, 'log');
  assert.equal(pressed('e', standing()).change?.zoom, null);
});

test('--read-only: what is dangerous is not bound, and what only looks is', () => {
  const table = bindings(true);
  for (const { action, keys, dangerous } of TABLE) {
    const bound = table.some((binding) => binding.action === action);
    assert.equal(bound, dangerous !== true, action);
    if (dangerous) for (const name of keys) assert.equal(pressed(name, standing(), table).effect, undefined);
  }
});
