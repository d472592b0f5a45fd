import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMarket } from '../../../src/market/instrument.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../../src/venue/simulated/matching.ts';
import { brief, FREE, LINEAR, type Ohlcv, OTHER, venue } from './matching-kit.ts';

/** Path 100, 99, 103, 102: the low is nearer. */
const RISING: Ohlcv = [100, 103, 99, 102, 1000];
/** Path 100, 101, 97, 98: the high is nearer. */
const FALLING: Ohlcv = [100, 101, 97, 98, 1000];
const FLAT: Ohlcv = [100, 100, 100, 100, 1000];

function long(v: ReturnType<typeof venue>, quantity = '1'): void {
  v.submit({ id: 1000, quantity });
  v.bar(FLAT);
}

describe('simulated matching: what an order meets', () => {
  it('fills a market order at the next open, not at the close it was decided on', () => {
    const v = venue();
    v.bar(RISING);
    assert.deepEqual(brief(v.submit({ id: 1 })), ['1 accepted']);
    assert.deepEqual(brief(v.bar([105, 106, 104, 105, 1000])), ['1 fill 1.00 @ 105.0 taker']);
  });

  it('fills a market order sent inside a bar at the next path point', () => {
    for (const [after, price] of [
      [0, '99.0'],
      [1, '103.0'],
      [2, '102.0'],
    ] as const) {
      const v = venue();
      const reports = v.bar(RISING, (point) => point === after && v.submit({ id: 1 }));
      assert.deepEqual(brief(reports), [`1 fill 1.00 @ ${price} taker`]);
    }
  });

  it('walks the nearer extreme first, on a tie the low of a rising bar and the high of a falling one', () => {
    const cases: [Ohlcv, string][] = [
      [RISING, '99.0'],
      [FALLING, '101.0'],
      [[100, 101, 99, 100.5, 1000], '99.0'],
      [[100, 101, 99, 100, 1000], '99.0'],
      [[100, 101, 99, 99.5, 1000], '101.0'],
    ];
    for (const [bar, first] of cases) {
      const v = venue();
      const reports = v.bar(bar, (point) => point === 0 && v.submit({ id: 1 }));
      assert.deepEqual(brief(reports), [`1 fill 1.00 @ ${first} taker`]);
    }
  });

  it('never fills an order from prices that came before it existed', () => {
    const v = venue();
    // 99 was seen on the way to 103; a buy limit and a sell stop placed at 103 must not have it.
    const reports = v.bar(RISING, (point) => {
      if (point !== 2) return;
      v.submit({ id: 1, type: 'limit', price: '100' });
      v.submit({ id: 2, type: 'stop', stopPrice: '100', side: 'sell' });
    });
    assert.deepEqual(reports, []);
    assert.equal(v.matching.busy, true);
  });

  it('costs nothing and says so when no order rests', () => {
    const v = venue();
    assert.equal(v.matching.busy, false);
    v.submit({ id: 1 });
    assert.equal(v.matching.busy, true);
    v.bar(FLAT);
    assert.equal(v.matching.busy, false);
    assert.deepEqual(v.bar(RISING), []);
  });

  it('keeps orders waiting over a missing bar and over one without volume', () => {
    const v = venue();
    v.submit({ id: 1 });
    v.submit({ id: 2, type: 'stop', stopPrice: '101' });
    v.submit({ id: 3, type: 'limit', price: '99.5' });
    assert.deepEqual(v.bar(new Map()), []);
    assert.deepEqual(v.bar([100, 103, 99, 102, 0]), []);
    assert.deepEqual(brief(v.bar(FLAT)), ['1 fill 1.00 @ 100.0 taker']);
  });

  it('does not miss a touch after quiet bars that reached no order', () => {
    const v = venue();
    v.submit({ id: 1, type: 'stop', stopPrice: '103' });
    v.submit({ id: 2, type: 'stop', stopPrice: '99', side: 'sell' });
    v.bar(FLAT);
    v.bar(FLAT);
    assert.deepEqual(brief(v.bar(RISING)), ['2 fill 1.00 @ 99.0 taker', '1 fill 1.00 @ 103.0 taker']);
  });

  it('does not miss an order placed or moved within reach in a bar that had reached none, or after one', () => {
    const v = venue();
    v.submit({ id: 1, type: 'stop', stopPrice: '110' });
    v.submit({ id: 2, type: 'stop', stopPrice: '111' });
    v.bar(FLAT);
    v.bar(FLAT);
    const reports = v.bar(RISING, (point) => {
      if (point === 0) v.amend(1, '1', '103');
      if (point === 1) v.submit({ id: 3, type: 'limit', price: '102.5', side: 'sell' });
    });
    assert.deepEqual(brief(reports), ['3 fill 1.00 @ 102.5 maker', '1 fill 1.00 @ 103.0 taker']);
    v.bar(FLAT);
    v.amend(2, '1', '103');
    assert.deepEqual(brief(v.bar(RISING)), ['2 fill 1.00 @ 103.0 taker']);
  });

  it('refuses to walk a point twice or before a bar has begun', () => {
    const v = venue();
    assert.throws(() => v.matching.walk(0), /before begin/);
    v.begin(FLAT);
    v.matching.walk(1);
    assert.throws(() => v.matching.walk(1), /point 1 walked after point 1/);
  });
});

describe('simulated matching: stops', () => {
  it('fires a stop at its own price when the price passes it', () => {
    const v = venue();
    v.submit({ id: 1, type: 'stop', stopPrice: '101.5' });
    assert.deepEqual(brief(v.bar(RISING)), ['1 fill 1.00 @ 101.5 taker']);
  });

  it('fires a stop that is only touched', () => {
    const v = venue();
    v.submit({ id: 1, type: 'stop', stopPrice: '103' });
    assert.deepEqual(brief(v.bar(RISING)), ['1 fill 1.00 @ 103.0 taker']);
  });

  it('fills a stop that the open gaps past at the open, not at its price', () => {
    const v = venue();
    long(v);
    v.submit({ id: 2, type: 'stop', stopPrice: '98', side: 'sell', reduceOnly: true });
    assert.deepEqual(brief(v.bar([95, 99, 94, 98, 1000])), ['2 fill 1.00 @ 95.0 taker']);
  });

  it('fires a stop that is placed behind the price at once, at the present price', () => {
    const v = venue();
    long(v);
    const reports = v.bar(FALLING, (point) => {
      if (point === 2) v.submit({ id: 2, type: 'stop', stopPrice: '99', side: 'sell', reduceOnly: true });
    });
    assert.deepEqual(brief(reports), ['2 fill 1.00 @ 97.0 taker']);
  });

  it('turns a stop_limit into a taker that never pays more than its limit', () => {
    const v = venue({ costs: { slippage: 0.01 } });
    v.submit({ id: 1, type: 'stop_limit', stopPrice: '101', price: '101.4' });
    assert.deepEqual(brief(v.bar(RISING)), ['1 fill 1.00 @ 101.4 taker']);
  });

  it('rests a stop_limit whose limit the gap has jumped over, and fills it only when traded through', () => {
    const v = venue();
    v.submit({ id: 1, type: 'stop_limit', stopPrice: '101', price: '101.4' });
    assert.deepEqual(v.bar([102, 104, 101.4, 103, 1000]), []);
    assert.deepEqual(brief(v.bar([103, 104, 101.3, 103, 1000])), ['1 fill 1.00 @ 101.4 maker']);
  });

  it('fills a stop_limit on the same way when it fires at a gap and the price comes back through it', () => {
    const v = venue();
    v.submit({ id: 1, type: 'stop_limit', stopPrice: '101', price: '101.4' });
    // 102, 101, ...: fired at the open, traded through on the first leg.
    assert.deepEqual(brief(v.bar([102, 104, 101, 103, 1000])), ['1 fill 1.00 @ 101.4 maker']);
  });
});

describe('simulated matching: limits', () => {
  it('fills the limit of a stop_limit placed behind the price when the same way comes back through it', () => {
    const v = venue();
    // At 103 the stop at 101 has passed; on the way to 102 the price trades through 102.5.
    const reports = v.bar(RISING, (point) => {
      if (point === 2) v.submit({ id: 1, type: 'stop_limit', stopPrice: '101', price: '102.5' });
    });
    assert.deepEqual(brief(reports), ['1 fill 1.00 @ 102.5 maker']);
  });

  it('does not fill a resting limit that is only touched', () => {
    const v = venue();
    v.submit({ id: 1, type: 'limit', price: '99' });
    v.submit({ id: 2, type: 'limit', price: '103', side: 'sell' });
    assert.deepEqual(v.bar(RISING), []);
  });

  it('fills a resting limit at its own price as maker when traded through by a tick', () => {
    const v = venue();
    v.submit({ id: 1, type: 'limit', price: '99.1' });
    v.submit({ id: 2, type: 'limit', price: '102.9', side: 'sell' });
    assert.deepEqual(brief(v.bar(RISING)), ['1 fill 1.00 @ 99.1 maker', '2 fill 1.00 @ 102.9 maker']);
  });

  it('gives a resting limit that the open jumps over its own price, not the better one', () => {
    const v = venue();
    v.submit({ id: 1, type: 'limit', price: '98' });
    v.bar(FLAT);
    assert.deepEqual(brief(v.bar([95, 96, 94, 95, 1000])), ['1 fill 1.00 @ 98.0 maker']);
  });

  it('takes the price met first when a limit is marketable on arrival', () => {
    const v = venue({ costs: { halfSpread: 0.001 } });
    v.submit({ id: 1, type: 'limit', price: '100.5' });
    v.submit({ id: 2, type: 'limit', price: '99.5', side: 'sell' });
    assert.deepEqual(brief(v.bar(FLAT)), ['1 fill 1.00 @ 100.1 taker', '2 fill 1.00 @ 99.9 taker']);
  });

  it('never fills a marketable limit worse than its price, whatever the costs', () => {
    const v = venue({ costs: { halfSpread: 0.01 } });
    v.submit({ id: 1, type: 'limit', price: '100.5' });
    v.submit({ id: 2, type: 'limit', price: '99.5', side: 'sell' });
    assert.deepEqual(brief(v.bar(FLAT)), ['1 fill 1.00 @ 100.5 taker', '2 fill 1.00 @ 99.5 taker']);
  });

  it('meets the price of the last point first when a limit is placed inside a bar', () => {
    const v = venue();
    const reports = v.bar(RISING, (point) => {
      if (point === 1) v.submit({ id: 1, type: 'limit', price: '99.5' });
    });
    assert.deepEqual(brief(reports), ['1 fill 1.00 @ 99.0 taker']);
  });
});

describe('simulated matching: costs', () => {
  it('charges spread, slippage and impact by the root of the share taken, rounded against the taker', () => {
    const v = venue({ costs: { halfSpread: 0.0001, slippage: 0.0002, impact: 0.01, volumeShare: 0.1 } });
    v.submit({ id: 1, quantity: '25' });
    // 25 of an allowance of 100: 1 + 0.0003 + 0.01 x 0.5 = 1.0053; 100.53 up to 100.6.
    assert.deepEqual(brief(v.bar(FLAT)), ['1 fill 25.00 @ 100.6 taker']);
    v.submit({ id: 2, quantity: '25', side: 'sell' });
    // 99.47 down to 99.4.
    assert.deepEqual(brief(v.bar(FLAT)), ['2 fill 25.00 @ 99.4 taker']);
  });

  it('makes the second order of a bar pay for what the first has taken', () => {
    const v = venue({ costs: { impact: 0.01 } });
    v.submit({ id: 1, quantity: '250' });
    v.submit({ id: 2, quantity: '750' });
    assert.deepEqual(brief(v.bar(FLAT)), ['1 fill 250.00 @ 100.5 taker', '2 fill 750.00 @ 101.0 taker']);
  });

  it('takes the taker fee in quote on the notional, exactly', () => {
    const v = venue();
    v.submit({ id: 1, quantity: '0.07' });
    const [taker] = v.bar([100.1, 100.1, 100.1, 100.1, 1000]);
    assert.ok(taker?.status === 'fill');
    // 0.07 x 100.1 x 0.0005
    assert.deepEqual([taker.fee, taker.feeIn, taker.fillId], ['0.0035035', 'quote', '1-1']);
  });

  it('takes the fee of a spot buy in the base coin, so that less is held than was bought', () => {
    const v = venue();
    v.submit({ id: 1, symbol: 'CCC', quantity: '0.33' });
    const [bought] = v.bar(new Map([[2, FLAT]]));
    assert.ok(bought?.status === 'fill');
    assert.deepEqual([bought.fee, bought.feeIn], ['0.000165', 'base']);
    assert.deepEqual([...v.matching.positions()], [['CCC', '0.329835']]);
    v.submit({ id: 2, symbol: 'CCC', quantity: '0.32', side: 'sell' });
    const [sold] = v.bar(new Map([[2, FLAT]]));
    assert.ok(sold?.status === 'fill');
    assert.deepEqual([sold.fee, sold.feeIn], ['0.016', 'quote']);
    assert.deepEqual([...v.matching.positions()], [['CCC', '0.009835']]);
  });

  it('has defaults that cost something, and refuses costs that make no sense', () => {
    assert.deepEqual(DEFAULT_COSTS, {
      halfSpread: 0.0001,
      slippage: 0.0002,
      impact: 0.001,
      volumeShare: 0.1,
    });
    const markets = [toMarket(LINEAR, 0)];
    assert.throws(() => simulatedMatching({ markets, costs: { ...FREE, volumeShare: 0 } }), /volumeShare/);
    assert.throws(() => simulatedMatching({ markets, costs: { ...FREE, slippage: Number.NaN } }), /slippage/);
    assert.throws(() => simulatedMatching({ markets: [toMarket(OTHER, 1)], costs: FREE }), /BBB has index 1/);
  });
});

describe('simulated matching: volume', () => {
  it('fills a market order in parts, bar by bar, at most its share of the volume', () => {
    const v = venue({ costs: { volumeShare: 0.1 } });
    v.submit({ id: 1, quantity: '2.5' });
    assert.deepEqual(brief(v.bar([100, 103, 99, 102, 10.19])), ['1 fill 1.01 @ 100.0 taker']);
    assert.deepEqual(brief(v.bar([102, 103, 101, 102, 10])), ['1 fill 1.00 @ 102.0 taker']);
    const last = v.bar([104, 105, 103, 104, 10]);
    assert.deepEqual(brief(last), ['1 fill 0.49 @ 104.0 taker']);
    assert.ok(last[0]?.status === 'fill' && last[0].fillId === '1-3');
  });

  it('goes on with the rest of a fired stop at the next open, wherever that is', () => {
    const v = venue();
    v.submit({ id: 1, type: 'stop', stopPrice: '101', quantity: '3' });
    assert.deepEqual(brief(v.bar([100, 103, 99, 102, 2])), ['1 fill 2.00 @ 101.0 taker']);
    assert.deepEqual(brief(v.bar([98, 99, 97, 98, 2])), ['1 fill 1.00 @ 98.0 taker']);
  });

  it('rests what is left of a limit when the price moves away', () => {
    const v = venue();
    v.submit({ id: 1, type: 'limit', price: '99.5', quantity: '3' });
    assert.deepEqual(brief(v.bar([100, 103, 99, 102, 2])), ['1 fill 2.00 @ 99.5 maker']);
    assert.deepEqual(v.bar([102, 103, 101, 102, 1000]), []);
    assert.deepEqual(brief(v.bar(RISING)), ['1 fill 1.00 @ 99.5 maker']);
  });

  it('shares the volume of a bar among all orders of the symbol, in the order that the price reaches them', () => {
    const v = venue();
    v.submit({ id: 1, type: 'stop', stopPrice: '102', quantity: '2' });
    v.submit({ id: 2, type: 'stop', stopPrice: '101', quantity: '2' });
    v.submit({ id: 3, type: 'limit', price: '99.5', quantity: '2' });
    assert.deepEqual(brief(v.bar([100, 103, 99, 102, 5])), [
      '3 fill 2.00 @ 99.5 maker',
      '2 fill 2.00 @ 101.0 taker',
      '1 fill 1.00 @ 102.0 taker',
    ]);
  });

  it('serves stops and market orders before limits at one price, then the older order', () => {
    const v = venue();
    v.submit({ id: 4, type: 'limit', price: '101.9', side: 'sell' });
    v.submit({ id: 5, type: 'stop', stopPrice: '102' });
    v.submit({ id: 6, type: 'stop', stopPrice: '102' });
    // The limit is through at 102, where the stops fire.
    assert.deepEqual(brief(v.bar(RISING)), [
      '5 fill 1.00 @ 102.0 taker',
      '6 fill 1.00 @ 102.0 taker',
      '4 fill 1.00 @ 101.9 maker',
    ]);
  });

  it('reports sorted by symbol, whatever the order of submission', () => {
    const v = venue();
    v.submit({ id: 1, symbol: 'BBB' });
    v.submit({ id: 2, symbol: 'AAA' });
    assert.deepEqual(
      brief(
        v.bar(
          new Map([
            [0, FLAT],
            [1, RISING],
          ]),
        ),
      ),
      ['2 fill 1.00 @ 100.0 taker', '1 fill 1.00 @ 100.0 taker'],
    );
  });
});

describe('simulated matching: reduce-only and positions', () => {
  it('cuts a reduce-only order to the position and cancels its rest', () => {
    const v = venue();
    long(v);
    v.submit({ id: 2, side: 'sell', quantity: '3', reduceOnly: true });
    assert.deepEqual(brief(v.bar(FLAT)), ['2 fill 1.00 @ 100.0 taker', '2 cancelled reduce_only']);
    assert.equal(v.matching.positions().size, 0);
  });

  it('cancels the target when the stop has closed the position, and never opens the other way', () => {
    const v = venue();
    long(v);
    v.submit({ id: 2, side: 'sell', type: 'stop', stopPrice: '99.5', reduceOnly: true, purpose: 'stop' });
    v.submit({ id: 3, side: 'sell', type: 'limit', price: '102', reduceOnly: true, purpose: 'tp1' });
    assert.deepEqual(brief(v.bar(RISING)), ['2 fill 1.00 @ 99.5 taker', '3 cancelled reduce_only']);
    assert.equal(v.matching.busy, false);
  });

  it('cancels resting reduce-only orders when another order flips the position', () => {
    const v = venue();
    long(v);
    v.submit({ id: 2, side: 'sell', type: 'stop', stopPrice: '90', reduceOnly: true });
    v.submit({ id: 3, side: 'sell', quantity: '2' });
    assert.deepEqual(brief(v.bar(FLAT)), ['3 fill 2.00 @ 100.0 taker', '2 cancelled reduce_only']);
    assert.deepEqual([...v.matching.positions()], [['AAA', '-1']]);
  });

  it('does not let a reduce-only order add to a position that was flipped at the same price', () => {
    const v = venue();
    long(v);
    v.submit({ id: 2, side: 'sell', quantity: '3' });
    v.submit({ id: 3, side: 'sell', quantity: '1', reduceOnly: true });
    assert.deepEqual(brief(v.bar(FLAT)), ['2 fill 3.00 @ 100.0 taker', '3 cancelled reduce_only']);
    assert.deepEqual([...v.matching.positions()], [['AAA', '-2']]);
  });

  it('keeps the stop of a position that a target has only made smaller, good for what is left', () => {
    const v = venue();
    long(v, '2');
    v.submit({ id: 2, side: 'sell', type: 'stop', stopPrice: '98', quantity: '2', reduceOnly: true });
    v.submit({ id: 3, side: 'sell', type: 'limit', price: '102', reduceOnly: true });
    assert.deepEqual(brief(v.bar(RISING)), ['3 fill 1.00 @ 102.0 maker']);
    assert.deepEqual(brief(v.bar([97, 98, 96, 97, 1000])), [
      '2 fill 1.00 @ 97.0 taker',
      '2 cancelled reduce_only',
    ]);
  });

  it('holds shorts as negative positions and protects them with buy stops', () => {
    const v = venue();
    v.submit({ id: 1, side: 'sell', quantity: '1.5' });
    v.bar(FLAT);
    assert.deepEqual([...v.matching.positions()], [['AAA', '-1.5']]);
    v.submit({ id: 2, type: 'stop', stopPrice: '102', quantity: '1.5', reduceOnly: true });
    assert.deepEqual(brief(v.bar(RISING)), ['2 fill 1.50 @ 102.0 taker']);
  });

  it('cancels spot sales when nothing is left to sell', () => {
    const v = venue();
    v.submit({ id: 1, symbol: 'CCC' });
    v.bar(new Map([[2, FLAT]]));
    v.submit({ id: 2, symbol: 'CCC', side: 'sell', quantity: '0.99', type: 'stop', stopPrice: '99.5' });
    v.submit({ id: 3, symbol: 'CCC', side: 'sell', quantity: '0.99', type: 'limit', price: '102' });
    assert.deepEqual(brief(v.bar(new Map([[2, RISING]]))), [
      '2 fill 0.99 @ 99.5 taker',
      '3 cancelled insufficient_holdings',
    ]);
  });
});

describe('simulated matching: refusals, cancels and amendments', () => {
  const refusals: [string, Parameters<ReturnType<typeof venue>['submit']>[0], RegExp][] = [
    [
      'a quantity off the lot',
      { id: 1, quantity: '1.005' },
      /quantity 1.005 is not a multiple of the lot 0.01/,
    ],
    ['a zero quantity', { id: 1, quantity: '0.00' }, /quantity is zero/],
    [
      'a price off the tick',
      { id: 1, type: 'limit', price: '100.05' },
      /price 100.05 is not on the tick 0.1/,
    ],
    [
      'a stop price off the tick',
      { id: 1, type: 'stop', stopPrice: '1e2' },
      /stop price 1e2 is not on the tick/,
    ],
    ['a limit without a price', { id: 1, type: 'limit' }, /a price is missing/],
    [
      'a stop_limit without a stop price',
      { id: 1, type: 'stop_limit', price: '100' },
      /a stop price is missing/,
    ],
    [
      'a notional under the minimum',
      { id: 1, type: 'limit', price: '100', quantity: '0.04' },
      /notional 4 is under the minimum 5/,
    ],
    [
      'a reduce-only order when flat',
      { id: 1, side: 'sell', reduceOnly: true },
      /reduce-only with no position/,
    ],
    ['an unknown symbol', { id: 1, symbol: 'ZZZ' }, /unknown symbol ZZZ/],
    [
      'a spot sale of what is not held',
      { id: 1, symbol: 'CCC', side: 'sell' },
      /insufficient holdings: 1.00 to sell, 0.00 held/,
    ],
  ];
  for (const [what, order, reason] of refusals) {
    it(`rejects ${what}, so that a backtest cannot trade what a venue would refuse`, () => {
      const [report, ...more] = venue().submit(order);
      assert.ok(report?.status === 'rejected');
      assert.match(report.reason, reason);
      assert.deepEqual(more, []);
    });
  }

  it('rejects a market order under the minimum at the present price, but lets a reduce-only one close', () => {
    const v = venue();
    v.bar(FLAT);
    assert.match(brief(v.submit({ id: 1, quantity: '0.04' })).join(), /notional 4 is under/);
    long(v, '0.05');
    v.submit({ id: 2, side: 'sell', quantity: '0.04', reduceOnly: true });
    assert.deepEqual(brief(v.bar(FLAT)), ['2 fill 0.04 @ 100.0 taker']);
    assert.deepEqual(brief(v.submit({ id: 3, side: 'buy', reduceOnly: true })), [
      '3 rejected reduce-only with no position to reduce',
    ]);
  });

  it('refuses an order id a second time, so that nothing is ever done twice', () => {
    const v = venue();
    v.submit({ id: 1 });
    assert.deepEqual(brief(v.submit({ id: 1 })), ['1 rejected duplicate order id']);
    assert.deepEqual(brief(v.bar(FLAT)), ['1 fill 1.00 @ 100.0 taker']);
    assert.deepEqual(brief(v.submit({ id: 1 })), ['1 rejected duplicate order id']);
  });

  it('cancels a live order once and says why it cannot a second time', () => {
    const v = venue();
    v.submit({ id: 1, type: 'limit', price: '90' });
    assert.deepEqual(brief(v.cancel(1)), ['1 cancelled requested']);
    assert.deepEqual(brief(v.cancel(1)), ['1 cancel_rejected already final']);
    assert.deepEqual(brief(v.cancel(2)), ['2 cancel_rejected unknown order']);
    assert.equal(v.matching.busy, false);
    assert.deepEqual(v.bar([80, 81, 79, 80, 1000]), []);
  });

  it('moves a stop, which then fires at its new price only', () => {
    const v = venue();
    long(v);
    v.submit({ id: 2, side: 'sell', type: 'stop', stopPrice: '90', reduceOnly: true });
    assert.deepEqual(brief(v.amend(2, '0.5', '99.2')), ['2 amended 0.50 99.2']);
    assert.deepEqual(brief(v.bar(RISING)), ['2 fill 0.50 @ 99.2 taker']);
    assert.deepEqual([...v.matching.positions()], [['AAA', '0.5']]);
  });

  it('fires a stop that is moved behind the price at once', () => {
    const v = venue();
    long(v);
    v.submit({ id: 2, side: 'sell', type: 'stop', stopPrice: '90', reduceOnly: true });
    const reports = v.bar(RISING, (point) => {
      if (point === 1) v.amend(2, '1', '99.5');
    });
    assert.deepEqual(brief(reports), ['2 fill 1.00 @ 99.0 taker']);
  });

  it('refuses amendments that cannot be', () => {
    const v = venue();
    v.submit({ id: 1, type: 'limit', price: '99.5', quantity: '3' });
    v.bar([100, 103, 99, 102, 2]);
    assert.deepEqual(brief(v.amend(1, '2')), [
      '1 amend_rejected quantity 2 is not above what is filled, 2.00',
    ]);
    assert.deepEqual(brief(v.amend(1, '2.501')), [
      '1 amend_rejected quantity 2.501 is not a multiple of the lot 0.01',
    ]);
    assert.deepEqual(brief(v.amend(1, '3', '99')), ['1 amend_rejected not a stop order']);
    assert.deepEqual(brief(v.amend(9, '3')), ['9 amend_rejected unknown order']);
    assert.deepEqual(brief(v.amend(1, '2.50')), ['1 amended 2.50 null']);
    assert.deepEqual(brief(v.bar(RISING)), ['1 fill 0.50 @ 99.5 maker']);
    assert.deepEqual(brief(v.amend(1, '3')), ['1 amend_rejected already final']);
  });

  it('refuses to move a stop that has fired and waits for volume', () => {
    const v = venue();
    v.submit({ id: 1, type: 'stop', stopPrice: '101', quantity: '3' });
    v.bar([100, 103, 99, 102, 2]);
    assert.deepEqual(brief(v.amend(1, '3', '105')), ['1 amend_rejected the stop has already been triggered']);
  });
});

it('a target placed inside the bar that opened the position does not gain the extreme: that would flatter a backtest', () => {
  const v = venue();
  v.submit({ id: 1, type: 'stop_limit', stopPrice: '105.0', price: '106.0', quantity: '1.00' });
  const reports = v.bar([100, 110, 99.5, 108, 1000], (point) => {
    // The nearer extreme, the low, comes first; the entry fills on the way to the high, which is point 2.
    if (point === 2)
      v.submit({ id: 2, side: 'sell', type: 'limit', price: '107.0', quantity: '1.00', reduceOnly: true });
  });
  const target = reports.find((r) => r.status === 'fill' && r.orderId === 2);
  assert.equal(target?.status === 'fill' ? target.price : null, '107.0');
});
