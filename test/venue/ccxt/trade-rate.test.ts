import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, MINUTE, SECOND } from '../../../src/market/time.ts';
import { TradeRate } from '../../../src/venue/ccxt/trade-rate.ts';

const START = 20 * BASE;

function heard() {
  let now = 0;
  const rate = new TradeRate(() => now);
  return {
    at: (time: number) => {
      now = time;
    },
    hear: (openTime: number, count: number, closed = false) => rate.hear('X', { openTime, count, closed }),
    of: (brokenAt = Number.NEGATIVE_INFINITY) => rate.of('X', (since) => brokenAt >= since),
  };
}

test('trades a minute are not known before a whole minute was heard, and go on over the close of a candle', () => {
  const { at, hear, of } = heard();
  at(BASE - 90 * SECOND);
  assert.equal(of(), undefined);
  hear(START, 1_000);
  at(BASE - 50 * SECOND);
  hear(START, 1_040);
  assert.equal(of(), undefined);
  at(BASE - 30 * SECOND);
  assert.equal(of(), 40);
  at(BASE);
  hear(START, 1_100, true);
  hear(START + BASE, 0);
  at(BASE + 10 * SECOND);
  hear(START + BASE, 25);
  // Since ten seconds before the close's minute: 60 to the close, and 25 after it.
  assert.equal(of(), 85);
});

test('a market in which nobody trades has no trades a minute, which is not the same as not knowing', () => {
  const { at, hear, of } = heard();
  hear(START, 7);
  at(2 * MINUTE);
  assert.equal(of(), 0);
});

test('after a stream was down trades a minute are not known: they may have been missed', () => {
  const { at, hear, of } = heard();
  hear(START, 7);
  at(2 * MINUTE);
  hear(START, 90);
  assert.equal(of(100 * SECOND), undefined);
  assert.equal(of(50 * SECOND), 83);
});

test('a candle whose end was not heard, or that is told anew with fewer trades, begins the count anew', () => {
  const missed = heard();
  missed.hear(START, 500);
  missed.at(2 * MINUTE);
  missed.hear(START + BASE, 3);
  assert.equal(missed.of(), undefined);
  missed.at(3 * MINUTE);
  missed.hear(START + BASE, 10);
  assert.equal(missed.of(), 7);

  const fewer = heard();
  fewer.hear(START, 500);
  fewer.at(2 * MINUTE);
  fewer.hear(START, 400);
  assert.equal(fewer.of(), undefined);
  // What comes late of a candle that is over changes nothing.
  fewer.hear(START - BASE, 9_000, true);
  fewer.at(3 * MINUTE);
  assert.equal(fewer.of(), 0);
});
