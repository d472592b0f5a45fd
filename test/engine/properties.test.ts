/** Random presets, markets, venues and commands: what must hold always. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { Preset } from '../../src/config/preset.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Command, Input } from '../../src/engine/input.ts';
import type { Output } from '../../src/engine/output.ts';
import type { EngineState } from '../../src/engine/state.ts';
import { type BarColumns, barColumns } from '../../src/market/bars.ts';
import { type Instrument, toMarket } from '../../src/market/instrument.ts';
import { BASE } from '../../src/market/time.ts';
import { Lockstep } from '../../src/session/lockstep.ts';
import type { BarSource, Matching } from '../../src/venue/ports.ts';
import { generatedMarket } from '../../src/venue/simulated/generator/generated-market.ts';
import { simulatedMatching } from '../../src/venue/simulated/matching.ts';
import { Auditor } from './auditor.ts';
import { random, randomMarket } from './random-market.ts';
import { MIDNIGHT, PERP, type PresetChange, permissive } from './rig.ts';

const EQUITY = '10000';
const TAIL = 40;
/** About ten seconds together; a hunt for rare faults sets more. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 120);
const GENERATED_RUNS = Math.ceil(RUNS / 8);

const INSTRUMENTS: readonly Instrument[] = [
  { ...PERP, symbol: 'AAAUSDT' },
  { ...PERP, symbol: 'BTCUSDT', base: 'BTC', tick: '0.05', lot: '0.001', minNotional: '100' },
  { ...PERP, symbol: 'CCCUSDT', base: 'CCC', type: 'spot', lot: '0.01', takerFee: 0.001, makerFee: 0.0007 },
  { ...PERP, symbol: 'DDDUSDT', base: 'DDD', lot: '1', tick: '0.1' },
];

const share = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

/** Within the schema, on the side of much trading. */
const presets: fc.Arbitrary<Preset> = fc
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

type Deed =
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
interface Planned {
  /** Steps of the venue after which it is given. */
  readonly after: number;
  readonly deed: Deed;
}

const plans: fc.Arbitrary<Planned[]> = fc.array(
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

const venues = fc.record({
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
type VenueRules = typeof venues extends fc.Arbitrary<infer T> ? T : never;

interface Session {
  readonly inputs: Input[];
  readonly outputs: string[];
  readonly auditor: Auditor;
  readonly engine: Engine;
  readonly matching: Matching;
  readonly commands: number;
}

const BARS = 300;

function marketOf(v: VenueRules): BarSource {
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

function matchingOf(
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
function moody(venue: Matching, seed: number, chance: number): Matching & { calm: boolean } {
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
    positions: () => venue.positions(),
    ambiguousTrades: venue.ambiguousTrades,
    archive: (a) => venue.archive(a),
  };
}

function commandOf(deed: Deed, preset: Preset, engine: Engine): Command {
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

function play(
  preset: Preset,
  source: BarSource,
  venue: Matching & { calm: boolean },
  plan: readonly Planned[],
  panicAfterBars: number,
): Session {
  const engine = new Engine();
  const auditor = new Auditor(engine, preset, EQUITY, source.instruments);
  const inputs: Input[] = [];
  const outputs: string[] = [];
  const lockstep = new Lockstep({
    engine,
    source,
    matching: venue,
    observe(input, out) {
      inputs.push(input.kind === 'bars' ? { ...input, bars: copyOf(input.bars) } : input);
      outputs.push(JSON.stringify(out));
      auditor.observe(input, out);
    },
  });
  let commands = 0;
  const give = (deed: Deed) => {
    commands++;
    lockstep.command(commands, 'random', commandOf(deed, preset, engine));
    auditor.agree(venue.positions());
  };
  lockstep.open();
  give('start');
  const queue = [...plan].sort((a, b) => a.after - b.after);
  let steps = 0;
  let panicked = false;
  const calmFrom = source.startsAt + panicAfterBars * BASE;
  while (lockstep.nextAt() !== null) {
    for (let next = queue[0]; next !== undefined && next.after <= steps; next = queue[0]) {
      queue.shift();
      give(next.deed);
    }
    if (!panicked && lockstep.now >= calmFrom) {
      panicked = true;
      venue.calm = true;
      queue.length = 0;
      give('panic');
    }
    lockstep.step();
    auditor.agree(venue.positions());
    steps++;
  }
  assert.ok(panicked);
  return { inputs, outputs, auditor, engine, matching: venue, commands };
}

function copyOf(bars: BarColumns): BarColumns {
  const copy = barColumns(bars.count);
  copy.closeTime = bars.closeTime;
  copy.count = bars.count;
  for (const name of ['symbol', 'open', 'high', 'low', 'close', 'volume'] as const)
    copy[name].set(bars[name].subarray(0, bars.count));
  return copy;
}

/** An input after it has been written down as JSON and read again. */
function throughJson(input: Input): Input {
  if (input.kind !== 'bars') return JSON.parse(JSON.stringify(input));
  const { bars } = input;
  const text = JSON.stringify({
    ...input,
    bars: {
      closeTime: bars.closeTime,
      rows: Array.from({ length: bars.count }, (_, i) => [
        bars.symbol[i],
        bars.open[i],
        bars.high[i],
        bars.low[i],
        bars.close[i],
        bars.volume[i],
      ]),
    },
  });
  const read: {
    at: number;
    phase: 'history' | 'live' | 'late';
    bars: { closeTime: number; rows: number[][] };
  } = JSON.parse(text);
  const fresh = barColumns(read.bars.rows.length);
  fresh.closeTime = read.bars.closeTime;
  fresh.count = read.bars.rows.length;
  read.bars.rows.forEach((row, i) => {
    fresh.symbol.set(row.slice(0, 1), i);
    fresh.open.set(row.slice(1, 2), i);
    fresh.high.set(row.slice(2, 3), i);
    fresh.low.set(row.slice(3, 4), i);
    fresh.close.set(row.slice(4, 5), i);
    fresh.volume.set(row.slice(5, 6), i);
  });
  return { kind: 'bars', at: read.at, phase: read.phase, bars: fresh };
}

function replayed(inputs: readonly Input[]): string[] {
  const engine = new Engine();
  return inputs.map((input) => JSON.stringify(engine.apply(throughJson(input)) satisfies readonly Output[]));
}

/** At the end a panic was given over calm candles: nothing is left, and everybody was answered. */
function ended(session: Session): void {
  const { auditor, engine, matching, commands } = session;
  assert.equal(engine.status().state, 'STOPPED');
  assert.equal(engine.status().haltedBy?.rule, 'panic');
  assert.ok(auditor.flat, 'flat');
  assert.equal(engine.positions().length, 0);
  assert.equal(auditor.livesAtVenue, 0, 'no order is left at the venue');
  assert.equal(matching.busy, false);
  for (let id = 1; id <= commands; id++)
    assert.ok(auditor.replies.has(id), `command ${id} was never answered`);
  assert.equal(auditor.replies.size, commands);
}

it('random presets, markets, venues and commands: nothing unprotected, lost, sent twice or unanswered', () => {
  const seen = { trades: 0, states: new Set<EngineState>() };
  fc.assert(
    fc.property(presets, venues, plans, (preset, rules, plan) => {
      const source = marketOf(rules);
      const venue = moody(matchingOf(source, rules), rules.seed + 1, rules.refusals);
      const session = play(preset, source, venue, plan, BARS - TAIL + 2);
      ended(session);
      if (rules.gap === 0 && rules.missing === 0) {
        const equity = Number(session.engine.status().equity);
        assert.ok(equity > 0, `only a gap may lose more than there is, and ${equity} is left`);
      }
      assert.deepEqual(replayed(session.inputs), session.outputs, 'recorded inputs give the same outputs');
      seen.trades += session.auditor.trades;
      for (const state of session.auditor.states) seen.states.add(state);
    }),
    { seed: 20250101, numRuns: RUNS, endOnFailure: true },
  );
  // A property that nothing happens in holds nothing.
  assert.ok(seen.trades > 3 * RUNS, `${seen.trades} trades`);
  assert.equal(seen.states.size, 11, 'every state but ERROR was passed');
});

it('the generated market, commands at random: the same holds', () => {
  let trades = 0;
  const symbols = generatedMarket({ seed: 1 })
    .instruments.slice(0, 8)
    .map((i) => i.symbol);
  fc.assert(
    fc.property(presets, venues, plans, (preset, rules, plan) => {
      const source = generatedMarket({ seed: rules.seed, symbols, bars: BARS });
      const matching = matchingOf(source, { ...rules, volumeShare: Math.max(0.02, rules.volumeShare) });
      const venue = moody(matching, rules.seed + 1, rules.refusals);
      const session = play(preset, source, venue, plan, BARS - TAIL + 2);
      ended(session);
      assert.ok(Number(session.engine.status().equity) > 0);
      assert.deepEqual(replayed(session.inputs), session.outputs, 'recorded inputs give the same outputs');
      trades += session.auditor.trades;
    }),
    { seed: 20250102, numRuns: GENERATED_RUNS, endOnFailure: true },
  );
  assert.ok(trades > GENERATED_RUNS, `${trades} trades`);
});
