/** A share of the kill matrix: `npm run kill-matrix` has all of it. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { bundleDaemon } from './bundle.ts';
import { killAt, killAtRandom } from './campaign.ts';
import { CELLS } from './places.ts';

const RANDOM_KILLS = 3;
const SEED = Number(process.env.KILL_SEED ?? 1 + (Date.now() % 1_000_000));

let file = '';
before(async () => {
  file = await bundleDaemon();
});
after(() => {
  for (const each of [file, `${file}.map`]) rmSync(each, { force: true });
});

describe(`a daemon killed with SIGKILL agrees with the venue's own books after its restart, seed ${SEED}`, {
  concurrency: 2,
}, () => {
  for (const [index, cell] of CELLS.filter(({ share }) => share).entries()) {
    test(`killed at ${cell.place}: ${cell.what}`, async () => {
      const { hits, killed, recovered, problems } = await killAt(file, cell, SEED + index);
      assert.deepEqual(problems, []);
      assert.ok(hits !== null && killed && recovered);
    });
  }

  test(`killed ${RANDOM_KILLS} times at moments that nobody chose`, async () => {
    const kills = await killAtRandom(file, RANDOM_KILLS, SEED);
    assert.deepEqual(
      kills.flatMap(({ problems }) => problems),
      [],
    );
    assert.equal(kills.length, RANDOM_KILLS);
  });
});
