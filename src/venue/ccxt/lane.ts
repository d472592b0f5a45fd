import { AsyncLocalStorage } from 'node:async_hooks';
import type { Millis } from '../../market/time.ts';
import type { Lane } from './budget.ts';

export interface Turn {
  readonly lane: Lane;
  /** By the exchange's time: a request that is signed later is not sent. Missing: whenever its turn comes. */
  readonly until?: Millis;
}

/** How the requests of the call under way go: ccxt asks for its turn deep inside. As reads, when nothing is set. */
export const turns = new AsyncLocalStorage<Turn>();

export function inLane<T>(lane: Lane, call: () => Promise<T>, until?: Millis): Promise<T> {
  return turns.run({ lane, ...(until !== undefined && { until }) }, call);
}
