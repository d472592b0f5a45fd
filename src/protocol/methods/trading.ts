/** What is held, ordered and watched. */
import { z } from 'zod';
import { position, trade } from '../views.ts';
import type { MethodTable } from './entry.ts';
import { none } from './shared.ts';

export const tradingMethods = {
  'positions.list': {
    summary: 'Open positions with their protection, marked to the last close',
    kind: 'read',
    since: 1,
    params: none,
    result: z.strictObject({ positions: z.array(position).readonly() }),
    errors: [],
  },
  'trades.list': {
    summary: 'Finished trades of the running session, or of the last one',
    kind: 'read',
    since: 1,
    params: none,
    result: z.strictObject({
      session: z.string().nullable(),
      trades: z.array(trade).readonly(),
      /** What has no exit yet, or had none when the session ended: marked to the last close. */
      openPositions: z.array(position).readonly(),
    }),
    errors: [],
  },
} as const satisfies MethodTable;
