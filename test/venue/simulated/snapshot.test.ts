/** A restart of the simulated venue must not be seen in any candle, book or report. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { type Archive, ArchiveError } from '../../../src/archive/archive.ts';
import { readArchive } from '../../../src/archive/reader.ts';
import { writeArchive } from '../../../src/archive/writer.ts';
import type { OrderReport } from '../../../src/engine/input.ts';
import type { BarPath } from '../../../src/venue/ports.ts';
import { type Recording, recordingFromColumns } from '../../../src/venue/replay/recording.ts';
import { generatedMarket } from '../../../src/venue/simulated/generator/generated-market.ts';
import { simulatedMatching } from '../../../src/venue/simulated/matching.ts';
import { record, rowOf } from './generator/recording.ts';
import { FREE, type Point, request, type Venue, venue } from './matching-kit.ts';
import { COSTS, type Step, steps } from './random-script.ts';

interface Archived {
  archive(a: Archive): void;
}

const save = (part: Archived) => writeArchive(1, (a) => part.archive(a));

/** Loads `fresh` with the state of `part`; asserts that it saves the same. */
function restarted<T extends Archived>(part: T, fresh: T): T {
  const bytes = save(part);
  readArchive(bytes, 1, (a) => fresh.archive(a));
  assert.deepEqual(save(fresh), bytes);
  return fresh;
}

const SYMBOLS = ['BTCUSDT', 'DOGEUSDT', 'WIFUSDT'];
const market = (seed: number) => generatedMarket({ seed, symbols: SYMBOLS });

it('a generated market that was cut anywhere goes on with the same candles and books', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.integer(), cuts, fc.boolean(), (seed, chosen, warm) => {
      const whole = market(seed);
      let cut = market(seed);
      if (warm) {
        // Each is warmed up as a start does it, one of them only in part.
        for (const _ of whole.history(100));
        for (const bars of cut.history(100)) if (bars.closeTime > cut.startsAt - 10) break;
      }
      for (let bar = 0; bar <= 320; bar++) {
        if (chosen.includes(bar)) cut = restarted(cut, market(seed));
        for (let symbol = 0; symbol < SYMBOLS.length; symbol++)
          assert.deepEqual(cut.book(symbol), whole.book(symbol));
        const [expected, found] = [whole.next(), cut.next()];
        assert.ok(expected && found);
        assert.equal(found.closeTime, expected.closeTime);
        for (let row = 0; row < SYMBOLS.length; row++)
          assert.deepEqual(rowOf(found, row), rowOf(expected, row));
      }
      assert.deepEqual(save(cut), save(whole));
    }),
    { seed: 11, numRuns: 25 },
  );
});

it('a generated market takes over no state of another seed, selection or start', () => {
  const bytes = save(market(1));
  const load = (into: Archived) => readArchive(bytes, 1, (a) => into.archive(a));
  assert.throws(() => load(market(2)), ArchiveError);
  assert.throws(() => load(generatedMarket({ seed: 1, symbols: SYMBOLS.slice(1) })), ArchiveError);
  assert.throws(() => load(generatedMarket({ seed: 1, symbols: SYMBOLS, start: 0 })), ArchiveError);
});

function recording(seed: number, bars = 40): Recording {
  const { instruments } = market(seed);
  const series = record(market(seed), bars);
  return recordingFromColumns(
    instruments.map((instrument) => {
      const columns = series.get(instrument.symbol);
      assert.ok(columns);
      const closeTime = Array.from({ length: bars }, (_, i) => market(seed).startsAt + (i + 1) * 300_000);
      return { instrument, closeTime, ...columns };
    }),
  );
}

it('a recording goes on at its place, also at its end, and refuses the place of another', () => {
  for (const at of [0, 1, 17, 40]) {
    const whole = recording(3);
    for (let i = 0; i < at; i++) whole.next();
    const cut = restarted(whole, recording(3));
    for (let i = at; i <= 40; i++) {
      const [expected, found] = [whole.next(), cut.next()];
      assert.deepEqual(found, expected);
      assert.equal(found === null, i === 40);
    }
  }
  const bytes = save(recording(3));
  assert.throws(() => readArchive(bytes, 1, (a) => recording(3, 39).archive(a)), ArchiveError);
});

const POINTS: readonly Point[] = [0, 1, 2, 3];

/** Plays a script on a venue that is restarted before the bars in `cuts`, before or after the orders placed there. */
function play(script: readonly Step[], path: BarPath, cuts: ReadonlySet<number>, early: boolean) {
  let v: Venue = venue({ costs: COSTS, path });
  const said: OrderReport[] = [];
  let orders = 0;
  const restart = () => {
    v = restarted(v, venue({ costs: COSTS, path }));
  };
  script.forEach((step, bar) => {
    const act = (point: Point | -1) => {
      for (const one of step.actions[point + 1] ?? []) {
        if (one.do === 'submit') {
          const { trade, ...rest } = one.order;
          said.push(...v.submit(request({ ...rest, id: ++orders, tradeId: trade })));
        } else if (one.do === 'cancel') said.push(...v.cancel(one.pick));
        else said.push(...v.amend(one.pick, one.quantity, one.stopPrice));
      }
    };
    if (early && cuts.has(bar)) restart();
    act(-1);
    if (!early && cuts.has(bar)) restart();
    v.begin(step.bars);
    for (const point of POINTS) {
      said.push(...v.matching.walk(point));
      act(point);
    }
  });
  return {
    said,
    positions: [...v.matching.positions()],
    ambiguous: [...v.matching.ambiguousTrades].sort((a, b) => a - b),
    bytes: save(v),
  };
}

it('a matching that was cut between any bars gives the same reports, positions and ambiguous trades', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 4 });
  const paths = fc.constantFrom<BarPath[]>('nearer', 'other');
  fc.assert(
    fc.property(steps, paths, cuts, fc.boolean(), (script, path, chosen, early) => {
      assert.deepEqual(play(script, path, new Set(chosen), early), play(script, path, new Set(), early));
    }),
    { seed: 12, numRuns: 300 },
  );
});

it('a matching is not saved inside a bar, where half of what happens is yet to come', () => {
  const v = venue();
  save(v);
  v.begin([100, 101, 99, 100, 10]);
  for (const point of POINTS) {
    assert.throws(() => save(v), /between bars/);
    v.matching.walk(point);
  }
  save(v);
});

it('a matching takes over no state of other costs, another path or other markets', () => {
  const bytes = save(venue().matching);
  const load = (into: Archived) => readArchive(bytes, 1, (a) => into.archive(a));
  load(venue().matching);
  assert.throws(() => load(venue({ costs: { slippage: 0.1 } }).matching), /the costs is/);
  assert.throws(() => load(venue({ path: 'other' }).matching), /the path is/);
  assert.throws(() => load(simulatedMatching({ markets: [], costs: FREE })), /the markets is/);
});

it('ten thousand ended orders take no more room than ten', () => {
  const size = (orders: number) => {
    const v = venue();
    for (let id = 1; id <= orders; id++) {
      v.submit({ id, type: 'limit', price: '1', quantity: '10' });
      v.cancel(id);
      assert.match(JSON.stringify(v.cancel(id)), /already final/);
    }
    assert.match(JSON.stringify(v.cancel(orders + 1)), /unknown order/);
    return save(v).length;
  };
  assert.equal(size(10_000), size(10));
});
