/**
 * The daemon watched from inside: its health, and what a scraper is told. It measures at its own pace, whoever asks,
 * and announces a change of its health as an event.
 */
import type { ResourceHealth } from '../protocol/health-view.ts';
import type { SessionHost } from '../session/host.ts';
import type { HealthThresholds } from '../telemetry/health/assess.ts';
import { Vitals, type VitalsReading } from '../telemetry/health/vitals.ts';
import type { Logger } from '../telemetry/log.ts';
import { type Exposition, PrometheusText } from '../telemetry/prometheus.ts';
import type { ControlServer } from './control-server.ts';
import { EventTotals } from './event-totals.ts';
import { feedOf } from './feed-age.ts';
import { HealthChanges } from './health-changes.ts';
import { healthView } from './health-view.ts';
import { METRIC_FAMILIES } from './metric-families.ts';
import type { Scrape } from './metric-family.ts';
import { MetricsServer } from './metrics-server.ts';
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

const VERDICT_EVERY_MS = 5_000;

export class Monitoring implements Disposable {
  /** For the dispatcher to count in. */
  readonly requests = new RequestCounts();
  readonly #options: MonitoringOptions;
  readonly #vitals: Vitals;
  readonly #totals: EventTotals;
  readonly #changes = new HealthChanges();
  readonly #prometheus = new PrometheusText(METRIC_FAMILIES);
  readonly #timer: NodeJS.Timeout;
  #lagged = 0;
  #http: MetricsServer | null = null;

  constructor(options: MonitoringOptions) {
    const { host, stateDir, everyMs = VERDICT_EVERY_MS } = options;
    this.#options = options;
    this.#vitals = new Vitals(stateDir);
    this.#totals = new EventTotals(host);
    this.#timer = setInterval(() => this.#announce(), everyMs).unref();
  }

  async health(): Promise<ResourceHealth> {
    return this.#healthOf(await this.#vitals.read());
  }

  /** Everything in the text format of Prometheus, read now. */
  async prometheus(): Promise<Exposition> {
    return this.#prometheus.text(await this.#scrape());
  }

  /**
   * Serves the metrics over HTTP as well, at ADDRESS:PORT.
   * @param log of component `metrics`.
   * @throws ConfigError when the address cannot be had.
   */
  async listen(address: string, log: Logger): Promise<void> {
    this.#http = await MetricsServer.open({ listen: address, text: () => this.prometheus(), log });
    log.info('metrics are served', { url: this.#http.url });
    // The first scrape is to be as quick as the others.
    await this.#prometheus.prepare();
  }

  /** Where a scraper finds the metrics; null when they are not served. */
  get metricsUrl(): string | null {
    return this.#http?.url ?? null;
  }

  async stopListening(): Promise<void> {
    await this.#http?.close();
    this.#http = null;
  }

  /** A subscriber fell behind and was closed. */
  subscriberLagged(): void {
    this.#lagged += 1;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#totals[Symbol.dispose]();
    this.#vitals[Symbol.dispose]();
  }

  #healthOf(vitals: VitalsReading): ResourceHealth {
    const { host, server, thresholds } = this.#options;
    const { connections, subscribers } = server();
    return healthView(
      vitals,
      {
        feed: feedOf(host),
        journal: host.journal,
        venue: host.venue,
        recovery: host.recovery,
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
