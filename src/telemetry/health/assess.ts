/** From figures to a verdict, by the thresholds of the settings. Pure. */
import type { Settings } from '../../config/settings-schema.ts';
import { recoveryIssues, type VenueIssueCode, venueIssues } from './assess-venue.ts';
import type { RecoveryReading, VenueReading } from './venue-reading.ts';
import type { VitalsReading } from './vitals.ts';

/** What a person does about what was found of the machine. */
const MENDS: Readonly<Partial<Record<IssueCode, string>>> = {
  CPU_HIGH: 'trade fewer symbols, or give the daemon a core of its own',
  MEMORY_HIGH: 'trade fewer symbols, or give the daemon more memory',
  MEMORY_SCARCE: 'end what else takes memory on this machine',
  HEAP_HIGH: 'trade fewer symbols; `breakout daemon stop` and a start begin with an empty heap',
  DISK_HIGH: 'free some of the disk: on a full one no order can be sent',
  DISK_UNKNOWN: 'see that the state folder is there and its disk answers',
  STATE_NOT_WRITABLE: 'let the daemon write to its state folder: `breakout doctor` says whose it is',
  EVENT_LOOP_SLOW: 'see what else takes the processor of this machine',
  FILES_HIGH: 'raise the limit on open files (ulimit -n, LimitNOFILE=)',
  FEED_STALE: 'see that this machine reaches the venue; no entry is made meanwhile',
  JOURNAL_SLOW: 'see what else writes to the disk of the state folder',
  JOURNAL_FAILING: 'free some of the disk, then `breakout retry`',
};

export type HealthThresholds = Settings['health'];

export type IssueCode =
  | VenueIssueCode
  | 'CPU_HIGH'
  | 'MEMORY_HIGH'
  | 'MEMORY_SCARCE'
  | 'HEAP_HIGH'
  | 'DISK_HIGH'
  | 'DISK_UNKNOWN'
  | 'STATE_NOT_WRITABLE'
  | 'EVENT_LOOP_SLOW'
  | 'EVENT_LOOP_STALLED'
  | 'FILES_HIGH'
  | 'FEED_STALE'
  | 'JOURNAL_SLOW'
  | 'JOURNAL_FAILING';

export interface HealthIssue {
  readonly code: IssueCode;
  readonly severity: 'warning' | 'critical';
  readonly message: string;
  /** What was found; null where the finding is no number. */
  readonly value: number | null;
  /** What it reached; null likewise. */
  readonly threshold: number | null;
  /** What a person does about it; null where it mends itself. */
  readonly mend: string | null;
}

/** A finding before it is said what mends it. */
type Found = Omit<HealthIssue, 'mend'>;

export type HealthStatus = 'healthy' | 'warning' | 'critical';

/** The candles of the session that runs. */
export interface FeedReading {
  /** Wall time since the last close of candles, or since the session began. */
  readonly ageSeconds: number;
  /** Wall time between two closes at the session's pace; 0 when it goes as fast as it can. */
  readonly expectedSeconds: number;
}

export interface JournalReading {
  /** Mean time of the newest commits; null before the first. */
  readonly commitMs: number | null;
  /** A commit has failed for want of space: what is left serves exits. */
  readonly inReserve: boolean;
}

export interface Figures {
  readonly vitals: VitalsReading;
  /** Null while no session runs. */
  readonly feed: FeedReading | null;
  /** Null where no journal is kept. */
  readonly journal: JournalReading | null;
  /** Null while no session runs, and where it needs no exchange. */
  readonly venue: VenueReading | null;
  /** Null when nothing is being taken up. */
  readonly recovery: RecoveryReading | null;
}

/** Of the limit on open files: no setting, since nobody has a reason to choose another. */
const FILES_PERCENT = { warn: 80, critical: 95 } as const;

/** The thresholds of the feed's age are written for candles of five minutes that come as they happen. */
const REAL_TIME_SECONDS = 300;

const MIB = 2 ** 20;

export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100;
}

/** What the process takes, of that and what is still to be had on the machine; null where the system does not say. */
export function scarcityPercent({ rssBytes, availableBytes }: VitalsReading['memory']): number | null {
  return availableBytes === null ? null : percentOf(rssBytes, rssBytes + availableBytes);
}

/** From when a feed is too old, at the pace of its session: slower than real time, candles may take longer. */
export function feedLimit(threshold: number, expectedSeconds: number): number {
  return threshold + Math.max(0, expectedSeconds - REAL_TIME_SECONDS);
}

export function assess(
  figures: Figures,
  limits: HealthThresholds,
): { status: HealthStatus; issues: readonly HealthIssue[] } {
  const found = [
    ...cpuIssues(figures, limits),
    ...memoryIssues(figures.vitals, limits),
    ...diskIssues(figures.vitals, limits),
    ...loopIssues(figures.vitals, limits),
    ...fileIssues(figures.vitals),
    ...feedIssues(figures.feed, limits),
    ...journalIssues(figures.journal, limits),
  ];
  const issues = [
    ...recoveryIssues(figures.recovery),
    ...venueIssues(figures.venue),
    ...found.map((issue) => ({ ...issue, mend: MENDS[issue.code] ?? null })),
  ];
  const critical = issues.some(({ severity }) => severity === 'critical');
  return { status: critical ? 'critical' : issues.length > 0 ? 'warning' : 'healthy', issues };
}

interface Threshold {
  readonly warn: number;
  readonly critical: number;
}

/** None below the threshold, one issue from it on. */
function judge(
  code: IssueCode,
  value: number | null,
  { warn, critical }: Threshold,
  say: (value: number) => string,
): Found[] {
  if (value === null || value < warn) return [];
  const severe = value >= critical;
  const threshold = severe ? critical : warn;
  return [{ code, severity: severe ? 'critical' : 'warning', message: say(value), value, threshold }];
}

function cpuIssues({ vitals: { cpu }, feed }: Figures, limits: HealthThresholds): Found[] {
  // A session that goes as fast as it can is meant to take a whole core.
  if (cpu === null || feed?.expectedSeconds === 0) return [];
  return judge(
    'CPU_HIGH',
    cpu.percent,
    limits.cpu_percent,
    (value) => `the daemon takes ${value.toFixed(0)} % of a core, over ${cpu.windowSeconds.toFixed(0)} s`,
  );
}

function memoryIssues({ memory }: VitalsReading, { memory_percent }: HealthThresholds): Found[] {
  const { rssBytes, limitBytes, limitOf, heapUsedBytes, heapLimitBytes } = memory;
  const owner = limitOf === 'cgroup' ? 'its control group may have' : 'the machine has';
  return [
    ...judge(
      'MEMORY_HIGH',
      percentOf(rssBytes, limitBytes),
      memory_percent,
      (value) => `the daemon holds ${value.toFixed(0)} % of the memory that ${owner} (${mib(rssBytes)})`,
    ),
    ...judge(
      'MEMORY_SCARCE',
      scarcityPercent(memory),
      memory_percent,
      () => `little of the memory is left on this machine: ${mib(memory.availableBytes ?? 0)}`,
    ),
    ...judge(
      'HEAP_HIGH',
      percentOf(heapUsedBytes, heapLimitBytes),
      memory_percent,
      (value) => `the heap is ${value.toFixed(0)} % full (${mib(heapUsedBytes)} of ${mib(heapLimitBytes)})`,
    ),
  ];
}

function diskIssues({ disk }: VitalsReading, { disk_percent }: HealthThresholds): Found[] {
  if (disk.value === null) {
    const message = `the disk of the state folder cannot be measured: ${disk.reason}`;
    return [{ code: 'DISK_UNKNOWN', severity: 'warning', message, value: null, threshold: null }];
  }
  const { usedPercent, freeBytes, writable } = disk.value;
  const full = judge(
    'DISK_HIGH',
    usedPercent,
    disk_percent,
    (value) => `the disk of the state folder is ${value.toFixed(0)} % full, ${mib(freeBytes)} are free`,
  );
  if (writable) return full;
  const message = 'nothing can be written to the state folder';
  return [
    ...full,
    { code: 'STATE_NOT_WRITABLE', severity: 'critical', message, value: null, threshold: null },
  ];
}

function loopIssues({ loop }: VitalsReading, limits: HealthThresholds): Found[] {
  if (loop === null) return [];
  const { warn, critical } = limits.event_loop_lag_ms;
  const slow = judge(
    'EVENT_LOOP_SLOW',
    loop.p99Ms,
    { warn, critical },
    (value) => `the event loop is up to ${value.toFixed(0)} ms late, but for one time in a hundred`,
  );
  if (slow.length > 0 || loop.maxMs < critical) return slow;
  // A long halt is one value among hundreds: no percentile shows it.
  const message = `the event loop stood still for ${loop.maxMs.toFixed(0)} ms`;
  return [
    { code: 'EVENT_LOOP_STALLED', severity: 'warning', message, value: loop.maxMs, threshold: critical },
  ];
}

function fileIssues({ files }: VitalsReading): Found[] {
  if (files.value === null || files.value.limit === null) return [];
  const { open, limit } = files.value;
  return judge(
    'FILES_HIGH',
    percentOf(open, limit),
    FILES_PERCENT,
    () => `${open} of ${limit} file descriptors are in use`,
  );
}

function feedIssues(feed: FeedReading | null, { feed_age_seconds: limits }: HealthThresholds): Found[] {
  if (feed === null) return [];
  const { ageSeconds, expectedSeconds } = feed;
  const at = {
    warn: feedLimit(limits.warn, expectedSeconds),
    critical: feedLimit(limits.critical, expectedSeconds),
  };
  return judge(
    'FEED_STALE',
    ageSeconds,
    at,
    (value) => `no candle for ${value.toFixed(0)} s, and one should come every ${rounded(expectedSeconds)} s`,
  );
}

function journalIssues(journal: JournalReading | null, { journal_lag_ms }: HealthThresholds): Found[] {
  if (journal === null) return [];
  const slow = judge(
    'JOURNAL_SLOW',
    journal.commitMs,
    journal_lag_ms,
    (value) => `a commit to the journal takes ${value.toFixed(0)} ms, and orders wait for it`,
  );
  if (!journal.inReserve) return slow;
  const message = 'the journal cannot be written but for its reserve: no entry is sent';
  return [...slow, { code: 'JOURNAL_FAILING', severity: 'critical', message, value: null, threshold: null }];
}

function rounded(seconds: number): string {
  return String(Number(seconds.toPrecision(3)));
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}
