/** The questions before what cannot be taken back. Each names the account and the effect; Cancel has the focus. */
import { plural } from '../../cli/format.ts';
import type { PositionResult } from '../../protocol/views.ts';
import type { StartForm } from '../start/form.ts';
import { marked } from '../store/reduce.ts';
import { tradingWord, type ViewState } from '../store/state.ts';
import { signed } from '../text/figures.ts';
import { type Line, line, plain, span } from '../text/line.ts';
import { type Command, stake } from './commands.ts';
import type { Choice, Dialog } from './ui-state.ts';

const CANCEL: Choice = { label: 'Cancel', effect: null };

const doing = (label: string, command: Command): Choice => ({ label, effect: { kind: 'command', command } });

/** What is typed to confirm a panic. */
export const PANIC_WORD = 'panic';

function dialog(
  title: string,
  lines: readonly Line[],
  choices: readonly Choice[],
  word: string | null,
): Dialog {
  return { title, lines, choices: [CANCEL, ...choices], focus: 0, word, typed: '', under: null };
}

function account(state: ViewState): Line {
  const { connection } = state;
  const instance = connection.phase === 'live' ? connection.daemon.instance : '-';
  return line(span('strong', plain(stake(state.status, tradingWord(state.status), instance))));
}

function openLine({ positions }: ViewState): string {
  if (positions.length === 0) return 'No position is open.';
  const names = positions.map(({ symbol, side }) => `${symbol} ${side}`).join(', ');
  return plain(`${plural(positions.length, 'position')}: ${names}.`);
}

export function stopDialog(state: ViewState, flatten = false): Dialog {
  const open = state.positions.length > 0;
  return dialog(
    'Stop the engine',
    [
      account(state),
      line(openLine(state)),
      line('Stop: entry orders are cancelled, nothing new is entered;'),
      line(open ? '  positions stay, with their stops and targets at the venue.' : '  the engine goes IDLE.'),
      ...(open ? [line('Flatten: closes every position at market first, and verifies it.')] : []),
    ],
    [
      ...(flatten ? [] : [doing('Stop', { kind: 'stop', flatten: false })]),
      ...(open || flatten ? [doing('Flatten and stop', { kind: 'stop', flatten: true })] : []),
    ],
    null,
  );
}

export function panicDialog(state: ViewState, reason?: string): Dialog {
  return dialog(
    'PANIC: close everything at market',
    [
      account(state),
      line(openLine(state)),
      line('Entry orders are cancelled, then every position is closed at market'),
      line('until the venue says flat. Nothing starts again before a reset.'),
    ],
    [doing('Close everything', { kind: 'panic', ...(reason !== undefined && { reason }) })],
    PANIC_WORD,
  );
}

export function closeDialog(state: ViewState, position: PositionResult): Dialog {
  const { mark, r } = marked(position, state.prices);
  return dialog(
    `Close ${plain(position.symbol)}`,
    [
      account(state),
      line(
        `${position.side} ${position.quantity}, entry ${position.entry}, mark ${mark}, now ${signed(r)} R.`,
      ),
      line('Closes it at market; its stop and targets are cancelled.'),
    ],
    [
      doing(`Close ${plain(position.symbol)}`, {
        kind: 'close',
        tradeId: position.tradeId,
        symbol: position.symbol,
      }),
    ],
    null,
  );
}

export function decideDialog(state: ViewState, kind: 'adopt' | 'ignore', symbol: string): Dialog {
  const adopting = kind === 'adopt';
  return dialog(
    adopting ? `Take over ${symbol}` : `Leave ${symbol} alone`,
    [
      account(state),
      line(plain(`What the account holds of ${symbol} and the bot did not make:`)),
      line(
        adopting
          ? "it gets a stop, and is managed and closed by the preset's rules."
          : 'the bot gives it no stop, and trades beside it.',
      ),
    ],
    [doing(adopting ? 'Take it over' : 'Leave it alone', { kind, symbol })],
    null,
  );
}

export function resetDialog(state: ViewState, reason: string): Dialog {
  return dialog(
    'Release the emergency or halt',
    [
      account(state),
      line(plain(`Recorded as: ${reason}`)),
      line('The lock is taken off: the engine can trade again.'),
    ],
    [doing('Release it', { kind: 'reset', reason })],
    null,
  );
}

/** Before a command that the view does not know as harmless. */
export function runDialog(state: ViewState, words: readonly string[]): Dialog {
  return dialog(
    'Run a command',
    [
      account(state),
      line(span('strong', plain(`breakout ${words.join(' ')}`))),
      line('It may change what runs or what is kept on this machine.'),
    ],
    [{ label: 'Run it', effect: { kind: 'run', words } }],
    null,
  );
}

/** Before real money is traded. */
export function liveDialog(state: ViewState, form: StartForm): Dialog {
  const { preset, venue } = form.values;
  const { connection } = state;
  const instance = connection.phase === 'live' ? `instance ${connection.daemon.instance}` : 'a new daemon';
  return {
    ...dialog(
      'LIVE: trade real money',
      [
        line(span('alarm', ' LIVE '), plain(` ${preset} on ${venue}, ${instance}`)),
        line('Orders are sent to the venue with the money of this account,'),
        line('without asking again, until the engine is stopped.'),
      ],
      [{ label: 'Start live', effect: { kind: 'start', form, confirmed: true } }],
      null,
    ),
    under: form,
  };
}

/** The daemon has named the account: it is typed, so that no other is traded by habit. */
export function accountDialog(form: StartForm, account: string, told: string): Dialog {
  const { preset, venue } = form.values;
  return {
    ...dialog(
      'LIVE: the account',
      [
        line(span('alarm', ' LIVE '), plain(` ${preset} on ${venue}`)),
        ...told.split(/(?<=\)): /).map((part) => line(plain(part))),
      ],
      [{ label: 'Start live', effect: { kind: 'start', form, confirmed: true, account } }],
      account,
    ),
    under: form,
  };
}
