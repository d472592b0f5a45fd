/** A journal read beside a daemon that writes it: for replay, export and looking round. Changes nothing. */
import { existsSync } from 'node:fs';
import type { OrderPurpose, OrderSide, Trade } from '../engine/output.ts';
import type { Millis } from '../market/time.ts';
import { type Database, Sqlite } from '../sqlite/sqlite.ts';
import { isWholeSnapshot, type SnapshotTableRow } from './codec/snapshot.ts';
import { checkPages } from './files/examine.ts';
import { asJournalError, newer, unreadable } from './files/failure.ts';
import { journalFiles } from './files/names.ts';
import { JournalError } from './journal-error.ts';
import type { EquityRow, StoredEntry, StoredSession, StoredSnapshot } from './rows.ts';
import { NEWEST } from './schema/migrate.ts';
import { StoredSessions } from './stored-sessions.ts';

export interface StoredFill {
  readonly seq: number;
  readonly at: Millis;
  /** Null for a fill of no own order: a liquidation. */
  readonly orderId: number | null;
  readonly tradeId: number;
  readonly symbol: string;
  readonly base: string | null;
  readonly quote: string | null;
  readonly side: OrderSide;
  readonly purpose: OrderPurpose;
  readonly price: string;
  readonly quantity: string;
  readonly fee: string;
  readonly feeIn: 'quote' | 'base' | null;
  readonly liquidity: 'maker' | 'taker' | null;
  readonly fillId: string | null;
}

/** A trade as it lies in the table: what JSON had no number for is null there. */
type TradeRow = Omit<Trade, 'r' | 'maxR' | 'minR' | 'addedOn'> & {
  readonly r: number | null;
  readonly maxR: number | null;
  readonly minR: number | null;
  readonly addedOn: number;
};

const TRADES = `SELECT trade_id AS id, symbol, side, strategy, opened_at AS openedAt, closed_at AS closedAt, entry,
  exit, quantity, fees, funding, pnl, r, risk, initial_stop AS initialStop, level, exit_reason AS exitReason,
  max_r AS maxR, min_r AS minR, added_on AS addedOn FROM trades WHERE session = ? ORDER BY closed_at, trade_id`;

const FILLS = `SELECT f.seq, f.at, f.order_id AS orderId, f.trade_id AS tradeId, f.symbol, n.base, n.quote, f.side,
  f.purpose, f.price, f.quantity, f.fee, f.fee_in AS feeIn, f.liquidity, f.fill_id AS fillId
  FROM fills f LEFT JOIN instruments n ON n.session = f.session AND n.symbol = f.symbol
  WHERE f.session = ? ORDER BY f.seq, f.nth`;

/** @throws JournalError */
export function openJournalForReading(file: string): JournalReader {
  const files = journalFiles(file);
  if (!existsSync(file)) throw unreadable(files, 'there is none');
  let db: Database | null = null;
  try {
    db = new Sqlite(file, { readonly: true, fileMustExist: true });
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version > NEWEST) throw newer(files, version, NEWEST);
    if (version < NEWEST) throw older(file, version);
    return new JournalReader(db, new StoredSessions(db, files));
  } catch (error) {
    db?.close();
    throw asJournalError(files, error);
  }
}

export class JournalReader {
  readonly #db: Database;
  readonly #stored: StoredSessions;

  constructor(db: Database, stored: StoredSessions) {
    this.#db = db;
    this.#stored = stored;
  }

  session(id: string): StoredSession | null {
    return this.#stored.session(id);
  }

  lastSession(): StoredSession | null {
    return this.#stored.last();
  }

  /** Newest first, with an ordinal below `before`. */
  sessions(limit: number, before?: number): StoredSession[] {
    return this.#stored.sessions(limit, before);
  }

  lastSnapshot(session: string): StoredSnapshot | null {
    return this.#stored.lastSnapshot(session);
  }

  /** Those that are whole, oldest first: what the session began with (ordinal 0), where that was kept, and the newest. */
  snapshots(session: string): StoredSnapshot[] {
    return this.#stored.snapshots(session);
  }

  /** @throws SessionPruned; JournalError JOURNAL_UNREADABLE at a damaged one */
  entries(session: string, afterSeq = 0): IterableIterator<StoredEntry> {
    return this.#stored.entries(session, afterSeq);
  }

  /** Finished trades in the order of their closing. */
  trades(session: string): Trade[] {
    return this.#db
      .prepare<[string], TradeRow>(TRADES)
      .all(session)
      .map((row) => ({
        ...row,
        r: row.r ?? Number.NaN,
        maxR: row.maxR ?? Number.NaN,
        minR: row.minR ?? Number.NaN,
        addedOn: row.addedOn === 1,
      }));
  }

  fills(session: string): StoredFill[] {
    return this.#db.prepare<[string], StoredFill>(FILLS).all(session);
  }

  equity(session: string): EquityRow[] {
    return this.#db
      .prepare<[string], EquityRow>('SELECT at, equity, realised FROM equity WHERE session = ? ORDER BY at')
      .all(session);
  }

  /** Problems in the structure of the file, in SQLite's words; what is in it is not looked at. Empty = whole. */
  quickCheck(): string[] {
    return checkPages(this.#db);
  }

  /** Looks at everything; what is not as it was written, in words. Empty = whole. */
  integrity(): string[] {
    const problems = checkPages(this.#db);
    for (const session of this.#db
      .prepare<[], string>('SELECT id FROM sessions ORDER BY key')
      .pluck()
      .all()) {
      problems.push(...this.#problemsOf(session));
    }
    for (const row of this.#db.prepare<[], SnapshotTableRow>('SELECT * FROM snapshots').all()) {
      if (!isWholeSnapshot(row)) {
        problems.push(`the snapshot of session ${row.session} at input ${row.seq} is not what was written`);
      }
    }
    return problems;
  }

  close(): void {
    this.#db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #problemsOf(id: string): string[] {
    try {
      const session = this.session(id);
      let seq = session?.prunedTo ?? 0;
      for (const entry of this.entries(id, seq)) seq = entry.seq;
      return [];
    } catch (error) {
      if (error instanceof JournalError) return [error.message];
      throw error;
    }
  }
}

function older(file: string, version: number): JournalError {
  return new JournalError(
    'JOURNAL_UNREADABLE',
    `the journal ${file} was written by an older version of breakout (schema ${version}, this one reads ${NEWEST}): ` +
      'start the daemon once, which brings it up to date',
  );
}
