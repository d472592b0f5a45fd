import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPreset } from '../../src/config/presets.ts';
import { TOPICS } from '../../src/protocol/events.ts';
import type { PublishedEvent } from '../../src/session/event-log.ts';
import { SessionHost } from '../../src/session/host.ts';
import { Model } from './model.ts';

/** A session with a few trades, from its first event to its last. */
async function recorded(): Promise<PublishedEvent[]> {
  const host = new SessionHost();
  const events: PublishedEvent[] = [];
  const traded = new Promise<void>((resolve) => {
    host.events.listen((published) => {
      events.push(structuredClone(published));
      if (published.event.type === 'trade' && published.event.trade.id >= 3) resolve();
    });
  });
  const preset = loadPreset('breakout_v1', '/nowhere');
  await host.start({ preset, mode: 'paper', venue: 'sim', equity: '10000', seed: 1, speed: 0 }, 'trader');
  await traded;
  await host.command({ name: 'stop', flatten: true }, 'trader');
  await host.close('test');
  return events;
}

function complaints(events: readonly PublishedEvent[]): string[] {
  const model = new Model();
  for (const published of events) model.take({ subscription: 1, ...published });
  return model.wrong;
}

/** The events with the first one that fits made another. */
function changed(
  events: readonly PublishedEvent[],
  fits: (event: PublishedEvent['event']) => boolean,
  change: (published: PublishedEvent) => PublishedEvent[],
): PublishedEvent[] {
  const i = events.findIndex(({ event }) => fits(event));
  const found = events[i];
  assert.ok(found);
  const all = [...events.slice(0, i), ...change(found), ...events.slice(i + 1)];
  return all.map((published, at) => ({ ...published, seq: at + 1 }));
}

test('the model of the chaos takes a good session as it is, and notices each way in which one can be wrong', async () => {
  const events = await recorded();
  assert.deepEqual(complaints(events), []);
  assert.ok(new Set(events.map(({ event }) => event.type)).size > TOPICS.length / 2);

  const of = (type: string) => (event: PublishedEvent['event']) => event.type === type;
  assert.match(complaints([...events.slice(0, 50), ...events.slice(51)]).join(), /seq 52 .* comes after 50/);
  const gone = () => [];
  const exit = (event: PublishedEvent['event']) => event.type === 'fill' && event.purpose !== 'entry';
  assert.match(complaints(changed(events, of('state'), gone)).join(), /leaves INITIALIZING, but it was IDLE/);
  assert.match(complaints(changed(events, exit, gone)).join(), /is over, and .* of it are held/);
  const twice = (published: PublishedEvent) => [published, published];
  assert.match(complaints(changed(events, exit, twice)).join(), /more than it held/);
  const back = (published: PublishedEvent): PublishedEvent[] =>
    published.event.type === 'state' ? [{ ...published, event: { ...published.event, to: 'MANAGING' } }] : [];
  assert.match(complaints(changed(events, of('state'), back)).join(), /IDLE -> MANAGING/);
  const ended = (event: PublishedEvent['event']) => event.type === 'session' && event.change === 'ended';
  assert.match(complaints(changed(events, ended, twice)).join(), /without having begun, or twice/);
});
