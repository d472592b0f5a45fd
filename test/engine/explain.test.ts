/** Why there is no trade: what an operator is told of each symbol, and of the whole. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BASE } from '../../src/market/time.ts';
import { ABOVE, PERP, Rig, SECOND_PERP } from './rig.ts';

function placeOf(rig: Rig, symbol = PERP.symbol): string {
  return rig.engine.explain(symbol)?.symbols[0]?.place ?? 'none';
}

it('a symbol is followed through the pipeline: unseen, waiting at its level, entry out, position open', () => {
  const rig = new Rig();
  assert.deepEqual(rig.engine.explain(), {
    entries: { allowed: false, reasons: ['the engine is IDLE'] },
    symbols: [],
  });
  rig.start();
  assert.equal(placeOf(rig), 'unseen');
  rig.ready();
  rig.bar();
  assert.equal(placeOf(rig), 'waiting');
  const entry = rig.breakOut();
  assert.equal(placeOf(rig), 'entry');
  rig.accept(entry);
  rig.fill(entry);
  assert.equal(placeOf(rig), 'position');
});

it('a filter that keeps a symbol out is named with what was found and what is needed', () => {
  const rig = new Rig({ preset: { liquidity_filters: { min_24h_volume: 40_000_000 } } });
  rig.start();
  rig.ready();
  rig.bar();
  const [symbol] = rig.engine.explain()?.symbols ?? [];
  assert.equal(symbol?.place, 'filters');
  assert.deepEqual(
    symbol.blocking.map((j) => [j.condition, j.verdict, j.threshold, j.needs, j.unit]),
    [['min_24h_volume', 'failed', 40_000_000, 'at least', 'quote']],
  );
  const [judged] = symbol.blocking;
  assert.match(judged?.text ?? '', /^24 h volume \S+M, needs at least 40M$/);
  assert.equal(judged?.miss, (40_000_000 - (judged?.value ?? 0)) / 40_000_000);
});

it('a breakout on too little volume is a near miss, in the words of a trader', () => {
  const rig = new Rig({ preset: { momentum: { volume_multiple: 12 } } }).boot();
  rig.barTo(ABOVE);
  assert.notEqual(rig.state, 'EXECUTION');
  const [near] = rig.engine.diagnostics().nearMisses;
  assert.deepEqual(near && [near.symbol, near.condition, near.text, near.at], [
    PERP.symbol,
    'volume_multiple',
    'AAAUSDT: volume of the break 10.00x, needs at least 12.00x',
    rig.now,
  ]);
  for (let i = 0; i < 289; i++) rig.bar();
  assert.ok(
    rig.engine.diagnostics().nearMisses.every((miss) => miss.at !== near?.at),
    'yesterday is no news',
  );
});

it('what keeps every entry out is said first: paused by whom and why, halted, no slot', () => {
  const rig = new Rig({ preset: { risk: { max_open_positions: 1 } } }).boot();
  assert.deepEqual(rig.engine.explain()?.entries, { allowed: true, reasons: [] });
  rig.hold();
  assert.deepEqual(rig.engine.explain()?.entries.reasons, ['all 1 slots are taken']);
  rig.pause('lunch');
  assert.ok(rig.engine.explain()?.entries.reasons.includes('paused by tester: lunch'));
});

it('levels that rest during a pause or after a stop are not called out of reach, nor said to be waited at', () => {
  // Of the two edges of the box one is always too far: that is no reason once neither is looked at.
  const rig = new Rig({ preset: { levels: { max_distance_atr: 3 } } }).boot().until('SIGNAL_WAIT');
  const told = () => {
    const [symbol] = rig.engine.explain(PERP.symbol)?.symbols ?? [];
    return [symbol?.place, symbol?.text, symbol?.blocking.length];
  };
  assert.equal(told()[0], 'waiting');
  rig.pause();
  assert.equal(rig.state, 'PAUSED');
  assert.deepEqual(told(), ['levels', 'no level is watched now', 0]);
  rig.resume();
  rig.until('SIGNAL_WAIT');
  assert.equal(told()[0], 'waiting');
  rig.stop();
  assert.equal(rig.state, 'IDLE');
  assert.deepEqual(told(), ['levels', 'no level is watched now', 0]);
});

it('what a symbol lacked at an older scan is not told as what it lacks now', () => {
  // The last scan found it without a fresh candle and looked no further; before, it was too small.
  const rig = new Rig({
    preset: { universe: { top_n_by_volume: 1 } },
    instruments: [PERP, SECOND_PERP],
  }).boot();
  const told = () => rig.engine.explain(SECOND_PERP.symbol)?.symbols[0]?.blocking.map((j) => j.condition);
  assert.deepEqual(told(), ['top_n_by_volume']);
  const [of = null] = rig.inputs.filter((input) => input.kind === 'bars').slice(-1);
  assert.ok(of?.kind === 'bars');
  rig.elapse(BASE);
  rig.give({ kind: 'bars', phase: 'live', bars: { ...of.bars, closeTime: rig.now, count: 1 } });
  assert.deepEqual(told(), ['fresh_candle']);
});

it('a symbol that was never traded is not said to have cooled down for five million candles', () => {
  const rig = new Rig({ preset: { entry: { cooldown_base_bars: 2 } } }).boot();
  rig.hold();
  const judged = rig.engine.explain(PERP.symbol)?.symbols[0]?.judgements ?? [];
  assert.ok(judged.some((j) => j.condition === 'free_slot'));
  assert.deepEqual(
    judged.filter((j) => j.condition === 'cooldown_base_bars'),
    [],
  );
});

it('a symbol that is not traded has no explanation', () => {
  assert.equal(new Rig().boot().engine.explain('NOPEUSDT'), null);
});

it('the funnel narrows, and its counts are those of the run', () => {
  const rig = new Rig({ instruments: [PERP, SECOND_PERP] }).boot();
  rig.hold();
  const { funnel, scans } = rig.engine.diagnostics();
  const total = new Map(funnel.map(({ step, total }) => [step, total]));
  assert.equal(total.get('markets'), 2 * scans);
  assert.equal(total.get('signals'), rig.events('signal').length);
  assert.equal(total.get('entries sent'), rig.submitted('entry').length);
  assert.equal(total.get('positions opened'), 1);
  for (const name of ['universe', 'filters passed', 'candidates'] as const) {
    assert.ok((total.get(name) ?? 0) <= 2 * scans, name);
  }
});

it('pass rates count what was judged and leave out what could not be', () => {
  const { conditions } = new Rig({
    preset: { liquidity_filters: { max_spread_bps: 10 } },
  })
    .boot()
    .engine.diagnostics();
  const spread = conditions.find((c) => c.condition === 'max_spread_bps');
  assert.equal(spread?.passRate, null);
  assert.ok((spread?.notEvaluated ?? 0) > 0);
  for (const c of conditions) {
    if (c.passRate !== null) assert.equal(c.passRate, c.passed / (c.passed + c.failed));
  }
});

it('orders, levels, candidates and account agree with what was sent and filled', () => {
  const rig = new Rig().boot();
  const { entry, stop } = rig.hold();
  const orders = new Map(rig.engine.orders().map((order) => [order.id, order]));
  assert.equal(orders.get(entry.id)?.status, 'filled');
  assert.equal(orders.get(entry.id)?.filled, entry.quantity);
  assert.deepEqual(
    [orders.get(stop.id)?.status, orders.get(stop.id)?.stopPrice],
    ['working', stop.stopPrice],
  );
  for (const level of rig.engine.levels(PERP.symbol)) {
    assert.equal(level.symbol, PERP.symbol);
    const left = level.side === 'long' ? Number(level.price) - ABOVE : ABOVE - Number(level.price);
    assert.equal(Math.sign(level.distanceAtr ?? 0), Math.sign(left));
  }
  const scan = rig.engine.scan();
  assert.deepEqual(
    scan.candidates.map((c) => c.rank),
    scan.candidates.map((_, i) => i + 1),
  );
  const account = rig.engine.account();
  assert.equal(account?.startEquity, '10000');
  assert.ok(Math.abs((account?.openRisk ?? 0) - 100) < 2, 'one R of 10,000 is at risk');
  const slots = account?.limits.find((l) => l.limit === 'max_open_positions');
  assert.deepEqual([slots?.value, slots?.max], [1, 3]);
});
