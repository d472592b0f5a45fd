/** A restart from a snapshot must not be seen in any decision: random sessions, cut wherever something is under way. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ArchiveError } from '../../src/archive/archive.ts';
import type { Preset } from '../../src/config/preset.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Input } from '../../src/engine/input.ts';
import type { Output } from '../../src/engine/output.ts';
import { BASE } from '../../src/market/time.ts';
import { Lockstep } from '../../src/session/lockstep.ts';
import type { Matching } from '../../src/venue/ports.ts';
import { random } from './random-market.ts';
import {
  BARS,
  commandOf,
  copyOf,
  type Deed,
  marketOf,
  matchingOf,
  moody,
  type Planned,
  plans,
  presets,
  type VenueRules,
  venues,
} from './random-session.ts';
import { Rig } from './rig.ts';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 30);
/** Cuts at random places of a session, beside those where something is under way for the first time. */
const CUTS = 6;

function loaded(bytes: Uint8Array): Engine {
  const engine = new Engine();
  engine.restore(bytes);
  return engine;
}

/** The engine after a restart; asserts that nothing was lost or made up by it. */
function restarted(engine: Engine): Engine {
  const bytes = engine.save();
  const fresh = loaded(bytes);
  assert.ok(Buffer.from(bytes).equals(fresh.save()), 'a loaded engine saves what it was loaded from');
  assert.deepEqual(fresh.outstanding(), engine.outstanding());
  return fresh;
}

const SITUATIONS = [
  'before the first start',
  'starting',
  'paused',
  'halted',
  'panic under way',
  'stop under way',
  'asking whether it is flat',
  'a slice of a TWAP entry due',
  'an add-on out',
  'an entry resting at its level',
  'an order unknown',
  'a fill not protected yet',
  'a cancel refused',
  'a position held',
] as const;
type Situation = (typeof SITUATIONS)[number];

/** What is under way in an engine, as far as its views tell; `known` says what some of its timers are for. */
function situationsOf(engine: Engine, preset: Preset, known: ReadonlyMap<number, Situation>): Situation[] {
  const status = engine.status();
  const { timers, history, query } = engine.outstanding();
  const live = engine.orders().filter((o) => !['filled', 'cancelled', 'rejected'].includes(o.status));
  const is: Record<Situation, boolean> = {
    'before the first start': engine.account() === null,
    starting: history !== null,
    paused: status.state === 'PAUSED' && status.pausedBy !== null,
    halted: status.haltedBy !== null && status.haltedBy.rule !== 'panic',
    'panic under way': status.state === 'EMERGENCY',
    'stop under way': status.stopping,
    'asking whether it is flat': query !== null,
    'a slice of a TWAP entry due': timers.some(
      ({ timerId }) => known.get(timerId) === 'a slice of a TWAP entry due',
    ),
    'an add-on out': live.some((o) => o.purpose === 'add_on'),
    'an entry resting at its level':
      preset.entry.policy === 'stop' && live.some((o) => o.purpose === 'entry' && o.status === 'working'),
    'an order unknown': live.some((o) => o.status === 'unknown'),
    'a fill not protected yet': engine
      .positions()
      .some((p) => Number(p.protectedQuantity) < Number(p.quantity)),
    'a cancel refused': timers.some(({ timerId }) => known.get(timerId) === 'a cancel refused'),
    'a position held': engine.positions().length > 0,
  };
  return SITUATIONS.filter((name) => is[name]);
}

/** A venue whose answers get lost at first: an order is unknown until the venue's word on it comes. */
function forgetful<V extends Matching>(venue: V, seed: number, chance: number): V {
  const draw = random(seed);
  const submit: Matching['submit'] = venue.submit.bind(venue);
  venue.submit = (order, at) =>
    draw() < chance ? [{ status: 'unknown', orderId: order.id }, ...submit(order, at)] : submit(order, at);
  return venue;
}

interface Recorded {
  readonly input: Input;
  readonly outputs: readonly Output[];
}

/** Every input of a random session with what came of it. */
function recorded(preset: Preset, rules: VenueRules, plan: readonly Planned[]): Recorded[] {
  const source = marketOf(rules);
  const venue = forgetful(
    moody(matchingOf(source, rules), rules.seed + 1, rules.refusals),
    rules.seed + 2,
    0.1,
  );
  const engine = new Engine();
  const records: Recorded[] = [];
  const lockstep = new Lockstep({
    engine,
    source,
    matching: venue,
    observe(input, outputs) {
      records.push({
        input: input.kind === 'bars' ? { ...input, bars: copyOf(input.bars) } : input,
        outputs,
      });
    },
  });
  let commands = 0;
  const give = (deed: Deed) => lockstep.command(++commands, 'random', commandOf(deed, preset, engine));
  lockstep.open();
  give('start');
  const queue = [...plan].sort((a, b) => a.after - b.after);
  for (let steps = 0; lockstep.nextAt() !== null; steps++) {
    for (let next = queue[0]; next !== undefined && next.after <= steps; next = queue[0]) {
      queue.shift();
      give(next.deed);
    }
    lockstep.step();
  }
  assert.ok(records.length > BARS);
  return records;
}

describe('a snapshot of the engine', () => {
  it('random sessions, cut anywhere: what follows is decided as if there had been no restart', () => {
    const seen = new Map<Situation, number>();
    fc.assert(
      fc.property(presets, venues, plans, fc.nat(), (preset, rules, plan, seed) => {
        const records = recorded(preset, rules, plan);
        const draw = random(seed);
        const cuts = new Set(Array.from({ length: CUTS }, () => Math.floor(draw() * records.length)));
        const here = new Set<Situation>();
        const known = new Map<number, Situation>();
        const whole = new Engine();
        let cut = new Engine();
        records.forEach(({ input, outputs }, index) => {
          const expected = JSON.stringify(outputs);
          assert.equal(JSON.stringify(whole.apply(input)), expected);
          assert.equal(JSON.stringify(cut.apply(input)), expected, `after a restart, at input ${index}`);
          for (const output of outputs) {
            if (output.kind !== 'timer') continue;
            if (output.due - output.at === preset.execution.twap?.interval_ms)
              known.set(output.timerId, 'a slice of a TWAP entry due');
            else if (input.kind === 'order' && input.report.status === 'cancel_rejected')
              known.set(output.timerId, 'a cancel refused');
          }
          const fresh = situationsOf(whole, preset, known).filter((name) => !here.has(name));
          for (const name of fresh) {
            here.add(name);
            seen.set(name, (seen.get(name) ?? 0) + 1);
          }
          if (fresh.length === 0 && !cuts.has(index)) return;
          assert.ok(Buffer.from(whole.save()).equals(cut.save()), `other bytes at input ${index}`);
          cut = restarted(cut);
        });
        assert.ok(Buffer.from(whole.save()).equals(cut.save()), 'other bytes at the end');
      }),
      { seed: 20250103, numRuns: RUNS, endOnFailure: true },
    );
    for (const name of SITUATIONS) assert.ok((seen.get(name) ?? 0) > 0, `no session was cut with ${name}`);
  });

  it('a fault, and a retry after it, come out the same', () => {
    const rig = new Rig().boot();
    rig.hold();
    rig.give({ kind: 'fault', reason: 'disk gone' });
    assert.equal(rig.state, 'ERROR');
    const after = restarted(rig.engine);
    const retry: Input = { kind: 'command', at: rig.now, id: 99, by: 'ann', command: { name: 'retry' } };
    assert.deepEqual(after.apply(retry), rig.engine.apply(retry));
    assert.deepEqual(after.status(), rig.engine.status());
  });

  it('names the bars that a start waits for, the query of a stop and every timer with its time', () => {
    const rig = new Rig();
    assert.deepEqual(loaded(rig.engine.save()).outstanding(), { timers: [], query: null, history: null });
    rig.start();
    const asked = rig.outputs.findLast((o) => o.kind === 'history');
    assert.ok(asked?.kind === 'history' && asked.bars > 0);
    assert.equal(loaded(rig.engine.save()).outstanding().history, asked.bars);
    rig.ready();
    assert.equal(rig.engine.outstanding().history, null);
    rig.bar();
    const entry = rig.breakOut();
    rig.accept(entry);
    rig.fill(entry);
    const timer = rig.outputs.findLast((o) => o.kind === 'timer');
    assert.ok(timer?.kind === 'timer');
    const { timers } = loaded(rig.engine.save()).outstanding();
    assert.deepEqual(timers, [{ timerId: timer.timerId, due: timer.due }]);
    rig.elapse(BASE);
    assert.ok(!rig.engine.outstanding().timers.some(({ timerId }) => timerId === timer.timerId));
    const flat = new Rig().boot();
    flat.stop(true);
    assert.deepEqual(loaded(flat.engine.save()).outstanding().query, flat.queries().at(-1));
  });

  it('an order that ended long ago is still the stop of its trade, and a late fill of it is still found', () => {
    const rig = new Rig().boot();
    const { entry, stop } = rig.hold();
    rig.fill(rig.last('tp1'));
    // More orders end than are remembered: the target of the open trade is forgotten but by its trade.
    for (let i = 0; i < 1100; i++) {
      const before = rig.last('stop');
      rig.cancelled(before, 'the venue took it out');
      rig.accept(rig.last('stop'));
    }
    assert.equal(
      rig.engine.orders().find((o) => o.id === entry.id),
      undefined,
    );
    const after = restarted(rig.engine);
    assert.deepEqual(after.positions(), rig.engine.positions());
    assert.notEqual(rig.last('stop').id, stop.id);
    const fill: Input = {
      kind: 'order',
      at: rig.now,
      report: {
        status: 'fill',
        orderId: rig.last('stop').id,
        fillId: 'last',
        price: '100',
        quantity: rig.last('stop').quantity,
        fee: '0',
        feeIn: 'quote',
        liquidity: 'taker',
      },
    };
    assert.deepEqual(after.apply(fill), rig.engine.apply(fill));
    assert.ok(Buffer.from(after.save()).equals(rig.engine.save()));
  });

  it('a damaged snapshot leaves the engine as it was', () => {
    const rig = new Rig().boot();
    rig.hold();
    const bytes = rig.engine.save();
    const before = bytes.slice();
    const draw = random(1);
    for (let i = 0; i < 200; i++) {
      const torn = bytes.slice();
      const at = Math.floor(draw() * torn.length);
      torn[at] = (torn[at] ?? 0) ^ (1 << Math.floor(draw() * 8));
      assert.throws(() => rig.engine.restore(torn), ArchiveError);
      assert.throws(() => rig.engine.restore(bytes.slice(0, at)), ArchiveError);
    }
    assert.deepEqual(rig.engine.save(), before);
  });
});
