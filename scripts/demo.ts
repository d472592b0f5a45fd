/**
 * `npm run demo [-- --for 20s] [-- --json]`: a bot of its own in a temporary folder trades a generated market, says
 * in words what happens, sums it up, and is taken down again. Nothing stays running and nothing stays behind.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { latencyText } from '../src/cli/commands/metrics.ts';
import type { Context } from '../src/cli/context.ts';
import { endDaemon } from '../src/cli/end-daemon.ts';
import { failureLines, failureOf } from '../src/cli/failure.ts';
import { type Interrupt, interrupt } from '../src/cli/interrupt.ts';
import { type Outcome, outcomeLines, readOutcome } from '../src/cli/outcome.ts';
import { Output } from '../src/cli/output.ts';
import { duration } from '../src/cli/parse.ts';
import { reachDaemon } from '../src/cli/spawn-daemon.ts';
import { block } from '../src/cli/table.ts';
import { tradeLines } from '../src/cli/trade-tables.ts';
import { watchSession } from '../src/cli/watch-session.ts';
import { eventLine, isNews, LIVE_TOPICS } from '../src/cli/words.ts';
import { resolvePaths } from '../src/config/paths.ts';
import type { EngineState } from '../src/engine/state.ts';
import type { ControlClient } from '../src/protocol/client.ts';
import type { EventNotification } from '../src/protocol/events.ts';
import type { TradeResult } from '../src/protocol/views.ts';

const PRESET = 'breakout_v1';
const LONGEST_MS = 60_000;
const DEFAULT_MS = 40_000;

interface Demo extends Outcome {
  readonly preset: string;
  readonly wallMs: number;
  readonly states: Readonly<Partial<Record<EngineState, number>>>;
  readonly list: readonly TradeResult[];
}

const { values } = parseArgs({ options: { for: { type: 'string' }, json: { type: 'boolean' } } });

const folder = mkdtempSync(path.join(tmpdir(), 'breakout-demo-'));
using interrupted = interrupt();
try {
  process.exitCode = await run(interrupted);
} catch (error) {
  process.stderr.write(`${failureLines(failureOf(error)).join('\n')}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function run(interrupted: Interrupt): Promise<number> {
  const limit = Math.min(values.for === undefined ? DEFAULT_MS : duration(values.for), LONGEST_MS);
  const context = privateContext();
  const { output } = context;
  output.note(
    `A bot of its own in ${folder}: preset ${PRESET}, generated market, paper money, for ${limit / 1000} s.`,
  );
  const { client } = await reachDaemon(context);
  let demo: Demo | null = null;
  try {
    if (!interrupted.signal.aborted) demo = await trade(context, client, limit, interrupted);
  } finally {
    await client.close();
    await endDaemon(context);
  }
  if (demo === null) return 130;
  output.result(demo, () => ['', ...summaryLines(demo, output)]);
  output.note('The engine and its daemon have ended; nothing is left behind.');
  if (interrupted.signal.aborted) return 130;
  return demo.ended.reason === 'stopped' ? 0 : 1;
}

/** State, configuration and socket inside the folder: the caller's own bot is neither seen nor touched. */
function privateContext(): Context {
  const env = {
    ...process.env,
    BREAKOUT_STATE_DIR: path.join(folder, 'state'),
    BREAKOUT_CONFIG_DIR: path.join(folder, 'config'),
    BREAKOUT_SOCKET: path.join(folder, 'demo.sock'),
  };
  return {
    env,
    paths: resolvePaths({ env }),
    output: new Output(process.stdout, process.stderr, process.env, values.json === true),
  };
}

async function trade(
  context: Context,
  client: ControlClient,
  limit: number,
  interrupted: Interrupt,
): Promise<Demo | null> {
  const { output } = context;
  const states: Partial<Record<EngineState, number>> = {};
  const leave = new AbortController();
  const watch = watchSession({
    client,
    topics: LIVE_TOPICS,
    signal: leave.signal,
    onSkipped: (events) => output.note(`this view fell behind: ${events} events skipped`),
    onEvent(event: EventNotification) {
      if (event.event.type === 'state') states[event.event.to] = (states[event.event.to] ?? 0) + 1;
      if (!isNews(event.event)) return;
      // Under --json stdout is for the one document at the end.
      if (output.json) output.note(eventLine(event, output.paint));
      else output.lines([eventLine(event, output.paint)]);
    },
  });
  const startedAt = performance.now();
  try {
    await watch.ready;
    await client.call('engine.start', { preset: PRESET, venue: 'sim' });
    await timeUpOr(watch.ended, limit, interrupted.signal);
    if ((await client.call('engine.status')).ended === null)
      await client.call('engine.stop', { flatten: true });
    const end = await watch.ended;
    if (end === null) return null;
    const wallMs = Math.round(performance.now() - startedAt);
    const { trades } = await client.call('trades.list');
    return { ...(await readOutcome(client, end)), preset: PRESET, wallMs, states, list: trades };
  } finally {
    leave.abort();
    await watch.ended.catch(() => null);
  }
}

/**
 * Resolves when the session has ended, its time is up, or Ctrl-C was pressed. A timer of its own: Node 20 forgets an
 * AbortSignal.timeout that only AbortSignal.any holds.
 */
async function timeUpOr(ended: Promise<unknown>, limit: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = deferred();
  const timer = setTimeout(resolve, limit);
  signal.addEventListener('abort', resolve, { once: true });
  if (signal.aborted) resolve();
  try {
    await Promise.race([ended, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', resolve);
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function summaryLines(demo: Demo, { paint, width }: Output): string[] {
  const passed = Object.entries(demo.states).map(([state, times]) => `${state} ${times}`);
  const trades = demo.list.length === 0 ? [] : [...tradeLines(demo.list, width, paint), ''];
  return [
    ...trades,
    ...block([['states passed', passed.join(', ')]], paint),
    ...outcomeLines(demo, paint),
    ...block([['latency', latencyText(demo.metrics)]], paint),
  ];
}
