/** The daemon as a process and what it lives on, as `engine.resourceHealth` tells it. Every figure is measured. */
import { z } from 'zod';
import { recovery, venueHealth } from './venue-health.ts';

export const HEALTH_STATES = ['healthy', 'warning', 'critical'] as const;

export const healthStatus = z.enum(HEALTH_STATES);

export const healthIssue = z.strictObject({
  code: z.string().describe('CPU_HIGH, DISK_HIGH, FEED_STALE, …'),
  severity: z.enum(['warning', 'critical']),
  message: z.string(),
  value: z.number().nullable().describe('What was found; null where it is no number'),
  threshold: z.number().nullable().describe('What it reached; null likewise'),
  mend: z.string().nullable().describe('What a person does about it; null where it mends itself'),
});

const megabytes = z.number().describe('MiB');

export const resourceHealth = z.strictObject({
  status: healthStatus.describe('The worst of the issues, by the thresholds of the settings'),
  issues: z.array(healthIssue).readonly(),
  measuredAt: z.iso.datetime(),
  cpuPercent: z.number().nullable().describe('Of one core: two busy threads are 200. Over cpu.windowSeconds'),
  cpu: z.strictObject({
    windowSeconds: z.number().nullable(),
    cores: z.int().describe('That the process may use'),
    load: z.array(z.number()).length(3).readonly().describe('Of the whole machine, over 1, 5 and 15 minutes'),
  }),
  memoryPercent: z.number().describe('memoryUsedMb of memory.limitMb'),
  memoryUsedMb: megabytes.describe('MiB of memory that the process holds (RSS)'),
  heapUsedMb: megabytes,
  memory: z.strictObject({
    limitMb: megabytes,
    limitOf: z.enum(['cgroup', 'machine']).describe('Whose limit it is'),
    availableMb: megabytes.nullable().describe('MiB that could still be taken on this machine'),
    heapLimitMb: megabytes.describe('MiB at which the runtime gives up'),
  }),
  diskUsagePercent: z.number().nullable().describe('Of the file system of the state folder, as df counts'),
  diskFreeMb: megabytes.nullable(),
  stateFolderWritable: z.boolean().nullable(),
  eventLoopLagMs: z
    .number()
    .nullable()
    .describe('99 of 100 turns came no later; over eventLoop.windowSeconds'),
  eventLoop: z
    .strictObject({
      meanMs: z.number(),
      p50Ms: z.number(),
      p99Ms: z.number(),
      maxMs: z.number(),
      windowSeconds: z.number(),
    })
    .nullable(),
  openHandles: z.int().describe('Timers, sockets and requests that keep the process running'),
  openFiles: z
    .strictObject({ open: z.int(), limit: z.int().nullable() })
    .nullable()
    .describe('File descriptors; null where the system does not tell'),
  feedAgeSeconds: z
    .number()
    .nullable()
    .describe('Wall time since the last close of candles, or since the session began; null while none runs'),
  feedExpectedSeconds: z
    .number()
    .nullable()
    .describe(
      "Wall time between two closes at the session's speed, 0 = as fast as it goes. What it is over five minutes is granted beyond the threshold of the age",
    ),
  journalLagMs: z.number().nullable().describe('Mean time of the newest commits to the journal'),
  venue: venueHealth
    .nullable()
    .describe('The exchange of the running session; null when none runs, or it needs no exchange'),
  recovery: recovery
    .nullable()
    .describe('What the last daemon left is still being taken up; null when it is not'),
  connections: z.int(),
  subscribers: z.int(),
  eventBacklog: z.int().describe('Events that wait for a subscriber to read'),
  notMeasured: z
    .array(z.strictObject({ figure: z.string(), reason: z.string() }))
    .readonly()
    .describe('Why a figure is null'),
});

export type ResourceHealth = z.output<typeof resourceHealth>;
