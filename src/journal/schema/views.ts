/** Views for a person with the sqlite3 shell: times as ISO text, one line a thing. */

/** Exact to the millisecond: a division by 1000.0 would round. */
function iso(column: string): string {
  return `strftime('%Y-%m-%dT%H:%M:%S', ${column} / 1000, 'unixepoch') || printf('.%03dZ', ${column} % 1000)`;
}

export const VIEWS = `
CREATE VIEW v_trades AS
  -- Finished trades, oldest first.
  SELECT session, trade_id, symbol, side, strategy, ${iso('opened_at')} AS opened, ${iso('closed_at')} AS closed,
    entry, exit, quantity, pnl, r, fees, funding, risk, initial_stop, level, exit_reason, max_r, min_r, added_on
  FROM trades ORDER BY closed_at, session, trade_id;

CREATE VIEW v_open_positions AS
  -- What is held now, with its stop and whether the venue has confirmed one.
  SELECT session, trade_id, symbol, side, quantity, stop, protected, ${iso('opened_at')} AS opened,
    ${iso('changed_at')} AS changed, reason
  FROM positions WHERE closed_at IS NULL ORDER BY opened_at, session, trade_id;

CREATE VIEW v_orders AS
  -- Orders as they stand, with the id that the venue knows them by.
  SELECT o.session, o.order_id, i.client_id, o.trade_id, o.symbol, o.side, o.type, o.purpose, o.quantity, o.price,
    o.stop_price, o.reduce_only, o.status, o.reason, ${iso('o.at')} AS first, ${iso('o.changed_at')} AS changed
  FROM orders o LEFT JOIN intents i ON i.session = o.session AND i.order_id = o.order_id
  ORDER BY o.at, o.session, o.order_id;

CREATE VIEW v_fills AS
  -- Fills, oldest first.
  SELECT session, ${iso('at')} AS time, symbol, side, purpose, price, quantity, fee, fee_in, liquidity, order_id,
    trade_id, fill_id
  FROM fills ORDER BY at, session, seq, nth;

CREATE VIEW v_daily AS
  -- Per session and UTC day of closing: trades, R, net result and fees. Sums of decimals are rounded float64.
  SELECT session, date(closed_at / 1000, 'unixepoch') AS day, count(*) AS trades,
    sum(CAST(pnl AS REAL) > 0) AS won, round(sum(r), 6) AS r, round(sum(CAST(pnl AS REAL)), 8) AS net,
    round(sum(CAST(fees AS REAL)), 8) AS fees
  FROM trades GROUP BY session, day ORDER BY day, session;

CREATE VIEW v_tax AS
  -- Every fill with its coins, as a tax return wants it. Decimals are exact text.
  SELECT ${iso('f.at')} AS time, s.venue, s.mode, f.symbol, n.type, n.base, n.quote, f.side, f.quantity, f.price,
    f.fee, CASE f.fee_in WHEN 'base' THEN n.base ELSE n.quote END AS fee_coin, f.fill_id, f.session, f.trade_id
  FROM fills f JOIN sessions s ON s.id = f.session
    LEFT JOIN instruments n ON n.session = f.session AND n.symbol = f.symbol
  ORDER BY f.at, f.session, f.seq, f.nth;

CREATE VIEW v_sessions AS
  -- Sessions, oldest first.
  SELECT id, ordinal, json_extract(preset, '$.name') AS preset, mode, venue, ${iso('started_at')} AS started,
    started_by, ${iso('ended_wall_at')} AS ended, ended_reason, ended_message, pruned_to
  FROM sessions ORDER BY key;

CREATE VIEW v_inputs AS
  -- What happened, in order, with what the engine answered.
  SELECT s.id AS session, i.seq, ${iso('i.at')} AS time, i.kind, i.origin, i.body, i.outputs
  FROM inputs i JOIN sessions s ON s.key = i.id >> 32 ORDER BY i.id;
`;
