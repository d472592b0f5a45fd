/** The tables that people query say what the engine says, led along the inputs anew. */

import Big from 'big.js';
import type { Engine } from '../../src/engine/engine.ts';
import type { StoredSession } from '../../src/journal/rows.ts';
import { type Database, Sqlite } from '../../src/sqlite/sqlite.ts';

interface TradeRow {
  readonly trade_id: number;
  readonly symbol: string;
  readonly pnl: string;
  readonly fees: string;
  readonly entry: string;
  readonly exit: string;
  readonly quantity: string;
  readonly exit_reason: string;
  readonly closed_at: number;
}

export function tableProblems(file: string, session: StoredSession, engine: Engine): string[] {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    return [
      ...gaps(db, session),
      ...trades(db, session, engine),
      ...positions(db, session, engine),
      ...transitions(db, session, engine),
      ...checkpoints(db, session),
    ];
  } finally {
    db.close();
  }
}

function gaps(db: Database, { id, lastSeq }: StoredSession): string[] {
  const count = db
    .prepare<[string], number>(
      'SELECT count(*) FROM inputs WHERE session_key = (SELECT key FROM sessions WHERE id = ?)',
    )
    .pluck()
    .get(id);
  return count === lastSeq ? [] : [`${count} inputs are kept, the last has the ordinal ${lastSeq}`];
}

function trades(db: Database, { id }: StoredSession, engine: Engine): string[] {
  const rows = db.prepare<[string], TradeRow>('SELECT * FROM trades WHERE session = ?').all(id);
  const kept = rows.map((row) =>
    [
      row.trade_id,
      row.symbol,
      row.pnl,
      row.fees,
      row.entry,
      row.exit,
      row.quantity,
      row.exit_reason,
      row.closed_at,
    ].join(),
  );
  const said = engine
    .trades()
    .map((trade) =>
      [
        trade.id,
        trade.symbol,
        trade.pnl,
        trade.fees,
        trade.entry,
        trade.exit,
        trade.quantity,
        trade.exitReason,
        trade.closedAt,
      ].join(),
    );
  return same('trades', kept, said);
}

function positions(db: Database, { id }: StoredSession, engine: Engine): string[] {
  const rows = db
    .prepare<[string], { trade_id: number; symbol: string; quantity: string }>(
      'SELECT trade_id, symbol, quantity FROM positions WHERE session = ? AND closed_at IS NULL',
    )
    .all(id);
  return same(
    'open positions',
    rows.map((row) => [row.trade_id, row.symbol, new Big(row.quantity).toFixed()].join()),
    engine
      .positions()
      .map(({ tradeId, symbol, quantity }) => [tradeId, symbol, new Big(quantity).toFixed()].join()),
  );
}

function transitions(db: Database, { id }: StoredSession, engine: Engine): string[] {
  const last = db
    .prepare<[string], string>(
      'SELECT to_state FROM transitions WHERE session = ? ORDER BY seq DESC, nth DESC LIMIT 1',
    )
    .pluck()
    .get(id);
  const { state } = engine.status();
  return last === undefined || last === state
    ? []
    : [`the last transition led to ${last}, the engine is ${state}`];
}

function checkpoints(db: Database, { id }: StoredSession): string[] {
  const seqs = db
    .prepare<[string], number>('SELECT seq FROM checkpoints WHERE session = ? ORDER BY seq')
    .pluck()
    .all(id);
  const wrong = seqs.findIndex((seq, index) => seq !== index + 1);
  return wrong === -1 ? [] : [`checkpoint ${wrong + 1} is missing`];
}

function same(what: string, kept: readonly string[], said: readonly string[]): string[] {
  const [a, b] = [[...kept].sort(), [...said].sort()];
  const missing = b.filter((row) => !a.includes(row));
  const strange = a.filter((row) => !b.includes(row));
  if (missing.length === 0 && strange.length === 0 && a.length === b.length) return [];
  return [
    `table of ${what}: missing ${missing.join(' | ') || 'none'}; not the engine's ${strange.join(' | ') || 'none'}`,
  ];
}
