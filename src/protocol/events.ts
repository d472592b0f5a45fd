/**
 * Notifications. After `events.subscribe` the daemon sends `event` lines with rising sequence numbers; a
 * client that loses the connection subscribes again with `since` and `stream` and misses nothing that the
 * daemon still holds. A subscriber that does not keep up gets one `events.lagged` line and is closed. Prices are not
 * events: `prices` lines have no sequence number, the newest replaces those before it, and no one lags for them.
 */
import { z } from 'zod';
import { healthIssue, healthStatus } from './health-view.ts';
import { engineState, engineTrade, position } from './views.ts';

const side = z.enum(['long', 'short']);
const orderSide = z.enum(['buy', 'sell']);
const purpose = z.enum(['entry', 'add_on', 'stop', 'tp1', 'tp2', 'exit']);
const strategy = z.enum(['momentum', 'retest']);
const rule = z.enum(['daily_loss', 'losing_streak', 'drawdown']);
const release = z.enum(['manual', 'next_utc_day']);

const order = z.strictObject({
  id: z.int(),
  tradeId: z.int(),
  symbol: z.string(),
  side: orderSide,
  type: z.enum(['market', 'limit', 'stop', 'stop_limit']),
  purpose,
  quantity: z.string(),
  price: z.string().nullable(),
  stopPrice: z.string().nullable(),
  reduceOnly: z.boolean(),
});

export const domainEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('state'),
    from: engineState,
    to: engineState,
    reason: z.string(),
    by: z.string(),
  }),
  z.strictObject({
    type: z.literal('scan'),
    universe: z.int(),
    passed: z.int(),
    candidates: z.array(z.strictObject({ symbol: z.string(), score: z.number() })).readonly(),
  }),
  z.strictObject({
    type: z.literal('level'),
    symbol: z.string(),
    levelId: z.int(),
    side,
    price: z.string(),
    life: z.enum(['formed', 'armed', 'broken', 'retested', 'invalidated', 'expired']),
    strength: z.number(),
    touches: z.int(),
    reason: z.string(),
  }),
  z.strictObject({
    type: z.literal('signal'),
    signalId: z.int(),
    symbol: z.string(),
    side,
    strategy,
    levelId: z.int(),
    level: z.string(),
    price: z.string(),
    stop: z.string(),
    confidence: z.number(),
    reason: z.string(),
  }),
  z.strictObject({
    type: z.literal('refused'),
    signalId: z.int(),
    symbol: z.string(),
    rejection: z.strictObject({
      code: z.string(),
      value: z.number().nullable(),
      threshold: z.number().nullable(),
    }),
  }),
  z.strictObject({
    type: z.literal('order'),
    order,
    status: z.enum([
      'submitted',
      'accepted',
      'rejected',
      'filled',
      'cancelling',
      'cancelled',
      'amended',
      'unknown',
    ]),
    reason: z.string(),
  }),
  z.strictObject({
    type: z.literal('fill'),
    orderId: z.int().nullable(),
    tradeId: z.int(),
    symbol: z.string(),
    side: orderSide,
    purpose,
    price: z.string(),
    quantity: z.string(),
    fee: z.string(),
  }),
  z.strictObject({
    type: z.literal('position'),
    change: z.enum(['opened', 'increased', 'reduced', 'closed', 'protected', 'stop_moved']),
    tradeId: z.int(),
    symbol: z.string(),
    side,
    quantity: z.string(),
    stop: z.string().nullable(),
    reason: z.string(),
  }),
  z.strictObject({ type: z.literal('trade'), trade: engineTrade }),
  z.strictObject({ type: z.literal('halt'), rule, value: z.number(), limit: z.number(), release }),
  z.strictObject({ type: z.literal('halt_released'), rule, reason: z.string() }),
  z.strictObject({ type: z.literal('dust'), tradeId: z.int(), symbol: z.string(), quantity: z.string() }),
  z.strictObject({ type: z.literal('gap'), symbol: z.string(), missing: z.int() }),
  z.strictObject({
    type: z.literal('warning'),
    code: z.string(),
    symbol: z.string().nullable(),
    message: z.string(),
  }),
]);

/** What the session round the engine announces of itself. */
export const sessionEvent = z.discriminatedUnion('change', [
  z.strictObject({
    type: z.literal('session'),
    change: z.literal('started'),
    preset: z.string(),
    mode: z.enum(['paper', 'live']),
    venue: z.string(),
    symbols: z.int(),
    /** Close times there are to come, when that is known. */
    total: z.int().nullable(),
    assumed: z.array(z.string()).readonly(),
  }),
  z.strictObject({
    type: z.literal('session'),
    change: z.literal('ended'),
    reason: z.enum(['stopped', 'data_ended', 'failed']),
    message: z.string(),
    openPositions: z.array(position).readonly(),
  }),
]);

/** The daemon's own health has changed, for the worse or the better. */
export const healthEvent = z.strictObject({
  type: z.literal('health'),
  status: healthStatus,
  was: healthStatus,
  issues: z.array(healthIssue).readonly(),
});

export const TOPICS = [
  'session',
  'state',
  'scan',
  'level',
  'signal',
  'refused',
  'order',
  'fill',
  'position',
  'trade',
  'halt',
  'halt_released',
  'dust',
  'gap',
  'warning',
  'health',
] as const;

export const topic = z.enum(TOPICS);

/** Beside the topics of events: the newest prices, which are no events and come in notifications of their own. */
export const PRICE_TOPIC = 'price';

export const subscriptionTopic = z.enum([...TOPICS, PRICE_TOPIC]);

/** Params of the `event` notification. */
export const eventNotification = z.strictObject({
  subscription: z.int(),
  seq: z.int(),
  session: z.string(),
  at: z.number().describe("The venue's time, epoch ms"),
  wallAt: z.number().describe('When the daemon published it, epoch ms'),
  event: z.union([domainEvent, sessionEvent, healthEvent]),
});

/** Params of the `events.lagged` notification: the subscription is over. */
export const laggedNotification = z.strictObject({
  subscription: z.int(),
  lastSeq: z.int().describe('The last event that was sent: subscribe again with it as `since`'),
  stream: z.string(),
});

/**
 * Params of the `prices` notification: the newest price of each symbol whose price has changed since the last one. At
 * most one comes in 100 ms, and only while the subscriber reads: what it did not take is replaced by what is newer.
 */
export const pricesNotification = z.strictObject({
  subscription: z.int(),
  session: z.string(),
  at: z.number().describe("The venue's time of the newest of them, epoch ms"),
  prices: z
    .record(z.string(), z.string())
    .describe(
      'By symbol, an exact decimal: the close of its newest base candle, which positions are marked to',
    ),
});

export type Topic = z.output<typeof topic>;
export type SubscriptionTopic = z.output<typeof subscriptionTopic>;
export type PricesNotification = z.output<typeof pricesNotification>;
export type EventNotification = z.output<typeof eventNotification>;
export type WireEvent = EventNotification['event'];
export type LaggedNotification = z.output<typeof laggedNotification>;
