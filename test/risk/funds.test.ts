import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Funds, type FundsExpected, type FundsTold } from '../../src/risk/funds.ts';

function lack(told: FundsTold, expected: Partial<FundsExpected>): readonly [short: number, tied: number] {
  const funds = new Funds();
  funds.told(told, { equity: 10_000, bought: 0, ordered: 0, onMargin: 0, leverage: 3, ...expected });
  return [funds.short, funds.tied];
}

test('what own positions tie up is no lack, whatever of it the account shows as free', () => {
  assert.deepEqual(lack({ total: 10_000, available: 10_000 }, {}), [0, 0]);
  // At the exchange's leverage of 10, and of 3.
  assert.deepEqual(lack({ total: 10_000, available: 7_000 }, { onMargin: 30_000 }), [0, 0]);
  assert.deepEqual(lack({ total: 10_000, available: 0 }, { onMargin: 30_000 }), [0, 0]);
  // On spot what was bought has left the coin.
  assert.deepEqual(lack({ total: 200, available: 200 }, { bought: 9_800 }), [0, 0]);
  // And what is ordered is still there.
  assert.deepEqual(lack({ total: 10_000, available: 200 }, { ordered: 9_800 }), [0, 0]);
});

test('money that was taken away, or is tied up by somebody else, is one', () => {
  assert.deepEqual(lack({ total: 4_000, available: 4_000 }, {}), [6_000, 0]);
  assert.deepEqual(lack({ total: 4_000, available: 3_000 }, { onMargin: 3_000 }), [6_000, 0]);
  assert.deepEqual(lack({ total: 10_000, available: 6_000 }, { onMargin: 3_000 }), [0, 3_000]);
  assert.deepEqual(lack({ total: 4_000, available: 1_000 }, { bought: 3_000 }), [3_000, 3_000]);
});

test('more than the books expect, and what rounding leaves, is none', () => {
  assert.deepEqual(lack({ total: 50_000, available: 50_000 }, {}), [0, 0]);
  assert.deepEqual(lack({ total: 9_999.5, available: 9_999.2 }, {}), [0, 0]);
});

test('once the account has what was missing again nothing is', () => {
  const funds = new Funds();
  const expected = { equity: 10_000, bought: 0, ordered: 0, onMargin: 0, leverage: 3 };
  funds.told({ total: 1_000, available: 500 }, expected);
  assert.deepEqual([funds.short, funds.tied, funds.available], [9_000, 500, 500]);
  funds.told({ total: 10_000, available: 10_000 }, expected);
  assert.deepEqual([funds.short, funds.tied], [0, 0]);
});
