import { freemem, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

export interface MemoryView {
  /** What the process holds of the machine's memory. */
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  /** Where the runtime gives up. */
  readonly heapLimitBytes: number;
  /** What the process may take at most: the limit of its control group, or all that the machine has. */
  readonly limitBytes: number;
  readonly limitOf: 'cgroup' | 'machine';
  /** What could still be taken on this machine without swapping; null where the system does not say. */
  readonly availableBytes: number | null;
}

export function readMemory(): MemoryView {
  const { rss, heapUsed } = process.memoryUsage();
  const machine = totalmem();
  // "No limit" is zero or a number beyond all memory, by version of the runtime.
  const constrained = process.constrainedMemory();
  const inGroup = constrained > 0 && constrained < machine;
  return {
    rssBytes: rss,
    heapUsedBytes: heapUsed,
    heapLimitBytes: getHeapStatistics().heap_size_limit,
    limitBytes: inGroup ? constrained : machine,
    limitOf: inGroup ? 'cgroup' : 'machine',
    // MemAvailable on Linux. Elsewhere it is the pages that nobody uses at all, which says little.
    availableBytes: process.platform === 'linux' ? freemem() : null,
  };
}
