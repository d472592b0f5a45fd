/**
 * The schema of a preset: every parameter of the strategy, its unit, its range and its default, in one
 * place. Keys are snake_case because people write them. Shares and percentages are fractions of one
 * (0.01 = 1 %) unless the name ends in `_bps`; distances ending in `_atr` are multiples of ATR(14) of the
 * 15 m candles; `_bars` counts 15 m candles unless the name says `base_bars` (5 m).
 */
import { z } from 'zod';

const fraction = (min: number, max: number) => z.number().min(min).max(max);
const symbols = z.array(z.string().regex(/^[A-Z0-9:/_-]{2,40}$/, 'a symbol such as BTCUSDT')).max(500);

const universe = z.strictObject({
  top_n_by_volume: z.int().min(1).max(500).default(30).describe('Symbols kept, largest 24 h volume first'),
  whitelist: symbols.default([]).describe('When not empty, only these'),
  blacklist: symbols.default([]).describe('Never these'),
});

const liquidity = z.strictObject({
  min_24h_volume: z.number().min(0).max(1e12).default(0).describe('In quote'),
  max_spread_bps: fraction(0.1, 500).nullable().default(null),
  min_depth_03pct: z
    .number()
    .min(0)
    .max(1e10)
    .nullable()
    .default(null)
    .describe('Quote within 0.3 % of mid, the thinner side'),
  min_depth_05pct: z
    .number()
    .min(0)
    .max(1e10)
    .nullable()
    .default(null)
    .describe('Quote within 0.5 % of mid, the thinner side'),
  min_trades_per_minute: z.number().min(0).max(1e6).nullable().default(null),
  min_open_interest: z.number().min(0).max(1e12).nullable().default(null).describe('In quote'),
});

const volatility = z
  .strictObject({
    atr_range_min: fraction(0, 0.2).default(0.002).describe('ATR(14) of 15 m over price, at least'),
    atr_range_max: fraction(0.0001, 0.5).default(0.03).describe('ATR(14) of 15 m over price, at most'),
    bb_width_percentile_max: fraction(0.01, 1)
      .default(1)
      .describe('Bollinger width (20, 2) of 15 m: its rank among the last 96, at most'),
    volume_surge_1h_min: fraction(0, 100)
      .nullable()
      .default(null)
      .describe('Last closed 1 h volume over the median of 24'),
    volume_surge_5m_min: fraction(0, 100)
      .nullable()
      .default(null)
      .describe('Last 5 m volume over the median of 48'),
    oi_change_min: fraction(-1, 10)
      .nullable()
      .default(null)
      .describe('Change of open interest since the last scan'),
    change_24h_min: fraction(-1, 100).nullable().default(null).describe('Price change over 24 h, at least'),
    change_24h_max: fraction(-1, 100).nullable().default(null).describe('Price change over 24 h, at most'),
  })
  .refine((v) => v.atr_range_min < v.atr_range_max, {
    path: ['atr_range_min'],
    error: 'must be below atr_range_max',
  })
  .refine(
    (v) => v.change_24h_min === null || v.change_24h_max === null || v.change_24h_min < v.change_24h_max,
    {
      path: ['change_24h_min'],
      error: 'must be below change_24h_max',
    },
  );

const weight = fraction(-10, 10).default(0);
const scan = z.strictObject({
  scan_interval_seconds: z
    .int()
    .min(300)
    .max(86_400)
    .multipleOf(300)
    .default(900)
    .describe('A multiple of the 5 m base'),
  max_candidates: z.int().min(1).max(100).default(12).describe('Symbols whose levels are watched'),
  max_btc_correlation: fraction(-1, 1)
    .nullable()
    .default(null)
    .describe('Correlation of 15 m returns over 96, at most'),
  score_weights: z
    .strictObject({
      volume_24h: weight,
      atr_range: weight,
      bb_width_percentile: weight,
      volume_surge_1h: weight,
      volume_surge_5m: weight,
      change_24h: weight,
      btc_correlation: weight,
      oi_change: weight,
      spread: weight,
      depth: weight,
      trades_per_minute: weight,
    })
    .refine((w) => Object.values(w).some((x) => x !== 0), { error: 'at least one weight must differ from 0' })
    .describe(
      'Weights of the z-scores; a figure that the venue never gives is left out and the rest renormalised',
    ),
});

const levels = z.strictObject({
  lookback_bars: z.int().min(20).max(384).default(96).describe('15 m candles searched for levels'),
  donchian_bars: z.int().min(10).max(384).default(64).describe('15 m candles of the Donchian channel'),
  swing_strength: z
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe('Candles on each side that a swing point stands out from'),
  merge_tolerance_atr: fraction(0.05, 2)
    .default(0.35)
    .describe('Levels nearer than this are one; also the touch distance'),
  min_touches: z.int().min(1).max(10).default(2),
  max_wick_share: fraction(0.05, 1)
    .default(0.85)
    .describe('A touch whose wick is a larger share of its candle does not count'),
  max_age_hours: fraction(1, 720).default(72),
  min_strength: fraction(0, 1)
    .default(0.3)
    .describe('Number of touches, recency of the last one and short wicks, from 0 to 1'),
  max_base_height_atr: fraction(0.5, 50)
    .nullable()
    .default(null)
    .describe('Height of the last 12 candles below the level'),
  max_distance_atr: fraction(0.1, 50)
    .default(4)
    .describe('A level further from price than this is formed, not armed'),
  max_levels_per_side: z.int().min(1).max(10).default(3),
});

const momentum = z.strictObject({
  epsilon_atr: fraction(0, 2).default(0.1).describe('The close is beyond the level by this much'),
  max_extension_atr: fraction(0.1, 10).default(1.5).describe('And by no more than this'),
  volume_multiple: fraction(0, 50).default(1.8).describe('5 m volume over its median'),
  min_body_share: fraction(0, 1).default(0.5).describe('Body over range of the 5 m candle'),
  min_imbalance: fraction(-1, 1).nullable().default(null).describe('Book imbalance towards the breakout'),
  max_vwap_gap_atr: fraction(0.1, 50).default(6).describe('Distance from the 24 h VWAP'),
});

const retest = z.strictObject({
  tolerance_atr: fraction(0.01, 3).default(0.3).describe('How near the price must come back'),
  max_pierce_atr: fraction(0, 3).default(0.5).describe('How far it may go through'),
  min_breakout_volume_multiple: fraction(0, 50)
    .default(1.2)
    .describe('Volume of the breakout candle over its median'),
  min_activity_multiple: fraction(0, 50).default(0.6).describe('5 m volume at the retest over its median'),
  max_wait_bars: z.int().min(1).max(384).default(32).describe('15 m candles between breakout and retest'),
  min_bounce_share: fraction(0, 1)
    .default(0.3)
    .describe('Close within the candle, from its far end, towards the breakout'),
});

const entry = z.strictObject({
  policy: z
    .enum(['close', 'stop'])
    .default('close')
    .describe('close: a marketable limit after a confirmed close; stop: an order resting at the level'),
  max_chase_atr: fraction(0.01, 3)
    .default(0.3)
    .describe('Limit beyond the close (close) or beyond the trigger (stop)'),
  cooldown_base_bars: z
    .int()
    .min(0)
    .max(2016)
    .default(12)
    .describe('5 m candles before the same symbol again'),
});

const risk = z
  .strictObject({
    risk_per_trade: fraction(0.0001, 0.1).describe('Share of equity lost at the stop: one R'),
    max_open_positions: z.int().min(1).max(50),
    max_total_risk: fraction(0.0001, 0.5).describe(
      'Open risk of all positions and pending entries over equity',
    ),
    max_position_share: fraction(0.01, 20).default(1).describe('Notional of one position over equity'),
    max_leverage: fraction(0.1, 50).default(3).describe('Notional of all positions over equity'),
    max_depth_share: fraction(0.001, 1)
      .default(0.1)
      .describe('Of the book within 0.5 %, on the side that is taken'),
    max_volume_share: fraction(0.0001, 1).default(0.02).describe('Of the median 5 m volume'),
    max_same_side: z.int().min(1).max(50).default(50).describe('Positions on one side'),
    max_correlated_risk: fraction(0.0001, 0.5)
      .nullable()
      .default(null)
      .describe('Open risk on one side among symbols whose BTC correlation is at or over correlated_from'),
    correlated_from: fraction(0, 1).default(0.7),
    daily_loss_limit: fraction(0.001, 1).describe(
      'Loss of the UTC day over its start equity, open positions marked',
    ),
    losing_streak_limit: z.int().min(1).max(100),
    max_drawdown: fraction(0.005, 1).describe('Fall of equity from its peak, open positions marked'),
    on_halt: z.enum(['keep', 'flatten']).default('keep').describe('What a halt does to open positions'),
    halt_release: z
      .enum(['manual', 'next_utc_day'])
      .default('manual')
      .describe('Daily loss always lifts on the next UTC day'),
  })
  .refine((r) => r.risk_per_trade <= r.max_total_risk, {
    path: ['risk_per_trade'],
    error: 'must not be over max_total_risk',
  })
  .refine((r) => r.max_correlated_risk === null || r.risk_per_trade <= r.max_correlated_risk, {
    path: ['max_correlated_risk'],
    error: 'must not be under risk_per_trade',
  })
  .refine((r) => r.daily_loss_limit <= r.max_drawdown, {
    path: ['daily_loss_limit'],
    error: 'must not be over max_drawdown',
  });

const position = z
  .strictObject({
    stop_buffer_atr: fraction(0.05, 10).default(0.8).describe('Initial stop behind the level'),
    min_stop_atr: fraction(0.05, 10).default(0.8).describe('Stop distance from the entry, at least'),
    max_stop_atr: fraction(0.1, 20).default(2.5).describe('A wider stop is no trade'),
    tp1_r: fraction(0.1, 50).default(1.5),
    tp1_share: fraction(0, 1).default(0.4).describe('Of the entered quantity'),
    tp2_r: fraction(0.1, 100).default(3),
    tp2_share: fraction(0, 1).default(0.3),
    breakeven_after_tp1: z.boolean().default(true).describe('Stop to entry plus fees once TP1 is filled'),
    chandelier_atr: fraction(0.5, 20)
      .nullable()
      .default(3)
      .describe('Trail behind the best price since entry'),
    trail_from_r: fraction(0, 20).default(1).describe('The trail starts at this unrealised R'),
    trail_step_atr: fraction(0.01, 5).default(0.25).describe('The stop moves in steps no smaller than this'),
    max_hold_hours: fraction(0.25, 2000).default(24),
    failed_breakout_bars: z
      .int()
      .min(0)
      .max(96)
      .default(4)
      .describe('15 m candles in which a close back through the level exits; 0 = off'),
    failed_breakout_atr: fraction(0, 5).default(0.4).describe('How far back through'),
    add_on: z
      .strictObject({
        at_r: fraction(0.2, 20).describe('Unrealised R that allows it, the stop at breakeven or better'),
        share: fraction(0.05, 1).describe('Of the entered quantity, at most; total risk never grows'),
      })
      .nullable()
      .default(null),
  })
  .refine((p) => p.tp1_r < p.tp2_r, { path: ['tp1_r'], error: 'must be below tp2_r' })
  .refine((p) => p.tp1_share + p.tp2_share <= 1, {
    path: ['tp2_share'],
    error: 'tp1_share + tp2_share must not be over 1',
  })
  .refine((p) => p.min_stop_atr <= p.max_stop_atr, {
    path: ['min_stop_atr'],
    error: 'must not be over max_stop_atr',
  })
  .refine((p) => p.chandelier_atr !== null || p.tp1_share + p.tp2_share > 0, {
    path: ['chandelier_atr'],
    error: 'with no targets there must be a trail',
  });

const execution = z.strictObject({
  protect_timeout_ms: z
    .int()
    .min(100)
    .max(60_000)
    .default(5_000)
    .describe('A fill not protected within this is closed at market'),
  bar_grace_ms: z.int().min(0).max(60_000).default(3_000).describe('Wait for late candles of a close time'),
  twap: z
    .strictObject({
      above_notional: z.number().min(1).max(1e9),
      slices: z.int().min(2).max(20),
      interval_ms: z.int().min(1_000).max(60_000),
    })
    .refine((t) => t.slices * t.interval_ms <= 270_000, {
      path: ['slices'],
      error: 'slices x interval_ms must end within the 5 m candle (270000 ms)',
    })
    .nullable()
    .default(null)
    .describe('Entries above this notional are sent in slices'),
  iceberg: z
    .strictObject({
      above_notional: z.number().min(1).max(1e9),
      show_share: fraction(0.05, 0.5).describe('Of the whole, shown at a time'),
    })
    .nullable()
    .default(null)
    .describe('Entries above this notional show only a part; twap goes first'),
});

export const presetSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors'),
    name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'lower case, digits, _ and -'),
    description: z.string().min(1).max(2000),
    strategy: z.enum(['momentum', 'retest']),
    sides: z.enum(['both', 'long', 'short']).default('both'),
    universe: universe.prefault({}),
    liquidity_filters: liquidity.prefault({}),
    volatility_filters: volatility.prefault({}),
    scan,
    levels: levels.prefault({}),
    momentum: momentum.prefault({}),
    retest: retest.prefault({}),
    entry: entry.prefault({}),
    risk,
    position: position.prefault({}),
    execution: execution.prefault({}),
  })
  .refine((p) => !(p.strategy === 'retest' && p.entry.policy === 'stop'), {
    path: ['entry', 'policy'],
    error: 'a retest is confirmed on a close: use "close"',
  })
  .refine((p) => p.levels.lookback_bars > 2 * p.levels.swing_strength, {
    path: ['levels', 'swing_strength'],
    error: 'twice this must be below lookback_bars',
  })
  .refine((p) => p.levels.donchian_bars <= p.levels.lookback_bars, {
    path: ['levels', 'donchian_bars'],
    error: 'must not be over lookback_bars',
  });

/** A preset with every default filled in. */
export type Preset = z.infer<typeof presetSchema>;
