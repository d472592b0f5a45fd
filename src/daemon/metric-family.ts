/** How a metric is written down: its name, what it means and where a scrape has it. */
import type { ResourceHealth } from '../protocol/health-view.ts';
import type { SessionMetrics, SessionStatus } from '../session/host-views.ts';
import type { LatencyOctaves } from '../session/latency.ts';
import type { VitalsReading } from '../telemetry/health/vitals.ts';
import type { MetricFamily, Sample, ValueFamily } from '../telemetry/prometheus.ts';
import type { EventTotals } from './event-totals.ts';
import type { RequestCount } from './request-counts.ts';

/** Everything that one scrape shows. */
export interface Scrape {
  readonly vitals: VitalsReading;
  readonly health: ResourceHealth;
  readonly status: SessionStatus;
  readonly metrics: SessionMetrics;
  readonly cycles: LatencyOctaves;
  readonly totals: EventTotals;
  readonly runs: EventTotals['runs'];
  readonly requests: readonly RequestCount[];
  readonly lagged: number;
}

export type Family = MetricFamily<Scrape>;

/** A family without labels; null is no sample at all. */
function plain(
  kind: 'gauge' | 'counter',
  name: string,
  help: string,
  read: (scrape: Scrape) => number | null,
): Family {
  return {
    kind,
    name: `breakout_${name}`,
    help,
    labels: [],
    read: (scrape) => {
      const value = read(scrape);
      return value === null ? [] : [{ labels: {}, value }];
    },
  };
}

export const gauge = (name: string, help: string, read: (scrape: Scrape) => number | null): Family =>
  plain('gauge', name, help, read);

export const counter = (name: string, help: string, read: (scrape: Scrape) => number | null): Family =>
  plain('counter', name, help, read);

export function labelled(
  kind: 'gauge' | 'counter',
  name: string,
  help: string,
  labels: readonly string[],
  read: (scrape: Scrape) => readonly Sample[],
): ValueFamily<Scrape> {
  return { kind, name: `breakout_${name}`, help, labels, read };
}

/** One sample for each value that a thing may have: 1 for the one it has, 0 for the others. */
export function oneOf(label: string, values: readonly string[], present: string | null): Sample[] {
  return values.map((value) => ({ labels: { [label]: value }, value: value === present ? 1 : 0 }));
}
