import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, item } from '../../../../src/market/arrays.ts';
import { imbalance, spreadBps } from '../../../../src/market/book.ts';
import { bookOf } from '../../../../src/venue/simulated/generator/books.ts';
import { MarketFactor } from '../../../../src/venue/simulated/generator/factor.ts';
import { generatedMarket } from '../../../../src/venue/simulated/generator/generated-market.ts';
import { PROFILES } from '../../../../src/venue/simulated/generator/instruments.ts';
import { SymbolPath } from '../../../../src/venue/simulated/generator/path.ts';
import { fingerprint, quantile, record } from './recording.ts';

test('looking at books, ever so often, changes neither candles nor books', () => {
  const quiet = generatedMarket({ seed: 9 });
  const asked = generatedMarket({ seed: 9 });
  for (let bar = 0; bar < 200; bar += 1) {
    quiet.next();
    asked.next();
    for (let symbol = 0; symbol < bar % 5; symbol += 1) asked.book(symbol);
  }
  assert.deepEqual(quiet.book(3), asked.book(3));
  assert.deepEqual(asked.book(3), asked.book(3));
  assert.equal(fingerprint(record(quiet, 50)), fingerprint(record(asked, 50)));
});

test('a symbol has the same book in any selection of symbols', () => {
  const whole = generatedMarket({ seed: 9 });
  const some = generatedMarket({ seed: 9, symbols: ['SOLUSDT'] });
  for (let bar = 0; bar < 20; bar += 1) {
    whole.next();
    some.next();
  }
  const index = whole.instruments.findIndex(({ symbol }) => symbol === 'SOLUSDT');
  assert.deepEqual(some.book(0), whole.book(index));
});

test('there is no book before the first tradable bar, and one for every symbol after it', () => {
  const source = generatedMarket({ seed: 9 });
  for (const _ of source.history(10)) assert.equal(source.book(0), null);
  source.next();
  assert.ok(source.instruments.every((_, symbol) => source.book(symbol) !== null));
  assert.throws(() => source.book(36), RangeError);
});

test('books are ones that a venue could show: around the close, spreads and depths fit the size of the market', () => {
  const source = generatedMarket({ seed: 13 });
  const spreads = PROFILES.map((): number[] => []);
  const depths = PROFILES.map((): number[] => []);
  for (let bar = 0; bar < 3000; bar += 1) {
    const columns = source.next();
    assert.ok(columns);
    for (let symbol = 0; symbol < PROFILES.length; symbol += 1) {
      const book = source.book(symbol);
      assert.ok(book);
      const close = at(columns.close, symbol);
      assert.ok(book.bid > 0 && book.bid < book.ask && book.bid <= close && close <= book.ask);
      assert.ok(book.bidDepth05 > book.bidDepth03 && book.bidDepth03 > 0);
      assert.ok(book.askDepth05 > book.askDepth03 && book.askDepth03 > 0);
      assert.ok(Number.isInteger(book.tradesPerMinute) && Number(book.openInterest) > 0);
      assert.ok(Math.abs(imbalance(book)) < 1);
      item(spreads, symbol).push(spreadBps(book));
      item(depths, symbol).push(Math.min(book.bidDepth03, book.askDepth03));
    }
  }
  PROFILES.forEach(({ cap, instrument, dailyVolume }, symbol) => {
    const spread = quantile(item(spreads, symbol), 0.5);
    const [low, high] = { large: [0.9, 2.1], mid: [1.8, 4.2], small: [2.9, 8.1] }[cap];
    assert.ok(low !== undefined && spread >= low, `${instrument.symbol} ${spread} bps`);
    assert.ok(high !== undefined && spread <= high, `${instrument.symbol} ${spread} bps`);
    assert.ok(
      quantile(item(spreads, symbol), 1) > 1.5 * spread,
      `${instrument.symbol}: shocks widen the spread`,
    );
    const depth = quantile(item(depths, symbol), 0.5) / (dailyVolume / 288);
    assert.ok(depth > 0.5 && depth < 2, `${instrument.symbol}: depth of ${depth} bars' volume`);
  });
});

test('a true breakout leans on the book and draws open interest, a false one hardly', () => {
  const factor = new MarketFactor(17);
  const paths = PROFILES.map((profile) => new SymbolPath(17, profile));
  const leans = { extend: [] as number[], pierced: [] as number[], base: [] as number[] };
  const interest = new Map<SymbolPath, number>();
  const grown: number[] = [];
  for (let bar = 0; bar < 6000; bar += 1) {
    factor.step(1);
    for (const path of paths) {
      const was = path.regime.phase;
      path.step(factor, 1, 1);
      const { phase, side } = path.regime;
      if (phase === 'extend' || phase === 'pierced' || phase === 'base') {
        leans[phase].push(imbalance(bookOf(path, bar)) * side);
      }
      if (phase === 'extend' && was === 'approach') interest.set(path, path.interest);
      const before = interest.get(path);
      if (was === 'trend' && phase === 'walk' && before !== undefined) {
        grown.push(path.interest / before);
        interest.delete(path);
      }
    }
  }
  const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  assert.ok(mean(leans.extend) > 0.25, `${mean(leans.extend)}`);
  assert.ok(mean(leans.pierced) < 0.15 && mean(leans.pierced) > -0.1, `${mean(leans.pierced)}`);
  assert.ok(Math.abs(mean(leans.base)) < 0.05, `${mean(leans.base)}`);
  assert.ok(mean(grown) > 1.03, `open interest grew by ${mean(grown)}`);
});
