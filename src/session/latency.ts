/**
 * Measured durations in fixed memory: an exact mean, a mean over the newest, and percentiles from buckets
 * that grow by a quarter of an octave (a percentile is at most 19 % above the true one).
 */

const SMALLEST_MS = 0.001;
const BUCKETS_PER_OCTAVE = 4;
/** Up to about 17 s; what is longer counts in the last bucket. */
const BUCKETS = 24 * BUCKETS_PER_OCTAVE;
const RECENT = 256;

export interface LatencyView {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface LatencyOctaves {
  /** Rising bounds; each count includes those before it. */
  readonly buckets: readonly { readonly upToMs: number; readonly count: number }[];
  readonly sumMs: number;
  readonly count: number;
}

export class Latency {
  readonly #buckets = new Float64Array(BUCKETS);
  readonly #recent = new Float64Array(RECENT);
  #count = 0;
  #sum = 0;
  #latestAt: number | null = null;
  #max = 0;

  add(ms: number): void {
    const index = Math.ceil(Math.log2(ms / SMALLEST_MS) * BUCKETS_PER_OCTAVE);
    const bucket = Math.min(Math.max(index, 0), BUCKETS - 1);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#recent[this.#count % RECENT] = ms;
    this.#count += 1;
    this.#sum += ms;
    this.#latestAt = performance.now();
    if (ms > this.#max) this.#max = ms;
  }

  /** When the newest was measured, by the clock of `performance.now`; null before the first. */
  get latestAt(): number | null {
    return this.#latestAt;
  }

  /** Over everything measured; null before the first. */
  get mean(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }

  /** Over the newest 256; null before the first. */
  get recentMean(): number | null {
    const filled = Math.min(this.#count, RECENT);
    if (filled === 0) return null;
    let sum = 0;
    for (let i = 0; i < filled; i++) sum += this.#recent[i] ?? 0;
    return sum / filled;
  }

  view(): LatencyView | null {
    if (this.#count === 0) return null;
    return {
      count: this.#count,
      p50Ms: this.#percentile(0.5),
      p99Ms: this.#percentile(0.99),
      maxMs: this.#max,
    };
  }

  /** Everything measured, in buckets an octave apart: how many took at most so long. Longer ones are in `count` alone. */
  octaves(): LatencyOctaves {
    const buckets: { upToMs: number; count: number }[] = [];
    let count = 0;
    // The last bucket also holds what is longer than its bound.
    for (let index = 0; index < BUCKETS - 1; index++) {
      count += this.#buckets[index] ?? 0;
      if (index % BUCKETS_PER_OCTAVE === 0)
        buckets.push({ upToMs: SMALLEST_MS * 2 ** (index / BUCKETS_PER_OCTAVE), count });
    }
    return { buckets, sumMs: this.#sum, count: this.#count };
  }

  #percentile(share: number): number {
    const rank = share * this.#count;
    let seen = 0;
    const index = this.#buckets.findIndex((count) => {
      seen += count;
      return seen >= rank;
    });
    return Math.min(SMALLEST_MS * 2 ** (index / BUCKETS_PER_OCTAVE), this.#max);
  }
}
