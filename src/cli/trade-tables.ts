import type { PositionResult, TradeResult } from '../protocol/views.ts';
import { price, signed, utc } from './format.ts';
import type { Paint, Tone } from './style.ts';
import { type Column, table } from './table.ts';

const outcome = (won: boolean): Tone => (won ? 'good' : 'bad');

const TRADE_COLUMNS: readonly Column<TradeResult>[] = [
  { title: 'id', drop: 6, text: (t) => String(t.id), right: true },
  { title: 'symbol', keep: true, text: (t) => t.symbol },
  { title: 'side', keep: true, text: (t) => t.side },
  { title: 'opened', drop: 1, text: (t) => minutes(t.openedAt), right: true },
  { title: 'closed', drop: 2, text: (t) => minutes(t.closedAt), right: true },
  { title: 'quantity', drop: 3, text: (t) => t.quantity, right: true },
  { title: 'entry', drop: 4, text: (t) => price(t.entry), right: true },
  { title: 'exit', drop: 5, text: (t) => price(t.exit), right: true },
  {
    title: 'pnl',
    text: (t) => signed(Number(t.pnl), 2),
    right: true,
    tone: (t) => outcome(!t.pnl.startsWith('-')),
  },
  { title: 'R', text: (t) => signed(t.r, 2), right: true, tone: (t) => outcome(t.r >= 0) },
  {
    title: 'closed by',
    text: (t) => `${t.exitReason.replaceAll('_', ' ')}${t.ambiguous ? ' (ambiguous)' : ''}`,
  },
];

export function tradeLines(trades: readonly TradeResult[], width: number, paint: Paint): string[] {
  return table(TRADE_COLUMNS, trades, width, paint);
}

const POSITION_COLUMNS: readonly Column<PositionResult>[] = [
  { title: 'id', drop: 5, text: (p) => String(p.tradeId), right: true },
  { title: 'symbol', keep: true, text: (p) => p.symbol },
  { title: 'side', keep: true, text: (p) => p.side },
  { title: 'opened', drop: 1, text: (p) => minutes(p.openedAt), right: true },
  { title: 'quantity', drop: 3, text: (p) => p.quantity, right: true },
  { title: 'entry', drop: 2, text: (p) => price(p.entry), right: true },
  { title: 'mark', drop: 4, text: (p) => price(p.mark), right: true },
  {
    title: 'stop',
    drop: 6,
    text: (p) => p.stop ?? 'none',
    right: true,
    tone: (p) => (p.stop === null ? 'bad' : 'plain'),
  },
  {
    title: 'pnl',
    text: (p) => signed(Number(p.unrealisedPnl), 2),
    right: true,
    tone: (p) => outcome(p.unrealisedR >= 0),
  },
  {
    title: 'R',
    text: (p) => signed(p.unrealisedR, 2),
    right: true,
    tone: (p) => outcome(p.unrealisedR >= 0),
  },
];

export function positionLines(positions: readonly PositionResult[], width: number, paint: Paint): string[] {
  return table(POSITION_COLUMNS, positions, width, paint);
}

/** `2024-03-31T08:05Z`: a table has no room for seconds that are always 00. */
function minutes(at: number): string {
  return utc(at).replace(/:\d{2}Z$/, 'Z');
}
