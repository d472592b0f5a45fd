import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Preset } from '../../src/config/preset.ts';
import type { BookQuote } from '../../src/market/book.ts';
import type { Instrument } from '../../src/market/instrument.ts';
import { type Account, type Exposure, type SizeRequest, sizeEntry } from '../../src/risk/sizing.ts';
import type { Condition } from '../../src/strategy/conditions.ts';
import { failures, judged, marketOf, type Part, presetOf, whyOf } from '../strategy/kit.ts';

const QUOTE: BookQuote = {
  bid: 99.99,
  ask: 100.01,
  bidDepth03: 1e9,
  askDepth03: 1e9,
  bidDepth05: 1e9,
  askDepth05: 1e9,
  at: 0,
};

interface Case {
  readonly preset?: Part<Preset>;
  readonly request?: Partial<SizeRequest>;
  readonly market?: Partial<Instrument>;
  readonly equity?: number;
  readonly tied?: number;
  readonly exposures?: readonly Exposure[];
  readonly hasBook?: boolean;
}

/** Equity 10000 at 1 % risk, a long at 100 with its stop at 98: 50 units but for the caps. */
function size(c: Case = {}) {
  const preset = presetOf(c.preset);
  const why = whyOf();
  const request: SizeRequest = {
    market: marketOf(c.market),
    side: 'long',
    limit: 100,
    stop: 98,
    atr: 1,
    btcCorrelation: 0.5,
    medianVolume: 1e6,
    quote: QUOTE,
    ...c.request,
  };
  const account: Account = { equity: c.equity ?? 10_000, tied: c.tied ?? 0, exposures: c.exposures ?? [] };
  return { result: sizeEntry(request, account, preset, why, c.hasBook ?? true), why };
}

function quantity(c: Case = {}): number {
  const { result, why } = size(c);
  if ('refused' in result) throw new Error(`refused: ${result.refused} ${JSON.stringify(failures(why))}`);
  return result.size.quantity;
}

const SHORT: Partial<SizeRequest> = { side: 'short', limit: 100, stop: 102 };
const exposure = (part: Partial<Exposure> = {}): Exposure => ({
  symbol: 1,
  side: 'long',
  risk: 100,
  notional: 1000,
  cost: part.notional ?? 1000,
  btcCorrelation: 0.5,
  ...part,
});

test('the size loses one R at the stop, from the worst fill that the entry allows', () => {
  const { result } = size();
  assert.deepEqual(result, { size: { lots: 50_000, quantity: 50, risk: 100, notional: 5000 } });
  assert.equal(quantity({ request: { limit: 102, stop: 98, atr: 2 } }), 25);
  assert.equal(quantity({ request: SHORT }), 50);
  assert.equal(quantity({ request: { side: 'short', limit: 98, stop: 102, atr: 2 } }), 25);
});

/** Each cap leaves less than the 50 units of one R, and is the only one that does. */
const CAPS: readonly [string, Case, number][] = [
  ['the share of a position', { preset: { risk: { max_position_share: 0.3 } } }, 30],
  ['the leverage', { preset: { risk: { max_leverage: 0.4 } } }, 40],
  [
    'the leverage with what is open',
    { preset: { risk: { max_leverage: 0.4 } }, exposures: [exposure({ risk: 0, notional: 1500 })] },
    25,
  ],
  ['the total risk with what is open', { exposures: [exposure({ risk: 440 })] }, 30],
  [
    'the correlated risk with what is open on that side',
    {
      preset: { risk: { max_correlated_risk: 0.02, correlated_from: 0.5 } },
      exposures: [exposure({ risk: 160 }), exposure({ risk: 160, side: 'short' })],
    },
    20,
  ],
  [
    'the depth of the offers, for a long',
    { preset: { risk: { max_depth_share: 0.1 } }, request: { quote: { ...QUOTE, askDepth05: 24_000 } } },
    24,
  ],
  [
    'the depth of the bids, for a short',
    {
      preset: { risk: { max_depth_share: 0.1 } },
      request: { ...SHORT, quote: { ...QUOTE, bidDepth05: 24_000 } },
    },
    24,
  ],
  [
    'the share of the volume',
    { preset: { risk: { max_volume_share: 0.02 } }, request: { medianVolume: 1100 } },
    22,
  ],
  [
    'what is tied up elsewhere, by the leverage',
    {
      preset: { risk: { max_leverage: 0.4 } },
      tied: 2500,
      exposures: [exposure({ risk: 0, notional: 1000 })],
    },
    20,
  ],
  ['what is tied up elsewhere, on spot', { market: { type: 'spot', takerFee: 0.25 }, tied: 6000 }, 32],
  [
    'the cash, on spot, fee included: coins that have lost give none of it back',
    {
      market: { type: 'spot', takerFee: 0.25 },
      exposures: [exposure({ risk: 0, notional: 1000, cost: 6000 })],
    },
    32,
  ],
];

for (const [name, c, expected] of CAPS) {
  test(`${name} alone cuts the size`, () => {
    assert.ok(Math.abs(quantity(c) - expected) < 1e-9, `${quantity(c)}`);
  });
}

test('the other side of the book, the other side’s correlated risk and an uncorrelated symbol cap nothing', () => {
  const depth = { risk: { max_depth_share: 0.1 } };
  assert.equal(quantity({ preset: depth, request: { quote: { ...QUOTE, bidDepth05: 1 } } }), 50);
  assert.equal(quantity({ preset: depth, request: { ...SHORT, quote: { ...QUOTE, askDepth05: 1 } } }), 50);
  const preset = { risk: { max_correlated_risk: 0.01, correlated_from: 0.7 } };
  const held = exposure({ risk: 99, btcCorrelation: 0.9 });
  assert.equal(quantity({ preset, exposures: [held], request: { btcCorrelation: 0.69 } }), 50);
  assert.equal(
    quantity({ preset, exposures: [{ ...held, side: 'short' }], request: { btcCorrelation: 0.9 } }),
    50,
  );
  assert.equal(
    quantity({ preset, exposures: [{ ...held, btcCorrelation: -0.9 }], request: { btcCorrelation: 0.9 } }),
    50,
  );
});

test('an unknown correlation is reported as not evaluated', () => {
  const { result, why } = size({
    preset: { risk: { max_correlated_risk: 0.02 } },
    request: { btcCorrelation: Number.NaN },
  });
  assert.ok('size' in result);
  assert.equal(judged(why, 'max_correlated_risk')?.verdict, 'not_evaluated');
});

const REFUSALS: readonly [string, Condition, Case, number | null, number | null][] = [
  ['a short on spot', 'short_allowed', { market: { type: 'spot' }, request: SHORT }, 0, 1],
  [
    'one more on a full side',
    'max_same_side',
    { preset: { risk: { max_same_side: 1 } }, exposures: [exposure()] },
    2,
    1,
  ],
  ['a stop too far away', 'max_stop_atr', { request: { stop: 97.4 } }, 2.6, 2.5],
  ['a stop on the wrong side', 'max_stop_atr', { request: { stop: 100.5 } }, -0.5, 2.5],
  ['a stop at the price', 'max_stop_atr', { request: { stop: 100 } }, 0, 2.5],
  ['a full risk budget', 'max_total_risk', { exposures: [exposure({ risk: 500 })] }, 500, 500],
  [
    'a full correlated group',
    'max_correlated_risk',
    {
      preset: { risk: { max_correlated_risk: 0.02, correlated_from: 0.5 } },
      exposures: [exposure({ risk: 200 })],
    },
    200,
    200,
  ],
  [
    'no leverage left',
    'max_leverage',
    { preset: { risk: { max_leverage: 1 } }, exposures: [exposure({ risk: 0, notional: 12_000 })] },
    12_000,
    10_000,
  ],
  ['a book that is lacking', 'max_depth_share', { request: { quote: null } }, null, 5],
  ['an empty book', 'max_depth_share', { request: { quote: { ...QUOTE, askDepth05: 0 } } }, 0, 5],
  [
    'a size that the caps have cut to crumbs',
    'size_after_caps',
    { preset: { risk: { max_position_share: 0.09 } } },
    0.18,
    0.2,
  ],
  ['an order under the least value', 'min_notional', { market: { minNotional: '4901' } }, 4900, 4901],
  [
    'a short under the least value at its entry',
    'min_notional',
    { market: { minNotional: '5001' }, request: SHORT },
    5000,
    5001,
  ],
];

for (const [name, condition, c, value, threshold] of REFUSALS) {
  test(`${name} is refused by ${condition}, with the figure found and the figure allowed`, () => {
    const { result, why } = size(c);
    assert.deepEqual(result, { refused: condition });
    assert.deepEqual(failures(why), [condition]);
    const judgement = judged(why, condition);
    if (value === null) assert.equal(judgement?.value, null);
    else assert.ok(Math.abs((judgement?.value ?? Number.NaN) - value) < 1e-9, `${judgement?.value}`);
    assert.equal(judgement?.threshold, threshold);
  });
}

test('a venue without books sizes without them', () => {
  assert.equal(quantity({ hasBook: false, request: { quote: null } }), 50);
  const { why } = size({ hasBook: false, request: { quote: null } });
  assert.equal(judged(why, 'max_depth_share')?.verdict, 'not_evaluated', 'and says so');
});

test('the quantity is rounded down to the lot, never up', () => {
  assert.equal(quantity({ market: { lot: '7' } }), 49);
  assert.equal(quantity({ market: { lot: '0.3' } }), 49.8);
  assert.equal(quantity({ market: { lot: '50' } }), 50);
  const { result } = size({ market: { lot: '51' } });
  assert.deepEqual(result, { refused: 'size_after_caps' });
});

/** Evenly spread: fast-check's own doubles are nearly all tiny. */
const share = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_003 }).map((n) => min + ((max - min) * n) / 1_000_003);
const exposures = fc.array(
  fc.record({
    symbol: fc.integer({ min: 1, max: 9 }),
    side: fc.constantFrom('long' as const, 'short' as const),
    risk: share(0, 2000),
    notional: share(0, 20_000),
    cost: share(0, 20_000),
    btcCorrelation: share(-1, 1),
  }),
  { maxLength: 3 },
);

test('whatever the market, a size keeps to R, total and correlated risk, leverage, depth, volume and cash', () => {
  const scene = fc.record({
    long: fc.boolean(),
    spot: fc.boolean(),
    price: share(0.001, 1000),
    stopShare: share(0.0001, 0.3),
    equity: share(100, 1e6),
    lot: fc.constantFrom('0.001', '0.1', '1', '2.5', '10'),
    depth: share(0, 1e6),
    volume: share(0, 1e6),
    correlation: share(-1, 1),
    held: exposures,
    risk: fc.record({
      risk_per_trade: share(0.001, 0.02),
      max_total_risk: share(0.02, 0.1),
      max_position_share: share(0.05, 3),
      max_leverage: share(0.2, 5),
      max_depth_share: share(0.01, 1),
      max_volume_share: share(0.001, 1),
      max_correlated_risk: share(0.02, 0.1),
      correlated_from: share(0, 1),
    }),
  });
  let sized = 0;
  fc.assert(
    fc.property(scene, (x) => {
      const d = x.long ? 1 : -1;
      const stop = x.price * (1 - d * x.stopShare);
      const { result } = size({
        preset: { risk: x.risk, position: { max_stop_atr: 20 } },
        market: { lot: x.lot, type: x.spot ? 'spot' : 'linear' },
        equity: x.equity,
        exposures: x.held,
        request: {
          side: x.long ? 'long' : 'short',
          limit: x.price,
          stop,
          atr: x.price * 0.02,
          btcCorrelation: x.correlation,
          medianVolume: x.volume,
          quote: { ...QUOTE, askDepth05: x.long ? x.depth : 1e12, bidDepth05: x.long ? 1e12 : x.depth },
        },
      });
      if ('refused' in result) return;
      sized++;
      const { lots, quantity: q, risk, notional } = result.size;
      const sum = (f: (e: Exposure) => number) => x.held.reduce((total, e) => total + f(e), 0);
      // A millionth of a lot is what rounding may take for float error.
      const slack = 1 + 1e-9 + 1e-6 / lots;
      const most = (value: number, cap: number, name: string) =>
        assert.ok(value <= cap * slack + 1e-9 * Math.abs(value), `${name}: ${value} > ${cap}`);
      assert.ok(Number.isInteger(lots) && lots > 0);
      assert.ok(Math.abs(risk - q * d * (x.price - stop)) <= 1e-9 * risk);
      most(risk, x.equity * x.risk.risk_per_trade, 'R');
      most(risk, x.equity * x.risk.max_total_risk - sum((e) => e.risk), 'total risk');
      most(notional, x.equity * x.risk.max_leverage - sum((e) => e.notional), 'leverage');
      most(notional, x.equity * x.risk.max_position_share, 'position');
      most(notional, x.depth * x.risk.max_depth_share, 'depth');
      most(q, x.volume * x.risk.max_volume_share, 'volume');
      if (x.spot) {
        assert.ok(x.long, 'spot is never short');
        most(notional * 1.0005, x.equity - sum((e) => e.cost), 'cash');
      }
      if (x.correlation >= x.risk.correlated_from) {
        const side = x.long ? 'long' : 'short';
        const together = sum((e) =>
          e.side === side && e.btcCorrelation >= x.risk.correlated_from ? e.risk : 0,
        );
        most(risk, x.equity * x.risk.max_correlated_risk - together, 'correlated risk');
      }
      assert.ok(q * Math.min(x.price, stop) >= 5 * (1 - 1e-9), 'least value');
    }),
    { numRuns: 600 },
  );
  assert.ok(sized > 30, `${sized} of 600 were sized, too few to say anything`);
});
