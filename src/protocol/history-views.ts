/** What the methods about the past answer with: sessions, checkpoints, signals, equity. */
import { z } from 'zod';
import { decimal, engineState, engineTrade, millis, mode } from './views.ts';

const { side, exitReason } = engineTrade.shape;
const strategy = z.enum(['momentum', 'retest']);
const venueTime = z.number().describe("The venue's time, epoch ms");
const wallTime = z.number().describe("The daemon's time, epoch ms");

const start = z.strictObject({ by: z.string(), at: venueTime, wallAt: wallTime });

const sessionOptions = z.strictObject({
  symbols: z.array(z.string()).readonly().nullable().describe('null: all that the venue has'),
  from: millis.nullable(),
  to: millis.nullable(),
  seed: z.int().nullable().describe("null: the venue's own"),
  speed: z.number().describe('Venue time over wall time; 0 = as fast as it goes'),
  equity: decimal.describe('Start equity in quote'),
  data: z.string().nullable().describe('Name of the folder of candles'),
});

const sessionFigures = z.strictObject({
  bars: z.int(),
  signals: z.int(),
  trades: z.int(),
  won: z.int(),
  lost: z.int(),
  openPositions: z.int(),
  netProfit: decimal,
  fees: decimal,
  equity: decimal,
  totalR: z.number(),
  maxDrawdownR: z.number().describe('Largest fall of cumulated R from its peak, zero or negative'),
  maxDrawdown: z.number().describe('Deepest fall of marked equity from its peak, as a share of the peak'),
});

const presetId = z.strictObject({
  name: z.string(),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('SHA-256 of the canonical JSON'),
});

export const sessionSummary = z.strictObject({
  id: z.string(),
  ordinal: z.int().describe('Counts the sessions of this bot'),
  state: z.enum(['running', 'ended']),
  preset: presetId,
  mode,
  venue: z.string(),
  options: sessionOptions,
  symbols: z.int().describe('How many the venue gave'),
  started: start,
  stoppedBy: z
    .string()
    .nullable()
    .describe(
      'Who stopped the engine last, `venue` when its data had ended; null while it runs, and when nobody did',
    ),
  ended: z
    .strictObject({
      reason: z.enum(['stopped', 'data_ended', 'failed']),
      message: z.string(),
      at: venueTime,
      wallAt: wallTime,
    })
    .nullable(),
  figures: sessionFigures.nullable().describe('null when the engine refused the start'),
});

export const sessionDetail = sessionSummary.extend({
  preset: presetId.extend({
    values: z.record(z.string(), z.unknown()).describe('The whole preset, every default filled in'),
  }),
  starts: z
    .array(start)
    .readonly()
    .describe('The first, and the newest of those that went on with positions which a stop had left open'),
});

export const checkpoint = z.strictObject({
  seq: z.int().describe('Ordinal within the session'),
  name: z.enum([
    'session_started',
    'first_scan',
    'first_candidates',
    'first_level_armed',
    'first_signal',
    'first_entry_sent',
    'first_fill',
    'session_continued',
    'initialized',
    'position_opened',
    'tp1_filled',
    'tp2_filled',
    'add_on_filled',
    'trade_closed',
    'paused',
    'resumed',
    'halted',
    'halt_released',
    'emergency',
    'verified_flat',
    'reset',
    'error',
    'retried',
    'stopped',
    'session_ended',
  ]),
  at: venueTime,
  wallAt: wallTime,
  state: engineState,
  figures: z
    .strictObject({
      equity: decimal,
      dailyR: z.number(),
      openPositions: z.int(),
      trades: z.int(),
      signals: z.int(),
    })
    .describe('How the account stood then'),
  note: z.string(),
});

export const signal = z.strictObject({
  signalId: z.int(),
  at: venueTime,
  wallAt: wallTime,
  symbol: z.string(),
  side,
  strategy,
  levelId: z.int(),
  level: decimal,
  price: decimal,
  stop: decimal,
  confidence: z.number(),
  reason: z.string(),
  outcome: z
    .discriminatedUnion('result', [
      z.strictObject({ result: z.literal('pending') }),
      z.strictObject({
        result: z.literal('refused'),
        code: z.string().describe('The condition that said no'),
        value: z.number().nullable(),
        threshold: z.number().nullable(),
        text: z.string(),
      }),
      z.strictObject({ result: z.literal('sent'), tradeId: z.int() }),
      z.strictObject({ result: z.literal('unfilled'), tradeId: z.int(), reason: z.string() }),
      z.strictObject({ result: z.literal('open'), tradeId: z.int() }),
      z.strictObject({
        result: z.literal('closed'),
        tradeId: z.int(),
        r: z.number(),
        pnl: decimal,
        exitReason,
      }),
    ])
    .describe('What became of it: refused, or an entry that was sent, its position, its result'),
});

export const equityPoint = z.strictObject({
  at: venueTime,
  equity: z.number().describe('With open positions at their marks'),
  realised: z.number().describe('Start equity + net result of finished trades'),
});

export type SessionSummaryResult = z.output<typeof sessionSummary>;
export type SessionDetailResult = z.output<typeof sessionDetail>;

export type SignalResult = z.output<typeof signal>;
