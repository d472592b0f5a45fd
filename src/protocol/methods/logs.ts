/** The daemon's log: its newest lines, and which lines are written. */
import { z } from 'zod';
import type { LOG_COMPONENTS, LOG_LEVELS } from '../../config/settings-schema.ts';
import type { MethodTable } from './entry.ts';
import { commandResult, none } from './shared.ts';

const levels = ['error', 'warn', 'info', 'debug'] as const satisfies typeof LOG_LEVELS;
const level = z.enum(levels);

const components = [
  'daemon',
  'control',
  'session',
  'engine',
  'execution',
  'venue',
  'journal',
  'metrics',
] as const satisfies typeof LOG_COMPONENTS;
const component = z.enum(components);

const ref = z.string().regex(/^[0-9a-f]{1,16}$/, 'as data.ref of an error shows it: hex digits');

export const logLine = z.strictObject({
  seq: z.int().describe('Rises by one with each line of a daemon’s life'),
  timestamp: z.iso.datetime(),
  level,
  component,
  message: z.string(),
  ref: z.string().nullable().describe('Of the request that caused it'),
  detail: z
    .record(z.string(), z.unknown())
    .describe(
      'What was logged with it, without stacks and paths: those are in the log itself, under the ref',
    ),
});

const levelChange = z.strictObject({ component, from: level, to: level });

/** The longest that a request for the next lines may wait, in milliseconds. */
const LONGEST_WAIT_MS = 30_000;
const LONGEST_FOR_SECONDS = 7 * 86_400;

export const logMethods = {
  'logs.tail': {
    summary: 'The newest lines of the log, or those after a line, waiting for them if asked to',
    kind: 'read',
    since: 1,
    params: z.strictObject({
      lines: z.int().min(1).max(1_000).default(100),
      level: level.optional().describe('Only lines of this level and graver ones'),
      component: component.optional(),
      ref: ref.optional().describe('Only lines of this request'),
      since: z.iso.datetime({ offset: true }).optional().describe('Only lines from this time on'),
      after: z
        .int()
        .min(0)
        .optional()
        .describe('The first lines after this number instead of the newest: `next` of the answer before'),
      stream: z.string().max(64).optional().describe('The stream that `after` belongs to'),
      waitMs: z
        .int()
        .min(0)
        .max(LONGEST_WAIT_MS)
        .default(0)
        .describe('With `after`: how long to wait for a line when there is none yet'),
    }),
    result: z.strictObject({
      stream: z.string().describe('Numbers count within it; a new daemon has a new one'),
      next: z.int().describe('Give it as `after` to get what comes next'),
      lines: z.array(logLine).readonly(),
      missed: z.int().describe('Lines after `after` that are no longer held, whether or not they would fit'),
    }),
    errors: [],
  },
  'logs.levels': {
    summary: 'Which lines each component of the daemon writes',
    kind: 'read',
    since: 1,
    params: none,
    result: z.strictObject({
      levels: z
        .array(
          z.strictObject({
            component,
            level: level.describe('What is written now'),
            configured: level.describe('What the settings say'),
            until: z.iso.datetime().nullable().describe('When the level before comes back by itself'),
          }),
        )
        .readonly(),
    }),
    errors: [],
  },
  'logs.setLevel': {
    summary: 'Changes which lines are written, until the daemon ends or for a time',
    kind: 'control',
    since: 1,
    params: z.strictObject({
      component: component.optional().describe('All when missing'),
      level: level.or(z.literal('configured')).describe('`configured`: back to what the settings say'),
      for: z
        .number()
        .min(1)
        .max(LONGEST_FOR_SECONDS)
        .optional()
        .describe('Seconds, after which the level before comes back'),
    }),
    result: z.strictObject({ ...commandResult.shape, changed: z.array(levelChange).readonly() }),
    errors: [],
  },
} as const satisfies MethodTable;
