/** Real traffic of Binance through ccxt and the adapter's own feed, against a rebuild from the wire alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BookReplayOptions, replayBooks } from './wire/book-replay.ts';
import { noRecordings, recordedMarket } from './wire/recording.ts';

/** Updates that are enough for some dozens of faults. */
const DISTURBED = 1_000;

function recorded(
  kind: 'spot' | 'linear',
): Pick<BookReplayOptions, 'kind' | 'before' | 'snapshot' | 'diffs'> {
  const { records } = recordedMarket(kind);
  const at = records.findIndex((record) => record.kind === 'snapshot');
  const first = records[at];
  if (first?.kind !== 'snapshot') throw new Error('no snapshot was recorded');
  const diffsOf = (part: typeof records) =>
    part.flatMap((record) => (record.kind === 'diff' ? [record.diff] : []));
  return {
    kind,
    before: diffsOf(records.slice(0, at)),
    snapshot: first.snapshot,
    diffs: diffsOf(records.slice(at)),
  };
}

for (const [kind, updates] of [
  ['spot', 6_400],
  ['linear', 6_500],
] as const) {
  test(`after every recorded ${kind} update the book is the exchange's, to the last level and digit`, {
    skip: noRecordings,
  }, async () => {
    const result = await replayBooks({ ...recorded(kind), seed: 1 });
    assert.deepEqual(result.failures, []);
    assert.ok(result.books > updates && result.newest > updates * 0.98, JSON.stringify(result));
  });
}

for (const kind of ['spot', 'linear'] as const)
  test(`no wrong ${kind} book is shown as good when recorded updates are lost, doubled, swapped and cut off`, {
    skip: noRecordings,
  }, async () => {
    const { diffs, ...start } = recorded(kind);
    const result = await replayBooks({
      ...start,
      diffs: diffs.slice(0, DISTURBED),
      seed: 31,
      faults: { drop: 0.01, twice: 0.02, swap: 0.01, cut: 0.003 },
    });
    assert.ok(result.faults > 20 && result.failures.length > 5, JSON.stringify(result));
    assert.ok(result.newest > DISTURBED * 0.5 && result.newest === result.summaries, JSON.stringify(result));
  });
