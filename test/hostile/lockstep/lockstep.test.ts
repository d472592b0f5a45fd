/** The lock-step path through a host that dies at random: the venue's own books against the engine's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import fc from 'fast-check';
import { openJournalForReading } from '../../../src/journal/journal-reader.ts';
import { toMarket } from '../../../src/market/instrument.ts';
import { replaySession } from '../../../src/session/keeping/replay-session.ts';
import type { StartRequest } from '../../../src/session/session.ts';
import type { OpenVenue } from '../../../src/session/venues.ts';
import { generatedMarket } from '../../../src/venue/simulated/generator/generated-market.ts';
import { KeptVenue } from '../../../src/venue/simulated/kept/kept-venue.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../../src/venue/simulated/matching.ts';
import { presets } from '../../engine/random-session.ts';
import { Dice } from '../world/dice.ts';
import { MortalHost } from './mortal-host.ts';

const SEEDS = Number(process.env.LOCKSTEP_SEEDS ?? 3);
const BARS = 120;

function venueOf(seed: number): OpenVenue {
  const symbols = generatedMarket({ seed: 1 })
    .instruments.slice(0, 6)
    .map(({ symbol }) => symbol);
  const source = generatedMarket({ seed, symbols, bars: BARS });
  const matching = simulatedMatching({ markets: source.instruments.map(toMarket), costs: DEFAULT_COSTS });
  return { source, matching, account: null, defaultSpeed: 0 };
}

test(`${SEEDS} sessions whose host dies at random: the venue's books and the engine's agree, each order went out once, the replay is identical`, async (t) => {
  const steps = new Map<string, number>();
  let orders = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const [preset] = fc.sample(presets, { seed, numRuns: 1 });
    assert.ok(preset);
    const request: StartRequest = { preset, mode: 'paper', venue: 'sim', equity: '10000', speed: 0 };
    using mortal = new MortalHost({
      dice: new Dice(seed),
      request,
      open: () => venueOf(seed),
      crash: 0.02,
      mostCrashes: 12,
    });
    const { host, journalFile, record, submitted, crashes } = await mortal.run();
    for (const step of crashes) steps.set(step, (steps.get(step) ?? 0) + 1);
    orders += submitted.length;

    assert.equal(new Set(submitted).size, submitted.length, `seed ${seed}: an order went out twice`);
    using venue = new KeptVenue({ ...venueOf(seed), record });
    const claims = host.engine.claims();
    const held = new Map([...claims.holdings].filter(([, quantity]) => !new Big(quantity).eq(0)));
    assert.deepEqual(
      [...held].map(([symbol, quantity]) => [symbol, new Big(quantity).toFixed()]).sort(),
      [...venue.positions()].map(([symbol, quantity]) => [symbol, new Big(quantity).toFixed()]).sort(),
      `seed ${seed}: positions`,
    );
    for (const order of venue.orders()) {
      const claim = claims.orders.find(({ id }) => id === order.orderId);
      assert.ok(claim, `seed ${seed}: order ${order.orderId} is not known to the engine`);
      assert.equal(claim.final, order.status !== 'open', `seed ${seed}: order ${order.orderId}`);
      assert.deepEqual(
        [...claim.fillIds].sort(),
        order.fills.map(({ fillId }) => fillId).sort(),
        `seed ${seed}: fills of order ${order.orderId}`,
      );
    }
    using journal = openJournalForReading(journalFile);
    const session = journal.sessions(1)[0];
    assert.ok(session);
    const { difference, whole } = replaySession({ journal, session, until: null });
    assert.equal(difference, null, `seed ${seed}: the replay`);
    assert.ok(whole);
  }
  t.diagnostic([...steps].map(([step, n]) => `${step} ${n}`).join(', '));
  assert.ok(steps.size >= 4 && orders > 5 * SEEDS, `${orders} orders`);
});
