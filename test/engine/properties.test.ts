/** Random presets, markets, venues and commands: what must hold always. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { Preset } from '../../src/config/preset.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Input } from '../../src/engine/input.ts';
import type { Output } from '../../src/engine/output.ts';
import type { EngineState } from '../../src/engine/state.ts';
import { barColumns } from '../../src/market/bars.ts';
import { BASE } from '../../src/market/time.ts';
import { Lockstep } from '../../src/session/lockstep.ts';
import type { BarSource, Matching } from '../../src/venue/ports.ts';
import { generatedMarket } from '../../src/venue/simulated/generator/generated-market.ts';
import { Auditor } from './auditor.ts';
import {
  BARS,
  commandOf,
  copyOf,
  type Deed,
  EQUITY,
  marketOf,
  matchingOf,
  moody,
  type Planned,
  plans,
  presets,
  TAIL,
  venues,
} from './random-session.ts';

/** Seconds together; a hunt for rare faults sets more. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 80);
const GENERATED_RUNS = Math.ceil(RUNS / 8);

interface Session {
  readonly inputs: Input[];
  readonly outputs: string[];
  readonly auditor: Auditor;
  readonly engine: Engine;
  readonly matching: Matching;
  readonly commands: number;
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
