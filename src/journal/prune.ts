/**
 * Retention. Inputs and their outputs are what grows; what recovery needs of them and everything that is told of money
 * (trades, fills, orders, intents, transitions, sessions, equity, checkpoints) stays for ever.
 */
import { DAY, type Millis } from '../market/time.ts';
import type { Database } from '../sqlite/sqlite.ts';
import { SESSION_SPAN } from './stored-sessions.ts';

export interface RetentionPolicy {
  /** Days (wall time) that inputs are kept: after the end of their session, or after they came while it runs. */
  readonly inputDays: number;
  /** Beyond so much in use the oldest inputs go, however young. Missing: no bound. */
  readonly maxBytes?: number;
}

export interface Pruned {
  readonly inputs: number;
  readonly sessions: number;
}

interface Candidate {
  readonly key: number;
  readonly id: string;
  readonly ended: Millis | null;
  readonly pruned_to: number;
  readonly snapshots: number;
  /** Of the older of its newest two snapshots. */
  readonly oldest: number | null;
  /** No session came after it: a restart goes on from it, ended or not. */
  readonly newest: number;
}

/** Rows dropped in one transaction: a commit of the trading waits for no more than that. */
const BATCH = 5_000;

/** Transactions of one call: whoever calls has other things to do, and calls again. */
const BATCHES = 20;

export function prune(db: Database, { inputDays, maxBytes }: RetentionPolicy, now: Millis): Pruned {
  const before = now - inputDays * DAY;
  const dropped = new Map<number, number>();
  let batches = 0;
  const drop = (candidate: Candidate, last: number, enough: () => boolean): void => {
    for (let to = candidate.pruned_to; to < last && batches < BATCHES && !enough(); batches += 1) {
      to = Math.min(to + BATCH, last);
      dropped.set(candidate.key, (dropped.get(candidate.key) ?? 0) + dropTo(db, candidate.key, to));
    }
  };
  for (const candidate of candidates(db)) {
    // What ended lately is kept whole.
    if (candidate.ended !== null && candidate.ended >= before) continue;
    drop(candidate, lastOf(db, candidate, before), () => false);
  }
  if (maxBytes !== undefined) {
    const enough = (): boolean => usedBytes(db) <= maxBytes;
    for (const candidate of enough() ? [] : candidates(db))
      drop(candidate, lastOf(db, candidate, Number.MAX_SAFE_INTEGER), enough);
  }
  return { inputs: [...dropped.values()].reduce((sum, n) => sum + n, 0), sessions: dropped.size };
}

/** All sessions, oldest first. */
function candidates(db: Database): Candidate[] {
  return db
    .prepare<[], Candidate>(
      `SELECT key, id, ended_wall_at AS ended, pruned_to, count(seq) AS snapshots, min(seq) AS oldest,
         key = (SELECT max(key) FROM sessions) AS newest
       FROM sessions LEFT JOIN snapshots ON snapshots.session = sessions.id AND snapshots.seq > 0
       GROUP BY key ORDER BY key`,
    )
    .all();
}

/** Pages that hold something; those of dropped rows are used again before the file grows. */
function usedBytes(db: Database): number {
  const number = (pragma: string): number => Number(db.pragma(pragma, { simple: true }));
  return (number('page_count') - number('freelist_count')) * number('page_size');
}

/** The last input, of those that one call drops at most, that came before a wall time and that no recovery begins from. */
function lastOf(db: Database, candidate: Candidate, before: Millis): number {
  const { key, ended, pruned_to, snapshots, oldest, newest } = candidate;
  const recoverable = ended === null || newest === 1;
  // A restart goes on from the newest snapshot, or from the one before where that is damaged.
  const needed = recoverable ? (snapshots >= 2 ? (oldest ?? 0) : 0) : SESSION_SPAN - 1;
  const base = key * SESSION_SPAN;
  const from = base + pruned_to;
  const to = base + Math.min(needed, pruned_to + BATCH * BATCHES);
  // They came in the order of their ids: at the first that is young enough the look ends.
  const young = db
    .prepare<[number, number, number], number>(
      'SELECT id FROM inputs WHERE id > ? AND id <= ? AND wall_at >= ? ORDER BY id LIMIT 1',
    )
    .pluck()
    .get(from, to, before);
  if (young !== undefined) return young - 1 - base;
  const last = db
    .prepare<[number, number], number | null>('SELECT max(id) FROM inputs WHERE id > ? AND id <= ?')
    .pluck()
    .get(from, to);
  return last === null || last === undefined ? 0 : last - base;
}

function dropTo(db: Database, key: number, to: number): number {
  const base = key * SESSION_SPAN;
  return db
    .transaction(() => {
      db.prepare<[number, number, number]>(
        'UPDATE sessions SET pruned_to = ?, pruned_chain = (SELECT chain FROM inputs WHERE id = ?) WHERE key = ?',
      ).run(to, base + to, key);
      // Nothing leads on from it any more.
      db.prepare<[number, number]>(
        'DELETE FROM snapshots WHERE seq < ? AND session = (SELECT id FROM sessions WHERE key = ?)',
      ).run(to, key);
      return db.prepare<[number, number]>('DELETE FROM inputs WHERE id > ? AND id <= ?').run(base, base + to)
        .changes;
    })
    .immediate();
}
