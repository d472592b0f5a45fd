/**
 * The one table of keys: it makes the handlers, the bar at the bottom and the help. A key that can do nothing now is
 * still there and says why. Under --read-only the dangerous ones are not bound at all.
 */
import type { Pane } from '../panes/pane.ts';
import type { ViewState } from '../store/state.ts';
import { plain } from '../text/line.ts';
import { matchesIn, searchedIn } from './search.ts';
import type { UiState } from './ui-state.ts';

export type Action =
  | 'leave'
  | 'help'
  | 'next_pane'
  | 'previous_pane'
  | 'up'
  | 'down'
  | 'page_up'
  | 'page_down'
  | 'first'
  | 'last'
  | 'detail'
  | 'zoom'
  | 'filter'
  | 'next_match'
  | 'previous_match'
  | 'back'
  | 'pause'
  | 'start'
  | 'line'
  | 'resume'
  | 'stop'
  | 'close'
  | 'panic'
  | 'redraw'
  | 'suspend'
  | 'reconnect';

export interface KeyContext {
  readonly state: ViewState;
  readonly ui: UiState;
  /** The focused pane. */
  readonly pane: Pane | null;
  /** Key of its selected row, where that is still there. */
  readonly selected: string | null;
}

export interface Binding {
  readonly action: Action;
  /** As `keys/key-name.ts` names them; the first is the one that is shown. */
  readonly keys: readonly string[];
  /** For the bar: a word. */
  readonly label: string;
  /** For the help: a sentence. */
  readonly help: string;
  readonly group: 'trading' | 'moving' | 'view';
  /** Changes what is traded: not bound under --read-only, and never pressed by a paste. */
  readonly dangerous?: true;
  /** Place in the bar, lowest first; without one the help alone has it. */
  readonly bar?: number;
  /** In the bar only where it can do something. */
  readonly whenAble?: true;
  /** Why it can do nothing now; null when it can. */
  readonly disabled?: (context: KeyContext) => string | null;
}

const NOT_CONNECTED = 'there is no connection to the daemon';

/** From this place in the bar on, keys stand at its right end and are always shown. */
export const ENDS_FROM = 30;

type EngineCommand = 'pause' | 'resume' | 'stop' | 'closePosition';

/** The engine's own word on whether a command is allowed now. */
function engineSays(command: EngineCommand): (context: KeyContext) => string | null {
  return ({ state }) => {
    if (state.connection.phase !== 'live') return NOT_CONNECTED;
    const told = state.reads.commands?.data.commands.find((one) => one.command === command);
    return told === undefined || told.allowed ? null : told.reason;
  };
}

function noRows({ pane, state, ui }: KeyContext): string | null {
  if (pane?.rows === undefined) return 'nothing can be selected here';
  return pane.rows(state, ui.filters[pane.id] ?? '').length === 0 ? 'there is nothing to select' : null;
}

function noSearch({ pane, state, ui }: KeyContext): string | null {
  if (pane?.rows === undefined) return 'this pane has no rows to search';
  const text = searchedIn(ui, pane.id);
  if (text === '') return 'type / and what to search for first';
  return matchesIn(pane, state, text).length === 0 ? `no row has "${plain(text)}" in it` : null;
}

/** Where nothing runs it can start: the daemon too. */
function startable({ state: { connection, status, reads } }: KeyContext): string | null {
  if (connection.phase !== 'live') return connection.failure?.kind === 'no_daemon' ? null : NOT_CONNECTED;
  const told = reads.commands?.data.commands.find(({ command }) => command === 'start');
  if (told !== undefined) return told.allowed ? null : told.reason;
  return status?.state === 'IDLE' ? null : 'the engine is running';
}

const BINDINGS: readonly Binding[] = [
  {
    action: 'start',
    keys: ['S'],
    label: 'start',
    help: 'starts the engine, and the daemon where none runs: a form asks how',
    group: 'trading',
    dangerous: true,
    bar: 9,
    whenAble: true,
    disabled: startable,
  },
  {
    action: 'pause',
    keys: ['p'],
    label: 'pause',
    help: 'takes no new entries; open positions stay managed',
    group: 'trading',
    dangerous: true,
    bar: 10,
    disabled: engineSays('pause'),
  },
  {
    action: 'resume',
    keys: ['r'],
    label: 'resume',
    help: 'takes entries again after a pause',
    group: 'trading',
    dangerous: true,
    bar: 11,
    disabled: engineSays('resume'),
  },
  {
    action: 'stop',
    keys: ['s'],
    label: 'stop',
    help: 'stops the engine, with or without closing positions: asks first',
    group: 'trading',
    dangerous: true,
    bar: 12,
    disabled: engineSays('stop'),
  },
  {
    action: 'close',
    keys: ['x'],
    label: 'close',
    help: 'closes the selected position at market: asks first',
    group: 'trading',
    dangerous: true,
    bar: 13,
    disabled: (context) => {
      if (context.pane?.id !== 'positions') return 'go to the positions and select one';
      if (context.selected === null) return 'select a position first';
      return engineSays('closePosition')(context);
    },
  },
  {
    action: 'panic',
    keys: ['E'],
    label: 'PANIC',
    help: 'closes everything at market and latches: asks for a typed word',
    group: 'trading',
    dangerous: true,
    bar: 14,
    // Never kept back for what was read a moment ago: the daemon itself answers.
    disabled: ({ state }) => (state.connection.phase === 'live' ? null : NOT_CONNECTED),
  },
  {
    action: 'next_pane',
    keys: ['tab', 'l', 'right'],
    label: 'next',
    help: 'goes to the next pane',
    group: 'moving',
    bar: 20,
  },
  {
    action: 'previous_pane',
    keys: ['shift+tab', 'h', 'left'],
    label: 'previous',
    help: 'goes to the pane before',
    group: 'moving',
  },
  {
    action: 'up',
    keys: ['up', 'k'],
    label: 'up',
    help: 'selects the row above',
    group: 'moving',
    disabled: noRows,
  },
  {
    action: 'down',
    keys: ['down', 'j'],
    label: 'down',
    help: 'selects the row below',
    group: 'moving',
    disabled: noRows,
  },
  {
    action: 'page_up',
    keys: ['pageup', 'ctrl+b'],
    label: 'page up',
    help: 'ten rows up',
    group: 'moving',
    disabled: noRows,
  },
  {
    action: 'page_down',
    keys: ['pagedown', 'ctrl+f'],
    label: 'page down',
    help: 'ten rows down',
    group: 'moving',
    disabled: noRows,
  },
  {
    action: 'first',
    keys: ['home', 'g'],
    label: 'first',
    help: 'the first row',
    group: 'moving',
    disabled: noRows,
  },
  {
    action: 'last',
    keys: ['end', 'G'],
    label: 'last',
    help: 'the last row',
    group: 'moving',
    disabled: noRows,
  },
  {
    action: 'detail',
    keys: ['enter'],
    label: 'detail',
    help: 'all there is about the selected row',
    group: 'view',
    bar: 21,
    disabled: (context) => {
      if (context.pane?.detail === undefined) return 'this pane has no details';
      return context.selected === null ? 'select a row first' : null;
    },
  },
  {
    action: 'zoom',
    keys: ['z'],
    label: 'zoom',
    help: 'gives the pane the whole screen, and back',
    group: 'view',
    bar: 22,
  },
  {
    action: 'filter',
    keys: ['/'],
    label: 'filter',
    help: 'shows only the rows that have what is typed',
    group: 'view',
    bar: 23,
    disabled: ({ pane }) => (pane?.rows === undefined ? 'this pane has no rows to filter' : null),
  },
  {
    action: 'next_match',
    keys: ['n'],
    label: 'next match',
    help: 'searches down for what was typed after / among all rows',
    group: 'view',
    disabled: noSearch,
  },
  {
    action: 'previous_match',
    keys: ['N'],
    label: 'previous match',
    help: 'searches up for it',
    group: 'view',
    disabled: noSearch,
  },
  {
    action: 'line',
    keys: [':'],
    label: 'command',
    help: 'runs any command of the command line; Tab completes it',
    group: 'view',
    bar: 24,
  },
  {
    action: 'back',
    keys: ['esc'],
    label: 'back',
    help: 'takes back the zoom, the filter, the selection, in this order',
    group: 'view',
  },
  { action: 'redraw', keys: ['ctrl+l'], label: 'redraw', help: 'draws the screen anew', group: 'view' },
  {
    action: 'suspend',
    keys: ['ctrl+z'],
    label: 'suspend',
    help: 'back to the shell; `fg` fetches the view again',
    group: 'view',
  },
  {
    action: 'reconnect',
    keys: ['ctrl+r'],
    label: 'reconnect',
    help: 'tries to connect now instead of waiting',
    group: 'view',
    disabled: ({ state }) => (state.connection.phase === 'waiting' ? null : 'nothing is waited for'),
  },
  { action: 'help', keys: ['?'], label: 'help', help: 'this list', group: 'view', bar: 30 },
  {
    action: 'leave',
    keys: ['q', 'ctrl+c'],
    label: 'leave',
    help: 'leaves this view; the daemon and its positions go on',
    group: 'view',
    bar: 31,
  },
];

/** The keys of this view. */
export function bindings(readOnly: boolean): readonly Binding[] {
  return readOnly ? BINDINGS.filter(({ dangerous }) => dangerous !== true) : BINDINGS;
}

export function bindingOf(table: readonly Binding[], key: string): Binding | null {
  return table.find(({ keys }) => keys.includes(key)) ?? null;
}
