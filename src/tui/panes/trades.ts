/** Finished trades of the session, the newest at the bottom, and what they come to. */
import { plural } from '../../cli/format.ts';
import type { TradeResult } from '../../protocol/views.ts';
import type { ViewState } from '../store/state.ts';
import { clock, dayClock, decimal, money, shortSpan, signed } from '../text/figures.ts';
import { line, plain, span, type Tone } from '../text/line.ts';
import { type Column, table } from '../text/table.ts';
import { type Field, fields } from './fields.ts';
import { type Pane, waiting } from './pane.ts';

/** From here on there is room for the day beside the time. */
const ROOM_FOR_DAY = 52;

const gain = (value: number): Tone => (value > 0 ? 'good' : value < 0 ? 'bad' : 'plain');

function exitWords({ exitReason, ambiguous }: TradeResult): string {
  const words = /^tp\d$/.test(exitReason) ? exitReason.toUpperCase() : exitReason.replaceAll('_', ' ');
  return ambiguous ? `${words} (ambiguous)` : words;
}

function columnsOf(width: number): readonly Column<TradeResult>[] {
  return [
    width >= ROOM_FOR_DAY
      ? { head: 'closed', width: 11, cell: ({ closedAt }) => span('dim', dayClock(closedAt).slice(0, 11)) }
      : { head: 'time', width: 5, cell: ({ closedAt }) => span('dim', clock(closedAt).slice(0, 5)) },
    { head: 'symbol', width: 14, from: 10, cell: ({ symbol }) => span('strong', plain(symbol)) },
    { head: 'side', width: 5, least: 1, cell: ({ side }) => span(side === 'long' ? 'good' : 'bad', side) },
    { head: 'R', width: 6, align: 'right', cell: ({ r }) => span(gain(r), signed(r)) },
    {
      head: 'P&L',
      width: 9,
      align: 'right',
      least: 2,
      cell: ({ pnl }) => span(gain(Number(pnl)), signed(Number(pnl))),
    },
    { head: 'entry', width: 10, align: 'right', least: 4, cell: ({ entry }) => decimal(entry, 10) },
    { head: 'exit', width: 10, align: 'right', least: 4, cell: ({ exit }) => decimal(exit, 10) },
    { head: 'quantity', width: 9, align: 'right', least: 6, cell: ({ quantity }) => decimal(quantity, 9) },
    {
      head: 'held',
      width: 6,
      align: 'right',
      least: 3,
      cell: ({ openedAt, closedAt }) => shortSpan(closedAt - openedAt),
    },
    { head: 'best', width: 6, align: 'right', least: 5, cell: ({ maxR }) => signed(maxR) },
    { head: 'worst', width: 6, align: 'right', least: 5, cell: ({ minR }) => signed(minR) },
    { head: 'fees', width: 7, align: 'right', least: 7, cell: ({ fees }) => money(fees) },
    { head: 'by', width: 8, least: 8, cell: ({ strategy }) => strategy },
    { head: 'closed by', width: 14, grow: true, cell: exitWords },
  ];
}

function rowsOf({ reads }: ViewState, filter: string): readonly TradeResult[] {
  const all = reads.trades?.data.trades ?? [];
  if (filter === '') return all;
  return all.filter((trade) => {
    const { symbol, side, strategy, r } = trade;
    const words = `${symbol} ${side} ${strategy} ${r > 0 ? 'won' : r < 0 ? 'lost' : 'even'} ${exitWords(trade)}`;
    return words.toLowerCase().includes(filter);
  });
}

const keyOf = ({ id }: TradeResult): string => `trade ${id}`;

const tradeOf = ({ reads }: ViewState, key: string): TradeResult | undefined =>
  reads.trades?.data.trades.find((trade) => keyOf(trade) === key);

export const trades: Pane = {
  id: 'trades',
  title: 'Trades',
  hotkey: '6',
  minWidth: 40,
  minHeight: 4,
  needs: ['trades'],
  newestLast: true,
  summary: ({ reads }) => {
    if (reads.trades === undefined || reads.trades.data.totals.trades === 0) return '';
    const { trades: listed, totals } = reads.trades.data;
    const { trades, won, r, pnl } = totals;
    const last = listed.length < trades ? `the last ${listed.length} of ` : '';
    return `${last}${plural(trades, 'trade')}, ${won} won, ${signed(r)} R, ${signed(Number(pnl))}`;
  },
  rows: (state, filter) => rowsOf(state, filter).map(keyOf),
  symbolOf: (state, key) => tradeOf(state, key)?.symbol ?? null,
  render({ state, width, height, glyphs, filter, selected }) {
    if (state.reads.trades === undefined) return [waiting(state)];
    const rows = rowsOf(state, filter);
    if (rows.length === 0)
      return [line(span('dim', filter === '' ? 'no finished trade' : 'no trade has that in it'))];
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
  detail(state, key) {
    const trade = tradeOf(state, key);
    if (!trade) return null;
    const { pnl, r, openedAt, closedAt } = trade;
    const pairs: readonly Field[] = [
      ['symbol', span('strong', trade.symbol)],
      ['side', `${trade.side}, ${trade.strategy}`],
      ['result', span(gain(r), `${signed(r)} R, ${signed(Number(pnl))} after fees and funding`)],
      ['closed by', exitWords(trade)],
      ...(trade.ambiguous
        ? [['', "its outcome hung on the unknown order of a candle's extremes"] as const]
        : []),
      ['quantity', `${trade.quantity}${trade.addedOn ? ', with an add-on' : ''}`],
      ['entry', trade.entry],
      ['exit', trade.exit],
      ['first stop', trade.initialStop],
      ['level', trade.level],
      ['risk', `${money(trade.risk)} (one R)`],
      ['fees', `${money(trade.fees)}, funding ${money(trade.funding)}`],
      ['best, worst', `${signed(trade.maxR)} R, ${signed(trade.minR)} R`],
      ['opened', `${dayClock(openedAt)} UTC`],
      ['closed', `${dayClock(closedAt)} UTC, after ${shortSpan(closedAt - openedAt)}`],
      ['number', String(trade.id)],
    ];
    return fields(pairs);
  },
};
