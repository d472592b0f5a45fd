import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_QUEUED_BYTES } from '../../src/daemon/subscription.ts';
import { connect } from '../../src/protocol/client.ts';
import { eventNotification, laggedNotification } from '../../src/protocol/events.ts';
import { RawConnection, serve } from './support.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What the kernel and Node's own buffers hold for a connection beside the daemon's queue. */
const SOCKET_BYTES = 1024 * 1024;

const EVENTS = 5_000;

test('subscribers that do not read while the engine trades hold a bounded part of the daemon and nothing of the engine', async (t) => {
  const { socketPath, host } = await serve(t);
  const unheard = host.events.listeners;
  const stalled: RawConnection[] = [];
  const bytes: number[] = [];
  for (let i = 0; i < 5; i++) {
    const connection = await RawConnection.open(t, socketPath);
    await connection.ask({ jsonrpc: '2.0', id: 1, method: 'events.subscribe', params: {} });
    connection.socket.pause();
    connection.socket.on('data', (chunk) => {
      bytes[i] = (bytes[i] ?? 0) + chunk.length;
    });
    // A listener for data would make it flow again.
    connection.socket.pause();
    stalled.push(connection);
  }
  await using client = await connect({ socketPath });
  const seen: number[] = [];
  await client.subscribe({}, { onEvent: ({ seq }) => seen.push(seq) });
  await client.call('engine.start', { preset: 'breakout_v1', venue: 'sim', seed: 1, speed: 0 });

  while (host.events.listeners > unheard + 1) await turn();
  const given = host.events.seq;
  for (const [i, connection] of stalled.entries()) {
    connection.socket.resume();
    const lines = await rest(connection);
    const last = lines.pop();
    assert.ok(isNotification(last) && last.method === 'events.lagged', 'the last it hears is that it lagged');
    const { lastSeq } = laggedNotification.parse(last.params);
    const seqs = lines.map((line) => {
      assert.ok(isNotification(line));
      return eventNotification.parse(line.params).seq;
    });
    assert.deepEqual(
      seqs,
      Array.from({ length: lastSeq }, (_, n) => n + 1),
      'what it was sent has no hole',
    );
    assert.ok(lastSeq < given);
    assert.ok((bytes[i] ?? 0) < MAX_QUEUED_BYTES + SOCKET_BYTES);
  }

  while (host.events.seq < EVENTS) await turn();
  assert.equal(host.status().ended, null, 'the engine trades on');
  await client.call('engine.stop', { flatten: true });
  assert.deepEqual(
    seen,
    Array.from({ length: seen.length }, (_, n) => n + 1),
    'who reads misses nothing',
  );
  assert.ok(seen.length >= EVENTS);
});

/** All lines up to the end of the connection. */
async function rest(connection: RawConnection): Promise<unknown[]> {
  const lines: unknown[] = [];
  for (let line = await connection.next(); line !== null; line = await connection.next()) lines.push(line);
  return lines;
}

function isNotification(line: unknown): line is { readonly method: string; readonly params: unknown } {
  return typeof line === 'object' && line !== null && 'method' in line && 'params' in line;
}
