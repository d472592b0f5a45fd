/** Real traffic of Binance through ccxt and the adapter's own feed, against a rebuild from the wire alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BookReplayOptions, replayBooks } from './wire/book-replay.ts';
import { noRecordings, recordedMarket } from './wire/recording.ts';

function recorded(kind: 'spot' | 'linear'): Pick<BookReplayOptions, 'kind' | 'before' | 'snapshot' | 'diffs'> {
  const { records } = recordedMarket(kind);
  const at = records.findIndex((record) => record.kind === 'snapshot');
  const first = records[at];
  if (first?.kind !== 'snapshot') throw new Error('no snapshot was recorded');
  const diffsOf = (part: typeof records) => part.flatMap((record) => (record.kind === 'diff' ? [record.diff] : []));
  return { kind, before: diffsOf(records.slice(0, at)), snapshot: first.snapshot, diffs: diffsOf(records.slice(at)) };
}

for (const [kind, updates] of [
  ['spot', 6_400],
  ['linear', 6_500],
] as const) {
  test(`after every recorded ${kind} update the book is the exchange's, to the last level and digit`, {
    skip: noRecordings,
  }, async () => {
    const result = await replayBooks({ ...recorded(kind), seed: 1 });
    console.log(result);
    assert.deepEqual(result.failures, []);
    assert.ok(result.books > updates && result.newest > updates * 0.98, JSON.stringify(result));
  });
}
