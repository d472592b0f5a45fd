/**
 * The schema as it began: what recovery needs (`state`, `sessions`, `inputs`, `snapshots`) and the read models that
 * a projection of the outputs fills in the same transaction. SQLite keeps the comments: `.schema` shows them.
 * Times are epoch milliseconds UTC: `at` in the venue's time, `wall_at` on this machine. Exact decimals are TEXT.
 */
export const FIRST = `
CREATE TABLE state (
  -- One row: what this file is, and how many commits it holds.
  one INTEGER PRIMARY KEY CHECK (one = 1),
  journal TEXT NOT NULL,      -- random, the same in journal.mark
  commits INTEGER NOT NULL    -- goes up by one with every commit
);
INSERT INTO state VALUES (1, lower(hex(randomblob(16))), 0);

CREATE TABLE sessions (
  -- One row for each session: what it was started with, and how it ended.
  key INTEGER PRIMARY KEY,    -- in the order of their beginning; the upper half of inputs.id
  id TEXT NOT NULL UNIQUE,
  ordinal INTEGER NOT NULL,
  preset TEXT NOT NULL,       -- every parameter that it trades by, JSON
  preset_hash TEXT NOT NULL,
  mode TEXT NOT NULL,         -- paper | live
  venue TEXT NOT NULL,
  request TEXT NOT NULL,      -- what opens its venue again, JSON
  started_at INTEGER NOT NULL, -- wall time
  started_by TEXT NOT NULL,
  checksum INTEGER NOT NULL,  -- CRC-32 of the columns above
  ended_reason TEXT,          -- NULL while it runs
  ended_message TEXT,
  ended_at INTEGER,
  ended_wall_at INTEGER,
  record BLOB,                -- what it came to, for the daemon's list of sessions
  pruned_to INTEGER NOT NULL DEFAULT 0,   -- inputs up to this ordinal were pruned
  pruned_chain INTEGER NOT NULL DEFAULT 0 -- inputs.chain of the last of them
);
CREATE INDEX sessions_by_ordinal ON sessions (ordinal);

CREATE TABLE inputs (
  -- Everything that happened to the engine, in order, and what it answered: the truth that the rest is made of.
  id INTEGER PRIMARY KEY,     -- sessions.key * 2^32 + seq
  session_key INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
  seq INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
  at INTEGER NOT NULL,
  wall_at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  origin TEXT NOT NULL,       -- live | command | recovery: a correction made at a restart
  body TEXT NOT NULL,         -- the input, JSON; {"$number":"NaN"} for what JSON has no number for
  columns BLOB,               -- bars: count uint32, symbols int32, then open high low close volume float64, little-endian
  outputs TEXT NOT NULL,      -- JSON array
  chain INTEGER NOT NULL      -- CRC-32 of the row, begun with that of the row before
);

CREATE TABLE snapshots (
  -- The engine's state after an input: the newest two of each session, and what it began with (seq 0).
  session TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  wall_at INTEGER NOT NULL,
  state BLOB NOT NULL,
  hash TEXT NOT NULL,         -- SHA-256 of the state
  shell BLOB NOT NULL,        -- what the daemon had written up of the session by then
  checksum INTEGER NOT NULL,  -- CRC-32 of the columns above
  PRIMARY KEY (session, seq)
);

CREATE TABLE accepted_losses (
  -- Each time somebody said to go on with a journal that had lost commits.
  wall_at INTEGER NOT NULL,
  found TEXT NOT NULL,        -- what was missing, in words
  commits INTEGER NOT NULL    -- how many were left
);

CREATE TABLE instruments (
  -- The markets of a session as the venue described them last.
  session TEXT NOT NULL,
  symbol TEXT NOT NULL,
  base TEXT NOT NULL,
  quote TEXT NOT NULL,
  type TEXT NOT NULL,         -- spot | linear
  tick TEXT NOT NULL,
  lot TEXT NOT NULL,
  PRIMARY KEY (session, symbol)
) WITHOUT ROWID;

CREATE TABLE intents (
  -- Orders that were to be sent, committed before they were: the evidence to look them up by.
  session TEXT NOT NULL,
  order_id INTEGER NOT NULL,
  client_id TEXT,             -- the client order id at the venue; NULL where the venue has none
  request TEXT NOT NULL,      -- JSON
  seq INTEGER NOT NULL,       -- the input that they came from
  at INTEGER NOT NULL,
  wall_at INTEGER NOT NULL,
  PRIMARY KEY (session, order_id)
) WITHOUT ROWID;
CREATE INDEX intents_by_client_id ON intents (client_id);

CREATE TABLE orders (
  -- Each order as it stands now.
  session TEXT NOT NULL,
  order_id INTEGER NOT NULL,
  trade_id INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL,         -- buy | sell
  type TEXT NOT NULL,
  purpose TEXT NOT NULL,
  quantity TEXT NOT NULL,
  price TEXT,
  stop_price TEXT,
  reduce_only INTEGER NOT NULL,
  status TEXT NOT NULL,       -- submitted | accepted | rejected | filled | cancelling | cancelled | amended | unknown
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,        -- of the first word on it
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (session, order_id)
) WITHOUT ROWID;

CREATE TABLE fills (
  -- Every fill of an own order, and those of a liquidation (without an order).
  session TEXT NOT NULL,
  seq INTEGER NOT NULL,       -- the input that brought it
  nth INTEGER NOT NULL,       -- its place among that input's outputs
  order_id INTEGER,
  trade_id INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL,
  purpose TEXT NOT NULL,
  price TEXT NOT NULL,
  quantity TEXT NOT NULL,
  fee TEXT NOT NULL,
  fee_in TEXT,                -- quote | base; NULL where the venue did not say
  liquidity TEXT,             -- maker | taker
  fill_id TEXT,               -- the venue's execution id
  at INTEGER NOT NULL,
  PRIMARY KEY (session, seq, nth)
) WITHOUT ROWID;

CREATE TABLE trades (
  -- Finished trades; pnl is net of fees and funding, r = pnl / risk.
  session TEXT NOT NULL,
  trade_id INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL,         -- long | short
  strategy TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER NOT NULL,
  entry TEXT NOT NULL,
  exit TEXT NOT NULL,
  quantity TEXT NOT NULL,
  fees TEXT NOT NULL,
  funding TEXT NOT NULL,
  pnl TEXT NOT NULL,
  r REAL,
  risk TEXT NOT NULL,
  initial_stop TEXT NOT NULL,
  level TEXT NOT NULL,
  exit_reason TEXT NOT NULL,
  max_r REAL,
  min_r REAL,
  added_on INTEGER NOT NULL,
  PRIMARY KEY (session, trade_id)
) WITHOUT ROWID;

CREATE TABLE positions (
  -- Positions, open and closed, as they stood last.
  session TEXT NOT NULL,
  trade_id INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL,
  quantity TEXT NOT NULL,     -- what is still held
  stop TEXT,
  protected INTEGER NOT NULL, -- the venue has confirmed a stop over all that was held then
  opened_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  closed_at INTEGER,          -- NULL while it is open
  reason TEXT NOT NULL,       -- of the last change
  PRIMARY KEY (session, trade_id)
) WITHOUT ROWID;

CREATE TABLE levels (
  -- Price levels and where they stand in their life.
  session TEXT NOT NULL,
  level_id INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL,
  price TEXT NOT NULL,
  life TEXT NOT NULL,         -- formed | armed | broken | retested | invalidated | expired
  strength REAL,
  touches INTEGER NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,        -- of the first word on it
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (session, level_id)
) WITHOUT ROWID;

CREATE TABLE transitions (
  -- Each change of the engine's state: when, why, and who asked.
  session TEXT NOT NULL,
  seq INTEGER NOT NULL,
  nth INTEGER NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  reason TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  wall_at INTEGER NOT NULL,
  PRIMARY KEY (session, seq, nth)
) WITHOUT ROWID;

CREATE TABLE halts (
  -- Kill switches that acted, with their figures, and when they were let go.
  session TEXT NOT NULL,
  seq INTEGER NOT NULL,
  nth INTEGER NOT NULL,
  rule TEXT NOT NULL,         -- daily_loss | losing_streak | drawdown
  value REAL,
  threshold REAL,
  release TEXT NOT NULL,      -- manual | next_utc_day
  at INTEGER NOT NULL,
  released_at INTEGER,        -- NULL while it holds
  released_reason TEXT,
  PRIMARY KEY (session, seq, nth)
) WITHOUT ROWID;

CREATE TABLE checkpoints (
  -- Milestones of a session and how the account stood then.
  session TEXT NOT NULL,
  seq INTEGER NOT NULL,       -- the checkpoint's own ordinal
  name TEXT NOT NULL,
  at INTEGER NOT NULL,
  wall_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  figures TEXT NOT NULL,      -- JSON
  note TEXT NOT NULL,
  PRIMARY KEY (session, seq)
) WITHOUT ROWID;

CREATE TABLE equity (
  -- Equity in quote at base closes: marked, and realised.
  session TEXT NOT NULL,
  at INTEGER NOT NULL,
  equity REAL,
  realised REAL,
  PRIMARY KEY (session, at)
) WITHOUT ROWID;
`;
