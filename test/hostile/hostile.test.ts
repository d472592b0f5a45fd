/** A share of the hostile world; `npm run simulate` runs thousands of seeds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SqliteDisk } from './daemon/sqlite-disk.ts';
import { SABOTAGE } from './sabotage.ts';
import { batchOf, tally, told } from './tally.ts';
import { simulate } from './world/simulation.ts';

const SEEDS = 30;
const ON_DISK = 2;

test(`${SEEDS} hostile runs: nothing is lost, sent twice or left unprotected, and each replays identically`, (t) => {
  const total = tally();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = simulate(seed);
    total.add(batchOf([result]));
    assert.deepEqual(result.violations, [], `seed ${seed}: npm run simulate -- --seed ${seed} --verbose`);
  }
  t.diagnostic(told(total, 0));
  // A world in which nothing happens proves nothing.
  const count = (name: string) => total.counts.get(name) ?? 0;
  assert.ok(count('recoveries') > SEEDS, 'crashes');
  assert.ok(count('trades') > SEEDS, 'trades');
  assert.ok(count('partialFill') > SEEDS, 'partial fills');
});

test(`${ON_DISK} hostile runs on the real journal: a killed daemon finds what it had committed, and no more`, () => {
  for (let seed = 1; seed <= ON_DISK; seed++) {
    const { violations, counts } = simulate(seed, { disk: () => new SqliteDisk() });
    assert.deepEqual(violations, [], `seed ${seed}`);
    assert.deepEqual(counts, simulate(seed).counts, `seed ${seed} runs as it does in memory`);
  }
});

test('the same seed gives the same run', () => {
  const lines = (): string[] => {
    const all: string[] = [];
    simulate(7, { tell: (line) => all.push(line) });
    return all;
  };
  const once = lines();
  assert.ok(once.length > 100);
  assert.deepEqual(lines(), once);
});

for (const { what, seams, within } of SABOTAGE) {
  test(`the code is broken on purpose, ${what}: the checks see it`, (t) => {
    for (let seed = 1; seed <= within; seed++) {
      const { violations } = simulate(seed, { seams });
      if (violations.length === 0) continue;
      t.diagnostic(`seed ${seed}: ${violations[0]}`);
      return;
    }
    assert.fail(`${within} seeds show nothing`);
  });
}
