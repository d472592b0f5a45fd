import type { ControlClient } from '../protocol/client.ts';
import type { EventNotification, Topic } from '../protocol/events.ts';
import { follow } from '../protocol/follow.ts';
import { CLIENT_NAME } from './connection.ts';
import { plural } from './format.ts';

export interface SessionEnd {
  readonly reason: 'stopped' | 'data_ended' | 'failed';
  readonly message: string;
}

export interface WatchOptions {
  /** Asked what became of the session where events do not say; the stream has a connection of its own. */
  readonly client: ControlClient;
  /** With `session` and `state` among them; null = all. */
  readonly topics: readonly Topic[] | null;
  /** Ends the watch, and nothing else. */
  readonly signal: AbortSignal;
  onEvent(event: EventNotification): void;
  /** The stream fell behind further than the daemon remembers: so many events are lost to this view. */
  onSkipped(events: number): void;
}

export interface Watch {
  /** Resolves once subscribed: nothing that happens from then on is missed. */
  readonly ready: Promise<void>;
  /**
   * How the next session that starts ends, or that it was stopped with positions left open; null when the watch
   * was aborted first. Rejects with NotReachable.
   */
  readonly ended: Promise<SessionEnd | null>;
}

/** Watches the session that is about to start, to its end. */
export function watchSession(options: WatchOptions): Watch {
  const over = new AbortController();
  // Joined by hand: Node 20 may collect what AbortSignal.any makes before it has fired.
  const giveUp = (): void => over.abort();
  options.signal.addEventListener('abort', giveUp, { once: true });
  if (options.signal.aborted) giveUp();
  let subscribed = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    subscribed = resolve;
  });
  let end: SessionEnd | null = null;
  let seen: number | null = null;
  const run = async (): Promise<SessionEnd | null> => {
    const events = follow({
      socketPath: options.client.socketPath,
      client: CLIENT_NAME,
      ...(options.topics !== null && { topics: options.topics }),
      signal: over.signal,
      onStart(start) {
        if (seen !== null && !start.complete) {
          options.onSkipped(start.seq - seen);
          // The end itself may be among what was skipped: the snapshot knows.
          end = start.snapshot.status.ended;
          if (end) over.abort();
        }
        seen = start.seq;
        subscribed();
      },
    });
    for await (const event of events) {
      seen = event.seq;
      options.onEvent(event);
      if (event.event.type === 'session' && event.event.change === 'ended') {
        return { reason: event.event.reason, message: event.event.message };
      }
      if (event.event.type === 'state' && event.event.to === 'IDLE') {
        const left = await leftOpen(options.client);
        if (left) return left;
      }
    }
    return end;
  };
  const ended = run()
    .catch((error: unknown) => {
      if (over.signal.aborted) return end;
      throw error;
    })
    .finally(() => options.signal.removeEventListener('abort', giveUp));
  return { ready: Promise.race([ready, ended.then(() => undefined)]), ended };
}

/**
 * An idle engine trades no more, but its session lasts while positions are open at the venue. Null when the
 * session is over with it: then the event that says so is on its way.
 */
async function leftOpen(client: ControlClient): Promise<SessionEnd | null> {
  const { state, ended, openPositions } = await client.call('engine.status');
  if (state !== 'IDLE' || ended !== null) return null;
  const stay = openPositions === 1 ? 'stays open with its stop' : 'stay open with their stops';
  return { reason: 'stopped', message: `stopped; ${plural(openPositions, 'position')} ${stay} at the venue` };
}
