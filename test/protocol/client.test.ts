import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { packageInfo } from '../../src/config/package.ts';
import { CallTimeout, connect } from '../../src/protocol/client.ts';
import { AnswerLost, NotReachable, RpcError } from '../../src/protocol/errors.ts';
import { LineSplitter, parseLine } from '../../src/protocol/framing.ts';

let folder: string;
let socketPath: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakout-client-'));
  socketPath = join(folder, 's.sock');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A server that hands each request line to `answer` together with its socket. */
async function serve(answer: (request: { id: number; method: string }, socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const splitter = new LineSplitter();
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const line of splitter.push(chunk)) {
        const request = parseLine(line);
        assert.ok(typeof request === 'object' && request !== null && 'method' in request);
        answer({ id: 'id' in request ? Number(request.id) : -1, method: String(request.method) }, socket);
      }
    });
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

test('with no daemon there, the error names the socket and how to start one', async () => {
  await assert.rejects(connect({ socketPath }), (error) => {
    assert.ok(error instanceof NotReachable);
    assert.equal(error.socketPath, socketPath);
    assert.match(error.message, /breakout start.*breakout daemon start/);
    assert.ok(error.message.includes(socketPath));
    return true;
  });
});

test('a refusal arrives as an error with its code and hint', async () => {
  await using _ = await serve(({ id }, socket) => {
    const data = { code: 'ENGINE_NOT_RUNNING', httpStatus: 400, retryable: false, hint: 'start it' };
    socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32011, message: 'no', data } })}\n`);
  });
  await using client = await connect({ socketPath });
  await assert.rejects(client.call('engine.stop'), (error) => {
    assert.ok(error instanceof RpcError);
    assert.equal(error.code, 'ENGINE_NOT_RUNNING');
    assert.equal(error.hint, 'start it');
    return true;
  });
});

test('a daemon that dies in the middle of a call ends the call, and every later one', async () => {
  await using _ = await serve((_request, socket) => socket.destroy());
  const client = await connect({ socketPath });
  await assert.rejects(client.call('engine.status'), (error) => {
    assert.ok(error instanceof AnswerLost, 'it was sent: what became of it is not known');
    assert.match(error.message, /went away before it answered engine\.status$/);
    return true;
  });
  await client.closed;
  await assert.rejects(client.call('engine.status'), (error) => {
    assert.ok(error instanceof NotReachable && !(error instanceof AnswerLost), 'it was not even sent');
    return true;
  });
});

test('a daemon that does not answer ends in a timeout, and its late answer harms nothing', async () => {
  const late: (() => void)[] = [];
  await using _ = await serve(({ id, method }, socket) => {
    const answer = () =>
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: { positions: [] } })}\n`);
    if (method === 'engine.stop') late.push(answer);
    else answer();
  });
  await using client = await connect({ socketPath });
  await assert.rejects(client.call('engine.stop', {}, { timeoutMs: 20 }), CallTimeout);
  for (const answer of late) answer();
  assert.deepEqual(await client.call('positions.list'), { positions: [] });
});

test('a connection ended by its signal ends the calls on it', async () => {
  await using _ = await serve(() => undefined);
  const abort = new AbortController();
  const client = await connect({ socketPath, signal: abort.signal });
  const call = client.call('engine.status');
  abort.abort();
  await assert.rejects(call, NotReachable);
  assert.equal(await client.closed, null);
});

test('events that come in one chunk with the answer to the subscription are not lost', async () => {
  const event = (seq: number) =>
    `{"jsonrpc":"2.0","method":"event","params":{"subscription":7,"seq":${seq},"session":"s","at":0,"wallAt":0,"event":{"type":"gap","symbol":"A","missing":1}}}\n`;
  await using _ = await serve(({ id }, socket) => {
    socket.write(`{"jsonrpc":"2.0","id":${id},"result":{"subscription":7,"seq":0}}\n${event(1)}${event(2)}`);
  });
  await using client = await connect({ socketPath });
  const seen: number[] = [];
  let both: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    both = resolve;
  });
  await client.subscribe(
    {},
    {
      onEvent: ({ seq }) => {
        seen.push(seq);
        if (seq === 2) both();
      },
    },
  );
  await done;
  assert.deepEqual(seen, [1, 2]);
});

test('a short command does not pay for the schema library: the client runs where there is none', async () => {
  const { root } = packageInfo();
  for (const file of ['client', 'errors', 'framing', 'follow', 'version']) {
    cpSync(join(root, 'src', 'protocol', `${file}.ts`), join(folder, `${file}.ts`));
  }
  cpSync(join(root, 'node_modules', 'json-rpc-2.0'), join(folder, 'node_modules', 'json-rpc-2.0'), {
    recursive: true,
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const entry = join(folder, 'entry.ts');
  writeFileSync(
    entry,
    `import './follow.ts'; import { connect } from './client.ts'; console.log(typeof connect);`,
  );
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', tsx, entry], { cwd: folder });
  assert.equal(stdout.trim(), 'function');
});
