/** A share of the sessions on a hostile exchange; `npm run hostile-exchange` runs thousands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
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
