/** The commands of the command line that the view carries out over its own connection, asking as its keys do. */
import type { Command } from '../keys/commands.ts';
import { closeDialog, decideDialog, panicDialog, resetDialog, stopDialog } from '../keys/dialogs.ts';
import type { Outcome } from '../keys/outcome.ts';
import { type Dialog, NORMAL } from '../keys/ui-state.ts';
import { isField, newForm } from '../start/form.ts';
import type { ViewState } from '../store/state.ts';
import { type Given, readGiven, type Takes } from './arguments.ts';

interface Acting {
  readonly takes: Takes;
  /** A string says what is wrong. */
  readonly outcome: (given: Given, state: ViewState) => Outcome | string;
}

const command = (of: Command): Outcome => ({
  change: { mode: NORMAL },
  effect: { kind: 'command', command: of },
});
const asking = (dialog: Dialog): Outcome => ({ change: { mode: { kind: 'dialog', dialog } } });

const REASON: Takes = { values: ['--reason'] };
const NONE: Takes = {};

const ACTING: ReadonlyMap<string, Acting> = new Map<string, Acting>([
  [
    'pause',
    {
      takes: REASON,
      outcome: ({ values }) => {
        const reason = values.get('--reason');
        return command({ kind: 'pause', ...(reason !== undefined && { reason }) });
      },
    },
  ],
  ['resume', { takes: NONE, outcome: () => command({ kind: 'resume' }) }],
  ['retry', { takes: NONE, outcome: () => command({ kind: 'retry' }) }],
  ['reload', { takes: NONE, outcome: () => command({ kind: 'reload' }) }],
  [
    'stop',
    {
      takes: { switches: ['--flatten', '--yes'] },
      outcome: ({ switches }, state) => asking(stopDialog(state, switches.has('--flatten'))),
    },
  ],
  [
    'emergency-stop',
    {
      takes: { values: ['--reason'], switches: ['--yes'] },
      outcome: ({ values }, state) => asking(panicDialog(state, values.get('--reason'))),
    },
  ],
  [
    'reset',
    {
      takes: REASON,
      outcome: ({ values }, state) => {
        const reason = values.get('--reason');
        if (reason === undefined) return 'reset needs --reason "why it is safe to go on"';
        return asking(resetDialog(state, reason));
      },
    },
  ],
  [
    'close',
    {
      takes: { switches: ['--yes'], operand: 'the symbol or the id of a position' },
      outcome: ({ operands: [name = ''] }, state) => {
        const position = state.positions.find(
          ({ symbol, tradeId }) => symbol === name || String(tradeId) === name,
        );
        if (position) return asking(closeDialog(state, position));
        const open = state.positions.map(({ symbol }) => symbol).join(', ');
        return `no position ${name} is open${open === '' ? '' : `: there is ${open}`}`;
      },
    },
  ],
  [
    'cancel',
    {
      takes: { operand: 'the id of an order, as `orders` shows it' },
      outcome: ({ operands: [id = ''] }) =>
        /^[1-9]\d{0,14}$/.test(id)
          ? command({ kind: 'cancel', orderId: Number(id) })
          : `cancel: "${id}" is no order id: \`orders\` shows them`,
    },
  ],
  [
    'reconcile',
    {
      takes: { values: ['--adopt', '--ignore'], switches: ['--yes'] },
      outcome: ({ values }, state) => {
        const adopt = values.get('--adopt');
        const ignore = values.get('--ignore');
        if (adopt !== undefined && ignore !== undefined) return 'reconcile: --adopt or --ignore, not both';
        if (adopt !== undefined) return asking(decideDialog(state, 'adopt', adopt));
        if (ignore !== undefined) return asking(decideDialog(state, 'ignore', ignore));
        return 'reconcile: --yes goes with --adopt or --ignore';
      },
    },
  ],
  [
    'start',
    {
      takes: {
        values: [
          '--preset',
          '--mode',
          '--venue',
          '--data',
          '--symbols',
          '--from',
          '--to',
          '--equity',
          '--speed',
          '--seed',
        ],
      },
      outcome: ({ values }) => {
        const given = Object.fromEntries([...values].map(([flag, value]) => [flag.slice(2), value]));
        const known = Object.fromEntries(Object.entries(given).filter(([name]) => isField(name)));
        return {
          change: { mode: { kind: 'form', form: newForm(known) } },
          effect: { kind: 'read_presets' },
        };
      },
    },
  ],
]);

export function acts(name: string): boolean {
  return ACTING.has(name);
}

/** What follows from an acting command; in words what is wrong with it. */
export function act(name: string, words: readonly string[], state: ViewState): Outcome | string {
  const acting = ACTING.get(name);
  if (!acting) return `${name} is no command`;
  const given = readGiven(name, words, acting.takes);
  if (typeof given === 'string') return given;
  if (name !== 'start' && state.connection.phase !== 'live')
    return `${name}: there is no connection to the daemon`;
  return acting.outcome(given, state);
}
