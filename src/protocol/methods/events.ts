/** The stream of events. */
import { z } from 'zod';
import { topic } from '../events.ts';
import { position, status } from '../views.ts';
import type { MethodTable } from './entry.ts';

export const eventMethods = {
  'events.subscribe': {
    summary: 'A snapshot and a sequence number, then every event after it',
    kind: 'read',
    since: 1,
    params: z.strictObject({
      topics: z.array(topic).min(1).optional().describe('All when missing'),
      since: z.int().min(0).optional().describe('Send what came after this sequence number first'),
      stream: z.string().max(64).optional().describe('The stream that `since` belongs to'),
    }),
    result: z.strictObject({
      subscription: z.int(),
      stream: z.string().describe('Sequence numbers count within it; a new daemon has a new one'),
      seq: z.int().describe('The last event published'),
      complete: z.boolean().describe('false: events after `since` are gone; read the snapshot anew'),
      snapshot: z.strictObject({ status, positions: z.array(position).readonly() }),
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
