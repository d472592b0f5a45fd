/**
 * Entry policy `stop`: a stop-limit rests at the nearest armed level of each candidate, so that the entry does not
 * wait for a close.
 */
import { item } from '../market/arrays.ts';
import type { Millis } from '../market/time.ts';
import { initialStop, type Signal } from '../strategy/signals.ts';
import type { Run } from './run.ts';

/** Withdraws resting entries whose level is gone or has moved. */
export function withdrawStale(run: Run): void {
  for (const trade of [...run.desk.trades()]) {
    if (trade.plan === null || !trade.plan.resting || trade.filled) continue;
    const level = run.levels.of(trade.market.index).find((l) => l.id === trade.levelId && l.life === 'armed');
    if (level === undefined || level.price !== trade.level)
      run.desk.cancelEntryOf(trade, 'its level is no longer armed');
  }
}

/**
 * Appends a signal for each candidate's nearest armed level that has no order yet. A level that was refused is not
 * tried again before the next scan.
 */
export function restAtLevels(run: Run, at: Millis, signals: Signal[]): void {
  const { preset } = run;
  for (const { symbol } of run.candidates) {
    if (signals.length >= run.freeSlots) return;
    const s = item(run.series, symbol);
    if (run.desk.of(symbol) !== null || s.closeTime !== at || s.quiet > 0 || !run.live(symbol)) continue;
    const armed = run.levels.of(symbol).filter((l) => l.life === 'armed');
    armed.sort((a, b) => Math.abs(a.price - s.close) - Math.abs(b.price - s.close) || a.id - b.id);
    const level = armed[0];
    if (level === undefined || run.refusedLevels.has(level.id)) continue;
    const atr = s.atr.value;
    const direction = level.side === 'long' ? 1 : -1;
    const trigger = level.price + direction * preset.momentum.epsilon_atr * atr;
    if (direction * (trigger - s.close) <= 0) continue;
    signals.push({
      symbol,
      side: level.side,
      strategy: 'momentum',
      levelId: level.id,
      level: level.price,
      price: trigger,
      stop: initialStop(preset, level, trigger, atr),
      atr,
      confidence: Math.min(1, level.strength),
      reason: 'an order rests at the level',
    });
  }
}
