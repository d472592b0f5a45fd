/** Random presets, markets, venues and commands: what the properties of the engine are tried on. */
import fc from 'fast-check';
import type { Preset } from '../../src/config/preset.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Command } from '../../src/engine/input.ts';
import { type BarColumns, barColumns } from '../../src/market/bars.ts';
import { type Instrument, toMarket } from '../../src/market/instrument.ts';
import { BASE } from '../../src/market/time.ts';
import type { BarSource, Matching } from '../../src/venue/ports.ts';
import { simulatedMatching } from '../../src/venue/simulated/matching.ts';
import { type RandomMarket, random, randomMarket } from './random-market.ts';
import { MIDNIGHT, PERP, type PresetChange, permissive } from './rig.ts';

export const EQUITY = '10000';
/** Calm candles at the end of a market. */
export const TAIL = 40;

export const INSTRUMENTS: readonly Instrument[] = [
  { ...PERP, symbol: 'AAAUSDT' },
  { ...PERP, symbol: 'BTCUSDT', base: 'BTC', tick: '0.05', lot: '0.001', minNotional: '100' },
  { ...PERP, symbol: 'CCCUSDT', base: 'CCC', type: 'spot', lot: '0.01', takerFee: 0.001, makerFee: 0.0007 },
  { ...PERP, symbol: 'DDDUSDT', base: 'DDD', lot: '1', tick: '0.1' },
];

const share = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

/** Within the schema, on the side of much trading. */
export const presets: fc.Arbitrary<Preset> = fc
  .record({
    strategy: fc.constantFrom('momentum' as const, 'momentum' as const, 'retest' as const),
    sides: fc.constantFrom('both' as const, 'long' as const, 'short' as const),
    policy: fc.constantFrom('close' as const, 'stop' as const),
    chase: share(0.01, 3),
    cooldown: fc.integer({ min: 0, max: 12 }),
    interval: fc.constantFrom(300, 900, 3600),
    slots: fc.integer({ min: 1, max: 4 }),
    riskPerTrade: share(0.001, 0.05),
    riskRoom: share(1, 4),
    positionShare: share(0.5, 20),
    leverage: share(1, 50),
    volumeShare: share(0.01, 1),
    limits: fc.record({
      daily: share(0.01, 0.5),
      streak: fc.integer({ min: 1, max: 20 }),
      drawdown: share(0.5, 1),
      onHalt: fc.constantFrom('keep' as const, 'flatten' as const),
      release: fc.constantFrom('manual' as const, 'next_utc_day' as const),
    }),
    position: fc.record({
      stop_buffer_atr: share(0.05, 2),
      min_stop_atr: share(0.05, 2),
      tp1_r: share(0.1, 2),
      tp1_share: share(0, 0.6),
      tp2_share: share(0, 0.4),
      breakeven_after_tp1: fc.boolean(),
      chandelier_atr: share(0.5, 4),
      trail_from_r: share(0, 2),
      trail_step_atr: share(0.01, 1),
      max_hold_hours: share(0.25, 24),
      failed_breakout_bars: fc.integer({ min: 0, max: 8 }),
      failed_breakout_atr: share(0, 2),
      add_on: maybe(fc.record({ at_r: share(0.2, 2), share: share(0.05, 1) })),
    }),
    twap: maybe(
      fc.record({
        above_notional: share(10, 5000),
        slices: fc.integer({ min: 2, max: 8 }),
        interval_ms: fc.integer({ min: 1000, max: 30_000 }),
      }),
    ),
    iceberg: maybe(fc.record({ above_notional: share(10, 5000), show_share: share(0.05, 0.5) })),
    protect: fc.integer({ min: 100, max: 60_000 }),
  })
  .map((p): Preset => {
    const change: PresetChange = {
      strategy: p.strategy,
      sides: p.sides,
      scan: { scan_interval_seconds: p.interval },
      entry: {
        policy: p.strategy === 'retest' ? 'close' : p.policy,
        max_chase_atr: p.chase,
        cooldown_base_bars: p.cooldown,
      },
      risk: {
        risk_per_trade: p.riskPerTrade,
        max_open_positions: p.slots,
        max_total_risk: Math.min(0.5, p.riskPerTrade * p.riskRoom),
        max_position_share: p.positionShare,
        max_leverage: p.leverage,
        max_volume_share: p.volumeShare,
        daily_loss_limit: p.limits.daily,
        losing_streak_limit: p.limits.streak,
        max_drawdown: p.limits.drawdown,
        on_halt: p.limits.onHalt,
        halt_release: p.limits.release,
      },
      position: { ...p.position, tp2_r: p.position.tp1_r + 1 },
      execution: { protect_timeout_ms: p.protect, twap: p.twap, iceberg: p.iceberg },
    };
    return permissive(change);
  });

export type Deed =
  | 'start'
  | 'stop'
  | 'flatten'
  | 'pause'
  | 'resume'
  | 'panic'
  | 'reset'
  | 'retry'
  | 'close'
  | 'cancel';
export interface Planned {
  /** Steps of the venue after which it is given. */
  readonly after: number;
  readonly deed: Deed;
}

export const plans: fc.Arbitrary<Planned[]> = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 1600 }),
    deed: fc.constantFrom<Deed[]>(
      ...['start', 'start', 'start', 'stop', 'flatten', 'pause', 'resume', 'resume'].map((d) => d as Deed),
      'panic',
      'reset',
      'reset',
      'retry',
      'close',
      'close',
      'cancel',
    ),
  }),
  { maxLength: 14 },
);

export const venues = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 30 }),
  volumeShare: fc.constantFrom(0.001, 0.02, 0.1, 1),
  costs: fc.boolean(),
  /** Chance that an order, a cancel or an amendment is refused for no reason. */
  refusals: fc.constantFrom(0, 0, 0.02, 0.2),
  missing: fc.constantFrom(0, 0.02, 0.2),
  silent: fc.constantFrom(0, 0.05, 0.3),
  gap: fc.constantFrom(0, 0.02, 0.1),
  offset: fc.integer({ min: 0, max: 287 }),
});
export type VenueRules = typeof venues extends fc.Arbitrary<infer T> ? T : never;

export const BARS = 300;

export function marketOf(v: VenueRules): RandomMarket {
  return randomMarket({
    seed: v.seed,
    instruments: INSTRUMENTS,
    startsAt: MIDNIGHT + v.offset * BASE,
    history: 360,
    bars: BARS,
    calmTail: TAIL,
    missing: v.missing,
    silent: v.silent,
    gap: v.gap,
  });
}

export function matchingOf(
  source: BarSource,
  v: { readonly volumeShare: number; readonly costs: boolean },
): Matching {
  const dear = { halfSpread: 0.0002, slippage: 0.0003, impact: 0.002 };
  return simulatedMatching({
    markets: source.instruments.map(toMarket),
    costs: { ...(v.costs ? dear : { halfSpread: 0, slippage: 0, impact: 0 }), volumeShare: v.volumeShare },
  });
}

/** A venue that says no at random, until it is told to stop that. */
export function moody(venue: Matching, seed: number, chance: number): Matching & { calm: boolean } {
  const draw = random(seed);
  const no = (wrapper: { calm: boolean }) => !wrapper.calm && draw() < chance;
  return {
    calm: false,
    submit(order, at) {
      if (!no(this)) return venue.submit(order, at);
      return [{ status: 'rejected', orderId: order.id, reason: 'mood' }];
    },
    cancel(orderId, at) {
      if (!no(this)) return venue.cancel(orderId, at);
      return [{ status: 'cancel_rejected', orderId, reason: 'mood' }];
    },
    amend(orderId, quantity, stopPrice, at) {
      if (!no(this)) return venue.amend(orderId, quantity, stopPrice, at);
      return [{ status: 'amend_rejected', orderId, reason: 'mood' }];
    },
    begin: (bars) => venue.begin(bars),
    get busy() {
      return venue.busy;
    },
    walk: (point) => venue.walk(point),
    priceOf: (symbol) => venue.priceOf(symbol),
    positions: () => venue.positions(),
    ambiguousTrades: venue.ambiguousTrades,
    archive: (a) => venue.archive(a),
  };
}

export function commandOf(deed: Deed, preset: Preset, engine: Engine): Command {
  switch (deed) {
    case 'start':
      return {
        name: 'start',
        preset,
        mode: 'paper',
        equity: EQUITY,
        account: engine.account() === null ? 'fresh' : 'continue',
      };
    case 'stop':
      return { name: 'stop', flatten: false };
    case 'flatten':
      return { name: 'stop', flatten: true };
    case 'pause':
      return { name: 'pause', reason: 'random' };
    case 'resume':
      return { name: 'resume' };
    case 'panic':
      return { name: 'emergencyStop', reason: 'random' };
    case 'reset':
      return { name: 'reset', reason: 'random' };
    case 'retry':
      return { name: 'retry' };
    case 'close':
      return { name: 'closePosition', tradeId: engine.positions()[0]?.tradeId ?? 1 };
    case 'cancel':
      return { name: 'cancelOrder', orderId: engine.orders().at(-1)?.id ?? 1 };
  }
}

export function copyOf(bars: BarColumns): BarColumns {
  const copy = barColumns(bars.count);
  copy.closeTime = bars.closeTime;
  copy.count = bars.count;
  for (const name of ['symbol', 'open', 'high', 'low', 'close', 'volume'] as const)
    copy[name].set(bars[name].subarray(0, bars.count));
  return copy;
}
