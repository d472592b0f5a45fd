import type { ResourceHealth } from '../protocol/health-view.ts';
import {
  assess,
  type FeedReading,
  type HealthThresholds,
  type JournalReading,
  percentOf,
} from '../telemetry/health/assess.ts';
import type { Measured } from '../telemetry/health/refreshed.ts';
import type { RecoveryReading, VenueReading } from '../telemetry/health/venue-reading.ts';
import type { VitalsReading } from '../telemetry/health/vitals.ts';

/** What the daemon itself adds to what is measured of its process. */
export interface Surroundings {
  readonly feed: FeedReading | null;
  readonly journal: JournalReading | null;
  readonly venue: VenueReading | null;
  readonly recovery: RecoveryReading | null;
  readonly connections: number;
  readonly subscribers: number;
  readonly eventBacklog: number;
}

const MIB = 2 ** 20;

/** Everything measured in the shape of the wire, with the verdict on it. */
export function healthView(
  vitals: VitalsReading,
  { feed, journal, venue, recovery, connections, subscribers, eventBacklog }: Surroundings,
  limits: HealthThresholds,
): ResourceHealth {
  const { status, issues } = assess({ vitals, feed, journal, venue, recovery }, limits);
  const { cpu, memory, disk, files, loop } = vitals;
  return {
    status,
    issues,
    measuredAt: new Date().toISOString(),
    cpuPercent: cpu?.percent ?? null,
    cpu: { windowSeconds: cpu?.windowSeconds ?? null, cores: vitals.cores, load: vitals.load },
    memoryPercent: percentOf(memory.rssBytes, memory.limitBytes),
    memoryUsedMb: memory.rssBytes / MIB,
    heapUsedMb: memory.heapUsedBytes / MIB,
    memory: {
      limitMb: memory.limitBytes / MIB,
      limitOf: memory.limitOf,
      availableMb: memory.availableBytes === null ? null : memory.availableBytes / MIB,
      heapLimitMb: memory.heapLimitBytes / MIB,
    },
    diskUsagePercent: disk.value?.usedPercent ?? null,
    diskFreeMb: disk.value === null ? null : disk.value.freeBytes / MIB,
    stateFolderWritable: disk.value?.writable ?? null,
    eventLoopLagMs: loop?.p99Ms ?? null,
    eventLoop: loop,
    openHandles: vitals.handles,
    openFiles: files.value,
    feedAgeSeconds: feed?.ageSeconds ?? null,
    feedExpectedSeconds: feed?.expectedSeconds ?? null,
    journalLagMs: journal?.commitMs ?? null,
    venue,
    recovery,
    connections,
    subscribers,
    eventBacklog,
    notMeasured: [
      ...(cpu === null ? [{ figure: 'cpuPercent', reason: 'the daemon has only just begun' }] : []),
      ...unmeasured('diskUsagePercent', disk),
      ...(loop === null ? [{ figure: 'eventLoopLagMs', reason: 'the daemon has only just begun' }] : []),
      ...unmeasured('openFiles', files),
      ...(feed === null ? [{ figure: 'feedAgeSeconds', reason: 'no session runs' }] : []),
      ...(journal?.commitMs == null ? [{ figure: 'journalLagMs', reason: noCommit(journal) }] : []),
    ],
  };
}

function noCommit(journal: JournalReading | null): string {
  return journal === null ? 'no journal is kept' : 'nothing has been written yet';
}

function unmeasured(
  figure: string,
  measured: Measured<unknown>,
): { readonly figure: string; readonly reason: string }[] {
  if ('reason' in measured) return [{ figure, reason: measured.reason }];
  return measured.value === null ? [{ figure, reason: 'this system does not tell' }] : [];
}
