import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binance } from '../../../src/venue/ccxt/dialects/binance.ts';
import { fundsOf } from '../../../src/venue/ccxt/funds.ts';

test('what other coins or open winners stand in for is not traded with: the account has none of it', () => {
  const assets = [
    { asset: 'USDC', walletBalance: '103.00000000', availableBalance: '126.70000000' },
    { asset: 'USDT', walletBalance: '23.70000000', availableBalance: '126.70000000' },
  ];
  const balances = { info: { assets }, free: { USDT: 126.7 }, total: { USDT: 23.7 } };
  assert.deepEqual(fundsOf(balances, binance, 'USDT'), { total: '23.70000000', available: '23.70000000' });
  assert.deepEqual(fundsOf({ free: { USDT: '5' }, total: { USDT: '4' } }, {}, 'USDT'), {
    total: '4',
    available: '4',
  });
  assert.deepEqual(fundsOf({ free: { USDT: '3' }, total: { USDT: '4' } }, {}, 'USDT'), {
    total: '4',
    available: '3',
  });
  assert.deepEqual(fundsOf({}, {}, 'USDT'), { total: '0', available: '0' });
});
