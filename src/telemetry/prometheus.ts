/**
 * Metrics in the text format of Prometheus. What is shown is a table of families, each read when a scraper asks; a
 * figure that is not known is absent, never zero. The package is loaded when first asked: most daemons never are.
 */
import type { Registry } from 'prom-client';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly help: string;
}

/** Goes up and down, or, a counter, up alone. */
export interface ValueFamily<Source> extends Family {
  readonly kind: 'gauge' | 'counter';
  /** Names of the labels that samples carry. */
  readonly labels: readonly string[];
  readonly read: (source: Source) => readonly Sample[];
}

/** What was counted in buckets elsewhere. */
export interface HistogramView {
  /** Rising bounds, in the unit of the name, and how many values were at most that. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
  readonly sum: number;
  readonly count: number;
}

export interface HistogramFamily<Source> extends Family {
  readonly kind: 'histogram';
  readonly read: (source: Source) => HistogramView;
}

export type MetricFamily<Source> = ValueFamily<Source> | HistogramFamily<Source>;

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

export class PrometheusText<Source> {
  readonly #families: readonly MetricFamily<Source>[];
  #registry: Promise<Registry> | null = null;
  /** What the scrape under way reads. */
  #scrape: { readonly source: Source } | null = null;

  constructor(families: readonly MetricFamily<Source>[]) {
    this.#families = families;
  }

  /** Loads what the first scrape would otherwise wait for. */
  async prepare(): Promise<void> {
    this.#registry ??= this.#register();
    await this.#registry;
  }

  async text(source: Source): Promise<Exposition> {
    this.#registry ??= this.#register();
    const registry = await this.#registry;
    this.#scrape = { source };
    return { contentType: registry.contentType, text: await registry.metrics() };
  }

  async #register(): Promise<Registry> {
    const { default: client } = await import('prom-client');
    const registry = new client.Registry();
    const source = (): Source => {
      if (this.#scrape === null) throw new Error('metrics are read outside a scrape');
      return this.#scrape.source;
    };

    /** prom-client's own fills its buckets itself; this one shows what the session has counted already. */
    class CountedHistogram extends client.Histogram {
      readonly #family: HistogramFamily<Source>;

      constructor(family: HistogramFamily<Source>) {
        super({ name: family.name, help: family.help, registers: [registry] });
        this.#family = family;
      }

      /** What the registry asks a histogram for. */
      async getForPromString(): Promise<object> {
        const { name, help, read } = this.#family;
        const { buckets, sum, count } = read(source());
        const bucket = (le: number | string, value: number): object => ({
          metricName: `${name}_bucket`,
          labels: { le },
          value,
        });
        const values = [
          ...buckets.map(({ upTo, count: upToIt }) => bucket(upTo, upToIt)),
          bucket('+Inf', count),
          { metricName: `${name}_sum`, labels: {}, value: sum },
          { metricName: `${name}_count`, labels: {}, value: count },
        ];
        return { name, help, type: 'histogram', values };
      }
    }

    const options = ({ name, help, labels }: ValueFamily<Source>) => ({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
    });
    for (const family of this.#families) {
      if (family.kind === 'histogram') new CountedHistogram(family);
      else if (family.kind === 'gauge')
        new client.Gauge({
          ...options(family),
          collect() {
            this.reset();
            // Without labels an empty gauge would be zero.
            if (family.labels.length === 0) this.remove();
            for (const { labels, value } of family.read(source())) this.set(labels, value);
          },
        });
      else
        new client.Counter({
          ...options(family),
          collect() {
            this.reset();
            for (const { labels, value } of family.read(source())) this.inc(labels, value);
          },
        });
    }
    return registry;
  }
}
