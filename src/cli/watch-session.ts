import type { EventNotification, Topic } from '../protocol/events.ts';
import { follow } from '../protocol/follow.ts';
import { CLIENT_NAME } from './connection.ts';

export interface SessionEnd {
  readonly reason: 'stopped' | 'data_ended' | 'failed';
  readonly message: string;
}

export interface WatchOptions {
  readonly socketPath: string;
  /** With `session` among them; null = all. */
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
  /** How the next session that starts ends; null when the watch was aborted first. Rejects with NotReachable. */
  readonly ended: Promise<SessionEnd | null>;
}

/** Watches the session that is about to start, to its end. */
export function watchSession(options: WatchOptions): Watch {
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  let subscribed = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    subscribed = resolve;
  });
  let end: SessionEnd | null = null;
  let seen: number | null = null;
  const run = async (): Promise<SessionEnd | null> => {
    const events = follow({
      socketPath: options.socketPath,
      client: CLIENT_NAME,
      ...(options.topics !== null && { topics: options.topics }),
      signal,
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
    }
    return end;
  };
  const ended = run().catch((error: unknown) => {
    if (signal.aborted) return end;
    throw error;
  });
  return { ready: Promise.race([ready, ended.then(() => undefined)]), ended };
}
