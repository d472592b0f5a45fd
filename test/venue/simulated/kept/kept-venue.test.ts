/** The simulated venue's books are its own: whoever traded on it may die at any point of the walk, and nothing there changes. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { OrderReport } from '../../../../src/engine/input.ts';
import type { OrderRequest } from '../../../../src/engine/output.ts';
import { stepsNearest, stepsToText } from '../../../../src/market/grid.ts';
import { toMarket } from '../../../../src/market/instrument.ts';
import { BASE } from '../../../../src/market/time.ts';
import type { PathPoint } from '../../../../src/venue/ports.ts';
import { generatedMarket } from '../../../../src/venue/simulated/generator/generated-market.ts';
import { FileRecord } from '../../../../src/venue/simulated/kept/file-record.ts';
import { KeptVenue } from '../../../../src/venue/simulated/kept/kept-venue.ts';
import { MemoryRecord, type VenueRecord } from '../../../../src/venue/simulated/kept/record.ts';
import { simulatedMatching } from '../../../../src/venue/simulated/matching.ts';
import { COSTS } from '../random-script.ts';

const SYMBOLS = ['BTCUSDT', 'DOGEUSDT', 'ETHUSDT'];
const POINTS: readonly PathPoint[] = [0, 1, 2, 3];

function open(seed: number, record: VenueRecord, beforeKeeping?: () => void): KeptVenue {
  const source = generatedMarket({ seed, symbols: SYMBOLS });
  const matching = simulatedMatching({ markets: source.instruments.map(toMarket), costs: COSTS });
  return new KeptVenue({ source, matching, record, beforeKeeping });
}

/** Orders round the present price, of every kind, drawn from `pick`. */
function orderAt(venue: KeptVenue, id: number, pick: number): OrderRequest | null {
  const index = pick % SYMBOLS.length;
  const instrument = venue.instruments[index];
  assert.ok(instrument);
  const price = venue.priceOf(instrument.symbol);
  if (price === null) return null;
  const { ticks, lots } = toMarket(instrument, index);
  const near = (share: number) => stepsToText(ticks, stepsNearest(ticks, Number(price) * (1 + share)));
  const type = (['market', 'limit', 'stop', 'stop_limit'] as const)[pick % 4] ?? 'market';
  const offset = ((pick % 7) - 3) / 2_000;
  return {
    id,
    tradeId: id,
    symbol: instrument.symbol,
    side: pick % 2 === 0 ? 'buy' : 'sell',
    type,
    purpose: 'entry',
    quantity: stepsToText(lots, Math.max(1, stepsNearest(lots, 500 / Number(price)))),
    price: type === 'limit' || type === 'stop_limit' ? near(offset) : null,
    stopPrice: type === 'stop' || type === 'stop_limit' ? near(-offset) : null,
    reduceOnly: pick % 5 === 0,
  };
}

/** Walks to a step of the whole walk, four of them an interval. @returns what happened on the way. */
function walkTo(venue: KeptVenue, step: number): OrderReport[] {
  const closeTime = venue.startsAt + (Math.floor(step / POINTS.length) + 1) * BASE;
  const target = step % POINTS.length;
  const reports: OrderReport[] = [];
  for (;;) {
    const { bars, point } = venue.standing;
    if (bars?.closeTime === closeTime && point === target) return reports;
    const next = point === -1 ? 0 : POINTS[point + 1];
    if (bars === null || next === undefined) {
      const begun = venue.next();
      assert.ok(begun);
      venue.begin(begun);
    } else {
      reports.push(...venue.walk(next));
    }
  }
}

interface Run {
  readonly reports: readonly OrderReport[];
  readonly orders: unknown;
  readonly positions: unknown;
}

/** After each step something is asked. Before the steps in `deaths` the venue is abandoned, and opened again. */
function run(
  seed: number,
  picks: readonly number[],
  deaths: ReadonlySet<number>,
  record: () => VenueRecord,
): Run {
  let venue = open(seed, record());
  const reports: OrderReport[] = [];
  let id = 0;
  picks.forEach((pick, step) => {
    if (deaths.has(step)) venue = open(seed, record());
    reports.push(...walkTo(venue, step));
    const at = venue.startsAt;
    const order = pick % 3 === 0 ? null : orderAt(venue, id + 1, pick);
    if (order !== null) {
      id += 1;
      reports.push(...venue.submit(order, at));
    } else if (id > 0) {
      const target = 1 + (pick % id);
      reports.push(...(pick % 2 === 0 ? venue.cancel(target, at) : venue.amend(target, '1', null, at)));
    }
  });
  return { reports, orders: [...venue.orders()], positions: [...venue.positions()] };
}

const picksOf = (length: number) => fc.array(fc.nat(10_000), { minLength: 8, maxLength: length });

test('a venue that is abandoned at any points of its walk and opened again answers and fills as if nothing had been', () => {
  fc.assert(
    fc.property(fc.nat(), picksOf(200), fc.array(fc.nat(199)), (seed, picks, deaths) => {
      const whole = new MemoryRecord();
      const cut = new MemoryRecord();
      const expected = run(seed, picks, new Set(), () => whole);
      assert.deepEqual(
        run(seed, picks, new Set(deaths), () => cut),
        expected,
      );
    }),
    { seed: 5, numRuns: 30 },
  );
});

test('on disk too, over the snapshots that take the place of what was asked before', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'breakout-venue-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const steps = 4 * 620;
  const picks = Array.from({ length: steps }, (_, i) => (i % 40 === 0 ? (i * 7_919) % 10_007 : 3));
  const deaths = new Set([400, 1_160, 1_161, 1_700, 2_300, steps - 1]);
  let file: FileRecord | null = null;
  const reopened = (): VenueRecord => {
    const kept = file !== null;
    file?.[Symbol.dispose]();
    file = new FileRecord(path.join(folder, 'venue.sqlite'), kept);
    return file;
  };
  const memory = new MemoryRecord();
  assert.deepEqual(
    run(9, picks, deaths, reopened),
    run(9, picks, new Set(), () => memory),
  );
  const { snapshot, requests } = reopened().load();
  assert.ok(snapshot !== null && snapshot.bars >= 576, 'it begins from a snapshot of the second day');
  assert.ok(requests.length < 250, 'what was asked before it is not gone through again');
  reopened()[Symbol.dispose]();
});

test('whoever trades there is told to write down what he knows before the books move on without him', () => {
  const record = new MemoryRecord();
  const places: string[] = [];
  const venue = open(3, record, () => places.push(JSON.stringify(record.load().place)));
  walkTo(venue, 5);
  assert.deepEqual(places, [], 'a walk on which nothing happens to own orders is not written down');
  const order = orderAt(venue, 1, 4);
  assert.ok(order);
  venue.submit({ ...order, type: 'market', price: null, stopPrice: null, reduceOnly: false }, 0);
  assert.deepEqual(places, [JSON.stringify({ bars: 0, point: 3 })], 'before the order was written down');
  const filled = walkTo(venue, 6);
  assert.equal(filled.length, 1);
  assert.equal(places.length, 2);
  assert.deepEqual(record.load().place, { bars: 2, point: 2 });
  assert.equal(venue.order(1)?.status, 'filled');
  assert.equal(venue.order(2), undefined, 'an order that never came is not there');
});

test('a record of another market is refused', () => {
  const record = new MemoryRecord();
  const picks = Array.from({ length: 4 * 300 }, (_, i) => i + 1);
  run(1, picks, new Set(), () => record);
  assert.throws(() => open(2, record), /seed/);
});

test('the notes of whoever trades are safe before the venue forgets how it came to where it stands', () => {
  const record = new MemoryRecord();
  const done: string[] = [];
  const noted: VenueRecord = {
    where: record.where,
    load: () => record.load(),
    request: (row) => record.request(row),
    reached: (place) => record.reached(place),
    snapshot: (bars, state) => {
      done.push('venue');
      record.snapshot(bars, state);
    },
    [Symbol.dispose]: () => undefined,
  };
  const venue = open(1, noted, () => done.push('notes'));
  while (!done.includes('venue')) {
    const bars = venue.next();
    assert.ok(bars);
    venue.begin(bars);
    for (const point of POINTS) venue.walk(point);
  }
  assert.deepEqual(done, ['notes', 'venue']);
});
