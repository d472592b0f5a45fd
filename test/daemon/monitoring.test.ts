import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadPreset } from '../../src/config/presets.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import { HealthChanges } from '../../src/daemon/health-changes.ts';
import { Monitoring } from '../../src/daemon/monitoring.ts';
import { toMarket } from '../../src/market/instrument.ts';
import { BASE, DAY } from '../../src/market/time.ts';
import { connect } from '../../src/protocol/client.ts';
import { METHODS } from '../../src/protocol/methods.ts';
import type { PublishedEvent } from '../../src/session/event-log.ts';
import type { SessionHost } from '../../src/session/host.ts';
import type { OpenVenue, VenueRequest } from '../../src/session/venues.ts';
import { generatedMarket } from '../../src/venue/simulated/generator/generated-market.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../src/venue/simulated/matching.ts';
import { type ReadFamily, readExposition, sampleOf } from '../telemetry/exposition.ts';
import { daemonHere, onEnd, RawConnection, serve } from './support.ts';

/** A generated market of two days, as fast as it goes. */
async function twoDays({ seed }: VenueRequest): Promise<OpenVenue> {
  const source = generatedMarket({ seed: seed ?? 1, bars: (2 * DAY) / BASE });
  const markets = source.instruments.map(toMarket);
  return {
    source,
    matching: simulatedMatching({ markets, costs: DEFAULT_COSTS }),
    account: null,
    defaultSpeed: 0,
  };
}

function until(
  host: SessionHost,
  wanted: (event: PublishedEvent['event']) => boolean,
): Promise<PublishedEvent> {
  return new Promise((resolve) => {
    const stop = host.events.listen((published) => {
      if (!wanted(published.event)) return;
      stop();
      resolve(published);
    });
  });
}

async function runToEnd(host: SessionHost, seed: number): Promise<void> {
  const over = until(host, (event) => event.type === 'session' && event.change === 'ended');
  const preset = loadPreset('breakout_v1', '/nowhere');
  await host.start({ preset, mode: 'paper', venue: 'sim', equity: '10000', seed, speed: 0 }, 'test');
  await over;
}

async function served(t: TestContext) {
  const { socketPath, host } = await serve(t, {}, { open: twoDays });
  const client = await connect({ socketPath });
  onEnd(t, () => client.close());
  const scrape = async (): Promise<Map<string, ReadFamily>> =>
    readExposition((await client.call('metrics.prometheus')).text);
  return { socketPath, host, client, scrape };
}

test('before the first start a scraper is told of an idle engine and of no money', async (t) => {
  const { scrape } = await served(t);
  const families = await scrape();
  for (const { name, help } of families.values()) {
    assert.match(name, /^breakout_/);
    assert.ok(help.length > 5, name);
    assert.doesNotMatch(name, /_(ms|milliseconds|mb|percent)(_|$)/, `${name} is in no base unit`);
  }
  assert.equal(sampleOf(families, 'breakout_engine_state', { state: 'IDLE' }), 1);
  assert.equal(families.get('breakout_engine_state')?.samples.length, 12);
  assert.deepEqual(families.get('breakout_equity_quote')?.samples, []);
  assert.deepEqual(families.get('breakout_feed_age_seconds')?.samples, []);
  assert.equal(sampleOf(families, 'breakout_cycle_duration_seconds', { le: '+Inf' }), 0);
  assert.equal(sampleOf(families, 'breakout_trades_total', { result: 'won' }), 0);
});

test('counters run on over sessions and are the sum of what each session counted; gauges are of the last', async (t) => {
  const { host, scrape } = await served(t);
  const sums = { cycleCount: 0, bars: 0, scans: 0, totalSignals: 0, totalTrades: 0, fees: 0, measured: 0 };
  // The engine's own sum has only those of finished trades.
  host.events.listen(({ event }) => {
    if (event.type === 'fill') sums.fees += Number(event.fee);
  });
  let before: Map<string, ReadFamily> | null = null;
  for (const [i, seed] of [7, 8, 9].entries()) {
    await runToEnd(host, seed);
    const { engine, latency } = host.metrics();
    assert.ok(engine !== null && latency !== null);
    sums.cycleCount += engine.cycleCount;
    sums.bars += engine.bars;
    sums.scans += engine.scans;
    sums.totalSignals += engine.totalSignals;
    sums.totalTrades += engine.totalTrades;
    sums.measured += latency.count;
    // Nobody looks between the first two: nothing of the first is lost for it.
    if (i === 0) continue;
    const after = await scrape();
    const total = (name: string): number =>
      (after.get(name)?.samples ?? []).reduce((sum, { value }) => sum + value, 0);
    assert.equal(total('breakout_sessions_started_total'), i + 1);
    assert.equal(sampleOf(after, 'breakout_sessions_ended_total', { reason: 'data_ended' }), i + 1);
    assert.equal(total('breakout_cycles_total'), sums.cycleCount);
    assert.equal(total('breakout_bars_total'), sums.bars);
    assert.equal(total('breakout_scans_total'), sums.scans);
    assert.equal(total('breakout_signals_total'), sums.totalSignals);
    assert.equal(total('breakout_trades_total'), sums.totalTrades);
    assert.equal(total('breakout_trade_exits_total'), sums.totalTrades);
    const fees = total('breakout_fees_quote_total') - total('breakout_rebates_quote_total');
    assert.ok(Math.abs(fees - sums.fees) < 1e-6, `${fees} ${sums.fees}`);
    assert.equal(sampleOf(after, 'breakout_cycle_duration_seconds', { le: '+Inf' }), sums.measured);
    assert.equal(total('breakout_events_total'), host.events.seq);
    assert.equal(sampleOf(after, 'breakout_equity_quote'), Number(host.status().equity));
    assert.equal(sampleOf(after, 'breakout_session_r'), engine.totalR);
    if (before !== null) neverBackwards(before, after);
    before = after;
  }
  assert.ok(sums.totalTrades > 0 && sums.totalSignals > sums.totalTrades, JSON.stringify(sums));
});

function neverBackwards(before: Map<string, ReadFamily>, after: Map<string, ReadFamily>): void {
  for (const { name, type, samples } of before.values()) {
    if (type === 'gauge') continue;
    for (const { name: sample, labels, value } of samples) {
      const now = after
        .get(name)
        ?.samples.find((s) => s.name === sample && JSON.stringify(s.labels) === JSON.stringify(labels));
      assert.ok(now !== undefined && now.value >= value, `${sample} ${JSON.stringify(labels)}`);
    }
  }
}

test('requests are counted by method and outcome, and no text of a client becomes a label', async (t) => {
  const { socketPath, client, scrape } = await served(t);
  const raw = await RawConnection.open(t, socketPath);
  await client.call('engine.status');
  await client.call('engine.status');
  await assert.rejects(client.call('engine.resume'));
  await raw.ask({ jsonrpc: '2.0', id: 1, method: 'engine.levitate"} 1' });
  await raw.ask({ jsonrpc: '2.0', id: 2, method: 'engine.stop', params: { flaten: true } });
  await raw.ask('{"jsonrpc"');
  const families = await scrape();
  const count = (method: string, outcome: string): number =>
    sampleOf(families, 'breakout_requests_total', { method, outcome });
  assert.equal(count('engine.status', 'ok'), 2);
  assert.equal(count('engine.resume', 'ENGINE_NOT_RUNNING'), 1);
  assert.equal(count('none', 'METHOD_NOT_FOUND'), 1);
  assert.equal(count('engine.stop', 'INVALID_PARAMS'), 1);
  assert.equal(count('none', 'PARSE_ERROR'), 1);
  assert.doesNotMatch(JSON.stringify([...families.values()]), /levitate/);
});

test('the health of a daemon is measured and has the shape of the seed document', async (t) => {
  const { socketPath, client, host } = await served(t);
  const idle = METHODS['engine.resourceHealth'].result.parse(await client.call('engine.resourceHealth'));
  assert.ok(idle.memoryUsedMb > idle.heapUsedMb && idle.heapUsedMb > 1);
  assert.ok(idle.memoryPercent > 0 && idle.memoryPercent < 100);
  assert.ok(Math.abs(idle.memoryPercent - (idle.memoryUsedMb / idle.memory.limitMb) * 100) < 1e-9);
  assert.ok(
    idle.diskUsagePercent !== null && (idle.diskFreeMb ?? 0) > 0 && idle.stateFolderWritable === true,
  );
  assert.equal(idle.connections, 1);
  const unmeasured = new Map(idle.notMeasured.map(({ figure, reason }) => [figure, reason]));
  assert.equal(idle.feedAgeSeconds, null);
  assert.equal(unmeasured.get('feedAgeSeconds'), 'no session runs');
  assert.equal(idle.journalLagMs, null);
  assert.equal(unmeasured.get('journalLagMs'), 'no journal is kept');

  const preset = loadPreset('breakout_v1', '/nowhere');
  const request = { preset, mode: 'paper', venue: 'sim', equity: '10000', speed: 600 } as const;
  await host.start(request, 'test');
  const running = await client.call('engine.resourceHealth');
  assert.equal(running.feedExpectedSeconds, 0.5);
  assert.ok(running.feedAgeSeconds !== null && running.feedAgeSeconds >= 0 && running.feedAgeSeconds < 30);

  const raw = await RawConnection.open(t, socketPath);
  const refused = await raw.ask({
    jsonrpc: '2.0',
    id: 1,
    method: 'engine.resourceHealth',
    params: { verbose: 1 },
  });
  assert.match(JSON.stringify(refused), /INVALID_PARAMS/);
});

test('how long commits to the journal take is measured, since orders wait for them', async (t) => {
  const { client } = await daemonHere(t);
  await client.call('engine.start', { preset: 'breakout_v1', seed: 7, speed: 600 });
  const { journalLagMs, notMeasured } = await client.call('engine.resourceHealth');
  assert.ok(journalLagMs !== null && journalLagMs > 0, `${journalLagMs}`);
  assert.ok(!notMeasured.some(({ figure }) => figure === 'journalLagMs'));
});

test('a disk that fills up is told as an event, once, and so is its end', async (t) => {
  const { host, server } = await serve(t);
  const folder = mkdtempSync(join(tmpdir(), 'breakout-monitoring-'));
  onEnd(t, () => rmSync(folder, { recursive: true }));
  const { health } = defaultSettings();
  // What is used of this machine's disk is whatever it is: the threshold moves instead.
  let disk = { warn: 100.1, critical: 100.2 };
  const told: PublishedEvent['event'][] = [];
  host.events.listen(({ event }) => told.push(event));
  using monitoring = new Monitoring({
    host,
    server: () => server,
    stateDir: folder,
    thresholds: () => ({ ...health, cpu_percent: { warn: 1e6, critical: 1e7 }, disk_percent: disk }),
    everyMs: 10,
  });
  assert.doesNotMatch(JSON.stringify((await monitoring.health()).issues), /DISK/);
  const full = until(host, (event) => event.type === 'health' && JSON.stringify(event).includes('DISK_HIGH'));
  disk = { warn: -2, critical: -1 };
  const { event, session } = await full;
  assert.ok(event.type === 'health' && event.status === 'critical');
  assert.equal(session, '');
  const mended = until(host, (e) => e.type === 'health' && !JSON.stringify(e).includes('DISK_HIGH'));
  disk = { warn: 100.1, critical: 100.2 };
  const { event: end } = await mended;
  assert.ok(end.type === 'health' && end.was === 'critical');
  assert.equal(told.filter((e) => e.type === 'health' && JSON.stringify(e).includes('DISK_HIGH')).length, 1);
});

test('a figure that dances on its threshold is not told at each step', () => {
  const changes = new HealthChanges();
  const healthy = { status: 'healthy', issues: [] } as const;
  const issue = {
    code: 'CPU_HIGH',
    severity: 'warning',
    message: '',
    value: 80,
    threshold: 80,
    mend: null,
  } as const;
  const busy = { status: 'warning', issues: [issue] } as const;
  const looks = [healthy, busy, healthy, busy, healthy, busy, busy, busy, healthy, busy, healthy, healthy];
  assert.deepEqual(
    looks.map((verdict) => changes.look(verdict)?.status ?? null),
    [null, null, null, null, null, null, 'warning', null, null, null, null, 'healthy'],
  );
  const worse = { status: 'warning', issues: [issue, { ...issue, code: 'DISK_HIGH' }] } as const;
  changes.look(busy);
  changes.look(busy);
  changes.look(worse);
  assert.deepEqual(changes.look(worse)?.issues.length, 2, 'another issue at the same status is told too');
});
