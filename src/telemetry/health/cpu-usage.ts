/** CPU time of this process over a window that slides. */

export interface CpuView {
  /** Of one core: two busy threads are 200. */
  readonly percent: number;
  readonly windowSeconds: number;
}

interface Sample {
  /** Monotonic milliseconds. */
  readonly at: number;
  /** User and system time of the process, in microseconds. */
  readonly used: number;
}

/** Less time than this says nothing: the system counts CPU time in ticks. */
const SHORTEST_MS = 100;

export class CpuUsage {
  readonly #windowMs: number;
  readonly #samples: Sample[] = [];

  /** @param windowMs what is older than this is forgotten. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
    this.sample();
  }

  /** To be called about once a second. */
  sample(): void {
    const sample = measured();
    this.#samples.push(sample);
    // The newest that is old enough begins the window.
    while (this.#samples[1] !== undefined && sample.at - this.#samples[1].at >= this.#windowMs)
      this.#samples.shift();
  }

  /** Null right after the start, when there is nothing to compare with. */
  read(): CpuView | null {
    const [first] = this.#samples;
    const now = measured();
    if (first === undefined || now.at - first.at < SHORTEST_MS) return null;
    const elapsed = now.at - first.at;
    return { percent: (now.used - first.used) / 10 / elapsed, windowSeconds: elapsed / 1000 };
  }
}

function measured(): Sample {
  const { user, system } = process.cpuUsage();
  return { at: performance.now(), used: user + system };
}
