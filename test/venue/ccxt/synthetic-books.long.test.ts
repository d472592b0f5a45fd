/** Diffs in Binance's wire form, of a market of our own, through ccxt and the adapter's own feed of books. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Faults, replayBooks } from './wire/book-replay.ts';
import { syntheticMarket } from './wire/synthetic.ts';

const UPDATES = 700;
const FAULTS: Faults = { drop: 0.01, twice: 0.02, swap: 0.01, cut: 0.004 };

for (const kind of ['spot', 'linear'] as const) {
  test(`a ${kind} price that runs out of what a snapshot has told finds a book that is whole all the same`, async () => {
    const result = await replayBooks({ ...syntheticMarket(kind, 11, UPDATES), seed: 11 });
    assert.deepEqual(result.failures, []);
    assert.ok(result.snapshots > 3, 'the price has to leave several snapshots behind');
    assert.ok(result.newest > UPDATES * 0.9, JSON.stringify(result));
  });

  for (const seed of [21, 22]) {
    test(`no wrong ${kind} book is shown as good when changes are lost, doubled, swapped and cut off: ${seed}`, async () => {
      const result = await replayBooks({ ...syntheticMarket(kind, seed, UPDATES), seed, faults: FAULTS });
      assert.ok(result.faults > 10 && result.failures.length > 0, JSON.stringify(result));
      assert.ok(result.newest > UPDATES * 0.5, JSON.stringify(result));
    });
  }
}
