/**
 * The add-on: once per trade, a position that has moved far enough may grow. What the addition could lose is paid for
 * by profit that the confirmed stop has locked in already, so the trade's total risk never rises.
 */
import type { OpenTrade } from '../execution/open-trade.ts';
import { item } from '../market/arrays.ts';
import { freshQuote } from '../market/book.ts';
import { stepsDown, stepsToNumber, stepsUp } from '../market/grid.ts';
import type { Millis } from '../market/time.ts';
import type { Exposure } from '../risk/sizing.ts';
import type { Run } from './run.ts';

/** Sends the add-ons that the base close at `at` allows. */
export function addOn(run: Run, at: Millis): void {
  const rule = run.preset.position.add_on;
  if (rule === null) return;
  for (const trade of [...run.desk.trades()]) {
    if (trade.addedOn || trade.closing !== null || trade.plan !== null || trade.openLots === 0) continue;
    const s = item(run.series, trade.market.index);
    if (s.closeTime !== at || s.quiet > 0 || !run.live(trade.market.index)) continue;
    const { index, ticks, lots, minNotionalValue } = trade.market;
    if (!run.why.atLeast(index, 'add_on_at_r', trade.rAt(s.close), rule.at_r)) continue;
    const worst = s.close + trade.direction * run.preset.entry.max_chase_atr * s.atr.value;
    const limitTicks = trade.side === 'long' ? stepsDown(ticks, worst) : stepsUp(ticks, worst);
    const limit = stepsToNumber(ticks, limitTicks);
    const quantity = Math.min(
      rule.share * stepsToNumber(lots, trade.enteredLots),
      affordable(run, trade, limit),
      allowed(run, trade, limit, at),
    );
    const wanted = stepsDown(lots, quantity);
    if (!(wanted > 0)) continue;
    const value = stepsToNumber(lots, wanted) * trade.confirmedStopPrice;
    if (run.why.atLeast(index, 'add_on_min_notional', value, minNotionalValue))
      run.desk.addOn(trade, wanted, limitTicks);
  }
}

/** What the locked profit pays for. A stop that is only wanted there, and not confirmed, locks nothing. */
function affordable(run: Run, trade: OpenTrade, limit: number): number {
  const stop = trade.confirmedStopPrice;
  const distance = trade.direction * (limit - stop);
  const locked = trade.direction * (stop - trade.entryPrice) * trade.openQuantity;
  if (!run.why.judge(trade.market.index, 'add_on_locked_profit', locked > 0, locked, 0)) return 0;
  if (!(distance > 0)) return 0;
  const { risk } = run.preset;
  const exposures = run.desk.exposures();
  const equity = run.sizingEquity;
  const correlated = (correlation: number) => correlation >= risk.correlated_from;
  let room = equity * risk.max_total_risk - sum(exposures, (e) => e.risk);
  if (risk.max_correlated_risk !== null && correlated(trade.btcCorrelation)) {
    const together = exposures.filter((e) => e.side === trade.side && correlated(e.btcCorrelation));
    room = Math.min(room, equity * risk.max_correlated_risk - sum(together, (e) => e.risk));
  }
  return Math.min(locked, room) / distance;
}

/** What the caps of an entry leave: leverage (none on spot), position, book depth and volume. */
function allowed(run: Run, trade: OpenTrade, limit: number, at: Millis): number {
  const { risk } = run.preset;
  const { index, type, takerFee } = trade.market;
  const equity = run.sizingEquity;
  const exposures = run.desk.exposures();
  const own = equity - run.funds.tied;
  const margin = own * risk.max_leverage - sum(exposures, (e) => e.notional);
  const cash = type === 'spot' ? own - sum(exposures, (e) => e.cost) : Number.POSITIVE_INFINITY;
  const quote = freshQuote(item(run.books, index), at);
  const depth = (trade.side === 'long' ? quote?.askDepth05 : quote?.bidDepth05) ?? 0;
  return Math.min(
    Math.min(margin, cash) / (limit * (1 + takerFee)),
    (equity * risk.max_position_share - trade.notional) / limit,
    item(run.series, index).volumeMedian.value * risk.max_volume_share,
    run.figures.book ? (depth * risk.max_depth_share) / limit : Number.POSITIVE_INFINITY,
  );
}

function sum(exposures: readonly Exposure[], value: (exposure: Exposure) => number): number {
  return exposures.reduce((total, exposure) => total + value(exposure), 0);
}
