import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { at, item } from '../../../../src/market/arrays.ts';
import { grid, stepsNearest, stepsToNumber } from '../../../../src/market/grid.ts';
import { BASE, DAY } from '../../../../src/market/time.ts';
import {
  GENERATED_START,
  generatedMarket,
} from '../../../../src/venue/simulated/generator/generated-market.ts';
import { fingerprint, record, rowOf } from './recording.ts';

test('a session on sim can be repeated: the same seed gives the same bits, on every platform', () => {
  const hash = fingerprint(record(generatedMarket({ seed: 7 }), 576));
  assert.equal(hash, fingerprint(record(generatedMarket({ seed: 7 }), 576)));
  // Pinned: it changes only when the generator is changed on purpose.
  assert.equal(hash, 'e54453916bf073feb6350e8d92ed8a297650592a0369f451d60fc2166c7f050e');
});

test('another seed is another market', () => {
  const hashes = [0, 1, 2, -1, 2 ** 32, 2 ** 40 + 1].map((seed) =>
    fingerprint(record(generatedMarket({ seed, symbols: ['ETHUSDT'] }), 50)),
  );
  assert.equal(new Set(hashes).size, hashes.length);
});

test('choosing a few symbols does not change their candles', () => {
  const whole = record(generatedMarket({ seed: 3 }), 400);
  const symbols = [...whole.keys()];
  fc.assert(
    fc.property(fc.subarray(symbols, { minLength: 1, maxLength: 4 }), (chosen) => {
      const some = record(generatedMarket({ seed: 3, symbols: [...chosen].reverse() }), 400);
      assert.deepEqual([...some.keys()], [...chosen].sort());
      for (const [symbol, series] of some) assert.deepEqual(series, whole.get(symbol));
    }),
    { numRuns: 8 },
  );
});

test('every candle of a month is one that a venue could have sent: on its grid, high and low outside', () => {
  const source = generatedMarket({ seed: 11 });
  const markets = source.instruments.map((instrument) => ({
    ticks: grid(instrument.tick),
    lots: grid(instrument.lot),
  }));
  let gaps = 0;
  let previous: Float64Array | null = null;
  for (let bar = 0; bar < (30 * DAY) / BASE; bar += 1) {
    const columns = source.next();
    assert.ok(columns);
    assert.equal(columns.closeTime, GENERATED_START + (bar + 1) * BASE);
    assert.equal(columns.count, markets.length);
    for (let row = 0; row < columns.count; row += 1) {
      const { ticks, lots } = item(markets, row);
      const [, open = 0, high = 0, low = 0, close = 0, volume = 0] = rowOf(columns, row);
      const prices = [open, high, low, close];
      const valid =
        low > 0 &&
        volume > 0 &&
        high >= Math.max(open, close) &&
        low <= Math.min(open, close) &&
        prices.every((price) => price === stepsToNumber(ticks, stepsNearest(ticks, price))) &&
        volume === stepsToNumber(lots, stepsNearest(lots, volume)) &&
        at(columns.symbol, row) === row;
      if (!valid) assert.fail(`${item(source.instruments, row).symbol} bar ${bar}: ${prices} ${volume}`);
      if (previous && Math.abs(open / at(previous, row) - 1) > 0.001) gaps += 1;
    }
    previous = columns.close.slice();
  }
  assert.ok(gaps > 50, `only ${gaps} candles opened away from the close before`);
});

test('prices stay sane over a year: no symbol dies or explodes', () => {
  const year = record(generatedMarket({ seed: 5, symbols: ['BTCUSDT', 'WIFUSDT', 'TRBUSDT'] }), 365 * 288);
  for (const [symbol, { low, high }] of year) {
    const ratio = high.reduce((a, b) => Math.max(a, b)) / low.reduce((a, b) => Math.min(a, b));
    assert.ok(ratio > 1.5 && ratio < 15, `${symbol}: highest over lowest is ${ratio}`);
  }
});

test('warming up on more or less history, or on none, does not change what follows', () => {
  const plain = fingerprint(record(generatedMarket({ seed: 4 }), 30));
  for (const bars of [0, 1, 300, 10_000]) {
    const source = generatedMarket({ seed: 4 });
    let count = 0;
    let last = 0;
    for (const columns of source.history(bars)) {
      count += 1;
      last = columns.closeTime;
    }
    assert.equal(count, Math.min(bars, 1440));
    if (bars > 0) assert.equal(last, GENERATED_START);
    assert.equal(fingerprint(record(source, 30)), plain);
  }
  const stopped = generatedMarket({ seed: 4 });
  for (const columns of stopped.history(1000)) if (columns.closeTime >= GENERATED_START - 500 * BASE) break;
  assert.equal(fingerprint(record(stopped, 30)), plain);
});

test('history is the same bars whatever part of it is asked for, and is not given twice', () => {
  const tail = (bars: number) => {
    const rows: (readonly number[])[] = [];
    for (const columns of generatedMarket({ seed: 4 }).history(bars)) rows.push(rowOf(columns, 5));
    return rows.slice(-20);
  };
  assert.deepEqual(tail(20), tail(700));
  const source = generatedMarket({ seed: 4 });
  source.next();
  assert.throws(() => [...source.history(5)], /before the first bar/);
});

test('a market with an end ends, and says how long it is; one without goes on', () => {
  const source = generatedMarket({ seed: 1, symbols: ['BTCUSDT'], bars: 3 });
  assert.equal(source.total, 3);
  const times = [source.next(), source.next(), source.next()].map((columns) => columns?.count);
  assert.deepEqual(times, [1, 1, 1]);
  assert.equal(source.next(), null);
  assert.equal(source.next(), null);
  assert.equal(generatedMarket({ seed: 1 }).total, null);
});

test('the default market offers 36 linear symbols whose smallest order is worth a few dollars', () => {
  const { instruments, figures, assumed } = generatedMarket({ seed: 1 });
  assert.equal(instruments.length, 36);
  assert.deepEqual(
    instruments.map(({ symbol }) => symbol),
    instruments.map(({ symbol }) => symbol).sort(),
  );
  assert.deepEqual(figures, { book: true, tradesPerMinute: true, openInterest: true });
  assert.deepEqual(assumed, []);
  const columns = generatedMarket({ seed: 1 }).next();
  assert.ok(columns);
  instruments.forEach((instrument, row) => {
    const price = at(columns.close, row);
    const tickShare = Number(instrument.tick) / price;
    assert.ok(tickShare < 4e-4, `${instrument.symbol}: a tick is ${tickShare} of the price`);
    assert.ok(Number(instrument.lot) * price < 20, `${instrument.symbol}: a lot is too dear`);
    assert.equal(instrument.type, 'linear');
    assert.deepEqual([instrument.makerFee, instrument.takerFee], [0.0002, 0.00055]);
  });
});

test('a seed, start, length or symbol that cannot be used is refused with what can be', () => {
  assert.throws(() => generatedMarket({ seed: 1.5 }), /seed must be a whole number, not 1.5/);
  assert.throws(() => generatedMarket({ seed: Number.NaN }), /seed must be/);
  assert.throws(() => generatedMarket({ seed: 1, start: GENERATED_START + 1 }), /5 m grid/);
  assert.throws(() => generatedMarket({ seed: 1, bars: -1 }), /number of bars/);
  assert.throws(
    () => generatedMarket({ seed: 1, symbols: ['BTCUSDT', 'NOPE'] }),
    /no NOPE; choose among AAVE/,
  );
  assert.throws(() => generatedMarket({ seed: 1, symbols: [] }), /no symbol is named/);
});
