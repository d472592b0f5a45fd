/**
 * `npm run kill-matrix -- [--points all|NAME,…|none] [--random N] [--seed N]`: real daemons killed with SIGKILL at every
 * named place of an order's life, and at N moments that nobody chose; after each restart the journal is held against the
 * venue's own books. The same seed makes the same choices; the system's turns are its own affair.
 */
import { parseArgs } from 'node:util';
import { bundleDaemon } from '../test/kill/bundle.ts';
import { type Killed, killAt, killAtRandom } from '../test/kill/campaign.ts';
import { CELLS } from '../test/kill/places.ts';

const { values } = parseArgs({
  options: { random: { type: 'string' }, points: { type: 'string' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? 1 + (Date.now() % 1_000_000));
const random = Number(values.random ?? 200);
const points = values.points ?? 'all';
const cells = CELLS.filter(({ place }) => points === 'all' || points.split(';').includes(place));
/** Kills of one bot in a row. */
const CHAIN = 10;

const file = await bundleDaemon();
console.log(`seed ${seed}: ${cells.length} places, ${random} random moments`);
console.log(row('place', 'hits', 'killed', 'recovered', 'findings', 'verdict'));
const results: Killed[] = [];
for (const [index, cell] of cells.entries()) tell(await killAt(file, cell, seed + index), cell.what);
for (let left = random; left > 0; left -= CHAIN)
  for (const killed of await killAtRandom(file, Math.min(CHAIN, left), seed + 10_000 + left))
    tell(killed, '');
const failed = results.filter(({ problems }) => problems.length > 0);
console.log(
  `\n${results.length} kills, ${results.filter(({ recovered }) => recovered).length} recovered, ` +
    `${results.reduce((sum, { findings }) => sum + findings, 0)} findings reconciled, ` +
    `${results.reduce((sum, { audited }) => sum + (audited?.orders ?? 0), 0)} orders and ` +
    `${results.reduce((sum, { audited }) => sum + (audited?.fills ?? 0), 0)} fills held against the venue, ` +
    `${failed.length} with violations`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function tell(killed: Killed, what: string): void {
  results.push(killed);
  const { place, hits, problems } = killed;
  const verdict = problems.length === 0 ? 'ok' : 'VIOLATED';
  console.log(
    row(
      place,
      hits ?? '-',
      yes(killed.killed),
      yes(killed.recovered),
      killed.findings,
      `${verdict}  ${what}`,
    ),
  );
  for (const problem of problems) console.log(`    ${problem}`);
}

function yes(is: boolean): string {
  return is ? 'yes' : 'no';
}

function row(...cells: readonly (string | number)[]): string {
  const widths = [52, 5, 7, 10, 9, 0];
  return cells.map((cell, index) => String(cell).padEnd(widths[index] ?? 0)).join('');
}
