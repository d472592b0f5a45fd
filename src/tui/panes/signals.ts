/** Signals of the session with what became of each, the newest at the bottom. */
import { rejection } from '../../cli/words.ts';
import type { SignalResult } from '../../protocol/history-views.ts';
import type { ViewState } from '../store/state.ts';
import { clock, dayClock, decimal, signed } from '../text/figures.ts';
import { EMPTY, line, plain, type Span, span, wrapped } from '../text/line.ts';
import { type Column, table } from '../text/table.ts';
import { type Field, fields } from './fields.ts';
import { type Pane, waiting } from './pane.ts';

/** From here on there is room for the day, and for nearly every outcome in full: both say more than the prices. */
const ROOM_FOR_OUTCOME = 56;
/** And here for the figures of a refusal, which are better left out than cut. */
const ROOM_FOR_FIGURES = 140;

function columnsOf(width: number): readonly Column<SignalResult>[] {
  const roomy = width >= ROOM_FOR_OUTCOME;
  return [
    // Signals come with the close of a candle: there are no seconds to tell.
    roomy
      ? { head: 'time', width: 11, cell: ({ at }) => span('dim', dayClock(at).slice(0, 11)) }
      : { head: 'time', width: 5, cell: ({ at }) => span('dim', clock(at).slice(0, 5)) },
    { head: 'symbol', width: 14, from: 10, cell: ({ symbol }) => span('strong', plain(symbol)) },
    { head: 'side', width: 5, cell: ({ side }) => span(side === 'long' ? 'good' : 'bad', side) },
    { head: 'by', width: 8, least: 2, cell: ({ strategy }) => strategy },
    { head: 'price', width: 10, align: 'right', least: 1, cell: ({ price }) => decimal(price, 10) },
    { head: 'level', width: 10, align: 'right', least: 4, cell: ({ level }) => decimal(level, 10) },
    { head: 'stop', width: 10, align: 'right', least: 3, cell: ({ stop }) => decimal(stop, 10) },
    { head: 'conf', width: 4, align: 'right', least: 5, cell: ({ confidence }) => confidence.toFixed(2) },
    {
      head: 'outcome',
      width: roomy ? 26 : 13,
      grow: true,
      cell: ({ outcome }) => outcomeCell(outcome, width >= ROOM_FOR_FIGURES),
    },
  ];
}

/** What matters most comes first: it is cut at the end. */
function outcomeCell(outcome: SignalResult['outcome'], figures: boolean): Span {
  switch (outcome.result) {
    case 'pending':
      return span('accent', 'being decided');
    case 'refused':
      return span('warn', plain(`refused ${figures ? rejection(outcome) : outcome.code}`));
    case 'sent':
      return span('accent', `sent, trade ${outcome.tradeId}`);
    case 'unfilled':
      return span(
        'dim',
        plain(`not filled, trade ${outcome.tradeId}${outcome.reason === '' ? '' : `: ${outcome.reason}`}`),
      );
    case 'open':
      return span('strong', `open, trade ${outcome.tradeId}`);
    case 'closed':
      return span(
        outcome.pnl.startsWith('-') ? 'bad' : 'good',
        `${signed(outcome.r)} R by ${outcome.exitReason.replaceAll('_', ' ')}`,
      );
  }
}

function rowsOf({ reads }: ViewState, filter: string): readonly SignalResult[] {
  const all = reads.signals?.data.signals ?? [];
  if (filter === '') return all;
  return all.filter((signal) => {
    const { symbol, side, strategy, outcome } = signal;
    const words = `${symbol} ${side} ${strategy} ${outcome.result} ${outcomeCell(outcome, true).text}`;
    return words.toLowerCase().includes(filter);
  });
}

const keyOf = ({ signalId }: SignalResult): string => `signal ${signalId}`;

const signalOf = ({ reads }: ViewState, key: string): SignalResult | undefined =>
  reads.signals?.data.signals.find((signal) => keyOf(signal) === key);

export const signals: Pane = {
  id: 'signals',
  title: 'Signals',
  hotkey: '4',
  minWidth: 40,
  minHeight: 4,
  needs: ['signals'],
  newestLast: true,
  summary: ({ reads }) => {
    const read = reads.signals?.data;
    if (read === undefined || read.total === 0) return '';
    const { total, signals } = read;
    return signals.length < total ? `the last ${signals.length} of ${total}` : `${total} so far`;
  },
  rows: (state, filter) => rowsOf(state, filter).map(keyOf),
  symbolOf: (state, key) => signalOf(state, key)?.symbol ?? null,
  render({ state, width, height, glyphs, filter, selected }) {
    if (state.reads.signals === undefined) return [waiting(state)];
    const rows = rowsOf(state, filter);
    if (rows.length === 0)
      return [line(span('dim', filter === '' ? 'no signal yet' : 'no signal has that in it'))];
    return table({
      columns: columnsOf(width),
      rows,
      width,
      height,
      keyOf,
      selected,
      pointer: glyphs.pointer,
      newestLast: true,
    });
  },
  detail(state, key, width) {
    const signal = signalOf(state, key);
    if (!signal) return null;
    const { outcome } = signal;
    const told: readonly Field[] = [
      ['symbol', span('strong', signal.symbol)],
      ['side', `${signal.side}, ${signal.strategy}`],
      ['price', signal.price],
      ['level', `${signal.level}, number ${signal.levelId}`],
      ['stop', signal.stop],
      ['confidence', `${signal.confidence.toFixed(2)} of 1`],
      ['venue time', `${dayClock(signal.at)} UTC`],
      ['published', `${dayClock(signal.wallAt)} UTC`],
      ['number', String(signal.signalId)],
      ...(outcome.result === 'closed'
        ? [['trade', `${outcome.tradeId}, ${signed(Number(outcome.pnl))} after fees and funding`] as const]
        : []),
    ];
    const cell = outcomeCell(outcome, true);
    const words =
      outcome.result === 'refused' ? `refused: ${outcome.text} (${rejection(outcome)})` : cell.text;
    return [
      ...fields(told),
      EMPTY,
      ...wrapped(words, width).map((part) => line(span(cell.tone, part))),
      EMPTY,
      ...wrapped(`Why: ${signal.reason}`, width).map((part) => line(span('dim', part))),
    ];
  },
};
