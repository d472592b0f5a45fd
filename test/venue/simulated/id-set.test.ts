import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { writeArchive } from '../../../src/archive/writer.ts';
import { IdSet } from '../../../src/venue/simulated/id-set.ts';

it('knows the ids that were used, in whatever order they came, and the same ids are the same bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 30 })), (ids) => {
      const used = new IdSet();
      const sorted = new IdSet();
      for (const id of ids) used.add(id);
      for (const id of ids.toSorted((a, b) => a - b)) sorted.add(id);
      for (let id = -7; id <= 32; id++) assert.equal(used.has(id), ids.includes(id), `${id}`);
      const save = (set: IdSet) => writeArchive(1, (a) => set.archive(a));
      assert.deepEqual(save(used), save(sorted));
    }),
  );
});
