/** How it stands with the exchange that is traded on, as `engine.resourceHealth` tells it. */
import { z } from 'zod';

const seconds = z.number().describe('Seconds');

const trouble = z.strictObject({
  trouble: z.enum([
    'funds',
    'credentials',
    'permission',
    'rate_limit',
    'clock',
    'exchange_down',
    'network',
    'unclear',
  ]),
  message: z.string(),
  agoSeconds: seconds,
  times: z.int().describe('In the last minutes, without a rest'),
});

export const venueHealth = z.strictObject({
  exchange: z.string(),
  environment: z.enum(['real', 'test']).describe("test: the exchange's own test environment, play money"),
  streams: z
    .array(
      z.strictObject({
        name: z.string().describe('candles, books, orders or fills'),
        state: z.enum(['opening', 'up', 'reconnecting']),
        streams: z.int().describe('Some exchanges want several for many symbols'),
        down: z.int(),
        downSeconds: seconds.nullable().describe('Since the first of those that are down was lost'),
        retrySeconds: seconds
          .nullable()
          .describe('Until the next try; null while one is under way or none is needed'),
        silentSeconds: seconds.nullable().describe('Since anything came by it; null before'),
        reconnects: z.int(),
        reason: z.string().nullable().describe('Why it is down'),
      }),
    )
    .readonly()
    .describe('What is not here is asked for in turn'),
  feed: z.strictObject({
    silentSeconds: seconds.nullable().describe('Since any candle was told of'),
    stale: z.boolean().describe('Nothing comes any more: no entry is made until something does'),
    staleSymbols: z.array(z.string()).readonly().describe('No entry is made on these'),
  }),
  candles: z.strictObject({
    awaited: z
      .array(z.strictObject({ symbol: z.string(), closeTime: z.int().describe('Epoch ms') }))
      .readonly()
      .describe('Late, and asked for again and again'),
    missing: z.int().describe('Never come since the session’s exchange was opened: gaps'),
  }),
  clock: z
    .strictObject({
      aheadMs: z.number().describe("How far this machine's clock is ahead of the exchange's"),
      errorMs: z.number().describe('It is not known better than that'),
    })
    .nullable(),
  requests: z.strictObject({
    usedPercent: z.number().describe('Of what may be sent at once by the rate limit'),
    waiting: z.int(),
    closedSeconds: seconds
      .nullable()
      .describe('For so long nothing is sent, because the exchange has said that it was too much'),
  }),
  unknownOrders: z
    .array(z.strictObject({ orderId: z.int(), symbol: z.string(), purpose: z.string(), seconds }))
    .readonly()
    .describe('Sent, and nothing is known of what became of them; they are looked up until it is'),
  troubles: z.array(trouble).readonly().describe('What is the matter just now'),
  lastError: trouble.nullable().describe('The last one, over or not'),
  errors: z.partialRecord(trouble.shape.trouble, z.int()).describe('How often each kind has come'),
});

export const recovery = z.strictObject({
  since: z.iso.datetime(),
  seconds,
  session: z.string().nullable(),
  reason: z.string().describe('What is done, or waited for'),
});
