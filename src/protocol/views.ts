/** What the read methods answer with. Prices, quantities and money are exact decimal strings; times are epoch ms. */
import { z } from 'zod';

export const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .describe('An exact decimal');
export const millis = z.number().describe('Epoch milliseconds, UTC');
const side = z.enum(['long', 'short']);
const strategy = z.enum(['momentum', 'retest']);
/** Of a trade: what it was entered by, or that it was taken over. */
const enteredBy = z.enum(['momentum', 'retest', 'adopted']);

export const engineState = z.enum([
  'IDLE',
  'INITIALIZING',
  'SCANNING',
  'LEVEL_BUILDING',
  'SIGNAL_WAIT',
  'SIZING',
  'EXECUTION',
  'MANAGING',
  'PAUSED',
  'ERROR',
  'EMERGENCY',
  'STOPPED',
]);

export const mode = z.enum(['paper', 'live']);

const pauseLatch = z.strictObject({ by: z.string(), at: millis, reason: z.string() });

const haltLatch = z.strictObject({
  rule: z.enum(['daily_loss', 'losing_streak', 'drawdown', 'panic']),
  by: z.string(),
  at: millis,
  reason: z.string(),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  release: z.enum(['manual', 'next_utc_day']),
});

export const status = z.strictObject({
  state: engineState,
  preset: z.string().nullable(),
  mode: mode.nullable(),
  startedAt: z.iso.datetime().nullable().describe('Wall time of the last start'),
  slots: z.int().describe('Positions that may be open at once'),
  freeSlots: z.int(),
  openPositions: z.int(),
  pendingEntries: z.int(),
  latencyMs: z
    .number()
    .nullable()
    .describe(
      'Mean time to decide on the candles of one close time, over the last 256; null before the first',
    ),
  dailyR: z.number().describe('Realised R of the UTC day'),
  consecutiveLosses: z.int(),
  equity: decimal.nullable(),
  venue: z.string().nullable(),
  account: z
    .string()
    .nullable()
    .describe('live: the account that is traded, by the name that `confirm` takes; null where there is none'),
  session: z.string().nullable().describe('Id of the session, the last one when the engine is idle'),
  at: millis.nullable().describe("The venue's time"),
  speed: z.number().nullable().describe('Venue time over wall time; 0 = as fast as it goes'),
  progress: z
    .strictObject({ done: z.int(), total: z.int().nullable() })
    .nullable()
    .describe('Close times delivered, of how many when that is known'),
  ended: z
    .strictObject({ reason: z.enum(['stopped', 'data_ended', 'failed']), message: z.string() })
    .nullable()
    .describe('Why the session is over, null while it runs or before the first'),
  stopping: z.boolean().describe('A stop waits for entry orders to end and fills to be protected'),
  pausedBy: pauseLatch.nullable(),
  haltedBy: haltLatch.nullable(),
});

export const position = z.strictObject({
  tradeId: z.int(),
  symbol: z.string(),
  side,
  strategy: enteredBy,
  quantity: decimal,
  entry: decimal,
  mark: decimal,
  stop: decimal.nullable().describe('Confirmed by the venue, null while none is'),
  protectedQuantity: decimal,
  targets: z
    .array(z.strictObject({ purpose: z.enum(['tp1', 'tp2']), price: decimal, quantity: decimal }))
    .readonly(),
  openedAt: millis,
  unrealisedPnl: decimal,
  unrealisedR: z.number(),
  risk: decimal,
  level: decimal,
});

/** A finished trade as the engine announces it. */
export const engineTrade = z.strictObject({
  id: z.int(),
  symbol: z.string(),
  side,
  strategy: enteredBy,
  openedAt: millis,
  closedAt: millis,
  entry: decimal,
  exit: decimal,
  quantity: decimal,
  fees: decimal,
  funding: decimal,
  pnl: decimal,
  r: z.number(),
  risk: decimal,
  initialStop: decimal,
  level: decimal,
  exitReason: z.enum([
    'stop',
    'breakeven',
    'trail',
    'tp1',
    'tp2',
    'max_hold',
    'failed_breakout',
    'flatten',
    'panic',
    'kill_switch',
    'unprotected',
    'stop_passed',
    'manual',
    'liquidation',
    'reconciled',
  ]),
  maxR: z.number(),
  minR: z.number(),
  addedOn: z.boolean(),
});

export const trade = engineTrade.extend({
  ambiguous: z.boolean().describe("Its outcome hung on the unknown order of a candle's extremes"),
});

export const tradeTotals = z
  .strictObject({ trades: z.int(), won: z.int().describe('With a gain'), r: z.number(), pnl: decimal })
  .describe('Of all finished trades, listed or not');

export const metrics = z.strictObject({
  uptime: z.number().describe('Seconds since the last start, to its end when it is over; 0 before the first'),
  cycleCount: z.int(),
  avgLatencyMs: z
    .number()
    .nullable()
    .describe('Mean time to decide on the candles of one close time; null before the first'),
  latency: z
    .strictObject({ count: z.int(), p50Ms: z.number(), p99Ms: z.number(), maxMs: z.number() })
    .nullable(),
  totalSignals: z.int(),
  totalTrades: z.int(),
  dailyPnlR: z.number(),
  totalR: z.number(),
  maxDrawdownR: z.number(),
  fees: decimal,
  netProfit: decimal,
  equity: decimal.nullable().describe('null before the first start'),
  scans: z.int(),
  bars: z.int(),
  gaps: z.int(),
  missingBars: z.int(),
  lateBars: z.int(),
  repeatedBars: z.int().describe('Came again, and were passed over'),
});

export const command = z.strictObject({
  command: z.enum([
    'start',
    'stop',
    'pause',
    'resume',
    'emergencyStop',
    'reset',
    'retry',
    'closePosition',
    'cancelOrder',
    'adopt',
    'ignore',
  ]),
  allowed: z.boolean(),
  reason: z.string().describe('Why it is not allowed now; empty when it is'),
});

export const transition = z.strictObject({
  seq: z.int(),
  at: millis,
  from: engineState,
  to: engineState,
  reason: z.string(),
  by: z.string(),
});

export const preset = z.strictObject({
  name: z.string(),
  description: z.string().nullable().describe('null when the preset cannot be read'),
  strategy: strategy.nullable(),
  sides: z.enum(['both', 'long', 'short']).nullable(),
  origin: z.enum(['package', 'user']),
  valid: z.boolean(),
  problems: z.array(z.string()).readonly(),
});

export type StatusResult = z.output<typeof status>;
export type PositionResult = z.output<typeof position>;
export type TradeResult = z.output<typeof trade>;
export type TradeTotals = z.output<typeof tradeTotals>;
export type MetricsResult = z.output<typeof metrics>;
