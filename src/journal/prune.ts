/**
 * Retention. Inputs and their outputs are what grows; what recovery needs of them and everything that is told of money
 * (trades, fills, orders, intents, transitions, sessions, equity, checkpoints) stays for ever.
 */
import type { Database } from 'better-sqlite3';
import { DAY, type Millis } from '../market/time.ts';
import { SESSION_SPAN } from './stored-sessions.ts';

export interface RetentionPolicy {
  /** Days (wall time) that inputs are kept: after the end of their session, or after they came while it runs. */
  readonly inputDays: number;
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

/** Rows dropped in one transaction, so that a commit of the trading never waits long. */
const BATCH = 5_000;

export function prune(db: Database, { inputDays }: RetentionPolicy, now: Millis): Pruned {
  const before = now - inputDays * DAY;
  const candidates = db
    .prepare<[], Candidate>(
      `SELECT key, id, ended_wall_at AS ended, pruned_to, count(seq) AS snapshots, min(seq) AS oldest,
         key = (SELECT max(key) FROM sessions) AS newest
       FROM sessions LEFT JOIN snapshots ON snapshots.session = sessions.id AND snapshots.seq > 0 GROUP BY key`,
    )
    .all();
  let inputs = 0;
  let sessions = 0;
  for (const candidate of candidates) {
    const dropped = dropInputs(db, candidate, before);
    inputs += dropped;
    if (dropped > 0) sessions += 1;
  }
  return { inputs, sessions };
}

function dropInputs(db: Database, candidate: Candidate, before: Millis): number {
  const { key, ended, pruned_to, snapshots, oldest, newest } = candidate;
  if (ended !== null && ended >= before) return 0;
  const recoverable = ended === null || newest === 1;
  // A restart goes on from the newest snapshot, or from the one before where that is damaged.
  const needed = recoverable ? (snapshots >= 2 ? (oldest ?? 0) : 0) : SESSION_SPAN - 1;
  const last = lastOf(db, key * SESSION_SPAN, needed, before);
  let dropped = 0;
  for (let to = pruned_to; to < last; ) {
    to = Math.min(to + BATCH, last);
    dropped += dropTo(db, key, to);
  }
  return dropped;
}

/** The last input up to `needed` that came before a wall time. */
function lastOf(db: Database, base: number, needed: number, before: Millis): number {
  const id = db
    .prepare<[number, number, number], number | null>(
      'SELECT max(id) FROM inputs WHERE id > ? AND id <= ? AND wall_at < ?',
    )
    .pluck()
    .get(base, base + needed, before);
  return id === null || id === undefined ? 0 : id - base;
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
