/** Runs the seeds that it is told of and sends what came of them, some at a time. */
import { batchOf } from './tally.ts';
import { type RunResult, simulate } from './world/simulation.ts';

interface Plan {
  readonly first: number;
  readonly step: number;
  readonly end: number;
  readonly verbose: boolean;
}

const BATCH = 20;

const plan: Plan = JSON.parse(process.argv[2] ?? '');
let results: RunResult[] = [];
for (let seed = plan.first; seed < plan.end; seed += plan.step) {
  results.push(simulate(seed, plan.verbose ? { tell: (line) => console.log(line) } : {}));
  if (results.length < BATCH && seed + plan.step < plan.end) continue;
  process.send?.(batchOf(results));
  results = [];
  // The channel gets its turn.
  await new Promise((resolve) => setImmediate(resolve));
}
process.disconnect?.();
