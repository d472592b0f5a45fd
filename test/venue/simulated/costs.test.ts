import assert from 'node:assert/strict';
import { it } from 'node:test';
import { toMarket } from '../../../src/market/instrument.ts';
import { feeOf, takerTicks } from '../../../src/venue/simulated/costs.ts';
import { FREE, LINEAR, SPOT } from './matching-kit.ts';

it('rounds a fee up to eight decimals, so that the ledger never keeps a fraction the venue took', () => {
  const market = toMarket({ ...LINEAR, takerFee: 0.000123456, makerFee: 0.0001 }, 0);
  // 0.07 x 100.1 x 0.000123456 = 0.000865056192
  assert.deepEqual(feeOf(market, true, 1001, 7, 'taker'), { fee: '0.00086506', feeIn: 'quote' });
  assert.deepEqual(feeOf(market, false, 1001, 7, 'maker'), { fee: '0.0007007', feeIn: 'quote' });
});

it('rounds a maker rebate down, so that rounding never pays the trader', () => {
  const market = toMarket({ ...LINEAR, makerFee: -0.000123456 }, 0);
  assert.equal(feeOf(market, true, 1001, 7, 'maker').fee, '-0.00086505');
});

it('takes a spot buy fee in base to the decimals of the lot where those are finer than eight', () => {
  const market = toMarket({ ...SPOT, lot: '0.0000000001' }, 0);
  assert.deepEqual(feeOf(market, true, 1001, 3, 'taker'), { fee: '0.0000000001', feeIn: 'base' });
  assert.equal(feeOf(toMarket(SPOT, 0), true, 1001, 3, 'taker').fee, '0.000015');
});

it('charges a taker a whole tick more rather than a part of one, and never sells below one tick', () => {
  const costs = { ...FREE, slippage: 0.0001 };
  assert.equal(takerTicks(costs, true, 1000, 1), 1001);
  assert.equal(takerTicks(costs, false, 1000, 1), 999);
  assert.equal(takerTicks(costs, false, 1, 1), 1);
  assert.equal(takerTicks(FREE, true, 1000, 1), 1000);
});
