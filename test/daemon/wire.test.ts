import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_LINE_BYTES } from '../../src/protocol/framing.ts';
import { errorOf, RawConnection, serve } from './support.ts';

test('every malformed request gets the answer of the specification, and the connection lives on', async (t) => {
  const raw = await RawConnection.open(t, (await serve(t)).socketPath);
  for (const [line, id, code] of [
    ['{"jsonrpc":"2.0","method":', null, -32700],
    ['oops', null, -32700],
    ['[]', null, -32600],
    ['1', null, -32600],
    ['null', null, -32600],
    ['"daemon.hello"', null, -32600],
    ['{}', null, -32600],
    ['{"jsonrpc":"1.0","id":1,"method":"daemon.hello"}', 1, -32600],
    ['{"jsonrpc":"2.0","id":2,"method":3}', 2, -32600],
    ['{"jsonrpc":"2.0","id":{},"method":"daemon.hello"}', null, -32600],
    ['{"jsonrpc":"2.0","id":3,"method":"daemon.hello","params":"x"}', 3, -32600],
    ['{"jsonrpc":"2.0","id":"a","method":"engine.levitate"}', 'a', -32601],
    ['{"jsonrpc":"2.0","id":4,"method":"constructor"}', 4, -32601],
    ['{"jsonrpc":"2.0","id":5,"method":"__proto__"}', 5, -32601],
    ['{"jsonrpc":"2.0","id":6,"method":"engine.stop","params":{"flaten":true}}', 6, -32602],
    ['{"jsonrpc":"2.0","id":7,"method":"engine.stop","params":[true]}', 7, -32602],
    ['{"jsonrpc":"2.0","id":8,"method":"engine.start"}', 8, -32602],
  ] as const) {
    const error = errorOf(await raw.ask(line));
    assert.deepEqual({ id: error.id, code: error.code }, { id, code }, line);
  }
  raw.send(Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]));
  assert.equal(errorOf(await raw.next()).code, -32700);
  const hello = await raw.ask({ jsonrpc: '2.0', id: 9, method: 'daemon.hello' });
  assert.ok(typeof hello === 'object' && hello !== null && 'result' in hello);
});

test('a notification is carried out and not answered, not even when it is wrong', async (t) => {
  const raw = await RawConnection.open(t, (await serve(t)).socketPath);
  raw.send('{"jsonrpc":"2.0","method":"engine.levitate"}\n');
  raw.send('{"jsonrpc":"2.0","method":"engine.stop"}\n');
  raw.send('{"jsonrpc":"2.0","method":"engine.stop","params":{"flaten":1}}\n');
  raw.send('[{"jsonrpc":"2.0","method":"daemon.hello"}]\n');
  const answer = await raw.ask({ jsonrpc: '2.0', id: 1, method: 'positions.list' });
  assert.deepEqual(answer, { jsonrpc: '2.0', id: 1, result: { positions: [] } });
});

test('a batch answers each request in one array, even a batch of one', async (t) => {
  const raw = await RawConnection.open(t, (await serve(t)).socketPath);
  const hello = { jsonrpc: '2.0', method: 'positions.list' };
  const answers = await raw.ask([{ ...hello, id: 1 }, hello, 7, { ...hello, id: 2, method: 'no.such' }]);
  assert.ok(Array.isArray(answers) && answers.length === 3);
  assert.deepEqual(
    answers.map((answer) => ('error' in answer ? [answer.id, answer.error.code] : [answer.id, 'ok'])),
    [
      [1, 'ok'],
      [null, -32600],
      [2, -32601],
    ],
  );
  const single = await raw.ask([{ ...hello, id: 3 }]);
  assert.ok(Array.isArray(single) && single.length === 1);
  const many = Array.from({ length: 33 }, (_, id) => ({ ...hello, id }));
  assert.equal(errorOf(await raw.ask(many)).app, 'BATCH_TOO_LARGE');
  const most = await raw.ask(many.slice(1));
  assert.ok(Array.isArray(most) && most.length === 32);
});

test('a line over 1 MiB is refused and its connection closed, others go on', async (t) => {
  const socketPath = (await serve(t)).socketPath;
  const raw = await RawConnection.open(t, socketPath);
  const other = await RawConnection.open(t, socketPath);
  raw.send('x'.repeat(MAX_LINE_BYTES + 1));
  assert.equal(errorOf(await raw.next()).app, 'LINE_TOO_LONG');
  assert.equal(await raw.next(), null);
  const long = {
    jsonrpc: '2.0',
    id: 1,
    method: 'engine.pause',
    params: { reason: 'x'.repeat(MAX_LINE_BYTES - 100) },
  };
  assert.equal(errorOf(await other.ask(long)).app, 'INVALID_PARAMS');
});

test('half a line does not hold a connection for ever, however slowly it dribbles on', async (t) => {
  const raw = await RawConnection.open(t, (await serve(t, { halfLineMs: 60 })).socketPath);
  assert.ok(await raw.ask({ jsonrpc: '2.0', id: 1, method: 'daemon.hello' }));
  raw.send('{"jsonrpc"');
  const dribble = setInterval(() => raw.send(' '), 10);
  assert.equal(errorOf(await raw.next()).app, 'LINE_TIMEOUT');
  clearInterval(dribble);
  await raw.closed;
});

test('a client that asks and never reads stops being listened to; the others are served', async (t) => {
  const socketPath = (await serve(t)).socketPath;
  const greedy = await RawConnection.open(t, socketPath);
  greedy.socket.pause();
  const line = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'daemon.info' })}\n`.repeat(100);
  let sent = 0;
  // Until the daemon no longer reads, and the kernel's buffers on both sides are full.
  while (sent < 200_000 && greedy.socket.writableLength < 1_000_000) {
    greedy.send(line);
    sent += 100;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(greedy.socket.writableLength > 0, 'the daemon has stopped reading');
  const other = await RawConnection.open(t, socketPath);
  assert.ok(await other.ask({ jsonrpc: '2.0', id: 1, method: 'daemon.hello' }));
  greedy.socket.resume();
  assert.ok(await greedy.next());
});
