/**
 * The daemon watched from inside: its health, and what a scraper is told. It measures at its own pace, whoever asks,
 * and announces a change of its health as an event.
 */
import type { ResourceHealth } from '../protocol/health-view.ts';
import type { SessionHost } from '../session/host.ts';
import type { HealthThresholds } from '../telemetry/health/assess.ts';
import { Vitals, type VitalsReading } from '../telemetry/health/vitals.ts';
import { type Exposition, PrometheusText } from '../telemetry/prometheus.ts';
import type { ControlServer } from './control-server.ts';
import { EventTotals } from './event-totals.ts';
import { FeedWatch } from './feed-watch.ts';
import { HealthChanges } from './health-changes.ts';
import { healthView } from './health-view.ts';
import { METRIC_FAMILIES, type Scrape } from './metric-families.ts';
import { RequestCounts } from './request-counts.ts';

export interface MonitoringOptions {
  readonly host: SessionHost;
  readonly server: () => ControlServer;
  /** As they are now. */
  readonly thresholds: () => HealthThresholds;
  /** The folder whose disk is watched. */
  readonly stateDir: string;
  /** Wall time between two verdicts. */
  readonly everyMs?: number;
}

const FEED_EVERY_MS = 1_000;
const VERDICT_EVERY_MS = 5_000;

export class Monitoring implements Disposable {
  /** For the dispatcher to count in. */
  readonly requests = new RequestCounts();
  readonly #options: MonitoringOptions;
  readonly #vitals: Vitals;
  readonly #feed = new FeedWatch();
  readonly #totals: EventTotals;
  readonly #changes = new HealthChanges();
  readonly #prometheus = new PrometheusText(METRIC_FAMILIES);
  readonly #timers: readonly NodeJS.Timeout[];
  #lagged = 0;

  constructor(options: MonitoringOptions) {
    const { host, stateDir, everyMs = VERDICT_EVERY_MS } = options;
    this.#options = options;
    this.#vitals = new Vitals(stateDir);
    this.#totals = new EventTotals(host);
    this.#timers = [
      setInterval(() => this.#feed.look(host.status()), FEED_EVERY_MS).unref(),
      setInterval(() => this.#announce(), everyMs).unref(),
    ];
  }

  async health(): Promise<ResourceHealth> {
    return this.#healthOf(await this.#vitals.read());
  }

  /** Everything in the text format of Prometheus, read now. */
  async prometheus(): Promise<Exposition> {
    return this.#prometheus.text(await this.#scrape());
  }

  /** Makes the first scrape as quick as the others. */
  async prepare(): Promise<void> {
    await this.#prometheus.prepare();
  }

  /** A subscriber fell behind and was closed. */
  subscriberLagged(): void {
    this.#lagged += 1;
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#totals[Symbol.dispose]();
    this.#vitals[Symbol.dispose]();
  }

  #healthOf(vitals: VitalsReading): ResourceHealth {
    const { host, server, thresholds } = this.#options;
    const { connections, subscribers } = server();
    return healthView(
      vitals,
      {
        feed: this.#feed.read(host.status()),
        connections: connections.size,
        subscribers,
        eventBacklog: this.#backlog(),
      },
      thresholds(),
    );
  }

  #backlog(): number {
    const { host, server } = this.#options;
    let backlog = 0;
    for (const { subscriptions } of server().connections)
      for (const { lastSeq } of subscriptions.values()) backlog += host.events.seq - lastSeq;
    return backlog;
  }

  #announce(): void {
    const { host } = this.#options;
    const change = this.#changes.look(this.#healthOf(this.#vitals.readNow()));
    if (change === null) return;
    const { session, at } = host.status();
    host.events.publish(session ?? '', at ?? Date.now(), { type: 'health', ...change });
  }

  async #scrape(): Promise<Scrape> {
    const { host } = this.#options;
    return {
      vitals: await this.#vitals.read(),
      health: await this.health(),
      status: host.status(),
      metrics: host.metrics(),
      cycles: host.cycles.octaves(),
      totals: this.#totals,
      runs: this.#totals.runs,
      requests: this.requests.read(),
      lagged: this.#lagged,
    };
  }
}
