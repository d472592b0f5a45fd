/**
 * The method table of the control protocol: the single place that says what a method takes, answers and
 * refuses. Types, validation and help come from it. Clients import its types only, so that a short command
 * does not load the schema library.
 */
import { z } from 'zod';
import type { AppErrorCode } from './errors.ts';
import { topic } from './events.ts';
import { command, metrics, mode, position, preset, status, trade, transition } from './views.ts';

/** Protocol versions that this build speaks. */
export const PROTOCOL = { min: 1, max: 1 } as const;

interface MethodEntry {
  readonly summary: string;
  /** `read` changes nothing; `control` acts on the engine or the daemon. */
  readonly kind: 'read' | 'control';
  /** The protocol version that brought it. */
  readonly since: number;
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  /** Application errors of its own; INVALID_PARAMS, INTERNAL, RATE_LIMITED and SHUTTING_DOWN may come from any method. */
  readonly errors: readonly AppErrorCode[];
}

const none = z.strictObject({});
// Shown on terminals as it is: a control character in it would rewrite what an operator sees.
const reason = z
  .string()
  .trim()
  .min(1, 'may not be empty')
  .max(500)
  .regex(/^\P{Cc}*$/u, 'must be one line without control characters');
const equity = z
  .string()
  .max(40)
  .regex(/^\d+(\.\d+)?$/, 'a plain decimal such as "10000"')
  .refine((text) => Number(text) > 0 && Number(text) <= 1e15, 'an amount above zero, up to 1e15');
const day = z.iso.date().or(z.iso.datetime({ offset: true }));

/** The answer to a control command. */
export const commandResult = z.strictObject({
  success: z.literal(true),
  message: z.string(),
  timestamp: z.iso.datetime().describe('Wall time of the answer'),
});

export const startParams = z.strictObject({
  // Looked up among the names there are, never opened as a path: an unknown one is answered with the list.
  preset: z.string().max(200).describe('Name of a preset, as `presets.list` has it'),
  mode: mode.default('paper'),
  venue: z.string().max(64).default('sim'),
  data: z
    .string()
    .startsWith('/', 'an absolute path')
    .max(4096)
    .optional()
    .describe('replay: absolute path of the folder of candles'),
  symbols: z.array(z.string().min(2).max(40)).min(1).max(500).optional(),
  from: day.optional().describe('replay: first day, UTC, or an instant'),
  to: day.optional().describe('replay: up to and without this day, UTC, or an instant'),
  equity: equity.default('10000').describe('Start equity in quote'),
  speed: z
    .number()
    .min(0)
    .max(1e9)
    .optional()
    .describe('Venue time over wall time, 0 = as fast as it goes; when missing: sim 3600, replay 1200'),
  seed: z.int().min(0).max(4_294_967_295).optional().describe('sim: which generated market; 1 when missing'),
  confirm: z.string().min(1).max(200).optional().describe('live: names the account'),
});

export const METHODS = {
  'engine.status': {
    summary: 'State, preset, mode, slots, positions, latency and daily R',
    kind: 'read',
    since: 1,
    params: none,
    result: status,
    errors: [],
  },
  'engine.start': {
    summary: 'Starts the engine with a preset on a venue; answers once it is scanning',
    kind: 'control',
    since: 1,
    params: startParams,
    result: commandResult,
    errors: [
      'ENGINE_ALREADY_RUNNING',
      'EMERGENCY_LATCHED',
      'EMERGENCY_IN_PROGRESS',
      'ENGINE_HALTED',
      'STOP_IN_PROGRESS',
      'POSITIONS_OPEN',
      'SUPERSEDED',
      'START_FAILED',
      'COMMAND_PENDING',
      'PRESET_UNKNOWN',
      'PRESET_INVALID',
      'VENUE_UNKNOWN',
      'DATA_INVALID',
      'MODE_REFUSED',
    ],
  },
  'engine.stop': {
    summary: 'Takes no more entries and goes IDLE; with flatten closes the positions first',
    kind: 'control',
    since: 1,
    params: z.strictObject({ flatten: z.boolean().default(false) }),
    result: commandResult,
    errors: [
      'ENGINE_NOT_RUNNING',
      'STOP_IN_PROGRESS',
      'STOP_INCOMPLETE',
      'EMERGENCY_IN_PROGRESS',
      'SUPERSEDED',
    ],
  },
  'engine.pause': {
    summary: 'Takes no more entries; open positions stay managed',
    kind: 'control',
    since: 1,
    params: z.strictObject({ reason: reason.default('no reason given') }),
    result: commandResult,
    errors: [
      'ENGINE_NOT_RUNNING',
      'STOP_IN_PROGRESS',
      'EMERGENCY_IN_PROGRESS',
      'SUPERSEDED',
      'COMMAND_PENDING',
    ],
  },
  'engine.resume': {
    summary: 'Takes entries again after a pause',
    kind: 'control',
    since: 1,
    params: none,
    result: commandResult,
    errors: [
      'ENGINE_NOT_RUNNING',
      'ENGINE_NOT_PAUSED',
      'ENGINE_HALTED',
      'STOP_IN_PROGRESS',
      'EMERGENCY_IN_PROGRESS',
      'SUPERSEDED',
      'COMMAND_PENDING',
    ],
  },
  'engine.emergencyStop': {
    summary: 'Closes everything at market and latches; answers once verified flat',
    kind: 'control',
    since: 1,
    params: z.strictObject({ reason }),
    result: commandResult,
    errors: ['ENGINE_NOT_RUNNING', 'EMERGENCY_IN_PROGRESS'],
  },
  'engine.reset': {
    summary: 'Releases an emergency or a halt',
    kind: 'control',
    since: 1,
    params: z.strictObject({ reason }),
    result: commandResult,
    errors: ['NOTHING_TO_RESET', 'EMERGENCY_IN_PROGRESS', 'SUPERSEDED', 'COMMAND_PENDING'],
  },
  'engine.retry': {
    summary: 'Leaves state ERROR and goes on',
    kind: 'control',
    since: 1,
    params: none,
    result: commandResult,
    errors: [
      'ENGINE_NOT_RUNNING',
      'ENGINE_NOT_IN_ERROR',
      'EMERGENCY_IN_PROGRESS',
      'SUPERSEDED',
      'COMMAND_PENDING',
    ],
  },
  'engine.commands': {
    summary: 'What is allowed now, and for the rest why not',
    kind: 'read',
    since: 1,
    params: none,
    result: z.strictObject({ commands: z.array(command).readonly() }),
    errors: [],
  },
  'engine.metrics': {
    summary: 'Counters, latency percentiles, R and money of the session',
    kind: 'read',
    since: 1,
    params: none,
    result: metrics,
    errors: [],
  },
  'engine.transitions': {
    summary: 'State changes, oldest first',
    kind: 'read',
    since: 1,
    params: z.strictObject({
      limit: z.int().min(1).max(1000).default(100).describe('The newest ones'),
      since: z.int().min(0).optional().describe('Only those with a higher ordinal'),
    }),
    result: z.strictObject({ transitions: z.array(transition).readonly() }),
    errors: [],
  },
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
  'presets.list': {
    summary: 'The presets there are, and what is wrong with those that cannot be used',
    kind: 'read',
    since: 1,
    params: none,
    result: z.strictObject({ presets: z.array(preset).readonly() }),
    errors: [],
  },
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
  'daemon.hello': {
    summary: 'Who is there and which protocol it speaks; this answer never changes its shape',
    kind: 'read',
    since: 1,
    params: z.strictObject({
      client: z
        .string()
        .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/)
        .optional()
        .describe('A short name for who is asking: it is recorded as the author of commands'),
    }),
    result: z.strictObject({
      name: z.literal('breakout'),
      version: z.string(),
      protocol: z.strictObject({ min: z.int(), max: z.int() }),
      instance: z.string(),
      pid: z.int(),
    }),
    errors: [],
  },
  'daemon.info': {
    summary: 'The daemon as a process: uptime, memory, connections, methods',
    kind: 'read',
    since: 1,
    params: none,
    result: z.strictObject({
      version: z.string(),
      node: z.string(),
      instance: z.string(),
      pid: z.int(),
      startedAt: z.iso.datetime(),
      uptime: z.number().describe('Seconds'),
      rssMb: z.number(),
      connections: z.int(),
      subscribers: z.int(),
      stream: z.string(),
      seq: z.int().describe('The last event published'),
      methods: z.array(z.string()).readonly(),
      venues: z.array(z.string()).readonly(),
    }),
    errors: [],
  },
  'daemon.stop': {
    summary: 'Stops the engine without closing positions, then the daemon',
    kind: 'control',
    since: 1,
    params: none,
    result: commandResult,
    errors: [],
  },
} as const satisfies Record<string, MethodEntry>;

export type Methods = typeof METHODS;
export type MethodName = keyof Methods;
/** What a caller may leave out is optional here. */
export type ParamsOf<M extends MethodName> = z.input<Methods[M]['params']>;
/** What a handler gets: every default filled in. */
export type CheckedParamsOf<M extends MethodName> = z.output<Methods[M]['params']>;
export type ResultOf<M extends MethodName> = z.output<Methods[M]['result']>;
