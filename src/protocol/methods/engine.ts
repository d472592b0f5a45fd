/** The engine: what it is told, and what it says of itself. */
import { z } from 'zod';
import { command, metrics, mode, status, transition } from '../views.ts';
import type { MethodTable } from './entry.ts';
import { commandResult, none, reason } from './shared.ts';

const equity = z
  .string()
  .max(40)
  .regex(/^\d+(\.\d+)?$/, 'a plain decimal such as "10000"')
  .refine((text) => Number(text) > 0 && Number(text) <= 1e15, 'an amount above zero, up to 1e15');
const day = z.iso.date().or(z.iso.datetime({ offset: true }));

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
  sandbox: z
    .boolean()
    .optional()
    .describe('an exchange: its own test environment; when missing: as config.json says'),
  confirm: z.string().min(1).max(200).optional().describe('live: names the account'),
});

export const engineMethods = {
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
    result: commandResult.extend({
      warnings: z
        .array(z.string())
        .readonly()
        .optional()
        .describe('an exchange: what is not as it should be, and was no reason to refuse'),
    }),
    errors: [
      'ENGINE_ALREADY_RUNNING',
      'EMERGENCY_LATCHED',
      'EMERGENCY_IN_PROGRESS',
      'ENGINE_HALTED',
      'STOP_IN_PROGRESS',
      'POSITIONS_OPEN',
      'FOREIGN_POSITION',
      'SUPERSEDED',
      'START_FAILED',
      'COMMAND_PENDING',
      'PRESET_UNKNOWN',
      'PRESET_INVALID',
      'VENUE_UNKNOWN',
      'DATA_INVALID',
      'MODE_REFUSED',
      'ACCOUNT_IN_USE',
      'CREDENTIALS_MISSING',
      'PREFLIGHT_REFUSED',
      'CONFIRMATION_REQUIRED',
      'EXCHANGE_UNREACHABLE',
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
      'FOREIGN_POSITION',
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
      'START_FAILED',
      'EMERGENCY_IN_PROGRESS',
      'SUPERSEDED',
      'COMMAND_PENDING',
    ],
  },
  'engine.reload': {
    summary: 'Reads settings and presets again; with a single mistake everything stays as it was',
    kind: 'control',
    since: 1,
    params: none,
    result: commandResult,
    errors: ['RELOAD_INVALID'],
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
} as const satisfies MethodTable;
