/** The session that trades while the fuzz goes on, and the same one undisturbed. */
import { once } from 'node:events';
import { loadPreset } from '../../src/config/presets.ts';
import { connect } from '../../src/protocol/client.ts';
import type { EventNotification, Topic } from '../../src/protocol/events.ts';
import { TOPICS } from '../../src/protocol/events.ts';
import { follow } from '../../src/protocol/follow.ts';
import type { PublishedEvent } from '../../src/session/event-log.ts';
import { SessionHost } from '../../src/session/host.ts';

const PRESET = 'breakout_v1';

/** Venue seconds in one of wall time: days of trading in a campaign, and most of the processor left to it. */
const SPEED = 20_000;

/** All that trading announces; the health of the machine is none of it. */
const TRADING: readonly Topic[] = TOPICS.filter((topic) => topic !== 'health');

/** An event without what differs from run to run: wall time, numbering, the session's id. */
function comparable({ at, event }: Pick<PublishedEvent, 'at' | 'event'> | EventNotification): string {
  return JSON.stringify({ at, event });
}

export interface Recording {
  readonly events: readonly string[];
  /** Resolves once an order has been filled. */
  readonly traded: Promise<void>;
  /** Ends the listening; resolves once nothing more is added. */
  stop(): Promise<void>;
}

/** Starts a session of the simulated market and writes down what it announces. */
export async function tradeAndRecord(socketPath: string, seed: number): Promise<Recording> {
  const abort = new AbortController();
  const events: string[] = [];
  const filled = new AbortController();
  const traded = once(filled.signal, 'abort').then(() => undefined);
  let complete = true;
  let subscribed: () => void = () => undefined;
  const listening = new Promise<void>((resolve) => {
    subscribed = resolve;
  });
  const recording = (async () => {
    const onStart = (start: { readonly complete: boolean }): void => {
      complete &&= start.complete;
      subscribed();
    };
    for await (const event of follow({
      socketPath,
      topics: TRADING,
      since: 0,
      signal: abort.signal,
      onStart,
    })) {
      events.push(comparable(event));
      if (event.event.type === 'fill') filled.abort();
    }
  })();
  await listening;
  await using client = await connect({ socketPath, client: 'trader' });
  await client.call('engine.start', { preset: PRESET, seed, speed: SPEED });
  return {
    events,
    traded,
    stop: async () => {
      abort.abort();
      await recording;
      if (!complete) throw new Error('the recording has a hole: events were dropped before they were read');
    },
  };
}

/** The first `count` events of the same session with nobody else there, as fast as it goes. */
export async function undisturbed(seed: number, count: number): Promise<readonly string[]> {
  const host = new SessionHost();
  const events: string[] = [];
  const end = new AbortController();
  const enough = once(end.signal, 'abort');
  host.events.listen((published) => {
    if (!TRADING.some((topic) => topic === published.event.type) || events.length >= count) return;
    events.push(comparable(published));
    if (events.length === count) end.abort();
  });
  const preset = loadPreset(PRESET, '/nowhere');
  await host.start({ preset, mode: 'paper', venue: 'sim', equity: '10000', seed, speed: 0 }, 'trader');
  await enough;
  await host.close('test');
  return events;
}
