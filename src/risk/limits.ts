/**
 * The kill switch: daily loss, losing streak and drawdown. Marked equity comes in at base closes, trade
 * results as they happen; a breach comes out once, and holds until it is released.
 */
import type { Archive, Codes, Shape } from '../archive/archive.ts';
import type { Preset } from '../config/preset.ts';
import type { HaltRule } from '../engine/output.ts';
import { DAY, type Millis, utcDay } from '../market/time.ts';

export interface Breach {
  readonly rule: HaltRule;
  readonly value: number;
  readonly limit: number;
  readonly release: 'manual' | 'next_utc_day';
}

export const RULE_CODES: Codes<HaltRule> = { daily_loss: 0, losing_streak: 1, drawdown: 2 };
export const RELEASE_CODES: Codes<Breach['release']> = { manual: 0, next_utc_day: 1 };

export const breachShape: Shape<Breach> = (a, breach) => ({
  rule: a.choice(breach?.rule, RULE_CODES),
  value: a.number(breach?.value),
  limit: a.number(breach?.limit),
  release: a.choice(breach?.release, RELEASE_CODES),
});

export class RiskLimits {
  /** Realised R of the UTC day. */
  dailyR = 0;
  consecutiveLosses = 0;
  /** Deepest fall from a peak so far, as a share of that peak; a release does not forget it. */
  deepest = 0;
  #highest: number;
  #day: Millis = Number.NEGATIVE_INFINITY;
  #dayStart: number;
  #peak: number;
  readonly #risk: Preset['risk'];

  constructor(preset: Preset, equity: number) {
    this.#risk = preset.risk;
    this.#dayStart = equity;
    this.#peak = equity;
    this.#highest = equity;
  }

  /** Marked equity at `at`: rolls the day, moves the peak, returns the first rule that is broken. */
  mark(at: Millis, equity: number): Breach | null {
    const day = utcDay(at);
    if (day > this.#day) {
      this.#day = day;
      this.#dayStart = equity;
      this.dailyR = 0;
    }
    if (equity > this.#peak) this.#peak = equity;
    if (equity > this.#highest) this.#highest = equity;
    this.deepest = Math.max(this.deepest, 1 - equity / this.#highest);
    const dayLoss = (this.#dayStart - equity) / this.#dayStart;
    if (dayLoss >= this.#risk.daily_loss_limit) {
      return {
        rule: 'daily_loss',
        value: dayLoss,
        limit: this.#risk.daily_loss_limit,
        release: 'next_utc_day',
      };
    }
    const drawdown = (this.#peak - equity) / this.#peak;
    if (drawdown >= this.#risk.max_drawdown)
      return this.#breach('drawdown', drawdown, this.#risk.max_drawdown);
    // A streak that came about under another halt holds once that one has lifted.
    return this.#streak();
  }

  /** Loss of the day so far and fall from the peak, as shares; zero when equity stands higher. */
  used(equity: number): { readonly dayLoss: number; readonly drawdown: number } {
    return {
      dayLoss: Math.max(0, (this.#dayStart - equity) / this.#dayStart),
      drawdown: Math.max(0, (this.#peak - equity) / this.#peak),
    };
  }

  /** A trade ended with this result in R. */
  closed(r: number): Breach | null {
    this.dailyR += r;
    this.consecutiveLosses = r < 0 ? this.consecutiveLosses + 1 : 0;
    return this.#streak();
  }

  #streak(): Breach | null {
    if (this.consecutiveLosses < this.#risk.losing_streak_limit) return null;
    return this.#breach('losing_streak', this.consecutiveLosses, this.#risk.losing_streak_limit);
  }

  /** After a release the rule counts from here: a drawdown from today's equity, a streak from none. */
  released(rule: HaltRule, equity: number): void {
    if (rule === 'losing_streak') this.consecutiveLosses = 0;
    if (rule === 'drawdown') this.#peak = equity;
    if (rule === 'daily_loss') this.#dayStart = equity;
  }

  /** When a halt that began at `since` lifts by itself. */
  static liftsAt(since: Millis): Millis {
    return utcDay(since) + DAY;
  }

  #breach(rule: HaltRule, value: number, limit: number): Breach {
    return { rule, value, limit, release: this.#risk.halt_release };
  }

  archive(a: Archive): void {
    a.section('RiskLimits');
    this.dailyR = a.number(this.dailyR);
    this.consecutiveLosses = a.number(this.consecutiveLosses);
    this.deepest = a.number(this.deepest);
    this.#highest = a.number(this.#highest);
    this.#day = a.number(this.#day);
    this.#dayStart = a.number(this.#dayStart);
    this.#peak = a.number(this.#peak);
  }
}
