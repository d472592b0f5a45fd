import type { OrderRequest } from '../../../src/engine/output.ts';

export const BTC = 'BTC/USDT:USDT';

/** A small market entry, with what a test wants otherwise. */
export function order(over: Partial<OrderRequest>): OrderRequest {
  return {
    id: 1,
    tradeId: 1,
    symbol: BTC,
    side: 'buy',
    type: 'market',
    purpose: 'entry',
    quantity: '0.01',
    price: null,
    stopPrice: null,
    reduceOnly: false,
    ...over,
  };
}
