/** The daemon as a process. */
import { z } from 'zod';
import type { MethodTable } from './entry.ts';
import { commandResult, none } from './shared.ts';

/** Authors of what nobody asked for: whoever went by one of these could not be told from it. */
const OWN_NAMES: ReadonlySet<string> = new Set(['engine', 'venue', 'daemon']);

export const daemonMethods = {
  'daemon.hello': {
    summary: 'Who is there and which protocol it speaks; this answer never changes its shape',
    kind: 'read',
    since: 1,
    // Not strict: what a newer client adds must not keep it from finding out that the daemon is an older one.
    params: z.object({
      client: z
        .string()
        .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/)
        .refine((name) => !OWN_NAMES.has(name), 'what the daemon does by itself goes under this name')
        .optional()
        .describe('A short name for who is asking: it is recorded as the author of commands'),
      protocol: z
        .object({ min: z.int().min(1), max: z.int().min(1) })
        .refine(({ min, max }) => min <= max, 'min is above max')
        .optional()
        .describe('The versions that the client speaks; while none is common to both, it is served no more'),
    }),
    result: z.strictObject({
      name: z.literal('breakout'),
      version: z.string(),
      protocol: z.strictObject({ min: z.int(), max: z.int() }),
      instance: z.string(),
      pid: z.int(),
    }),
    errors: ['PROTOCOL_UNSUPPORTED'],
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
      metricsUrl: z.string().nullable().describe('Where a scraper finds metrics over HTTP; null = nowhere'),
      readOnlySocket: z.boolean().describe('A second socket, for reading only, is served'),
      socketMode: z
        .string()
        .nullable()
        .describe('Permission bits of the socket, octal; null = its file is gone, nobody new can connect'),
      supervisor: z.enum(['systemd']).nullable().describe('Who is told of the state of the daemon'),
      watchdogSeconds: z.number().nullable().describe('A daemon that is stuck for so long is ended'),
      stuck: z
        .string()
        .nullable()
        .describe('Why the running session makes no progress; null while it does, or none runs'),
      stream: z.string(),
      seq: z.int().describe('The last event published'),
      methods: z.array(z.string()).readonly(),
      venues: z.array(z.string()).readonly(),
    }),
    errors: [],
  },
  'daemon.stop': {
    summary:
      'Ends the daemon; entry orders are cancelled, positions stay, and the next daemon goes on with the session',
    kind: 'control',
    since: 1,
    params: none,
    result: commandResult,
    errors: [],
  },
} as const satisfies MethodTable;
