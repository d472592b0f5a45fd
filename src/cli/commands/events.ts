import type { SubscriptionTopic } from '../../protocol/events.ts';
import { follow } from '../../protocol/follow.ts';
import type { ResultOf } from '../../protocol/methods.ts';
import { CLIENT_NAME } from '../connection.ts';
import type { Context } from '../context.ts';
import { usageError } from '../exit.ts';
import { plural } from '../format.ts';
import { interrupt } from '../interrupt.ts';
import { eventLine, pricesLine } from '../words.ts';

export interface EventsOptions {
  readonly topics?: readonly string[];
  readonly prices?: true;
  readonly symbols?: readonly string[];
  /** The last sequence number that was seen. */
  readonly since?: number;
  /** The stream it belongs to. */
  readonly stream?: string;
}

type Start = ResultOf<'events.subscribe'>;

/** The stream and the last event of it that this view has told, or was told of by `--since`. */
interface Position {
  readonly stream: string | null;
  readonly seq: number;
}

/**
 * `breakout events`: until Ctrl-C, or until the daemon is gone. Under `--json` each line is one object: an event with
 * its `stream` and `seq`, `{"prices":…}`, or `{"skipped":…}` where events cannot be had any more.
 */
export async function events(context: Context, options: EventsOptions): Promise<void> {
  const { output, paths } = context;
  if (options.stream !== undefined && options.since === undefined)
    throw usageError('--stream goes with --since: the number counts within that stream');
  const topics = await topicsOf(options);
  if (options.symbols && !topics?.includes('price'))
    throw usageError('--symbols goes with --prices: events come for all symbols');
  using interrupted = interrupt();
  let at: Position | null =
    options.since === undefined ? null : { stream: options.stream ?? null, seq: options.since };
  const stream = follow({
    socketPath: paths.socketPath,
    client: CLIENT_NAME,
    ...(topics && { topics }),
    ...(options.symbols && { symbols: options.symbols }),
    ...(options.since !== undefined && { since: options.since }),
    ...(options.stream !== undefined && { stream: options.stream }),
    signal: interrupted.signal,
    onStart(start) {
      const resumed = start.complete && at !== null;
      if (!start.complete && at !== null) tellSkipped(context, at, start);
      else if (at === null || at.stream === null)
        output.note(
          `state ${start.snapshot.status.state}, event ${start.seq} of stream ${start.stream}; Ctrl-C ends this view`,
        );
      at = { stream: start.stream, seq: resumed && at !== null ? at.seq : start.seq };
    },
    onPrices(prices) {
      const { subscription: _, ...told } = prices;
      output.result({ prices: told }, () => [pricesLine(prices, output.paint)]);
      return output.room(interrupted.signal);
    },
  });
  try {
    for await (const event of stream) {
      const { subscription: _, ...told } = event;
      at = { stream: at?.stream ?? null, seq: event.seq };
      output.result({ stream: at.stream, ...told }, () => [eventLine(event, output.paint)]);
      await output.room(interrupted.signal);
    }
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
  }
}

/** What was asked for is not there in full: said to the person, and in its place to the script. */
function tellSkipped({ output }: Context, at: Position, { stream, seq, snapshot }: Start): void {
  const reason = reasonFor(at, stream, seq);
  const told = {
    another_stream: `another daemon runs since, with a stream of its own (${stream}): this view goes on after its event ${seq}`,
    ahead: `there has been no event ${at.seq} yet, the last one is ${seq}: another daemon runs since, or the number is wrong`,
    no_longer_held: `the daemon no longer holds all that came after event ${at.seq}: up to ${plural(seq - at.seq, 'event')} skipped`,
  };
  output.note(told[reason]);
  if (!output.json) return;
  output.document({
    skipped: { reason, since: at.seq, sinceStream: at.stream, stream, seq, snapshot },
  });
}

function reasonFor(at: Position, stream: string, seq: number): 'another_stream' | 'ahead' | 'no_longer_held' {
  if (at.stream !== null && at.stream !== stream) return 'another_stream';
  return at.seq > seq ? 'ahead' : 'no_longer_held';
}

/**
 * Undefined = every topic of events.
 * @throws CliError for a topic that there is not.
 */
async function topicsOf(options: EventsOptions): Promise<readonly SubscriptionTopic[] | undefined> {
  if (options.topics === undefined && options.prices === undefined) return undefined;
  // The list of topics comes with the schemas: loaded only where topics are named.
  const { PRICE_TOPIC, TOPICS } = await import('../../protocol/events.ts');
  const there: readonly SubscriptionTopic[] = [...TOPICS, PRICE_TOPIC];
  const named = (options.topics ?? TOPICS).map((name) => {
    const found = there.find((topic) => topic === name);
    if (!found) throw usageError(`there is no topic ${JSON.stringify(name)}; there are: ${there.join(', ')}`);
    return found;
  });
  if (named.length === 0) throw usageError(`--topics names none; there are: ${there.join(', ')}`);
  const asked = new Set<SubscriptionTopic>(named);
  if (options.prices) asked.add(PRICE_TOPIC);
  return [...asked];
}
