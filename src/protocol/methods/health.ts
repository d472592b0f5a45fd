/** How the daemon is, for people and for a scraper. */
import { z } from 'zod';
import { resourceHealth } from '../health-view.ts';
import type { MethodTable } from './entry.ts';
import { none } from './shared.ts';

export const healthMethods = {
  'engine.resourceHealth': {
    summary: 'Measured CPU, memory, disk, event loop, file descriptors and age of the feed, with a verdict',
    kind: 'read',
    since: 1,
    params: none,
    result: resourceHealth,
    errors: [],
  },
  'metrics.prometheus': {
    summary: 'State, counters and latencies in the text format of Prometheus',
    kind: 'read',
    since: 1,
    params: none,
    result: z.strictObject({
      contentType: z.string().describe('For the header of an HTTP answer'),
      text: z.string(),
    }),
    errors: [],
  },
} as const satisfies MethodTable;
