/**
 * The same generated market traded without subscribers and with a hundred of them, ten of which do not read: what the
 * engine takes to decide on the candles of a close time, what is delivered, and what the daemon grows by.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ControlClient } from '../../src/protocol/client.ts';
import type { Installed } from './installed.ts';
import type { SubscribersReport } from './subscribers.ts';

export interface FanOutOptions {
  readonly reading: number;
  readonly stalled: number;
  /** Close times that each run trades. */
  readonly closes: number;
  /** Venue time over wall time. */
  readonly speed: number;
}

export interface Run {
  /** Milliseconds of wall time to decide on one close time. */
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Wall seconds of the run. */
  readonly seconds: number;
  readonly rssMb: number;
  /** Subscriptions that the daemon still had at the end. */
  readonly subscribers: number;
  readonly report: SubscribersReport | null;
}

const LOOK_AGAIN_MS = 20;

export async function fanOutRun(
  bot: Installed,
  client: ControlClient,
  options: FanOutOptions,
  withSubscribers: boolean,
): Promise<Run> {
  const subscribers = withSubscribers ? await subscribe(bot, options) : null;
  const began = performance.now();
  await client.call('engine.start', { preset: 'breakout_v1', venue: 'sim', seed: 1, speed: options.speed });
  for (;;) {
    const { progress, ended } = await client.call('engine.status');
    if (ended) throw new Error(`the session ended: ${ended.message}`);
    if (progress && progress.done >= options.closes) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  const seconds = (performance.now() - began) / 1_000;
  const { avgLatencyMs, latency } = await client.call('engine.metrics');
  const { rssMb, subscribers: kept } = await client.call('daemon.info');
  if (avgLatencyMs === null || latency === null) throw new Error('the daemon has measured no latency');
  await client.call('engine.stop', { flatten: true });
  const report = subscribers === null ? null : await subscribers.end();
  const { p50Ms, p99Ms, maxMs } = latency;
  return { meanMs: avgLatencyMs, p50Ms, p99Ms, maxMs, seconds, rssMb, subscribers: kept, report };
}

async function subscribe(
  { socketPath }: Installed,
  { reading, stalled }: FanOutOptions,
): Promise<{ end: () => Promise<SubscribersReport> }> {
  const script = fileURLToPath(new URL('subscribers.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, socketPath, String(reading), String(stalled)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const gone = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), gone]);
  if (child.exitCode !== null) throw new Error(`the subscribers ended with ${child.exitCode}`);
  return {
    end: async () => {
      child.stdin.end();
      const [said] = await Promise.all([text(child.stdout), gone]);
      if (child.exitCode !== 0) throw new Error(`the subscribers ended with ${child.exitCode}`);
      const report: SubscribersReport = JSON.parse(said);
      return report;
    },
  };
}
