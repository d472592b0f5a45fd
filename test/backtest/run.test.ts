/** The backtest: the same trades as a session over the same candles, and an honest report of them. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import Big from 'big.js';
import { runBacktest } from '../../src/backtest/run.ts';
import type { Preset } from '../../src/config/preset.ts';
import { Engine } from '../../src/engine/engine.ts';
import { toMarket } from '../../src/market/instrument.ts';
import { BASE } from '../../src/market/time.ts';
import { Lockstep } from '../../src/session/lockstep.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../src/venue/simulated/matching.ts';
import { type RandomMarket, type RandomMarketOptions, randomMarket } from '../engine/random-market.ts';
import { MIDNIGHT, PERP, permissive, SECOND_PERP } from '../engine/rig.ts';

const EQUITY = '10000';

function market(change: Partial<RandomMarketOptions> = {}): RandomMarket {
  return randomMarket({
    seed: 5,
    instruments: [{ ...PERP, symbol: 'BTCUSDT', base: 'BTC' }, SECOND_PERP],
    startsAt: MIDNIGHT,
    history: 400,
    bars: 1200,
    calmTail: 0,
    missing: 0.01,
    silent: 0.01,
    gap: 0.01,
    ...change,
  });
}

function session(preset: Preset, source: RandomMarket): Engine {
  const engine = new Engine();
  const matching = simulatedMatching({ markets: source.instruments.map(toMarket), costs: DEFAULT_COSTS });
  const lockstep = new Lockstep({ engine, source, matching });
  lockstep.open();
  lockstep.command(1, 'me', { name: 'start', preset, mode: 'paper', equity: EQUITY, account: 'fresh' });
  while (lockstep.nextAt() !== null) lockstep.step();
  lockstep.command(2, 'venue', { name: 'stop', flatten: false });
  return engine;
}

it('a backtest gives the trades that a session stepped over the same candles gives, field for field', () => {
  for (const policy of ['close', 'stop'] as const) {
    const preset = permissive({ entry: { policy } });
    const report = runBacktest({ preset, source: market(), equity: EQUITY });
    const engine = session(preset, market());
    assert.ok(report.trades.length >= 20, `${report.trades.length} trades`);
    assert.deepEqual(
      report.trades.map(({ ambiguous, ...trade }) => trade),
      engine.trades(),
    );
    assert.deepEqual(report.openPositions, engine.positions());
    assert.deepEqual(report.halts, engine.halts());
  }
});

it('the same backtest twice gives the same report but for the time it took', () => {
  const run = () => {
    const { wallMs, barsPerSecond, ...rest } = runBacktest({
      preset: permissive(),
      source: market(),
      equity: EQUITY,
    });
    assert.ok(wallMs > 0 && barsPerSecond > 0);
    return JSON.stringify(rest);
  };
  assert.equal(run(), run());
});

it('the end equity is the start equity and all results, to the last digit', () => {
  const { summary, trades } = runBacktest({ preset: permissive(), source: market(), equity: EQUITY });
  const net = trades.reduce((sum, trade) => sum.plus(trade.pnl), new Big(0));
  assert.equal(summary.netProfit, net.toFixed());
  assert.equal(summary.endEquity, net.plus(EQUITY).toFixed());
  assert.equal(summary.trades, trades.length);
  const wins = trades.filter((t) => new Big(t.pnl).gt(0)).length;
  assert.ok(wins > 0 && wins < trades.length, 'both outcomes');
  assert.ok(Math.abs((summary.winRate ?? Number.NaN) - wins / trades.length) < 1e-12);
});

it('it says what it ran over: times, symbols, bars', () => {
  const source = market({ missing: 0 });
  const report = runBacktest({ preset: permissive(), source, equity: EQUITY });
  assert.equal(report.preset, 'permissive');
  assert.deepEqual(report.symbols, ['BTCUSDT', 'BBBUSDT']);
  assert.equal(report.from, MIDNIGHT);
  assert.equal(report.to, MIDNIGHT + 1200 * BASE);
  assert.equal(report.bars, 2 * 1200, 'the warm-up is not counted');
});

it('a figure that recorded candles never give is counted as not evaluated, and blocks nothing', () => {
  const preset = permissive({ liquidity_filters: { max_spread_bps: 1, min_depth_05pct: 1e9 } });
  const report = runBacktest({ preset, source: market(), equity: EQUITY });
  assert.ok((report.notEvaluated.max_spread_bps ?? 0) > 0);
  assert.ok((report.notEvaluated.min_depth_05pct ?? 0) > 0);
  assert.ok(report.trades.length >= 20);
});

it('trades that hung on the order of a candle`s extremes are counted, and the other way is told', () => {
  const preset = permissive({ position: { min_stop_atr: 0.05, stop_buffer_atr: 0.05, tp1_r: 0.5 } });
  const { summary, trades } = runBacktest({ preset, source: market(), equity: EQUITY });
  assert.ok(summary.ambiguousTrades > 0);
  assert.equal(summary.ambiguousTrades, trades.filter((t) => t.ambiguous).length);
  assert.ok(summary.otherPath !== null);
  assert.ok(summary.otherPath.trades > 0);
  assert.notEqual(summary.otherPath.netProfit, summary.netProfit);
});

it('a position open at the end is no trade: it is listed, marked to the last close, with its stop', () => {
  const preset = permissive({ position: { tp1_share: 0, tp2_share: 0, chandelier_atr: 20 } });
  const report = runBacktest({ preset, source: market(), equity: EQUITY });
  const [position] = report.openPositions;
  assert.ok(position, 'with far stops something is open at the end');
  assert.ok(!report.trades.some((t) => t.id === position.tradeId));
  assert.ok(position.stop !== null);
  assert.equal(position.protectedQuantity, position.quantity);
});

it('every halt of the kill switch is in the report, and halts as the preset says', () => {
  const preset = permissive({ risk: { losing_streak_limit: 1, halt_release: 'next_utc_day' } });
  const { halts, trades } = runBacktest({ preset, source: market(), equity: EQUITY });
  assert.ok(halts.length >= 1);
  for (const halt of halts) {
    assert.equal(halt.rule, 'losing_streak');
    const nextDay = (Math.floor(halt.at / 86_400_000) + 1) * 86_400_000;
    // What was open may end; nothing is opened until the day is over, but for what was in flight.
    for (const trade of trades)
      assert.ok(trade.openedAt <= halt.at || trade.openedAt >= nextDay, `trade ${trade.id} in a halt`);
  }
});

it('progress is told now and then, and never past the end', () => {
  const calls: (readonly [number, number | null])[] = [];
  runBacktest({
    preset: permissive(),
    source: market(),
    equity: EQUITY,
    progress: (done, total) => calls.push([done, total]),
  });
  assert.ok(calls.length >= 2);
  for (const [done, total] of calls) assert.ok(total !== null && done <= total);
});
