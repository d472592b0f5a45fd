/** The questions before what cannot be taken back. Each names the account and the effect; Cancel has the focus. */
import { plural } from '../../cli/format.ts';
import type { PositionResult } from '../../protocol/views.ts';
import { marked } from '../store/reduce.ts';
import { tradingWord, type ViewState } from '../store/state.ts';
import { signed } from '../text/figures.ts';
import { type Line, line, span } from '../text/line.ts';
import { stake } from './commands.ts';
import type { Choice, Dialog } from './ui-state.ts';

const CANCEL: Choice = { label: 'Cancel', command: null };

/** What is typed to confirm a panic. */
export const PANIC_WORD = 'panic';

function dialog(
  title: string,
  lines: readonly Line[],
  choices: readonly Choice[],
  word: string | null,
): Dialog {
  return { title, lines, choices: [CANCEL, ...choices], focus: 0, word, typed: '' };
}

function account(state: ViewState): Line {
  const { connection } = state;
  const instance = connection.phase === 'live' ? connection.daemon.instance : '-';
  return line(span('strong', stake(state.status, tradingWord(state.status), instance)));
}

function openLine({ positions }: ViewState): string {
  if (positions.length === 0) return 'No position is open.';
  const names = positions.map(({ symbol, side }) => `${symbol} ${side}`).join(', ');
  return `${plural(positions.length, 'position')}: ${names}.`;
}

export function stopDialog(state: ViewState): Dialog {
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
      { label: 'Stop', command: { kind: 'stop', flatten: false } },
      ...(open ? [{ label: 'Flatten and stop', command: { kind: 'stop', flatten: true } } as const] : []),
    ],
    null,
  );
}

export function panicDialog(state: ViewState): Dialog {
  return dialog(
    'PANIC: close everything at market',
    [
      account(state),
      line(openLine(state)),
      line('Entry orders are cancelled, then every position is closed at market'),
      line('until the venue says flat. Nothing starts again before a reset.'),
    ],
    [{ label: 'Close everything', command: { kind: 'panic' } }],
    PANIC_WORD,
  );
}

export function closeDialog(state: ViewState, position: PositionResult): Dialog {
  const { mark, r } = marked(position, state.prices);
  return dialog(
    `Close ${position.symbol}`,
    [
      account(state),
      line(
        `${position.side} ${position.quantity}, entry ${position.entry}, mark ${mark}, now ${signed(r)} R.`,
      ),
      line('Closes it at market; its stop and targets are cancelled.'),
    ],
    [
      {
        label: `Close ${position.symbol}`,
        command: { kind: 'close', tradeId: position.tradeId, symbol: position.symbol },
      },
    ],
    null,
  );
}
