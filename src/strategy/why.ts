/**
 * Why something was done or not: every condition of the pipeline, judged with its value and its threshold.
 * Counts are kept for the whole session, the last judgement for each symbol.
 */
import { at, floatAt } from '../market/arrays.ts';

export const CONDITIONS = [
  // scan: universe and filters
  'listed',
  'fresh_candle',
  'history',
  'top_n_by_volume',
  'min_24h_volume',
  'max_spread_bps',
  'min_depth_03pct',
  'min_depth_05pct',
  'min_trades_per_minute',
  'min_open_interest',
  'atr_range_min',
  'atr_range_max',
  'bb_width_percentile_max',
  'volume_surge_1h_min',
  'volume_surge_5m_min',
  'oi_change_min',
  'change_24h_min',
  'change_24h_max',
  'max_btc_correlation',
  'score_spread',
  'score_depth',
  'score_trades_per_minute',
  'score_oi_change',
  'score_btc_correlation',
  'max_candidates',
  // levels
  'level_found',
  'min_touches',
  'min_strength',
  'max_age_hours',
  'max_base_height_atr',
  'max_distance_atr',
  // signals
  'state_ready',
  'no_gap',
  'feed_live',
  'epsilon_atr',
  'max_extension_atr',
  'volume_multiple',
  'min_body_share',
  'max_vwap_gap_atr',
  'min_imbalance',
  'min_breakout_volume_multiple',
  'tolerance_atr',
  'max_pierce_atr',
  'max_wait_bars',
  'min_activity_multiple',
  'min_bounce_share',
  // risk and size
  'free_slot',
  'one_position_per_symbol',
  'cooldown_base_bars',
  'short_allowed',
  'max_same_side',
  'max_stop_atr',
  'max_total_risk',
  'max_correlated_risk',
  'max_leverage',
  'max_depth_share',
  'size_after_caps',
  'min_notional',
  // add-on
  'add_on_at_r',
  'add_on_locked_profit',
  'add_on_min_notional',
] as const;

export type Condition = (typeof CONDITIONS)[number];

const INDEX = new Map<Condition, number>(CONDITIONS.map((name, i) => [name, i]));

const PASSED = 1;
const FAILED = 2;
const NOT_EVALUATED = 3;

export interface Judgement {
  readonly condition: Condition;
  readonly verdict: 'passed' | 'failed' | 'not_evaluated';
  readonly value: number | null;
  readonly threshold: number | null;
}

function indexOf(condition: Condition): number {
  const index = INDEX.get(condition);
  if (index === undefined) throw new RangeError(`no condition ${condition}`);
  return index;
}

export class Why {
  readonly #size = CONDITIONS.length;
  readonly #counts = new Float64Array(this.#size * 4);
  readonly #verdict: Uint8Array;
  readonly #value: Float64Array;
  readonly #threshold: Float64Array;

  constructor(symbols: number) {
    this.#verdict = new Uint8Array(symbols * this.#size);
    this.#value = new Float64Array(symbols * this.#size);
    this.#threshold = new Float64Array(symbols * this.#size);
  }

  /** Records whether `value` met `threshold`; returns `ok`. */
  judge(symbol: number, condition: Condition, ok: boolean, value: number, threshold: number): boolean {
    this.#record(symbol, indexOf(condition), ok ? PASSED : FAILED, value, threshold);
    return ok;
  }

  atLeast(symbol: number, condition: Condition, value: number, threshold: number): boolean {
    return this.judge(symbol, condition, value >= threshold, value, threshold);
  }

  atMost(symbol: number, condition: Condition, value: number, threshold: number): boolean {
    return this.judge(symbol, condition, value <= threshold, value, threshold);
  }

  /** A condition that holds or does not: recorded as 1 or 0 where 1 is needed. */
  holds(symbol: number, condition: Condition, ok: boolean): boolean {
    return this.judge(symbol, condition, ok, ok ? 1 : 0, 1);
  }

  /** The venue never gives this figure: it neither blocks nor counts as passed. */
  notEvaluated(symbol: number, condition: Condition, threshold: number): void {
    this.#record(symbol, indexOf(condition), NOT_EVALUATED, Number.NaN, threshold);
  }

  /** The last judgements of one symbol, in the order of the pipeline. */
  of(symbol: number): Judgement[] {
    const found: Judgement[] = [];
    for (const [i, condition] of CONDITIONS.entries()) {
      const cell = symbol * this.#size + i;
      const verdict = at(this.#verdict, cell);
      if (verdict === 0) continue;
      const value = floatAt(this.#value, cell);
      const threshold = floatAt(this.#threshold, cell);
      found.push({
        condition,
        verdict: verdict === PASSED ? 'passed' : verdict === FAILED ? 'failed' : 'not_evaluated',
        value: Number.isNaN(value) ? null : value,
        threshold: Number.isNaN(threshold) ? null : threshold,
      });
    }
    return found;
  }

  /** Counts of the whole session; conditions that were never met with are left out. */
  counts(): Record<string, { passed: number; failed: number; notEvaluated: number }> {
    const all: Record<string, { passed: number; failed: number; notEvaluated: number }> = {};
    for (const [i, condition] of CONDITIONS.entries()) {
      const passed = floatAt(this.#counts, i * 4 + PASSED);
      const failed = floatAt(this.#counts, i * 4 + FAILED);
      const notEvaluated = floatAt(this.#counts, i * 4 + NOT_EVALUATED);
      if (passed + failed + notEvaluated > 0) all[condition] = { passed, failed, notEvaluated };
    }
    return all;
  }

  #record(symbol: number, index: number, verdict: number, value: number, threshold: number): void {
    const cell = symbol * this.#size + index;
    const count = index * 4 + verdict;
    this.#counts[count] = floatAt(this.#counts, count) + 1;
    this.#verdict[cell] = verdict;
    this.#value[cell] = value;
    this.#threshold[cell] = threshold;
  }
}
