import { plural } from '../../cli/format.ts';
import type { PositionResult } from '../../protocol/views.ts';
import { type MarkedPosition, marked } from '../store/reduce.ts';
import type { ViewState } from '../store/state.ts';
import { dayClock, decimal, money, shortSpan, signed } from '../text/figures.ts';
import { type Line, line, plain, type Span, span, type Tone } from '../text/line.ts';
import { type Column, table } from '../text/table.ts';
import { type Pane, waiting } from './pane.ts';

interface Row extends MarkedPosition {
  /** Milliseconds of venue time since it was opened. */
  readonly age: number;
}

function rowsOf(state: ViewState, filter: string): Row[] {
  return state.positions
    .filter(({ symbol, side }) => `${symbol} ${side}`.toLowerCase().includes(filter))
    .map((position) => ({ ...marked(position, state.prices), age: ageOf(position, state) }));
}

/** By the newest time that the venue has told. */
function ageOf({ symbol, openedAt }: PositionResult, { status, prices }: ViewState): number {
  return Math.max(status?.at ?? 0, prices.get(symbol)?.at ?? 0, openedAt) - openedAt;
}

const gain = (value: number): Tone => (value > 0 ? 'good' : value < 0 ? 'bad' : 'plain');

/** Whether the venue has confirmed a stop for all of it. */
function protection({ stop, protectedQuantity, quantity }: PositionResult): Span {
  if (stop === null || Number(protectedQuantity) === 0) return span('alarm', 'NONE');
  if (Number(protectedQuantity) < Number(quantity)) return span('warn', 'part');
  return span('good', 'yes');
}

/** Where a part is still to be taken off; a dash where it was, or where there is no such target. */
const target = ({ targets }: PositionResult, which: 'tp1' | 'tp2'): string => {
  const at = targets.find(({ purpose }) => purpose === which);
  return at === undefined ? '-' : decimal(at.price, PRICE);
};

const PRICE = 10;

const COLUMNS: readonly Column<Row>[] = [
  { head: 'symbol', width: 14, from: 7, cell: ({ position }) => span('strong', plain(position.symbol)) },
  { head: 'side', width: 5, cell: ({ position: { side } }) => span(side === 'long' ? 'good' : 'bad', side) },
  {
    head: 'size',
    width: 9,
    from: 5,
    align: 'right',
    least: 1,
    cell: ({ position }) => decimal(position.quantity, 9),
  },
  priceColumn('entry', ({ position }) => decimal(position.entry, PRICE)),
  priceColumn('mark', ({ mark }) => decimal(mark, PRICE)),
  priceColumn('stop', ({ position }) => decimal(position.stop ?? '-', PRICE)),
  { ...priceColumn('TP1', ({ position }) => target(position, 'tp1')), least: 3 },
  { ...priceColumn('TP2', ({ position }) => target(position, 'tp2')), least: 4 },
  { head: 'R', width: 6, align: 'right', cell: ({ r }) => span(gain(r), signed(r)) },
  { head: 'P&L', width: 9, align: 'right', least: 5, cell: ({ pnl }) => span(gain(pnl), signed(pnl)) },
  { head: 'age', width: 6, align: 'right', least: 2, cell: ({ age }) => shortSpan(age) },
  { head: 'prot', width: 4, cell: ({ position }) => protection(position) },
];

function priceColumn(head: string, cell: (row: Row) => string): Column<Row> {
  return { head, width: PRICE, from: 6, align: 'right', cell };
}

/** Where venue time runs fast the status is ahead of the list: what it counts is open, listed or not. */
const openIn = ({ status, positions }: ViewState): number =>
  Math.max(positions.length, status?.openPositions ?? 0);

function absence(state: ViewState, filter: string): string {
  if (filter !== '') return 'no position has that in it';
  const open = openIn(state);
  return open === 0 ? 'no position is open' : `${plural(open, 'position')} open, reading…`;
}

const keyOf = (tradeId: number): string => `trade ${tradeId}`;

const positionOf = ({ positions }: ViewState, key: string): PositionResult | undefined =>
  positions.find(({ tradeId }) => keyOf(tradeId) === key);

export const positions: Pane = {
  id: 'positions',
  title: 'Positions',
  hotkey: '1',
  minWidth: 60,
  minHeight: 5,
  needs: ['positions', 'status'],
  summary: (state) => {
    const { status } = state;
    return status === null ? '' : `${openIn(state)} open, ${status.freeSlots} of ${status.slots} slots free`;
  },
  rows: (state, filter) => rowsOf(state, filter).map(({ position }) => keyOf(position.tradeId)),
  symbolOf: (state, key) => positionOf(state, key)?.symbol ?? null,
  render({ state, width, height, glyphs, filter, selected }) {
    if (state.status === null) return [waiting(state)];
    const rows = rowsOf(state, filter);
    if (rows.length === 0) return [line(span('dim', absence(state, filter)))];
    return table({
      columns: COLUMNS,
      rows,
      width,
      height,
      keyOf: ({ position }) => keyOf(position.tradeId),
      selected,
      pointer: glyphs.pointer,
    });
  },
  detail(state, key) {
    const position = positionOf(state, key);
    if (!position) return null;
    const { mark, r, pnl } = marked(position, state.prices);
    const pairs: readonly (readonly [string, Span | string])[] = [
      ['symbol', plain(position.symbol)],
      ['side', `${position.side}, ${position.strategy}`],
      ['quantity', position.quantity],
      ['entry', position.entry],
      ['level', position.level],
      ['mark', mark],
      ['result now', span(gain(r), `${signed(r)} R, ${signed(pnl)}`)],
      ['risk', `${money(position.risk)} (one R)`],
      ['stop', position.stop ?? 'none confirmed'],
      ['protected', `${position.protectedQuantity} of ${position.quantity}`],
      ...position.targets.map(
        ({ purpose, price, quantity }) => [purpose.toUpperCase(), `${price} for ${quantity}`] as const,
      ),
      ['opened', `${dayClock(position.openedAt)} UTC, ${shortSpan(ageOf(position, state))} ago`],
      ['trade', String(position.tradeId)],
    ];
    return pairs.map(([name, value]): Line => line(span('dim', name.padEnd(12)), value));
  },
};
