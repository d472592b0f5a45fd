import { resolve } from 'node:path';
import type { ControlClient } from '../../protocol/client.ts';
import { NotReachable, RpcError } from '../../protocol/errors.ts';
import type { EventNotification, Topic } from '../../protocol/events.ts';
import type { ParamsOf, ResultOf } from '../../protocol/methods.ts';
import { typedName } from '../confirm.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT, usageError } from '../exit.ts';
import { plural } from '../format.ts';
import { interrupt } from '../interrupt.ts';
import { type Outcome, outcomeLines, readOutcome } from '../outcome.ts';
import { type Reached, reachDaemon } from '../spawn-daemon.ts';
import type { Paint } from '../style.ts';
import { type SessionEnd, type Watch, watchSession } from '../watch-session.ts';
import { eventLine, isNews, LIVE_TOPICS } from '../words.ts';

export interface StartOptions {
  readonly preset: string;
  readonly mode: 'paper' | 'live';
  readonly venue?: string;
  readonly data?: string;
  readonly symbols?: string[];
  readonly from?: number;
  readonly to?: number;
  readonly equity?: string;
  readonly speed?: number;
  readonly seed?: number;
  readonly follow?: boolean;
  /** Milliseconds of wall time. */
  readonly for?: number;
  /** live: the account. */
  readonly confirm?: string;
  /** An exchange: its test environment. */
  readonly sandbox?: true;
  /** The live view is opened afterwards. */
  readonly tui?: true;
}

type StartParams = ParamsOf<'engine.start'>;

/** Reading a large folder of candles takes its time before the engine is scanning. */
const START_PATIENCE = { timeoutMs: 10 * 60_000 };

/** `breakout start`. */
export async function start(context: Context, options: StartOptions): Promise<void> {
  if (options.tui && context.output.json)
    throw usageError('--tui and --json do not go together', '`breakout start --json`, then `breakout tui`');
  const params = startParams(options);
  const reached = await reachDaemon(context);
  try {
    if (options.follow || options.for !== undefined) await startAndStay(context, reached, params, options);
    else {
      const result = await startEngine(reached, params);
      context.output.result({ ...result, daemonStarted: reached.started }, () => [
        result.message,
        ...warningLines(result, context.output.paint),
        ...(reached.started
          ? [`The daemon runs in the background (pid ${reached.pid}); \`breakout status\` shows it.`]
          : []),
      ]);
    }
  } finally {
    await reached.client.close();
  }
}

function warningLines({ warnings = [] }: ResultOf<'engine.start'>, paint: Paint): string[] {
  return warnings.map((warning) => `${paint('warn', 'warning:')} ${warning}`);
}

/** @throws CliError when options do not go together. */
export function startParams(options: StartOptions): StartParams {
  const { preset, mode, symbols, from, to, equity, speed, seed, confirm, sandbox } = options;
  if (options.data === '') throw usageError('--data is empty', 'the folder of recorded candles');
  const venue = options.venue ?? (options.data === undefined ? 'sim' : 'replay');
  if (venue === 'replay' && options.data === undefined) {
    throw usageError('--venue replay needs --data DIR', 'the folder of recorded candles');
  }
  if (venue === 'sim') {
    const foreign = (['data', 'from', 'to', 'sandbox'] as const).filter(
      (name) => options[name] !== undefined,
    );
    if (foreign.length > 0)
      throw usageError(`--venue sim takes no ${foreign.map((name) => `--${name}`).join(', ')}`);
  }
  if (venue === 'replay' && options.sandbox)
    throw usageError('--venue replay takes no --sandbox: there is no exchange');
  if (venue === 'replay' && seed !== undefined)
    throw usageError('--venue replay takes no --seed: candles are as recorded');
  if (from !== undefined && to !== undefined && from >= to) throw usageError('--from must be before --to');
  return {
    preset,
    mode,
    venue,
    ...(options.data !== undefined && { data: resolve(options.data) }),
    ...(symbols && { symbols }),
    ...(from !== undefined && { from: new Date(from).toISOString() }),
    ...(to !== undefined && { to: new Date(to).toISOString() }),
    ...(equity !== undefined && { equity }),
    ...(speed !== undefined && { speed }),
    ...(seed !== undefined && { seed }),
    ...(confirm !== undefined && { confirm }),
    ...(sandbox && { sandbox }),
  };
}

/** A refused start leaves nothing behind: a daemon that was started for it alone is stopped again. */
async function startEngine(
  { client, started, lastWords }: Reached,
  params: StartParams,
): Promise<ResultOf<'engine.start'>> {
  const call = (confirm?: string) =>
    client.call('engine.start', confirm === undefined ? params : { ...params, confirm }, START_PATIENCE);
  try {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof RpcError) || error.code !== 'CONFIRMATION_REQUIRED') throw error;
      const name = await typedName(error.message);
      if (name === null) throw error;
      return await call(name);
    }
  } catch (error) {
    if (error instanceof NotReachable) {
      const said = await lastWords();
      throw said === null ? error : new CliError('DAEMON_FAILED', `the daemon did not start: ${said}`);
    }
    // A daemon that could not take up what the last one left ends by itself.
    if (started && (await nobodyElse(client).catch(isGone))) {
      await client.call('daemon.stop');
      await client.closed;
    }
    throw error;
  }
}

/** @returns that nothing is to be stopped; @throws any other error */
function isGone(error: unknown): false {
  if (error instanceof NotReachable) return false;
  throw error;
}

async function nobodyElse(client: ControlClient): Promise<boolean> {
  const [{ connections }, { session }] = await Promise.all([
    client.call('daemon.info'),
    client.call('engine.status'),
  ]);
  return connections === 1 && session === null;
}

async function startAndStay(
  context: Context,
  reached: Reached,
  params: StartParams,
  options: StartOptions,
): Promise<void> {
  const { output } = context;
  using interrupted = interrupt();
  const leave = new AbortController();
  interrupted.signal.addEventListener('abort', () => leave.abort());
  const follow = options.follow === true;
  const watch = watchSession({
    client: reached.client,
    topics: topicsOf(follow, output.json),
    signal: leave.signal,
    onEvent: follow ? (event) => showEvent(context, event) : () => undefined,
    onSkipped: (events) => output.note(`this view fell behind: ${plural(events, 'event')} skipped`),
  });
  try {
    await watch.ready;
    const result = await startEngine(reached, params);
    for (const line of [result.message, ...warningLines(result, output.paint)]) output.note(line);
    const end = await stay(reached.client, watch, options.for, interrupted.signal);
    if (end === null) {
      output.note('The engine goes on: `breakout status` shows it, `breakout stop` ends it.');
      return;
    }
    const outcome = await readOutcome(reached.client, end);
    report(context, follow, outcome);
    if (end.reason === 'failed') process.exitCode = EXIT.refused;
  } finally {
    leave.abort();
    await watch.ended.catch(() => null);
  }
}

/** Until the session ends, by itself or because its time is over; null when the person left. */
async function stay(
  client: ControlClient,
  watch: Watch,
  limit: number | undefined,
  interrupted: AbortSignal,
): Promise<SessionEnd | null> {
  if (limit === undefined) return watch.ended;
  let timer: NodeJS.Timeout | null = null;
  const timeIsUp = new Promise<'time is up'>((resolve) => {
    timer = setTimeout(() => resolve('time is up'), limit);
  });
  try {
    const first = await Promise.race([watch.ended, timeIsUp]);
    if (first !== 'time is up') return first;
    if (interrupted.aborted) return null;
    await client.call('engine.stop');
    return await watch.ended;
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

/** Null = all: a script sorts for itself what a person should not have to. */
function topicsOf(follow: boolean, json: boolean): readonly Topic[] | null {
  if (!follow) return ['session', 'state'];
  return json ? null : LIVE_TOPICS;
}

function showEvent({ output }: Context, event: EventNotification): void {
  if (output.json) {
    const { subscription: _, ...told } = event;
    output.document(told);
  } else if (isNews(event.event)) output.lines([eventLine(event, output.paint)]);
}

function report({ output }: Context, follow: boolean, outcome: Outcome): void {
  if (output.json) output.document(follow ? { summary: outcome } : outcome);
  else output.lines([...(follow ? [''] : []), ...outcomeLines(outcome, output.paint, output.width)]);
}
