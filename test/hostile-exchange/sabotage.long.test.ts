/** The hostile exchange sees what it is there to see: code that is broken on purpose. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SABOTAGE } from './sabotage.ts';
import { runSession } from './world/session.ts';

const MINUTES = 45;

for (const { what, seams, fault, protocol, seen, seeds } of SABOTAGE) {
  test(`the code is broken on purpose, ${what}: the checks see it`, async (t) => {
    for (const seed of seeds) {
      const { violations } = await runSession(seed, {
        fault,
        protocol,
        seams,
        keep: false,
        minutes: MINUTES,
      });
      const found = violations.find((violation) => seen.test(violation));
      if (found === undefined) continue;
      t.diagnostic(`seed ${seed}: ${found}`);
      return;
    }
    assert.fail(`seeds ${seeds.join(', ')} show nothing`);
  });
}
