/** Everything that is ever written to the journal's tables: by name, prepared once, with named values. */
import type { Database, Statement } from '../sqlite/sqlite.ts';

type Value = string | number | null | Uint8Array;
type Values = Readonly<Record<string, Value>>;

/** One row to be written with the next commit. */
export interface Write {
  readonly to: WriteName;
  readonly values: Values;
}

const SQL = {
  session: insert(
    'sessions',
    'key id ordinal preset preset_hash mode venue request started_at started_by checksum',
  ),
  sessionEnded: `UPDATE sessions SET ended_reason = @reason, ended_message = @message, ended_at = @at,
    ended_wall_at = @wall_at, record = @record WHERE id = @id`,
  input: insert('inputs', 'id at wall_at kind origin body columns outputs chain'),
  intent: insert('intents', 'session order_id client_id request seq at wall_at'),
  snapshot: upsert('snapshots', 'session seq', 'at wall_at state hash shell checksum'),
  /** All but the newest two, and what the session began with. */
  olderSnapshots: `DELETE FROM snapshots WHERE session = @session AND seq > 0 AND seq <
    (SELECT min(seq) FROM (SELECT seq FROM snapshots WHERE session = @session ORDER BY seq DESC LIMIT 2))`,
  instrument: upsert('instruments', 'session symbol', 'base quote type tick lot'),
  order: upsert(
    'orders',
    'session order_id',
    'trade_id symbol side type purpose quantity price stop_price reduce_only status reason changed_at',
    'at',
  ),
  fill: upsert(
    'fills',
    'session seq nth',
    'order_id trade_id symbol side purpose price quantity fee fee_in liquidity fill_id at',
  ),
  trade: upsert(
    'trades',
    'session trade_id',
    `symbol side strategy opened_at closed_at entry exit quantity fees funding pnl r risk initial_stop level
      exit_reason max_r min_r added_on`,
  ),
  position: `${upsert(
    'positions',
    'session trade_id',
    'symbol side quantity stop changed_at closed_at reason',
    'opened_at protected',
  )}, protected = CASE @change WHEN 'protected' THEN 1 WHEN 'increased' THEN 0 ELSE protected END`,
  level: upsert(
    'levels',
    'session level_id',
    'symbol side price life strength touches reason changed_at',
    'at',
  ),
  transition: upsert('transitions', 'session seq nth', 'from_state to_state reason asked_by at wall_at'),
  halt: upsert('halts', 'session seq nth', 'rule value threshold release at'),
  haltReleased: `UPDATE halts SET released_at = @at, released_reason = @reason
    WHERE session = @session AND rule = @rule AND released_at IS NULL`,
  checkpoint: upsert('checkpoints', 'session seq', 'name at wall_at state figures note'),
  equity: upsert('equity', 'session at', 'equity realised'),
  acceptedLoss: insert('accepted_losses', 'wall_at found commits'),
} as const;

export type WriteName = keyof typeof SQL;

export class Statements {
  readonly #db: Database;
  readonly #prepared = new Map<WriteName, Statement<[Values]>>();

  constructor(db: Database) {
    this.#db = db;
  }

  run({ to, values }: Write): void {
    let statement = this.#prepared.get(to);
    if (statement === undefined) {
      statement = this.#db.prepare<[Values]>(SQL[to]);
      this.#prepared.set(to, statement);
    }
    statement.run(values);
  }
}

function insert(table: string, columns: string): string {
  const names = columns.split(/\s+/);
  return `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`;
}

/** `changing` take the new value where the row is there already, `first` keep the one they had. */
function upsert(table: string, keys: string, changing: string, first = ''): string {
  const all = [keys, changing, first].filter((names) => names !== '').join(' ');
  const sets = changing.split(/\s+/).map((name) => `${name} = excluded.${name}`);
  return `${insert(table, all)} ON CONFLICT (${keys.split(' ').join(', ')}) DO UPDATE SET ${sets.join(', ')}`;
}
