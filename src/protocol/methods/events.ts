/** The stream of events. */
import { z } from 'zod';
import { PRICE_TOPIC, subscriptionTopic } from '../events.ts';
import { order } from '../trading-views.ts';
import { position, status } from '../views.ts';
import type { MethodTable } from './entry.ts';

export const eventMethods = {
  'events.subscribe': {
    summary: 'A snapshot and a sequence number, then every event after it; prices where they are asked for',
    kind: 'read',
    since: 1,
    params: z
      .strictObject({
        topics: z
          .array(subscriptionTopic)
          .min(1)
          .optional()
          .describe(
            'When missing: every topic of events, and no prices. `price` must be named: `prices` notifications, at most one in 100 ms, with the newest price of each symbol that changed',
          ),
        symbols: z
          .array(z.string().min(2).max(40))
          .min(1)
          .max(500)
          .optional()
          .describe('With topic `price`: prices of these alone; events come for all symbols'),
        since: z.int().min(0).optional().describe('Send what came after this sequence number first'),
        stream: z.string().max(64).optional().describe('The stream that `since` belongs to'),
      })
      .refine(({ topics, symbols }) => symbols === undefined || topics?.includes(PRICE_TOPIC) === true, {
        path: ['symbols'],
        error: 'go with topic `price` alone: name it in `topics`',
      }),
    result: z.strictObject({
      subscription: z.int().describe('Its number among those of this connection'),
      stream: z.string().describe('Sequence numbers count within it; a new daemon has a new one'),
      seq: z.int().describe('The last event published'),
      complete: z.boolean().describe('false: events after `since` are gone; read the snapshot anew'),
      snapshot: z
        .strictObject({
          status,
          positions: z.array(position).readonly(),
          orders: z.array(order).readonly().describe('Those that are out, oldest first'),
        })
        .describe('As things stood at `seq`'),
    }),
    errors: ['TOO_MANY_SUBSCRIPTIONS'],
  },
  'events.unsubscribe': {
    summary: 'Ends a subscription of this connection',
    kind: 'read',
    since: 1,
    params: z.strictObject({ subscription: z.int() }),
    result: z.strictObject({ lastSeq: z.int() }),
    errors: ['UNKNOWN_SUBSCRIPTION'],
  },
} as const satisfies MethodTable;
