/**
 * Every condition of the pipeline, in its order: where it stands, what it asks for, and in what its figures are.
 * A preset's parameter of the same name is its threshold.
 */

/** Where in the pipeline a condition is judged. */
export type Stage = 'universe' | 'filters' | 'rank' | 'levels' | 'signal' | 'size' | 'add_on';

/**
 * What a figure is in. `share`: 0.012 = 1.2 %. `multiple`: times the median. `atr`: multiples of ATR(14) of 15 m. `quote`:
 * the quote coin. `bps`: hundredths of a percent. `candles`: of the base, 5 m.
 */
export type Unit = 'share' | 'multiple' | 'atr' | 'quote' | 'bps' | 'hours' | 'candles' | 'r' | 'number';

export interface ConditionEntry {
  readonly stage: Stage;
  /** `yes`: holds or does not, and the figures are 1 and 0. */
  readonly needs: 'at least' | 'at most' | 'yes';
  readonly unit: Unit;
  /** What is measured; for `yes`, what is so when it holds. */
  readonly label: string;
  /** For `yes`: what is wrong when it does not hold. */
  readonly wrong?: string;
}

const entry = (stage: Stage, needs: 'at least' | 'at most', unit: Unit, label: string): ConditionEntry => ({
  stage,
  needs,
  unit,
  label,
});

const holds = (stage: Stage, label: string, wrong: string): ConditionEntry => ({
  stage,
  needs: 'yes',
  unit: 'number',
  label,
  wrong,
});

export const CONDITIONS = {
  listed: holds(
    'universe',
    'traded, and allowed by the lists',
    'traded no more, or left out by the white- or blacklist',
  ),
  fresh_candle: entry('universe', 'at most', 'candles', 'age of the last candle'),
  history: entry('universe', 'at least', 'candles', 'candles seen'),
  top_n_by_volume: entry('universe', 'at most', 'number', 'rank by volume'),

  min_24h_volume: entry('filters', 'at least', 'quote', '24 h volume'),
  max_spread_bps: entry('filters', 'at most', 'bps', 'spread'),
  min_depth_03pct: entry('filters', 'at least', 'quote', 'depth within 0.3 %'),
  min_depth_05pct: entry('filters', 'at least', 'quote', 'depth within 0.5 %'),
  min_trades_per_minute: entry('filters', 'at least', 'number', 'trades a minute'),
  min_open_interest: entry('filters', 'at least', 'quote', 'open interest'),
  atr_range_min: entry('filters', 'at least', 'share', 'ATR over price'),
  atr_range_max: entry('filters', 'at most', 'share', 'ATR over price'),
  bb_width_percentile_max: entry('filters', 'at most', 'share', 'Bollinger width percentile'),
  volume_surge_1h_min: entry('filters', 'at least', 'multiple', '1 h volume'),
  volume_surge_5m_min: entry('filters', 'at least', 'multiple', '5 m volume'),
  oi_change_min: entry('filters', 'at least', 'share', 'open-interest change'),
  change_24h_min: entry('filters', 'at least', 'share', '24 h change'),
  change_24h_max: entry('filters', 'at most', 'share', '24 h change'),
  max_btc_correlation: entry('filters', 'at most', 'number', 'correlation with BTC'),

  score_spread: entry('rank', 'at least', 'number', 'score weight of the spread'),
  score_depth: entry('rank', 'at least', 'number', 'score weight of the depth'),
  score_trades_per_minute: entry('rank', 'at least', 'number', 'score weight of the trades a minute'),
  score_oi_change: entry('rank', 'at least', 'number', 'score weight of the open-interest change'),
  score_btc_correlation: entry('rank', 'at least', 'number', 'score weight of the correlation with BTC'),
  max_candidates: entry('rank', 'at most', 'number', 'rank by score'),

  level_found: entry('levels', 'at least', 'number', 'levels found'),
  min_touches: entry('levels', 'at least', 'number', 'touches of the level'),
  min_strength: entry('levels', 'at least', 'number', 'strength of the level'),
  max_age_hours: entry('levels', 'at most', 'hours', 'age of the level'),
  max_base_height_atr: entry('levels', 'at most', 'atr', 'height of the base'),
  max_distance_atr: entry('levels', 'at most', 'atr', 'distance to the level'),

  state_ready: holds(
    'signal',
    'entries could be sent',
    'no entry could be sent: paused, halted or executing',
  ),
  no_gap: entry('signal', 'at most', 'candles', 'candles to wait after a gap'),
  feed_live: holds('signal', 'its feed was live', 'its feed was stale'),
  epsilon_atr: entry('signal', 'at least', 'atr', 'close beyond the level'),
  max_extension_atr: entry('signal', 'at most', 'atr', 'close beyond the level'),
  volume_multiple: entry('signal', 'at least', 'multiple', 'volume of the break'),
  min_body_share: entry('signal', 'at least', 'share', 'body of the candle'),
  max_vwap_gap_atr: entry('signal', 'at most', 'atr', 'distance from VWAP'),
  min_imbalance: entry('signal', 'at least', 'number', 'book imbalance'),
  min_breakout_volume_multiple: entry('signal', 'at least', 'multiple', 'volume of the break'),
  tolerance_atr: entry('signal', 'at most', 'atr', 'distance of the retest from the level'),
  max_pierce_atr: entry('signal', 'at most', 'atr', 'pierce of the level'),
  max_wait_bars: entry('signal', 'at most', 'number', '15 m candles waited for a retest'),
  min_activity_multiple: entry('signal', 'at least', 'multiple', 'volume of the retest'),
  min_bounce_share: entry('signal', 'at least', 'share', 'bounce off the level'),

  free_slot: entry('size', 'at least', 'number', 'free slots'),
  one_position_per_symbol: holds('size', 'nothing else open in it', 'a position or an entry in it was open'),
  cooldown_base_bars: entry('size', 'at least', 'candles', 'candles since its last exit'),
  short_allowed: holds('size', 'may be traded on that side', 'spot cannot be sold short'),
  max_same_side: entry('size', 'at most', 'number', 'positions on that side'),
  max_stop_atr: entry('size', 'at most', 'atr', 'distance to the stop'),
  max_total_risk: entry('size', 'at most', 'quote', 'open risk'),
  max_correlated_risk: entry('size', 'at most', 'quote', 'open risk of correlated positions'),
  max_leverage: entry('size', 'at most', 'quote', 'open notional'),
  max_depth_share: entry('size', 'at least', 'quote', 'order value that the book takes'),
  size_after_caps: entry('size', 'at least', 'share', 'size that the caps leave'),
  min_notional: entry('size', 'at least', 'quote', 'order value'),

  add_on_at_r: entry('add_on', 'at least', 'r', 'profit of the position'),
  add_on_locked_profit: entry('add_on', 'at least', 'quote', 'profit locked in by the stop'),
  add_on_min_notional: entry('add_on', 'at least', 'quote', 'value of the add-on'),
} as const satisfies Record<string, ConditionEntry>;

export type Condition = keyof typeof CONDITIONS;

export function isCondition(name: string): name is Condition {
  return Object.hasOwn(CONDITIONS, name);
}

/** Their names, in the order of the pipeline. */
export const CONDITION_NAMES: readonly Condition[] = Object.keys(CONDITIONS).filter(isCondition);
