import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runDaemon } from '../../../src/daemon/run.ts';
import { backOff } from '../../../src/tui/store/back-off.ts';
import { Feed } from '../../../src/tui/store/feed.ts';
import { READ_NAMES } from '../../../src/tui/store/reads.ts';
import { entryWords } from '../../../src/tui/store/reduce.ts';
import { isStale, type ViewState } from '../../../src/tui/store/state.ts';
import { daemonHere, onEnd, privateFolder } from '../../daemon/support.ts';
import { until } from '../until.ts';

function feedOf(t: TestContext, socketPath: string): Feed {
  const feed = new Feed({ socketPath, random: () => 0 });
  onEnd(t, () => feed[Symbol.asyncDispose]());
  return feed;
}

const isLive = (state: ViewState): boolean => state.connection.phase === 'live' && !isStale(state);

const says =
  (text: RegExp) =>
  (state: ViewState): boolean =>
    state.events.some((entry) => text.test(entryWords(entry).text));

test('the view has state, positions, orders and prices of a running engine, and every read that a pane may need', async (t) => {
  const { paths, client } = await daemonHere(t);
  const feed = feedOf(t, paths.socketPath);
  feed.want(new Set(READ_NAMES), { symbol: null });
  await until(feed.store, isLive);
  assert.equal(feed.store.get().status?.state, 'IDLE');
  await client.call('engine.start', { preset: 'breakout_v1', speed: 3600 });
  await until(feed.store, (state) => state.prices.size > 0 && state.status?.venue === 'sim');
  // Candles are those of a symbol: none is asked for before one is known, and its answer says of which it is.
  assert.equal(feed.store.get().reads.candles, undefined);
  const [symbol = null, other = null] = feed.store.get().prices.keys();
  feed.want(new Set(READ_NAMES), { symbol });
  await until(feed.store, (state) => READ_NAMES.every((name) => state.reads[name] !== undefined));
  feed.want(new Set(READ_NAMES), { symbol: other });
  await until(feed.store, ({ reads }) => reads.candles?.data.symbol === other);
  const errors = READ_NAMES.filter((name) => feed.store.get().reads[name]?.error !== null);
  assert.deepEqual(errors, []);
  await client.call('engine.pause', { reason: 'lunch' });
  await until(feed.store, (state) => state.status?.state === 'PAUSED' && state.status.pausedBy !== null);
  assert.ok(says(/PAUSED: lunch/)(feed.store.get()));
});

test('a view without a daemon says so, and is connected soon after one starts; a restarted daemon is told as one', async (t) => {
  const { paths } = privateFolder(t);
  const feed = feedOf(t, paths.socketPath);
  await until(feed.store, ({ connection: c }) => c.phase === 'waiting' && c.failure.kind === 'no_daemon');
  const run = async (): Promise<() => Promise<void>> => {
    const abort = new AbortController();
    let ready: () => void = () => undefined;
    const serving = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const running = runDaemon({ paths, signal: abort.signal, onReady: () => ready() });
    await Promise.race([serving, running]);
    const end = async (): Promise<void> => {
      abort.abort();
      await running;
    };
    onEnd(t, end);
    return end;
  };
  const end = await run();
  await until(feed.store, isLive);
  const { stream } = feed.store.get();
  await end();
  await until(feed.store, ({ connection: c }) => c.phase !== 'live');
  assert.ok(isStale(feed.store.get()), 'old figures must be marked as old');
  await run();
  await until(feed.store, (state) => isLive(state) && state.stream !== stream);
  await until(feed.store, says(/daemon was restarted meanwhile/));
});

test('after a broken connection the view goes on where it was: every event once, in order', async (t) => {
  const { paths, client } = await daemonHere(t);
  const proxy = await breakable(t, paths.socketPath, join(paths.stateDir, 'p.sock'));
  const feed = feedOf(t, proxy.path);
  await until(feed.store, isLive);
  await client.call('engine.start', { preset: 'breakout_v1', speed: 3600 });
  await until(feed.store, (state) => state.events.length > 5);
  proxy.cut();
  await client.call('engine.pause', { reason: 'while away' });
  await until(feed.store, says(/while away/));
  await until(feed.store, says(/connected again, nothing missed/));
  const seqs = feed.store.get().events.flatMap((entry) => (entry.kind === 'event' ? [entry.told.seq] : []));
  assert.deepEqual(
    seqs,
    seqs.map((_, i) => (seqs[0] ?? 0) + i),
  );
});

test('a daemon that speaks another protocol is told as that, with what to do', async (t) => {
  const { paths } = privateFolder(t);
  const path = join(paths.stateDir, '..', 'other.sock');
  const refusal = {
    jsonrpc: '2.0',
    id: null,
    error: {
      code: -32083,
      message: 'this daemon speaks protocol 7',
      data: { code: 'PROTOCOL_UNSUPPORTED', httpStatus: 400, retryable: false, hint: 'upgrade the client' },
    },
  };
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end(`${JSON.stringify(refusal)}\n`));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onEnd(t, () => new Promise((resolve) => server.close(resolve)));
  const feed = feedOf(t, path);
  await until(feed.store, ({ connection: c }) => c.phase === 'waiting' && c.failure.kind === 'version');
  await until(feed.store, says(/speaks protocol 7: upgrade the client/));
});

test('a view waits longer from attempt to attempt, up to five seconds, and never in step with the others', () => {
  const waits = [1, 2, 3, 4, 5, 6, 50].map((attempt) => backOff(attempt, () => 1));
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 5000, 5000]);
  assert.equal(
    backOff(3, () => 0),
    500,
  );
});

/** A socket between the view and the daemon, that can be cut. */
async function breakable(
  t: TestContext,
  target: string,
  path: string,
): Promise<{ path: string; cut: () => void }> {
  const pairs = new Set<() => void>();
  const server = createServer((near) => {
    const far = connect(target);
    const end = (): void => {
      near.destroy();
      far.destroy();
      pairs.delete(end);
    };
    pairs.add(end);
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const cut = (): void => {
    for (const end of pairs) end();
  };
  onEnd(t, async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  });
  return { path, cut };
}
