/** Presets that trade all day: a kill must find orders under way. Nobody should trade by them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const BUSY = {
  description: 'For tests alone: enters whenever it can, leaves soon.',
  strategy: 'momentum',
  universe: { top_n_by_volume: 12 },
  volatility_filters: { atr_range_min: 0, atr_range_max: 0.5 },
  scan: {
    scan_interval_seconds: 900,
    max_candidates: 12,
    score_weights: { volume_24h: 1 },
  },
  levels: {
    lookback_bars: 40,
    donchian_bars: 20,
    swing_strength: 1,
    min_touches: 1,
    max_wick_share: 1,
    min_strength: 0,
    max_distance_atr: 50,
    max_levels_per_side: 6,
  },
  momentum: {
    epsilon_atr: 0,
    max_extension_atr: 10,
    volume_multiple: 0,
    min_body_share: 0,
    max_vwap_gap_atr: 50,
  },
  risk: {
    risk_per_trade: 0.02,
    max_open_positions: 6,
    max_total_risk: 0.5,
    max_position_share: 20,
    max_leverage: 50,
    max_depth_share: 1,
    max_volume_share: 1,
    max_correlated_risk: 0.5,
    correlated_from: 1,
    daily_loss_limit: 0.9,
    losing_streak_limit: 100,
    max_drawdown: 0.95,
  },
  position: {
    stop_buffer_atr: 0.5,
    min_stop_atr: 0.5,
    max_stop_atr: 20,
    tp1_r: 0.4,
    tp1_share: 0.4,
    tp2_r: 0.8,
    tp2_share: 0.3,
    chandelier_atr: 1,
    trail_from_r: 0,
    trail_step_atr: 0.05,
    max_hold_hours: 3,
    failed_breakout_bars: 4,
    failed_breakout_atr: 0.2,
  },
} as const;

/** By the closed candle, orders large enough to be filled in parts. */
export const CLOSE = 'busy-close';
/** By orders that rest at the level. */
export const RESTING = 'busy-resting';

export function writePresets(configDir: string): void {
  const folder = join(configDir, 'presets');
  mkdirSync(folder, { recursive: true });
  const presets = [
    { ...BUSY, name: CLOSE, entry: { policy: 'close', cooldown_base_bars: 1 } },
    { ...BUSY, name: RESTING, entry: { policy: 'stop', cooldown_base_bars: 1 } },
  ];
  for (const preset of presets) writeFileSync(join(folder, `${preset.name}.json`), JSON.stringify(preset));
}
