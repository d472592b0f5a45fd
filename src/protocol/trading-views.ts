/** What is ordered, watched and owned, as the wire shows it. Prices and quantities are exact decimal strings. */
import { z } from 'zod';

const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .describe('An exact decimal');
const millis = z.number().describe('Epoch milliseconds, UTC');
const side = z.enum(['long', 'short']);

export const order = z.strictObject({
  id: z.int(),
  tradeId: z.int(),
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  type: z.enum(['market', 'limit', 'stop', 'stop_limit']),
  purpose: z.enum(['entry', 'add_on', 'stop', 'tp1', 'tp2', 'exit']),
  quantity: decimal.describe('As amended'),
  filled: decimal,
  price: decimal.nullable(),
  stopPrice: decimal.nullable().describe('As amended'),
  reduceOnly: z.boolean(),
  status: z.enum(['submitted', 'unknown', 'working', 'filled', 'cancelled', 'rejected']),
  cancelling: z.boolean().describe('A cancel was sent and is not answered yet'),
  sentAt: millis,
  updatedAt: millis.describe('The last report on it'),
});

/** What the account holds that no order of the bot's explains. */
export const foreign = z.strictObject({
  symbol: z.string(),
  quantity: decimal.describe('Signed base quantity; 0 where there are orders alone'),
  price: decimal.nullable().describe('What it was bought or sold at, as far as the venue tells'),
  orders: z.int().describe('Open orders there that are not the bot’s'),
  decision: z
    .enum(['adopt', 'ignore'])
    .nullable()
    .describe('null: nobody has said yet, and entries wait for it'),
  by: z.string().nullable(),
});

export const level = z.strictObject({
  id: z.int(),
  symbol: z.string(),
  side: side.describe('long: resistance, broken upwards; short: support'),
  price: decimal,
  life: z.enum(['formed', 'armed', 'broken', 'retested', 'invalidated', 'expired']),
  touches: z.int(),
  strength: z.number().describe('0 to 1'),
  bornAt: millis.describe('Close of the first candle that touched it'),
  brokenAt: millis.nullable(),
  close: decimal.describe('Last close of the symbol'),
  distanceAtr: z
    .number()
    .nullable()
    .describe('What is left to the level, in ATR(14) of 15 m; negative once beyond'),
});

export const candle = z.strictObject({
  closeTime: millis,
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
});

export const candidate = z.strictObject({
  rank: z.int(),
  symbol: z.string(),
  score: z.number(),
  close: decimal,
  figures: z
    .record(z.string(), z.number().nullable())
    .describe('What the scan measured; null where the venue has no such figure'),
  armedLevels: z.int(),
  nearest: level.nullable().describe('The armed level nearest to the last close'),
});

export const scan = z.strictObject({
  at: millis.nullable().describe('Close time of the scan; null before the first'),
  markets: z.int(),
  universe: z.int(),
  passed: z.int().describe('Symbols that passed every filter'),
  candidates: z.array(candidate).readonly(),
});

const limit = z.strictObject({
  limit: z.string().describe('Name of the parameter in the preset'),
  value: z.number(),
  max: z.number(),
  unit: z
    .enum(['share', 'count', 'multiple'])
    .describe('A share of equity, a count, or a multiple of equity'),
});

export const account = z.strictObject({
  startEquity: decimal,
  equity: decimal.describe('Start equity and the net result of closed trades'),
  realised: decimal.describe('Net result of closed trades'),
  fees: decimal,
  funding: decimal,
  openResult: z.number().describe('Of open trades, their realised parts included, marked to the last close'),
  markedEquity: z.number(),
  sizingEquity: z.number().describe('What the next position is sized on'),
  available: z.number().nullable().describe('Free balance, where the venue tells it'),
  openRisk: z.number().describe('Loss if every stop is hit'),
  openNotional: z.number(),
  riskPerTrade: z.number().describe('One R of the next trade'),
  dailyR: z.number(),
  limits: z.array(limit).readonly(),
});

const judgement = z.strictObject({
  condition: z.string(),
  stage: z.enum(['universe', 'filters', 'rank', 'levels', 'signal', 'size', 'add_on']),
  verdict: z.enum(['passed', 'failed', 'not_evaluated']),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  needs: z.enum(['at least', 'at most', 'yes']),
  unit: z.enum(['share', 'multiple', 'atr', 'quote', 'bps', 'hours', 'candles', 'r', 'number']),
  label: z.string(),
  miss: z.number().nullable().describe('By how much of the threshold it failed'),
  at: millis.describe('When it was judged'),
  text: z.string(),
});

export const symbolExplanation = z.strictObject({
  symbol: z.string(),
  place: z
    .enum(['unseen', 'universe', 'filters', 'rank', 'levels', 'waiting', 'entry', 'position'])
    .describe('How far it came'),
  candidate: z.boolean(),
  text: z.string(),
  blocking: z.array(judgement).readonly().describe('What failed where it stands'),
  levels: z.array(level).readonly(),
  judgements: z.array(judgement).readonly().describe('Everything judged, where one symbol was asked for'),
});

export const explanation = z.strictObject({
  entries: z.strictObject({ allowed: z.boolean(), reasons: z.array(z.string()).readonly() }),
  symbols: z.array(symbolExplanation).readonly().describe('Those that came furthest first'),
});

export const diagnostics = z.strictObject({
  scans: z.int(),
  cycles: z.int(),
  funnel: z
    .array(
      z.strictObject({
        step: z.string(),
        last: z.int().nullable().describe('In the last scan, or now'),
        total: z.int().describe('Over the whole account'),
        share: z.number().nullable().describe('Of the step before'),
      }),
    )
    .readonly(),
  conditions: z
    .array(
      z.strictObject({
        condition: z.string(),
        stage: judgement.shape.stage,
        label: z.string(),
        passed: z.int(),
        failed: z.int(),
        notEvaluated: z.int().describe('The venue does not give the figure'),
        passRate: z.number().nullable(),
      }),
    )
    .readonly(),
  nearMisses: z
    .array(
      z.strictObject({
        symbol: z.string(),
        condition: z.string(),
        stage: judgement.shape.stage,
        miss: z.number(),
        at: millis,
        text: z.string(),
      }),
    )
    .readonly()
    .describe('Nearest first'),
});

export type OrderResult = z.output<typeof order>;
export type LevelResult = z.output<typeof level>;
export type ScanResult = z.output<typeof scan>;
export type AccountResult = z.output<typeof account>;
export type ExplanationResult = z.output<typeof explanation>;
export type DiagnosticsResult = z.output<typeof diagnostics>;
export type CandleResult = z.output<typeof candle>;
