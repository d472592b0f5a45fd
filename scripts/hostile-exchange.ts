/**
 * `npm run hostile-exchange -- [--sessions N] [--from N] [--seed N] [--fault NAME] [--protocol bybit|binance] [--workers N]
 * [--verbose]`: live sessions by ccxt over real sockets on an emulated exchange that misbehaves, one a seed, in fast time.
 * A seed gives the market, what goes wrong and how often, and the deaths of the daemon; which of two requests under way
 * at once comes first is the machine's doing, so that two runs of a seed may differ. Prints each violation with where the
 * journal and the exchange's log of it lie, and a table; exits with 1 when there is any, or when nothing was traded.
 */
import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isResult, tally } from '../test/hostile-exchange/tally.ts';
import { FAULT_NAMES } from '../test/hostile-exchange/world/faults.ts';
import type { SessionResult } from '../test/hostile-exchange/world/session.ts';
import { bundleForTests } from './bundle-for-tests.ts';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    fault: { type: 'string' },
    protocol: { type: 'string' },
    workers: { type: 'string', default: '2' },
    verbose: { type: 'boolean', default: false },
  },
});
const first = whole('from', values.seed ?? values.from);
const sessions = values.seed === undefined ? whole('sessions', values.sessions) : 1;
const workers = Math.min(sessions, whole('workers', values.workers));
const { fault, protocol } = values;
if (fault !== undefined && fault !== 'mix' && !FAULT_NAMES.includes(fault))
  usage(`--fault ${fault}: mix, ${FAULT_NAMES.join(', ')}`);
if (protocol !== undefined && protocol !== 'bybit' && protocol !== 'binance')
  usage(`--protocol ${protocol}: bybit or binance`);

/** Sessions from one word of how far it is to the next. */
const TOLD_EVERY = 20;

/** Sessions of one process: what it holds on to does not pile up. */
const SESSIONS_EACH = 25;

const WORKER = 'test/hostile-exchange/worker-process.ts';
/** Beneath the project, so that its packages are found. */
const bundles = fileURLToPath(new URL(`../dist.tests/${process.pid}`, import.meta.url));
process.on('exit', () => rmSync(bundles, { recursive: true, force: true }));
await bundleForTests([WORKER], bundles);

const began = performance.now();
const total = tally();
const seeds = Array.from({ length: sessions }, (_, i) => first + i);
/** Ended before it is through: what there was until then. */
process.once('SIGINT', () => {
  console.log(total.told((performance.now() - began) / 1000));
  process.exit(total.violations > 0 ? 1 : 130);
});
await Promise.all(Array.from({ length: workers }, () => work()));
const seconds = (performance.now() - began) / 1000;
console.log(total.told(seconds));
const idle = sessions >= 10 && total.fills < sessions;
if (idle) console.log('\nnothing to speak of was traded: this proves nothing');
process.exitCode = total.violations > 0 || idle ? 1 : 0;

/** One process after the other, as long as seeds are left. */
async function work(): Promise<void> {
  for (let batch = seeds.splice(0, SESSIONS_EACH); batch.length > 0; batch = seeds.splice(0, SESSIONS_EACH))
    await run(batch);
}

function run(batch: readonly number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const orders = {
      seeds: batch,
      fault: fault ?? null,
      protocol: protocol ?? null,
      verbose: values.verbose,
    };
    const child = fork(path.join(bundles, WORKER.replace(/\.ts$/, '.js')), [JSON.stringify(orders)], {
      execArgv: ['--enable-source-maps'],
      stdio: 'inherit',
    });
    child.on('message', (message) => {
      if (isResult(message)) report(message);
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
  });
}

function report(result: SessionResult): void {
  total.add(result);
  const { seed, plan, violations, kept } = result;
  if (violations.length > 0) {
    const what = plan.name === 'mix' ? `mix of ${plan.faults.join(', ')} at ${plan.strength}` : plan.name;
    console.log(
      `seed ${seed}, ${plan.protocol}, ${what}:\n  ${violations.slice(0, 6).join('\n  ')}\n  kept in ${kept}; again: npm run hostile-exchange -- --seed ${seed} --fault ${plan.name} --protocol ${plan.protocol}`,
    );
  }
  if (total.sessions % TOLD_EVERY === 0 && sessions > TOLD_EVERY)
    console.log(
      `${total.sessions} of ${sessions} sessions, ${((performance.now() - began) / 1000).toFixed(0)} s, ${total.violations} with violations`,
    );
}

function whole(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  return usage(`--${name} ${JSON.stringify(text)}: a whole number from 1 to 999999999`);
}

function usage(what: string): never {
  console.error(what);
  process.exit(3);
}
