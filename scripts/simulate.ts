/**
 * `npm run simulate -- [--seeds N] [--from N] [--seed N] [--verbose]`: runs of the hostile world, one a seed, shared
 * among worker processes. Prints what happened in them and every violation with the command that shows it again.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Batch, isBatch, tally, told } from '../test/hostile/tally.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    workers: { type: 'string', default: '2' },
    verbose: { type: 'boolean', default: false },
  },
});
const first = whole('from', values.seed ?? values.from);
const seeds = values.seed === undefined ? whole('seeds', values.seeds) : 1;
const workers = Math.min(seeds, whole('workers', values.workers));

const began = performance.now();
const total = tally();
await Promise.all(Array.from({ length: workers }, (_, i) => work(i)));
console.log(told(total, (performance.now() - began) / 1000));
process.exitCode = total.violations > 0 ? 1 : 0;

/** One process with every `workers`th seed. */
function work(nth: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const plan = { first: first + nth, step: workers, end: first + seeds, verbose: values.verbose };
    const child = fork(
      fileURLToPath(new URL('../test/hostile/worker.ts', import.meta.url)),
      [JSON.stringify(plan)],
      {
        execArgv: ['--import', 'tsx'],
        stdio: 'inherit',
      },
    );
    child.on('message', (message) => {
      if (isBatch(message)) report(message);
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
  });
}

function report(batch: Batch): void {
  total.add(batch);
  for (const { seed, violations } of batch.failed) {
    console.log(
      `seed ${seed}: ${violations.join('\n  ')}\n  again: npm run simulate -- --seed ${seed} --verbose`,
    );
  }
  if (total.runs % 500 < batch.runs && seeds > 500)
    console.log(`${total.runs} of ${seeds} runs, ${total.violations} with violations`);
}

function whole(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  console.error(`--${name} ${JSON.stringify(text)}: a whole number from 1 to 999999999`);
  process.exit(3);
}
