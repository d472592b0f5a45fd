import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as parse from '../../src/cli/parse.ts';

describe('option values', () => {
  test('a date is midnight UTC wherever the machine stands, so that --from cuts the same candles', () => {
    const midnight = Date.UTC(2024, 2, 31);
    assert.equal(parse.instant('2024-03-31'), midnight);
    assert.equal(parse.instant('2024-03-31T00:00'), midnight);
    assert.equal(parse.instant('2024-03-31 00:00:00Z'), midnight);
    assert.equal(parse.instant('2024-03-31T02:00+02:00'), midnight);
    assert.equal(parse.instant(String(midnight)), midnight);
  });

  test('a date that does not exist, a bare year or epoch seconds never pass for a time', () => {
    for (const text of [
      '2024-02-31',
      '2024',
      '20240331',
      '1711843200',
      'yesterday',
      '',
      '2024-03-31T25:00',
      '31.03.2024',
    ]) {
      assert.throws(() => parse.instant(text), { code: 'commander.invalidArgument' }, text);
    }
  });

  test('a time limit without its unit is refused, not guessed', () => {
    assert.equal(parse.duration('60s'), 60_000);
    assert.equal(parse.duration('500ms'), 500);
    assert.equal(parse.duration('1.5h'), 5_400_000);
    for (const text of ['60', '0s', '-1s', 's', '1d']) assert.throws(() => parse.duration(text), text);
  });

  test('symbols are a list without doubles; an empty list is no list', () => {
    assert.deepEqual(parse.symbols('BTCUSDT, ETHUSDT,BTCUSDT,'), ['BTCUSDT', 'ETHUSDT']);
    assert.throws(() => parse.symbols(' , '));
  });

  test('equity stays the decimal that was typed', () => {
    assert.equal(parse.amount('2500.50'), '2500.50');
    for (const text of ['0', '-1', '1e4', '10,000', '']) assert.throws(() => parse.amount(text), text);
  });

  test('speed 0 is as fast as it goes, and counts are whole', () => {
    assert.equal(parse.speed('0'), 0);
    assert.equal(parse.speed('0.5'), 0.5);
    assert.throws(() => parse.speed('fast'));
    assert.equal(parse.seed('4294967295'), 4_294_967_295);
    assert.throws(() => parse.seed('4294967296'));
    assert.throws(() => parse.count('0'));
    assert.equal(parse.ordinal('0'), 0);
    assert.throws(() => parse.ordinal('1.5'));
  });
});

test('a session is not stopped at once because its time is longer than a timer can be', () => {
  assert.equal(parse.duration('596h'), 596 * 3_600_000);
  assert.throws(() => parse.duration('597h'), /up to 596h/);
});
