/**
 * How late the event loop is, over a window that slides. A timer of the runtime fires every few milliseconds and
 * notes how late it came. A histogram cannot forget single values, so two of them take turns: each is emptied
 * when the other has run for a window's length, and the older one is read.
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoopDelayView {
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Between one and two lengths of the window, once it has run that long. */
  readonly windowSeconds: number;
}

const RESOLUTION_MS = 20;

interface Turn {
  readonly histogram: IntervalHistogram;
  /** Monotonic milliseconds. */
  since: number;
}

export class LoopDelay {
  #older: Turn = turn();
  #younger: Turn = turn();

  /** Begins the next window. */
  rotate(): void {
    const emptied = this.#older;
    emptied.histogram.reset();
    emptied.since = performance.now();
    this.#older = this.#younger;
    this.#younger = emptied;
  }

  /** Null until the timer has fired. */
  read(): LoopDelayView | null {
    const { histogram, since } = this.#older;
    if (histogram.count === 0) return null;
    const elapsedMs = performance.now() - since;
    // What is noted is the time between two firings, the timer's own interval included, so that all of them together
    // are the time that has passed. Should a runtime leave the interval out, they are far less.
    const noted = (histogram.mean / 1e6) * histogram.count;
    const interval = noted > elapsedMs / 2 ? RESOLUTION_MS : 0;
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - interval);
    return {
      meanMs: late(histogram.mean),
      p50Ms: late(histogram.percentile(50)),
      p99Ms: late(histogram.percentile(99)),
      maxMs: late(histogram.max),
      windowSeconds: elapsedMs / 1000,
    };
  }

  stop(): void {
    this.#older.histogram.disable();
    this.#younger.histogram.disable();
  }
}

function turn(): Turn {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return { histogram, since: performance.now() };
}
