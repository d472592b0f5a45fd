import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Big } from 'big.js';
import fc from 'fast-check';
import { summarise } from '../../src/backtest/report.ts';
import type { Trade } from '../../src/engine/output.ts';
import { MINUTE } from '../../src/market/time.ts';

function trade(part: Partial<Trade>): Trade {
  return {
    id: 1,
    symbol: 'BTCUSDT',
    side: 'long',
    strategy: 'momentum',
    openedAt: 0,
    closedAt: 30 * MINUTE,
    entry: '100',
    exit: '101',
    quantity: '1',
    fees: '0.1',
    funding: '0',
    pnl: '1',
    r: 1,
    risk: '1',
    initialStop: '99',
    level: '100',
    exitReason: 'tp2',
    maxR: 1,
    minR: 0,
    addedOn: false,
    ...part,
  };
}

const FOUR = [
  trade({ pnl: '200.1', r: 2, fees: '0.5', funding: '-0.25', closedAt: 60 * MINUTE }),
  trade({
    pnl: '-100.05',
    r: -1,
    fees: '0.5',
    symbol: 'ETHUSDT',
    side: 'short',
    exitReason: 'stop',
    closedAt: 10 * MINUTE,
  }),
  trade({ pnl: '-110.05', r: -1.5, fees: '0.5', exitReason: 'stop', closedAt: 20 * MINUTE }),
  trade({ pnl: '0', r: 0, fees: '0.5', exitReason: 'breakeven', closedAt: 30 * MINUTE }),
];

describe('the summary of a run', () => {
  it('figures are those that a trader works out by hand', () => {
    assert.deepEqual(summarise({ trades: FOUR, startEquity: '1000' }), {
      trades: 4,
      wins: 1,
      losses: 2,
      winRate: 0.25,
      expectancyR: -0.125,
      totalR: -0.5,
      profitFactor: 200.1 / 210.1,
      maxDrawdownR: -2.5,
      // From 1200.1 down to 990.
      maxDrawdownPct: (-210.1 / 1200.1) * 100,
      netProfit: '-10',
      fees: '2',
      funding: '-0.25',
      endEquity: '990',
      averageWinR: 2,
      averageLossR: -1.25,
      averageHoldMinutes: 30,
      longTrades: 3,
      shortTrades: 1,
      byExitReason: {
        breakeven: { trades: 1, wins: 0, totalR: 0, netProfit: '0' },
        stop: { trades: 2, wins: 0, totalR: -2.5, netProfit: '-210.1' },
        tp2: { trades: 1, wins: 1, totalR: 2, netProfit: '200.1' },
      },
      bySymbol: {
        BTCUSDT: { trades: 3, wins: 1, totalR: 0.5, netProfit: '90.05' },
        ETHUSDT: { trades: 1, wins: 0, totalR: -1, netProfit: '-100.05' },
      },
    });
  });

  it('the marked drawdown goes before the realised one, which hides open losses', () => {
    assert.equal(summarise({ trades: FOUR, startEquity: '1000', markedDrawdown: 0.25 }).maxDrawdownPct, -25);
    assert.ok(
      Object.is(summarise({ trades: FOUR, startEquity: '1000', markedDrawdown: 0 }).maxDrawdownPct, 0),
    );
  });

  it('a first losing trade is a drawdown from the start', () => {
    const summary = summarise({ trades: [trade({ pnl: '-50', r: -1 })], startEquity: '1000' });
    assert.equal(summary.maxDrawdownR, -1);
    assert.equal(summary.maxDrawdownPct, -5);
    assert.equal(summary.profitFactor, 0);
  });

  it('what does not exist is null, never NaN or Infinity', () => {
    const none = summarise({ trades: [], startEquity: '1000.50' });
    assert.deepEqual(
      [
        none.winRate,
        none.expectancyR,
        none.profitFactor,
        none.averageWinR,
        none.averageLossR,
        none.averageHoldMinutes,
      ],
      [null, null, null, null, null, null],
    );
    assert.deepEqual([none.totalR, none.maxDrawdownR, none.maxDrawdownPct], [0, 0, 0]);
    assert.deepEqual([none.netProfit, none.fees, none.funding, none.endEquity], ['0', '0', '0', '1000.5']);
    const won = summarise({ trades: [trade({})], startEquity: '1000' });
    assert.deepEqual([won.profitFactor, won.averageLossR, won.maxDrawdownPct], [null, null, 0]);
  });

  it('a start equity or drawdown that cannot be is refused', () => {
    assert.throws(() => summarise({ trades: [], startEquity: '0' }), RangeError);
    assert.throws(() => summarise({ trades: [], startEquity: '1', markedDrawdown: Number.NaN }), RangeError);
  });

  it('not a cent is lost between the trades and the end equity', () => {
    const money = fc
      .tuple(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.integer({ min: 0, max: 12 }))
      .map(([units, scale]) => new Big(units).div(new Big(10).pow(scale)).toFixed());
    const some = fc.array(
      fc.record({ pnl: money, fees: money, funding: money, r: fc.double({ min: -5, max: 20, noNaN: true }) }),
    );
    fc.assert(
      fc.property(some, (parts) => {
        const trades = parts.map((part) => trade(part));
        const summary = summarise({ trades, startEquity: '12345.6789' });
        const sum = trades.reduce((total, each) => total.plus(each.pnl), new Big(0));
        assert.ok(new Big(summary.endEquity).minus('12345.6789').eq(sum));
        assert.ok(new Big(summary.netProfit).eq(sum));
        for (const figure of [summary.netProfit, summary.fees, summary.funding, summary.endEquity]) {
          assert.match(figure, /^(?!-0$)-?\d+(\.\d+)?$/);
        }
        const bySymbol = Object.values(summary.bySymbol).reduce(
          (total, each) => total.plus(each.netProfit),
          new Big(0),
        );
        assert.ok(bySymbol.eq(sum));
        assert.equal(summary.wins + summary.losses <= summary.trades, true);
        for (const figure of [summary.maxDrawdownR, summary.maxDrawdownPct])
          assert.ok(figure <= 0 && Number.isFinite(figure));
      }),
    );
  });
});
