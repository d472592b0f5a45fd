/** The loop that backtest, replay and `sim` share: order of things, and that no way of driving it differs. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Preset } from '../../src/config/preset.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Input } from '../../src/engine/input.ts';
import type { Output } from '../../src/engine/output.ts';
import { toMarket } from '../../src/market/instrument.ts';
import { BASE } from '../../src/market/time.ts';
import { Lockstep } from '../../src/session/lockstep.ts';
import type { BarSource, Matching } from '../../src/venue/ports.ts';
import { generatedMarket } from '../../src/venue/simulated/generator/generated-market.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../src/venue/simulated/matching.ts';
import { randomMarket } from '../engine/random-market.ts';
import { MIDNIGHT, PERP, type PresetChange, permissive, SECOND_PERP } from '../engine/rig.ts';

const BARS = 400;

interface Seen {
  readonly input: Input;
  readonly outputs: readonly Output[];
}

interface Loop {
  readonly engine: Engine;
  readonly matching: Matching;
  readonly lockstep: Lockstep;
  readonly seen: Seen[];
}

function market(bars = BARS): BarSource {
  return randomMarket({
    seed: 7,
    instruments: [PERP, SECOND_PERP],
    startsAt: MIDNIGHT,
    history: 400,
    bars,
    calmTail: 0,
    missing: 0.02,
    silent: 0.02,
    gap: 0.02,
  });
}

function loop(source: BarSource, volumeShare = DEFAULT_COSTS.volumeShare): Loop {
  const engine = new Engine();
  const matching = simulatedMatching({
    markets: source.instruments.map(toMarket),
    costs: { ...DEFAULT_COSTS, volumeShare },
  });
  const seen: Seen[] = [];
  const lockstep = new Lockstep({
    engine,
    source,
    matching,
    observe: (input, outputs) => {
      seen.push({ input, outputs });
    },
  });
  return { engine, matching, lockstep, seen };
}

function started(source: BarSource, change: PresetChange = {}, volumeShare?: number): Loop {
  const made = loop(source, volumeShare);
  made.lockstep.open();
  start(made, permissive(change));
  return made;
}

function start({ lockstep }: Loop, preset: Preset): void {
  lockstep.command(1, 'tester', { name: 'start', preset, mode: 'paper', equity: '10000', account: 'fresh' });
}

/** All that was said, without the bars themselves, which are one object filled again and again. */
function told(seen: readonly Seen[]): string {
  return seen.map(({ input, outputs }) => `${input.kind} ${input.at} ${JSON.stringify(outputs)}`).join('\n');
}

function stepThrough({ lockstep }: Loop): void {
  while (lockstep.nextAt() !== null) lockstep.step();
}

it('point by point and bar by bar give the same trades, events and orders, byte for byte', () => {
  for (const change of [
    {},
    { entry: { policy: 'stop' } },
    { execution: { twap: { above_notional: 100, slices: 3, interval_ms: 40_000 } } },
  ] satisfies PresetChange[]) {
    const byPoint = started(market(), change);
    stepThrough(byPoint);
    const byBar = started(market(), change);
    while (byBar.lockstep.stepBar()) assert.equal(byBar.lockstep.now % BASE, 0);
    assert.equal(told(byBar.seen), told(byPoint.seen));
    assert.ok(byBar.engine.trades().length >= 5, `${byBar.engine.trades().length} trades`);
  }
});

it('a bar begun point by point is ended bar by bar at its close', () => {
  const byPoint = started(market());
  stepThrough(byPoint);
  const mixed = started(market());
  for (let i = 0; mixed.lockstep.nextAt() !== null; i++) {
    if (i % 3 === 0) mixed.lockstep.step();
    else mixed.lockstep.stepBar();
  }
  assert.equal(told(mixed.seen), told(byPoint.seen));
});

it('the generated market twice: byte-identical event streams', () => {
  const run = (): Loop => {
    const source = generatedMarket({ seed: 11, bars: BARS });
    const made = started(source);
    while (made.lockstep.stepBar());
    return made;
  };
  const first = run();
  assert.equal(told(run().seen), told(first.seen));
  assert.ok(first.engine.trades().length >= 5);
});

it('venue time never runs backwards, and nextAt says where the next step goes', () => {
  const made = started(market(), { execution: { protect_timeout_ms: 1234 } });
  let before = made.lockstep.now;
  for (let next = made.lockstep.nextAt(); next !== null; next = made.lockstep.nextAt()) {
    assert.ok(next >= before);
    made.lockstep.step();
    assert.equal(made.lockstep.now, next);
    before = next;
  }
  assert.equal(made.lockstep.nextAt(), null, 'the end stays the end');
  assert.equal(made.lockstep.stepBar(), false);
});

it('the fills inside a bar come before the bar, at the times of its path points', () => {
  const recorded = market();
  let closesAt = 0;
  const { seen, lockstep } = started({
    ...recorded,
    next() {
      const bars = recorded.next();
      if (bars !== null) closesAt = bars.closeTime;
      return bars;
    },
  });
  let fills = 0;
  let told = 0;
  let lastBar = 0;
  while (lockstep.nextAt() !== null) {
    lockstep.step();
    for (const { input } of seen.slice(told)) {
      if (input.kind === 'bars' && input.phase === 'live') lastBar = input.at;
      if (input.kind !== 'order' || input.report.status !== 'fill') continue;
      fills++;
      assert.ok(lastBar < closesAt, 'its bar is not closed yet');
      assert.ok(input.at >= closesAt - BASE && input.at <= closesAt);
      assert.equal((closesAt - input.at) % (BASE / 3), 0);
    }
    told = seen.length;
  }
  assert.ok(fills > 10);
});

it('an entry decided on a close fills at a later price only, never in the candle that gave the signal', () => {
  const { seen, lockstep, engine } = started(market());
  while (lockstep.stepBar());
  const accepted = new Map<number, number>();
  let entries = 0;
  for (const { input, outputs } of seen) {
    for (const output of outputs)
      if (output.kind === 'submit' && output.order.purpose === 'entry') {
        assert.equal(input.kind, 'bars', 'entries are decided on closed bars');
        assert.equal(output.at % BASE, 0);
      }
    if (input.kind !== 'order') continue;
    if (input.report.status === 'accepted') accepted.set(input.report.orderId, input.at);
    if (input.report.status === 'fill') {
      const since = accepted.get(input.report.orderId);
      assert.ok(since !== undefined, 'filled before it was accepted');
      assert.ok(input.at >= since);
      entries++;
    }
  }
  assert.ok(entries > 5);
  for (const trade of engine.trades()) assert.ok(trade.closedAt >= trade.openedAt);
});

it('a stop is at the venue before the next path point, however the entry is filled', () => {
  const made = started(market(), {}, 0.02);
  let checked = 0;
  while (made.lockstep.nextAt() !== null) {
    made.lockstep.step();
    for (const position of made.engine.positions()) {
      const closing = made.seen.some(({ outputs }) =>
        outputs.some(
          (o) => o.kind === 'submit' && o.order.purpose === 'exit' && o.order.tradeId === position.tradeId,
        ),
      );
      if (closing) continue;
      assert.equal(position.protectedQuantity, position.quantity);
      checked++;
    }
  }
  assert.ok(checked > 20);
});

it('when the recording ends, open positions stay open, protected and marked to the last close', () => {
  // Found rather than made: the first length at whose end something is open.
  const cut = started(market());
  let bars = 0;
  let length = 0;
  while (cut.lockstep.stepBar()) {
    bars++;
    if (cut.engine.positions().length > 0) {
      length = bars;
      break;
    }
  }
  assert.ok(length > 0);
  const made = cut;
  const close = made.lockstep.now;
  made.lockstep.command(2, 'venue', { name: 'stop', flatten: false });
  const [position] = made.engine.positions();
  assert.ok(position);
  assert.equal(made.engine.status().state, 'IDLE');
  assert.equal(made.matching.positions().size > 0, true);
  assert.ok(position.stop !== null);
  const last = made.seen.findLast((s) => s.input.kind === 'bars')?.input;
  assert.ok(last?.kind === 'bars' && last.at === close);
  const index = position.symbol === PERP.symbol ? 0 : 1;
  const row = last.bars.symbol.subarray(0, last.bars.count).indexOf(index);
  if (row >= 0) assert.equal(Number(position.mark), Math.round((last.bars.close[row] ?? 0) * 100) / 100);
});

it('the warm-up is asked for once, before the start is answered, and gives no signal', () => {
  const { seen } = started(market());
  const kinds = seen.map(({ input }) => (input.kind === 'bars' ? input.phase : input.kind));
  assert.deepEqual(
    kinds.filter((k, i) => k !== kinds[i - 1]),
    ['instruments', 'command', 'history', 'ready'],
  );
  const warmup = seen.filter(({ input }) => input.kind === 'bars');
  assert.ok(warmup.length >= 300);
  for (const { outputs } of warmup) assert.deepEqual(outputs, []);
  const reply = seen.at(-1)?.outputs.find((o) => o.kind === 'reply');
  assert.ok(reply?.kind === 'reply' && reply.error === null);
});

it('a timer goes off at its own venue time, between the path points', () => {
  const change = { execution: { twap: { above_notional: 10, slices: 4, interval_ms: 7_000 } } };
  const { seen, lockstep } = started(market(), change);
  while (lockstep.stepBar());
  const due = new Map<number, number>();
  let fired = 0;
  for (const { input, outputs } of seen) {
    if (input.kind === 'timer') {
      assert.equal(input.at, due.get(input.timerId));
      fired++;
    }
    for (const output of outputs) if (output.kind === 'timer') due.set(output.timerId, output.due);
  }
  assert.ok(fired > 10);
});

it('a panic between two points sells at what comes next and is verified against the venue', () => {
  const made = started(market());
  while (made.engine.positions().length === 0 && made.lockstep.nextAt() !== null) made.lockstep.step();
  const [position] = made.engine.positions();
  assert.ok(position);
  const at = made.lockstep.now;
  made.lockstep.command(2, 'tester', { name: 'emergencyStop', reason: 'test' });
  assert.equal(made.engine.status().state, 'EMERGENCY');
  assert.ok(made.matching.positions().size > 0, 'nothing fills at a price that is gone');
  while (made.engine.status().state === 'EMERGENCY' && made.lockstep.nextAt() !== null) made.lockstep.step();
  assert.equal(made.engine.status().state, 'STOPPED');
  assert.equal(made.matching.positions().size, 0);
  assert.ok(made.lockstep.now > at);
  assert.equal(made.seen.filter(({ input }) => input.kind === 'positions').length, 1);
});
