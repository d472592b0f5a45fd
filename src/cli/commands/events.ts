import type { Topic } from '../../protocol/events.ts';
import { follow } from '../../protocol/follow.ts';
import { CLIENT_NAME } from '../connection.ts';
import type { Context } from '../context.ts';
import { usageError } from '../exit.ts';
import { plural } from '../format.ts';
import { interrupt } from '../interrupt.ts';
import { eventLine } from '../words.ts';

export interface EventsOptions {
  readonly topics?: readonly string[];
}

/** `breakout events`: until Ctrl-C, or until the daemon is gone. */
export async function events(context: Context, options: EventsOptions): Promise<void> {
  const { output, paths } = context;
  const topics = options.topics && (await checked(options.topics));
  using interrupted = interrupt();
  let seen: number | null = null;
  const stream = follow({
    socketPath: paths.socketPath,
    client: CLIENT_NAME,
    ...(topics && { topics }),
    signal: interrupted.signal,
    onStart(start) {
      if (seen === null) output.note(`state ${start.snapshot.status.state}; Ctrl-C ends this view`);
      else if (!start.complete)
        output.note(`this view fell behind: ${plural(start.seq - seen, 'event')} skipped`);
      seen = start.seq;
    },
  });
  try {
    for await (const event of stream) {
      seen = event.seq;
      const { subscription: _, ...told } = event;
      output.result(told, () => [eventLine(event, output.paint)]);
    }
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
  }
}

/** @throws CliError for a topic that there is not. */
async function checked(given: readonly string[]): Promise<Topic[]> {
  // The list of topics comes with the schemas: loaded only where topics are named.
  const { TOPICS } = await import('../../protocol/events.ts');
  return given.map((name) => {
    const found = TOPICS.find((topic) => topic === name);
    if (!found)
      throw usageError(`there is no topic ${JSON.stringify(name)}; there are: ${TOPICS.join(', ')}`);
    return found;
  });
}
