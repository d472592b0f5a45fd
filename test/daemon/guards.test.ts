import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { ServerLimits } from '../../src/daemon/control-server.ts';
import { MAX_DEPTH } from '../../src/protocol/framing.ts';
import { openVenue } from '../../src/session/venues.ts';
import { answerOf, errorOf, RawConnection, serve } from './support.ts';

let lastId = 0;
function request(method: string, params?: object) {
  lastId += 1;
  return { jsonrpc: '2.0', id: lastId, method, ...(params && { params }) };
}
const panic = () => request('engine.emergencyStop', { reason: 'drill' });
const line = (message: object) => `${JSON.stringify(message)}\n`;

/** Connections that have asked something, so that the server has taken them. */
async function crowd(t: TestContext, socketPath: string, count: number): Promise<RawConnection[]> {
  const all: RawConnection[] = [];
  for (let i = 0; i < count; i++) {
    const one = await RawConnection.open(t, socketPath);
    answerOf(await one.ask(request('daemon.hello')));
    all.push(one);
  }
  return all;
}

test('each request of a batch counts, and so does garbage: neither is a way around the rate limit', async (t) => {
  const rates = { read: { perSecond: 0.001, burst: 5 }, control: { perSecond: 0.001, burst: 1 } };
  const { socketPath } = await serve(t, { rates });
  const raw = await RawConnection.open(t, socketPath);
  const batch = await raw.ask(Array.from({ length: 8 }, () => request('engine.status')));
  assert.ok(Array.isArray(batch));
  assert.equal(batch.filter((answer) => 'result' in answer).length, 5);
  for (const answer of batch.slice(5)) {
    const { code, retryAfterMs } = answer.error.data;
    assert.equal(code, 'RATE_LIMITED');
    assert.ok(retryAfterMs > 990_000 && retryAfterMs <= 1_000_000, `${retryAfterMs}`);
  }
  assert.equal(errorOf(await raw.ask('garbage')).app, 'RATE_LIMITED');
  assert.equal(errorOf(await raw.ask(request('no.such'))).app, 'RATE_LIMITED');
  assert.equal(errorOf(await raw.ask(request('engine.resume'))).app, 'ENGINE_NOT_RUNNING');
  assert.equal(errorOf(await raw.ask(request('engine.resume'))).app, 'RATE_LIMITED');
  for (let i = 0; i < 10; i++) answerOf(await raw.ask(panic()));
  const other = await RawConnection.open(t, socketPath);
  answerOf(await other.ask(request('engine.status')));
});

test('a line that nests too deep is refused before anything is made of it, one at the limit is read', async (t) => {
  const raw = await RawConnection.open(t, (await serve(t)).socketPath);
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  // The request itself and its params are two of the levels.
  const deep = (depth: number) =>
    `{"jsonrpc":"2.0","id":"d","method":"engine.status","params":{"x":${nested(depth - 2)}}}`;
  assert.equal(errorOf(await raw.ask(deep(MAX_DEPTH))).app, 'INVALID_PARAMS');
  assert.equal(errorOf(await raw.ask(deep(MAX_DEPTH + 1))).app, 'TOO_DEEP');
  for (const flood of ['['.repeat(1_000_000), '{"a":'.repeat(200_000), nested(400_000)]) {
    const { app, id } = errorOf(await raw.ask(flood));
    assert.deepEqual([app, id], ['TOO_DEEP', null]);
  }
  // Brackets in a text do not nest, whatever is escaped in it.
  const quoted = JSON.stringify({ ...request('engine.status'), method: '\\"[[{'.repeat(100) });
  assert.equal(errorOf(await raw.ask(quoted)).app, 'METHOD_NOT_FOUND');
});

test('empty lines are no requests, and lines may end as on Windows', async (t) => {
  const raw = await RawConnection.open(t, (await serve(t, { halfLineMs: 100 })).socketPath);
  raw.send('\n\r\n   \t \r\n\n');
  raw.send(` ${JSON.stringify(request('positions.list'))} \r\n`);
  assert.deepEqual(answerOf(await raw.next()), { positions: [] });
  // Space that becomes an empty line is no half line either.
  raw.send('  ');
  await new Promise((resolve) => setTimeout(resolve, 40));
  raw.send('\n');
  await new Promise((resolve) => setTimeout(resolve, 120));
  assert.deepEqual(answerOf(await raw.ask(request('positions.list'))), { positions: [] });
});

test('what is before a line that is too long is still answered', async (t) => {
  const raw = await RawConnection.open(t, (await serve(t)).socketPath);
  raw.send(`${line(request('positions.list'))}${'x'.repeat(2 ** 21)}`);
  answerOf(await raw.next());
  assert.equal(errorOf(await raw.next()).app, 'LINE_TOO_LONG');
  await raw.closed;
});

test('a script that pipes its requests in and ends gets every answer', async (t) => {
  const { socketPath } = await serve(t);
  const socket = connectSocket({ path: socketPath, allowHalfOpen: true });
  await once(socket, 'connect');
  const asked = Array.from({ length: 3_000 }, () => request('engine.commands'));
  socket.end(asked.map(line).join(''));
  const answers = (await text(socket)).trim().split('\n');
  assert.deepEqual(
    answers.map((answer) => JSON.parse(answer).id),
    asked.map(({ id }) => id),
  );
});

test('a client that pipelines and never reads costs the daemon no more than its own buffers', async (t) => {
  const { socketPath, server } = await serve(t);
  const greedy = await RawConnection.open(t, socketPath);
  greedy.socket.pause();
  const ask = line(request('engine.commands')).repeat(100);
  let taken = 0;
  const before = process.memoryUsage().rss;
  while (taken < 100_000 && greedy.socket.writableLength < 2 ** 20) {
    greedy.send(ask);
    taken += 100;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(greedy.socket.writableLength > 0, 'the daemon has stopped reading');
  assert.ok(process.memoryUsage().rss - before < 64 * 2 ** 20, 'nothing piles up');
  assert.equal(server.connections.size, 1);
  const other = await RawConnection.open(t, socketPath);
  answerOf(await other.ask(panic()));
});

/** A host whose start is held until it is let go on. */
function heldStart() {
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  let opening: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    opening = resolve;
  });
  const open: typeof openVenue = async (venue) => {
    opening();
    await held;
    return openVenue(venue);
  };
  return { open, go, opened };
}

test('a panic from one connection overtakes the commands of another: they answer SUPERSEDED at once', async (t) => {
  const { open, go, opened } = heldStart();
  t.after(go);
  const { socketPath, host } = await serve(t, {}, { open });
  const script = await RawConnection.open(t, socketPath);
  const owner = await RawConnection.open(t, socketPath);
  script.send(line(request('engine.start', { preset: 'breakout_v1' })));
  await opened;
  const waiting = [request('engine.pause'), request('engine.stop'), request('engine.resume')];
  script.send(waiting.map(line).join(''));
  // Answered after the commands have been taken: one connection's requests begin in order.
  answerOf(await script.ask(request('positions.list')));
  answerOf(await owner.ask(panic()));
  const told = [await script.next(), await script.next(), await script.next()].map(errorOf);
  assert.deepEqual(
    told.map(({ id, app }) => [id, app]),
    waiting.map(({ id }) => [id, 'SUPERSEDED']),
  );
  go();
  assert.equal(errorOf(await script.next()).app, 'SUPERSEDED', 'the start as well, once its venue is open');
  assert.equal(host.status().state, 'STOPPED');
});

test('commands that wait are capped for each connection, and its panic still gets in', async (t) => {
  const { open, go, opened } = heldStart();
  t.after(go);
  const { socketPath } = await serve(t, { maxPending: 4 }, { open });
  const script = await RawConnection.open(t, socketPath);
  script.send(line(request('engine.start', { preset: 'breakout_v1' })));
  await opened;
  script.send(Array.from({ length: 3 }, () => line(request('engine.pause'))).join(''));
  const { app, id } = errorOf(await script.ask({ ...request('engine.pause'), id: 'one more' }));
  assert.deepEqual([id, app], ['one more', 'TOO_MANY_PENDING']);
  script.send(line({ ...panic(), id: 'panic' }));
  const answers = [await script.next(), await script.next(), await script.next(), await script.next()];
  const flat = answers.find((answer) => !('error' in Object(answer)));
  assert.equal(Object(flat).id, 'panic');
  for (const answer of answers) if (answer !== flat) assert.equal(errorOf(answer).app, 'SUPERSEDED');
});

const FULL: ServerLimits = { maxConnections: 3, reserved: 2 };

test('idle connections cannot lock the owner out: the one silent longest gives its place and is told', async (t) => {
  const { socketPath } = await serve(t, { ...FULL, roomAfterMs: 0 });
  const [first, second, third] = await crowd(t, socketPath, 3);
  assert.ok(first && second && third);
  answerOf(await first.ask(request('engine.status')));
  const owner = await RawConnection.open(t, socketPath);
  answerOf(await owner.ask(request('engine.status')));
  assert.equal(errorOf(await second.next()).app, 'TOO_MANY_CONNECTIONS');
  await second.closed;
  answerOf(await first.ask(request('engine.status')));
  answerOf(await third.ask(request('engine.status')));
});

test('connections that dribble half lines are as good as idle when a place is needed', async (t) => {
  const { socketPath } = await serve(t, { ...FULL, roomAfterMs: 0 });
  const dribblers = await crowd(t, socketPath, 3);
  for (const dribbler of dribblers) dribbler.send('{"jsonrpc"');
  const owner = await RawConnection.open(t, socketPath);
  answerOf(await owner.ask(panic()));
});

test('when every connection is in use, the owner can still panic and see that it is flat', async (t) => {
  const { socketPath } = await serve(t, { ...FULL, roomAfterMs: 0 });
  const busy = await crowd(t, socketPath, 3);
  for (const one of busy) answerOf(await one.ask(request('events.subscribe')));
  const owner = await RawConnection.open(t, socketPath);
  const refused = errorOf(await owner.ask(request('engine.start', { preset: 'breakout_v1' })));
  assert.equal(refused.app, 'TOO_MANY_CONNECTIONS');
  assert.match(refused.message, /may only call engine\.emergencyStop/);
  answerOf(await owner.ask(panic()));
  const status = answerOf(await owner.ask(request('engine.status')));
  assert.equal(Object(status).state, 'STOPPED');
  for (const one of busy) assert.ok(!one.socket.closed, 'no subscriber was put out for it');
});

test('connections over the cap are told why, and a freed place can be taken', async (t) => {
  const { socketPath, server } = await serve(t, { ...FULL, reserved: 1, roomAfterMs: 60_000 });
  const [first] = await crowd(t, socketPath, 3);
  await crowd(t, socketPath, 1);
  const over = await RawConnection.open(t, socketPath);
  over.send(line(request('engine.status')));
  assert.equal(errorOf(await over.next()).app, 'TOO_MANY_CONNECTIONS');
  await over.closed;
  first?.socket.end();
  await first?.closed;
  assert.equal(server.connections.size, 3);
  const next = await RawConnection.open(t, socketPath);
  answerOf(await next.ask(request('positions.list')));
});

test('at no moment may anybody but the owner open the socket, whatever the umask', async (t) => {
  const { socketPath, server } = await serve(t);
  const free = `${socketPath}.2`;
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const listening = server.listen(free);
  assert.equal(statSync(free).mode & 0o777, 0o600, 'in the very call that makes it');
  await listening;
  assert.equal(statSync(free).mode & 0o777, 0o600);
  assert.equal(process.umask(), 0, 'and the umask is left as it was');
});
