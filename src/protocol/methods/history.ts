/** What has been: sessions with their checkpoints, signals, equity. */
import { z } from 'zod';
import { checkpoint, equityPoint, sessionDetail, sessionSummary, signal } from '../history-views.ts';
import type { MethodTable } from './entry.ts';

const sessionId = z.string().min(1).max(64);
const limit = (most: number, usual: number) =>
  z.int().min(1).max(most).default(usual).describe('The newest ones');

export const historyMethods = {
  'sessions.list': {
    summary: 'Sessions of this bot, newest first: preset, who started it, what came of it',
    kind: 'read',
    since: 1,
    params: z.strictObject({
      limit: limit(100, 20),
      before: z.int().min(1).optional().describe('Only those with a lower ordinal'),
    }),
    result: z.strictObject({ sessions: z.array(sessionSummary).readonly() }),
    errors: [],
  },
  'sessions.get': {
    summary: 'One session whole, with the full text of its preset',
    kind: 'read',
    since: 1,
    params: z.strictObject({
      id: sessionId.optional().describe('The running session, or the last one, when missing'),
    }),
    result: z.strictObject({ session: sessionDetail }),
    errors: ['SESSION_UNKNOWN'],
  },
  'sessions.checkpoints': {
    summary: "Milestones of a session, oldest first, each with the account's figures",
    kind: 'read',
    since: 1,
    params: z.strictObject({
      id: sessionId.optional().describe('The running session, or the last one, when missing'),
      limit: limit(2_000, 100),
      since: z.int().min(0).optional().describe('Only those with a higher ordinal'),
    }),
    result: z.strictObject({
      session: z.string(),
      dropped: z.int().describe('How many older ones are no longer held'),
      checkpoints: z.array(checkpoint).readonly(),
    }),
    errors: ['SESSION_UNKNOWN'],
  },
  'signals.list': {
    summary: 'Signals of the running session, or of the last one, oldest first, each with what became of it',
    kind: 'read',
    since: 1,
    params: z.strictObject({
      limit: limit(1_024, 100),
      symbol: z.string().min(2).max(40).optional(),
      since: z.int().min(0).optional().describe('Only those with a higher ordinal'),
    }),
    result: z.strictObject({
      session: z.string().nullable(),
      total: z.int().describe('Signals of the session so far'),
      dropped: z.int().describe('How many of them are no longer held'),
      signals: z.array(signal).readonly(),
    }),
    errors: [],
  },
  'equity.series': {
    summary:
      'Equity over the running session, or the last one, in evenly spaced points; the last is the present',
    kind: 'read',
    since: 1,
    params: z.strictObject({
      limit: z.int().min(2).max(2_049).default(500).describe('At most so many points, thinned evenly'),
      since: z.int().min(0).optional().describe("Only points after this, in the venue's time, epoch ms"),
    }),
    result: z.strictObject({
      session: z.string().nullable(),
      resolutionMs: z.number().describe('Venue time from point to point, where no candle is missing'),
      maxDrawdown: z
        .number()
        .nullable()
        .describe('Deepest fall from a peak as a share of it, of every close; null before the first start'),
      points: z
        .array(equityPoint)
        .readonly()
        .describe('Float64, for drawing: engine.status has the exact figure'),
    }),
    errors: [],
  },
} as const satisfies MethodTable;
