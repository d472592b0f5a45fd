import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSpans } from '../../../src/venue/ccxt/dialects/spans.ts';
import { Random } from '../../chaos/random.ts';

for (const shown of ['first', 'last'] as const)
  test(`a list that shows the ${shown} of what it has is had whole, however much of it there is`, async () => {
    const random = new Random(7);
    for (let i = 0; i < 200; i += 1) {
      const most = 2 + Math.floor(random.next() * 6);
      const longest = 5 + Math.floor(random.next() * 100);
      const to = Math.floor(random.next() * 500);
      // No more in one millisecond than a page takes.
      const list = Array.from({ length: to + 1 }, (_, at) => at).flatMap((at) =>
        Array.from({ length: Math.floor(random.next() * most) }, (_, n) => ({ at, n })),
      );
      const found = await inSpans(0, to, { longest, most }, async (from, until) => {
        assert.ok(until - from <= longest, 'longer than it may be');
        const within = list.filter(({ at }) => at >= from && at <= until);
        return shown === 'first' ? within.slice(0, most) : within.slice(-most);
      });
      assert.deepEqual(found, list);
    }
  });
