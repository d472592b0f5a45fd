import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  MAX_QUEUED_BYTES,
  MAX_QUEUED_EVENTS,
  type Sink,
  Subscription,
} from '../../src/daemon/subscription.ts';
import { connect } from '../../src/protocol/client.ts';
import type { Topic } from '../../src/protocol/events.ts';
import { EventLog } from '../../src/session/event-log.ts';
import { serve } from './support.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A client is cut off once it has seen so many events, or so many turns of the loop after it subscribed. */
const cut = fc.oneof(
  fc.record({ after: fc.constant('events' as const), count: fc.integer({ min: 0, max: 400 }) }),
  fc.record({ after: fc.constant('turns' as const), count: fc.integer({ min: 0, max: 12 }) }),
);

type Cut = { readonly after: 'events' | 'turns'; readonly count: number };

/** Subscribes after `since` and collects until it is cut off, or lagged, or has `to`. */
async function visit(
  socketPath: string,
  next: Cut | null,
  seen: number[],
  since: number,
  to: number,
): Promise<void> {
  const client = await connect({ socketPath });
  const until = next?.after === 'events' ? seen.length + next.count : Number.POSITIVE_INFINITY;
  const { start } = await client.subscribe(
    { since },
    {
      onEvent({ seq, event }) {
        seen.push(seq);
        assert.ok(event.type === 'gap' && event.missing === seq);
        if (seen.length > until || seq === to) client.destroy();
      },
      onLagged: ({ lastSeq }) => assert.equal(lastSeq, seen.at(-1) ?? since),
    },
  );
  assert.equal(start.complete, true);
  if (next?.after === 'turns') {
    for (let i = 0; i < next.count; i++) await turn();
    client.destroy();
  }
  await client.closed;
}

test('a client that is cut off again and again while much happens sees everything once and in order', async (t) => {
  const { socketPath, host } = await serve(t);
  const { events } = host;
  await fc.assert(
    fc.asyncProperty(
      fc.array(cut, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 5, maxLength: 25 }),
      async (cuts, bursts) => {
        const from = events.seq;
        const to = from + bursts.reduce((sum, count) => sum + count, 0);
        const publishing = (async () => {
          for (const count of bursts) {
            for (let i = 0; i < count; i++) {
              events.publish('s', events.seq, { type: 'gap', symbol: 'A', missing: events.seq + 1 });
            }
            await turn();
          }
        })();
        const seen: number[] = [];
        const last = (): number => seen.at(-1) ?? from;
        const queue = [...cuts];
        // Once the cuts are used up it stays; a burst that was too much for it only makes it come again.
        while (last() < to) await visit(socketPath, queue.shift() ?? null, seen, last(), to);
        await publishing;
        assert.deepEqual(
          seen,
          Array.from({ length: to - from }, (_, i) => from + 1 + i),
        );
      },
    ),
    { numRuns: 25 },
  );
});

/** A socket whose other side does not read: it takes one piece, and then no more. */
function stalledSink(): Sink & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    get ready() {
      return lines.length === 0;
    },
    write: (text) => lines.push(String(text)),
  };
}

function stalled(events: EventLog) {
  const sink = stalledSink();
  const lagged: string[] = [];
  const subscription = new Subscription({
    id: 1,
    stream: 'x',
    events,
    topics: null,
    prices: null,
    after: 0,
    sink,
    onLagged: (line) => lagged.push(line),
  });
  subscription.start();
  return { sink, lagged };
}

const warning = (message: string) => ({ type: 'warning', code: 'X', symbol: null, message }) as const;

test('a subscriber that does not read holds at most 256 events of the daemon, and learns where it stopped', async () => {
  const events = new EventLog(() => 0);
  const { sink, lagged } = stalled(events);
  events.publish('s', 1, warning('taken'));
  await turn();
  assert.equal(sink.lines.length, 1);
  for (let i = 0; i < MAX_QUEUED_EVENTS; i++) events.publish('s', 1, warning('waits'));
  await turn();
  assert.deepEqual(lagged, [], 'the bound itself is kept');
  events.publish('s', 1, warning('one too many'));
  assert.equal(lagged.length, 1);
  assert.deepEqual(JSON.parse(lagged[0] ?? '').params, { subscription: 1, lastSeq: 1, stream: 'x' });
  assert.equal(events.listeners, 0);
  assert.equal(sink.lines.length, 1, 'nothing is sent to it after that');
});

test('long events of many bytes count by their bytes: a subscriber that does not read holds at most 1 MiB', async () => {
  const events = new EventLog(() => 0);
  const { lagged } = stalled(events);
  events.publish('s', 1, warning('taken'));
  await turn();
  const text = '€'.repeat(10_000);
  let waiting = 0;
  while (lagged.length === 0) {
    events.publish('s', 1, warning(text));
    waiting += 30_000;
    assert.ok(waiting <= MAX_QUEUED_BYTES + 60_000, 'it was not stopped');
  }
  assert.ok(waiting > MAX_QUEUED_BYTES - 30_000);
});

test('a burst of one turn is no reason to give up a subscriber that reads', async () => {
  const events = new EventLog(() => 0);
  const got: string[] = [];
  const subscription = new Subscription({
    id: 1,
    stream: 'x',
    events,
    topics: null,
    prices: null,
    after: 0,
    sink: { ready: true, write: (text) => got.push(String(text)) },
    onLagged: () => assert.fail('it lagged'),
  });
  subscription.start();
  for (let i = 0; i < 5_000; i++) events.publish('s', 1, warning('one of many'));
  await turn();
  assert.equal(subscription.lastSeq, 5_000);
  assert.equal(got.join('').split('\n').length - 1, 5_000);
  assert.ok(got.length < 100, 'they go out in a few pieces');
});

test('those who ask alike are sent the same, and who asks otherwise only what it asked for', async () => {
  const events = new EventLog(() => 0);
  const subscriber = (id: number, topics: ReadonlySet<Topic> | null) => {
    const pieces: (string | Buffer)[] = [];
    const subscription = new Subscription({
      id,
      stream: 'x',
      events,
      topics,
      prices: null,
      after: 0,
      sink: { ready: true, write: (lines) => pieces.push(lines) },
      onLagged: () => assert.fail('it lagged'),
    });
    subscription.start();
    return pieces;
  };
  const a = subscriber(1, null);
  const b = subscriber(1, null);
  const second = subscriber(2, null);
  const gaps = subscriber(1, new Set(['gap', 'dust']));
  const warnings = subscriber(1, new Set(['warning', 'trade']));
  const gap = (missing: number) => ({ type: 'gap', symbol: 'A', missing }) as const;
  for (let i = 0; i < 3; i++) {
    // The same number of each between the same ends, but for what lies in the middle.
    events.publish('s', 1, gap(1));
    events.publish('s', 1, i === 1 ? warning('in between') : gap(2));
    events.publish('s', 1, gap(3));
    await turn();
  }
  const told = (pieces: readonly (string | Buffer)[]) =>
    pieces
      .join('')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).params)
      .map(({ subscription, seq }) => [subscription, seq]);
  const all = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  assert.deepEqual(
    told(a),
    all.map((seq) => [1, seq]),
  );
  assert.deepEqual(told(b), told(a));
  assert.ok(
    b.every((piece, i) => piece === a[i]),
    'made once',
  );
  assert.deepEqual(
    told(second),
    all.map((seq) => [2, seq]),
  );
  assert.deepEqual(
    told(gaps),
    all.filter((seq) => seq !== 5).map((seq) => [1, seq]),
  );
  assert.deepEqual(told(warnings), [[1, 5]]);
});
