import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../src/engine/engine.ts';
import type { OrderRequest } from '../../../src/engine/output.ts';
import { toMarket } from '../../../src/market/instrument.ts';
import { reconcileKept } from '../../../src/session/keeping/reconcile-kept.ts';
import { Lockstep } from '../../../src/session/lockstep.ts';
import { generatedMarket } from '../../../src/venue/simulated/generator/generated-market.ts';
import { KeptVenue } from '../../../src/venue/simulated/kept/kept-venue.ts';
import { MemoryRecord } from '../../../src/venue/simulated/kept/record.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../../src/venue/simulated/matching.ts';

const BUY: OrderRequest = {
  id: 7,
  tradeId: 7,
  symbol: 'BTCUSDT',
  side: 'buy',
  type: 'limit',
  purpose: 'entry',
  quantity: '0.1',
  price: '100',
  stopPrice: null,
  reduceOnly: false,
};

test('an order that rests at the venue and that the engine has forgotten is found, and not filled one day by surprise', () => {
  const source = generatedMarket({ seed: 1, symbols: ['BTCUSDT'] });
  const matching = simulatedMatching({ markets: source.instruments.map(toMarket), costs: DEFAULT_COSTS });
  const venue = new KeptVenue({ source, matching, record: new MemoryRecord() });
  const engine = new Engine();
  const lockstep = new Lockstep({ engine, source: venue, matching: venue });
  lockstep.open();
  const bars = venue.next();
  assert.ok(bars);
  venue.begin(bars);
  venue.walk(0);
  assert.deepEqual(venue.submit(BUY, bars.closeTime), [{ status: 'accepted', orderId: 7 }]);

  const { findings } = reconcileKept(engine, lockstep, venue, []);
  assert.deepEqual(
    findings.map(({ code, symbol }) => ({ code, symbol })),
    [{ code: 'FOREIGN_ORDERS', symbol: 'BTCUSDT' }],
  );
  assert.equal(engine.foreign()[0]?.orders, 1);

  venue.cancel(7, bars.closeTime);
  assert.deepEqual(reconcileKept(engine, lockstep, venue, []).findings, []);
});
