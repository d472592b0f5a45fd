import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../src/protocol/client.ts';
import { NotReachable } from '../../src/protocol/errors.ts';
import type { EventNotification } from '../../src/protocol/events.ts';
import { eventNotification, laggedNotification } from '../../src/protocol/events.ts';
import { follow } from '../../src/protocol/follow.ts';
import type { EventLog } from '../../src/session/event-log.ts';
import { RawConnection, serve } from './support.ts';

/** Publishes `count` events, letting the sockets have their turn as a session does. */
async function publish(events: EventLog, count: number, symbol = 'A'): Promise<void> {
  for (let i = 1; i <= count; i++) {
    events.publish('s', i, { type: 'gap', symbol, missing: i });
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Collects until `seq` has come. */
function collector(seq: number) {
  const seen: EventNotification[] = [];
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const onEvent = (event: EventNotification): void => {
    seen.push(event);
    if (event.seq === seq) finish();
  };
  return { seen, done, onEvent };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('events come in order, without a hole, in the shape the table says', async (t) => {
  const { socketPath, host } = await serve(t);
  await using client = await connect({ socketPath });
  const { seen, done, onEvent } = collector(500);
  const { start } = await client.subscribe({}, { onEvent });
  assert.equal(start.seq, 0);
  assert.equal(start.snapshot.status.state, 'IDLE');
  await publish(host.events, 500);
  await done;
  assert.deepEqual(
    seen.map((event) => event.seq),
    range(1, 500),
  );
  for (const event of seen) eventNotification.parse(event);
});

test('a subscriber that does not read is told that it lagged and closed; the others miss nothing', async (t) => {
  const { socketPath, host } = await serve(t);
  const unheard = host.events.listeners;
  await using client = await connect({ socketPath });
  const good = collector(20_000);
  await client.subscribe({}, good);
  const stalled = await RawConnection.open(t, socketPath);
  await stalled.ask({ jsonrpc: '2.0', id: 1, method: 'events.subscribe' });
  stalled.socket.pause();

  await publish(host.events, 20_000);
  await good.done;
  assert.deepEqual(
    good.seen.map((event) => event.seq),
    range(1, 20_000),
  );
  assert.equal(host.events.listeners, unheard + 1, 'the stalled one is no longer listened for');

  stalled.socket.resume();
  let last = 0;
  for (;;) {
    const line = await stalled.next();
    assert.ok(typeof line === 'object' && line !== null && 'method' in line && 'params' in line);
    if (line.method === 'events.lagged') {
      assert.equal(laggedNotification.parse(line.params).lastSeq, last);
      break;
    }
    const { seq } = eventNotification.parse(line.params);
    assert.equal(seq, last + 1, 'what it did get has no hole');
    last = seq;
  }
  assert.equal(await stalled.next(), null, 'then the connection is closed');
  assert.ok(last > 0 && last < 20_000);
});

test('a client that comes back with `since` gets what it missed, once, then what happens', async (t) => {
  const { socketPath, host } = await serve(t);
  await publish(host.events, 5_000);
  await using client = await connect({ socketPath });
  const { seen, done, onEvent } = collector(5_100);
  const { start } = await client.subscribe({ since: 1_000 }, { onEvent });
  assert.equal(start.complete, true);
  assert.equal(start.seq, 5_000);
  await publish(host.events, 100);
  await done;
  assert.deepEqual(
    seen.map((event) => event.seq),
    range(1_001, 5_100),
  );
});

test('a client whose place is gone is told so instead of being given a hole', async (t) => {
  const { socketPath, host } = await serve(t);
  await publish(host.events, 20_000);
  await using client = await connect({ socketPath });
  const ignore = { onEvent: () => undefined };
  assert.equal((await client.subscribe({ since: 1 }, ignore)).start.complete, false);
  assert.equal(
    (await client.subscribe({ since: 19_000, stream: 'another daemon' }, ignore)).start.complete,
    false,
  );
  assert.equal((await client.subscribe({ since: 30_000 }, ignore)).start.complete, false);
  assert.equal((await client.subscribe({ since: host.events.oldest - 1 }, ignore)).start.complete, true);
});

test('topics let through what was asked for and nothing else', async (t) => {
  const { socketPath, host } = await serve(t);
  await using client = await connect({ socketPath });
  const { seen, done, onEvent } = collector(2_001);
  await client.subscribe({ topics: ['dust', 'trade'] }, { onEvent });
  await publish(host.events, 2_000);
  host.events.publish('s', 0, { type: 'dust', tradeId: 1, symbol: 'A', quantity: '1' });
  await done;
  assert.deepEqual(
    seen.map((event) => event.seq),
    [2_001],
  );
  await assert.rejects(
    connect({ socketPath }).then((c) => c.call('events.subscribe', { topics: [] })),
    /topics/,
  );
});

test('an ended subscription sends nothing more; ending it twice is an error', async (t) => {
  const { socketPath, host } = await serve(t);
  const unheard = host.events.listeners;
  await using client = await connect({ socketPath });
  const seen: number[] = [];
  const { id, unsubscribe } = await client.subscribe({}, { onEvent: ({ seq }) => seen.push(seq) });
  await publish(host.events, 10);
  await unsubscribe();
  const before = seen.length;
  await publish(host.events, 10);
  await assert.rejects(client.call('events.unsubscribe', { subscription: id }), /no subscription/);
  assert.equal(seen.length, before);
  assert.equal(host.events.listeners, unheard);
});

test('a connection that goes away leaves no subscription behind, and one connection cannot pile them up', async (t) => {
  const { socketPath, host } = await serve(t);
  const unheard = host.events.listeners;
  const client = await connect({ socketPath });
  for (let i = 0; i < 8; i++) await client.subscribe({}, { onEvent: () => undefined });
  await assert.rejects(client.call('events.subscribe'), /8 subscriptions/);
  assert.equal(host.events.listeners, unheard + 8);
  await client.close();
  await using other = await connect({ socketPath });
  const { connections, subscribers } = await other.call('daemon.info');
  assert.deepEqual({ connections, subscribers }, { connections: 1, subscribers: 0 });
  assert.equal(host.events.listeners, unheard);
});

test('following survives falling behind: it subscribes again where it stopped', async (t) => {
  const { socketPath, host } = await serve(t);
  const abort = new AbortController();
  let starts = 0;
  const seen: number[] = [];
  let wake: () => void = () => undefined;
  const subscribed = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const following = (async () => {
    for await (const { seq } of follow({
      socketPath,
      signal: abort.signal,
      onStart: () => {
        starts += 1;
        wake();
      },
    })) {
      seen.push(seq);
      if (seq === 6_000) abort.abort();
    }
  })();
  await subscribed;
  // All in one turn: no socket can keep up with that.
  for (let i = 1; i <= 6_000; i++) host.events.publish('s', i, { type: 'gap', symbol: 'A', missing: i });
  await following;
  assert.deepEqual(seen, range(1, 6_000));
  assert.ok(starts > 1, 'it did fall behind');
});

test('whoever is slow to take events makes the daemon wait, not its own process hold them all; and misses none', async (t) => {
  const { socketPath, host, server } = await serve(t);
  const abort = new AbortController();
  let begin = (): void => undefined;
  let goOn = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const wentOn = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const seen: number[] = [];
  let published = 0;
  const following = (async () => {
    for await (const { seq } of follow({ socketPath, signal: abort.signal, onStart: () => begin() })) {
      if (seq === 1) await wentOn;
      seen.push(seq);
      if (seq === published) abort.abort();
    }
  })();
  await begun;
  // In turns of their own, so that a socket that is read takes them all; this many is far more than its buffers do.
  while (server.subscribers > 0 && published < 15_000) {
    for (let i = 0; i < 50; i++) {
      published += 1;
      host.events.publish('s', published, { type: 'gap', symbol: 'A'.repeat(200), missing: 1 });
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(server.subscribers, 0, 'the daemon has given the subscription up');
  // As it does in the end with whoever does not take its last words.
  for (const connection of server.connections) connection.destroy();
  goOn();
  await following;
  assert.deepEqual(seen, range(1, published));
});

test('following a daemon that goes away ends with an error, not in silence', async (t) => {
  const { socketPath, server } = await serve(t);
  const goAway = (): void => {
    for (const connection of server.connections) connection.end();
  };
  const following = (async () => {
    for await (const _ of follow({ socketPath, onStart: goAway })) assert.fail('no event was published');
  })();
  await assert.rejects(following, NotReachable);
});

test('a client that asks for much, subscribes and goes leaves no subscription behind to be written to for ever', async (t) => {
  const { socketPath, host, server } = await serve(t);
  const own = host.events.listeners;
  await using observer = await connect({ socketPath });
  for (let n = 0; n < 40; n++) {
    const hasty = await RawConnection.open(t, socketPath);
    hasty.socket.pause();
    // More than is taken from it in one turn: it is gone before the last of it has its turn.
    hasty.send(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'engine.status' })}\n`.repeat(40 + n));
    const params = { topics: ['price'] };
    hasty.send(
      `${JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'events.subscribe', params })}\n`.repeat(8),
    );
    for (let turn = n % 7; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
    hasty.socket.destroy();
  }
  while (server.connections.size > 1) await observer.call('daemon.hello');
  for (let turn = 0; turn < 10; turn++) await observer.call('daemon.hello');
  assert.equal(host.events.listeners, own);
});
