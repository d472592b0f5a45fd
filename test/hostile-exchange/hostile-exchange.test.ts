/** A share of the sessions on a hostile exchange; `npm run hostile-exchange` runs thousands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SABOTAGE } from './sabotage.ts';
import { tally } from './tally.ts';
import { runSession } from './world/session.ts';

/** On each protocol: deaths of the daemon, and replies that get lost. */
const SHARE = [
  { seed: 5, fault: 'kill', protocol: 'bybit' },
  { seed: 5, fault: 'drop-reply', protocol: 'binance' },
] as const;
const MINUTES = 45;

test(`${SHARE.length} live sessions on an exchange that misbehaves: nothing twice, nothing unprotected, nothing forgotten`, async (t) => {
  const total = tally();
  for (const { seed, fault, protocol } of SHARE) {
    const result = await runSession(seed, { fault, protocol, minutes: MINUTES });
    total.add(result);
    assert.deepEqual(result.violations, [], `${result.kept}`);
  }
  t.diagnostic(total.told(0));
  assert.ok(total.orders > 0 && total.fills > 0, 'they traded');
});

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
