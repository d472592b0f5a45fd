import assert from 'node:assert/strict';
import { test } from 'node:test';
import { privateFolder } from '../daemon/support.ts';
import { chaos } from './campaign.ts';

/** `npm run chaos` sets them: so many seeds from the first on, and how long the clients are at each life. */
const SEEDS = Number(process.env.CHAOS_SEEDS ?? 1);
const FIRST = Number(process.env.CHAOS_FIRST ?? 18);
const LIFE_MS = Number(process.env.CHAOS_LIFE_MS ?? 1_500);

for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
  test(`chaos, seed ${seed}: many commands at once, reloads and kills, and every answer, event and figure agrees`, async (t) => {
    const { env, paths } = privateFolder(t);
    const { wrong, outcomes, ends, ...sums } = await chaos({ seed, env, paths, lifeMs: LIFE_MS });
    const told = [...outcomes]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `${what} ${times}`);
    t.diagnostic(`ends: ${ends.join()}; ${JSON.stringify(sums)}`);
    t.diagnostic(told.join(', '));
    assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} complaints`);
    assert.ok(sums.unseen < ends.length && sums.moments > 0 && sums.stretches > 0, JSON.stringify(sums));
  });
}
