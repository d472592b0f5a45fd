import { AsyncLocalStorage } from 'node:async_hooks';
import type { Lane } from './budget.ts';

/** In which lane the requests of the call under way go: ccxt asks for its turn deep inside. Reads, when nothing is set. */
export const lanes = new AsyncLocalStorage<Lane>();

export function inLane<T>(lane: Lane, call: () => Promise<T>): Promise<T> {
  return lanes.run(lane, call);
}
