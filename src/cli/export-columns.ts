/** The columns of `breakout export`: exact decimals as they were booked, times as ISO 8601 in UTC. */
import type { Trade } from '../engine/output.ts';
import type { StoredFill } from '../journal/journal-reader.ts';
import type { EquityRow } from '../journal/rows.ts';
import type { CsvColumn } from './csv.ts';

export type Exported<Row> = Row & { readonly session: string };

const iso = (at: number): string => new Date(at).toISOString();

export const TRADE_COLUMNS: readonly CsvColumn<Exported<Trade>>[] = [
  { name: 'session', value: (t) => t.session },
  { name: 'trade_id', value: (t) => t.id },
  { name: 'symbol', value: (t) => t.symbol },
  { name: 'side', value: (t) => t.side },
  { name: 'strategy', value: (t) => t.strategy },
  { name: 'opened', value: (t) => iso(t.openedAt) },
  { name: 'closed', value: (t) => iso(t.closedAt) },
  { name: 'entry', value: (t) => t.entry },
  { name: 'exit', value: (t) => t.exit },
  { name: 'quantity', value: (t) => t.quantity },
  { name: 'pnl', value: (t) => t.pnl },
  { name: 'fees', value: (t) => t.fees },
  { name: 'funding', value: (t) => t.funding },
  { name: 'r', value: (t) => t.r },
  { name: 'risk', value: (t) => t.risk },
  { name: 'initial_stop', value: (t) => t.initialStop },
  { name: 'level', value: (t) => t.level },
  { name: 'exit_reason', value: (t) => t.exitReason },
  { name: 'max_r', value: (t) => t.maxR },
  { name: 'min_r', value: (t) => t.minR },
  { name: 'added_on', value: (t) => t.addedOn },
];

export const FILL_COLUMNS: readonly CsvColumn<Exported<StoredFill>>[] = [
  { name: 'session', value: (f) => f.session },
  { name: 'time', value: (f) => iso(f.at) },
  { name: 'symbol', value: (f) => f.symbol },
  { name: 'base', value: (f) => f.base },
  { name: 'quote', value: (f) => f.quote },
  { name: 'side', value: (f) => f.side },
  { name: 'purpose', value: (f) => f.purpose },
  { name: 'price', value: (f) => f.price },
  { name: 'quantity', value: (f) => f.quantity },
  { name: 'fee', value: (f) => f.fee },
  { name: 'fee_coin', value: (f) => (f.feeIn === null ? null : f[f.feeIn]) },
  { name: 'liquidity', value: (f) => f.liquidity },
  { name: 'order_id', value: (f) => f.orderId },
  { name: 'trade_id', value: (f) => f.tradeId },
  { name: 'fill_id', value: (f) => f.fillId },
];

export const EQUITY_COLUMNS: readonly CsvColumn<Exported<EquityRow>>[] = [
  { name: 'session', value: (e) => e.session },
  { name: 'time', value: (e) => iso(e.at) },
  { name: 'equity', value: (e) => e.equity },
  { name: 'realised', value: (e) => e.realised },
];
