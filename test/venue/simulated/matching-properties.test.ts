import assert from 'node:assert/strict';
import { it } from 'node:test';
import Big from 'big.js';
import fc from 'fast-check';
import type { OrderReport } from '../../../src/engine/input.ts';
import type { OrderRequest } from '../../../src/engine/output.ts';
import type { BarPath } from '../../../src/venue/ports.ts';
import { type Point, request, type Venue, venue } from './matching-kit.ts';
import { COSTS, type Step, SYMBOLS, steps, VOLUME_SHARE } from './random-script.ts';

interface Said {
  readonly report: OrderReport;
  /** Bar ordinal; point -1 is before its open. `walked` tells fills from answers. */
  readonly bar: number;
  readonly point: Point | -1;
}

interface Run {
  readonly v: Venue;
  readonly said: Said[];
  readonly orders: Map<number, OrderRequest>;
  readonly placed: Map<number, { readonly bar: number; readonly point: number }>;
}

const POINTS: readonly Point[] = [0, 1, 2, 3];

function play(script: readonly Step[], path: BarPath): Run {
  const v = venue({ costs: COSTS, path });
  const run: Run = { v, said: [], orders: new Map(), placed: new Map() };
  const say = (reports: readonly OrderReport[], bar: number, point: Point | -1) => {
    for (const report of reports) run.said.push({ report, bar, point });
  };
  script.forEach((step, bar) => {
    const act = (point: Point | -1) => {
      for (const one of step.actions[point + 1] ?? []) {
        if (one.do === 'submit') {
          const id = run.orders.size + 1;
          const { trade, ...rest } = one.order;
          const given = request({ ...rest, id, tradeId: trade });
          run.orders.set(id, given);
          run.placed.set(id, { bar, point });
          say(v.submit(given), bar, point);
        } else if (one.do === 'cancel') say(v.cancel(one.pick), bar, point);
        else say(v.amend(one.pick, one.quantity, one.stopPrice), bar, point);
      }
    };
    act(-1);
    v.begin(step.bars);
    for (const point of POINTS) {
      say(v.matching.walk(point), bar, point);
      act(point);
    }
  });
  return run;
}

function fillsOf(run: Run) {
  return run.said.flatMap(({ report, bar, point }) => {
    const given = run.orders.get(report.orderId);
    return report.status === 'fill' && given ? [{ fill: report, order: given, bar, point }] : [];
  });
}

const check = (property: (script: Step[], path: BarPath) => void) =>
  fc.assert(fc.property(steps, fc.constantFrom<BarPath[]>('nearer', 'other'), property), {
    numRuns: 150,
    seed: 7,
  });

it('never fills more than was ordered, and ends each order with exactly one final report', () => {
  check((script, path) => {
    const run = play(script, path);
    const total = new Map<number, Big>();
    const filled = new Map<number, Big>();
    const ended = new Set<number>();
    const fillIds = new Set<string>();
    for (const { report } of run.said) {
      const id = report.orderId;
      if (report.status === 'cancel_rejected' || report.status === 'amend_rejected') continue;
      assert.ok(!ended.has(id), `order ${id}: ${report.status} after its end`);
      if (report.status === 'accepted') total.set(id, new Big(run.orders.get(id)?.quantity ?? Number.NaN));
      else if (report.status === 'amended') total.set(id, new Big(report.quantity));
      else if (report.status === 'fill') {
        assert.ok(!fillIds.has(report.fillId));
        fillIds.add(report.fillId);
        const sum = (filled.get(id) ?? new Big(0)).plus(report.quantity);
        filled.set(id, sum);
        const most = total.get(id);
        assert.ok(most && sum.lte(most), `order ${id} filled ${sum} of ${most}`);
        if (sum.eq(most)) ended.add(id);
      } else ended.add(id);
    }
    for (const id of run.orders.keys()) {
      const [last, ...more] = run.v.cancel(id);
      assert.equal(last?.status, ended.has(id) ? 'cancel_rejected' : 'cancelled');
      assert.deepEqual(more, []);
    }
    assert.equal(run.v.matching.busy, false);
  });
});

it('never takes more of a bar than the share allowed, all orders of the symbol together', () => {
  check((script, path) => {
    const taken = new Map<string, Big>();
    for (const { fill, order: given, bar } of fillsOf(play(script, path))) {
      const key = `${bar} ${given.symbol}`;
      const sum = (taken.get(key) ?? new Big(0)).plus(fill.quantity);
      taken.set(key, sum);
      const volume = script[bar]?.bars.get(SYMBOLS.indexOf(given.symbol))?.[4] ?? 0;
      assert.ok(sum.lte(new Big(volume).times(VOLUME_SHARE)), `${key}: ${sum} of ${volume}`);
    }
  });
});

it('never fills a limit worse than its price, nor a stop better than its trigger', () => {
  check((script, path) => {
    const run = play(script, path);
    const moved = new Set(
      run.said.flatMap(({ report }) => (report.status === 'amended' ? [report.orderId] : [])),
    );
    for (const { fill, order: given } of fillsOf(run)) {
      const price = Number(fill.price);
      const sign = given.side === 'buy' ? 1 : -1;
      if (given.price !== null) assert.ok(sign * (price - Number(given.price)) <= 0);
      // The rest of a fired stop goes on at later prices, whatever they are: its first fill counts when it had volume.
      const fired = run.said.find(({ report }) => report.orderId === given.id && report.status === 'fill');
      if (given.type !== 'stop' || moved.has(given.id) || fired?.report !== fill) continue;
      if (waited(run, script, given)) continue;
      assert.ok(
        sign * (price - Number(given.stopPrice)) >= 0,
        `${given.side} stop ${given.stopPrice} at ${price}`,
      );
    }
  });
});

/** True when another order of the symbol was served, or no lot could be had, in an earlier bar that reached the stop. */
function waited(run: Run, script: readonly Step[], given: OrderRequest): boolean {
  const first = fillsOf(run).find(({ order: other }) => other.id === given.id);
  const placed = run.placed.get(given.id);
  if (!first || !placed) return false;
  const symbol = SYMBOLS.indexOf(given.symbol);
  const stop = Number(given.stopPrice);
  for (let bar = placed.bar; bar < first.bar; bar++) {
    const row = script[bar]?.bars.get(symbol);
    if (row && row[4] > 0 && (given.side === 'buy' ? row[1] >= stop : row[2] <= stop)) return true;
  }
  return false;
}

it('never fills an order at a price that only came before it', () => {
  check((script, path) => {
    const run = play(script, path);
    for (const { fill, order: given, bar, point } of fillsOf(run)) {
      const placed = run.placed.get(given.id);
      assert.ok(placed && (bar > placed.bar || (bar === placed.bar && point > placed.point)));
      if (bar !== placed.bar || placed.point < 2 || fill.liquidity !== 'maker') continue;
      // Placed at the last extreme: only the way to the close is left for it.
      const row = script[bar]?.bars.get(SYMBOLS.indexOf(given.symbol));
      assert.ok(row);
      const close = row[3];
      assert.ok(given.side === 'buy' ? close < Number(fill.price) : close > Number(fill.price));
    }
  });
});

it('holds exactly the sum of its fills, less what spot takes in fees, and never sells spot short', () => {
  check((script, path) => {
    const run = play(script, path);
    const held = new Map<string, Big>();
    for (const { fill, order: given } of fillsOf(run)) {
      const before = held.get(given.symbol) ?? new Big(0);
      let after = given.side === 'buy' ? before.plus(fill.quantity) : before.minus(fill.quantity);
      if (fill.feeIn === 'base') after = after.minus(fill.fee);
      if (given.symbol === 'CCC') assert.ok(after.gte(0));
      if (given.reduceOnly) assert.ok(after.abs().lt(before.abs()) && after.times(before).gte(0));
      held.set(given.symbol, after);
    }
    const expected = [...held]
      .filter(([, sum]) => !sum.eq(0))
      .map(([symbol, sum]) => [symbol, sum.toFixed()]);
    assert.deepEqual([...run.v.matching.positions()], expected.sort());
  });
});

it('does the same twice, to the last digit', () => {
  check((script, path) => {
    const [one, two] = [play(script, path), play(script, path)];
    assert.deepEqual(one.said, two.said);
    assert.deepEqual([...one.v.matching.ambiguousTrades], [...two.v.matching.ambiguousTrades]);
  });
});
