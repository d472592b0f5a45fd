/** What came of many runs. */
import type { RunResult } from './world/simulation.ts';

/** Some runs of one worker. */
export interface Batch {
  readonly runs: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly failed: readonly { readonly seed: number; readonly violations: readonly string[] }[];
}

export interface Tally {
  runs: number;
  violations: number;
  readonly counts: Map<string, number>;
  add(batch: Batch): void;
}

export function tally(): Tally {
  const counts = new Map<string, number>();
  return {
    runs: 0,
    violations: 0,
    counts,
    add(batch) {
      this.runs += batch.runs;
      this.violations += batch.failed.length;
      for (const [name, n] of Object.entries(batch.counts)) counts.set(name, (counts.get(name) ?? 0) + n);
    },
  };
}

export function batchOf(results: readonly RunResult[]): Batch {
  const counts: Record<string, number> = {};
  for (const result of results) for (const [name, n] of result.counts) counts[name] = (counts[name] ?? 0) + n;
  return {
    runs: results.length,
    counts,
    failed: results.filter(({ violations }) => violations.length > 0),
  };
}

export function isBatch(message: unknown): message is Batch {
  return typeof message === 'object' && message !== null && 'counts' in message && 'failed' in message;
}

const WORK = ['events', 'inputs', 'orders sent', 'fills', 'trades', 'look-ups', 'recoveries', 'orderlyEnd'];

/** The figures of all runs, a line each. */
export function told({ runs, violations, counts }: Tally, seconds: number): string {
  const named = (wanted: (name: string) => boolean) =>
    [...counts].filter(([name]) => wanted(name)).sort(([, a], [, b]) => b - a);
  const lines = (title: string, rows: readonly (readonly [string, number])[]) => [
    '',
    title,
    ...rows.map(([name, n]) => `  ${String(n).padStart(11)}  ${name}`),
  ];
  const crash = (name: string) => name.startsWith('crash ');
  const command = (name: string) => name.startsWith('command ');
  const work = (name: string) => WORK.includes(name);
  const crashes = named(crash);
  const all = crashes.reduce((sum, [, n]) => sum + n, 0);
  return [
    `${runs} runs in ${seconds.toFixed(0)} s`,
    ...lines('happened', named(work)),
    ...lines(
      `crashes: ${all}, by step`,
      crashes.map(([name, n]) => [name.slice('crash '.length), n] as const),
    ),
    ...lines(
      'faults',
      named((name) => !crash(name) && !command(name) && !work(name) && name !== 'first starts'),
    ),
    ...lines('commands', named(command)),
    '',
    `violations: ${violations}`,
  ].join('\n');
}
