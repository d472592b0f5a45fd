import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { RpcError } from '../../src/protocol/errors.ts';
import { LineSplitter, parseLine, toLine } from '../../src/protocol/framing.ts';
import { Sandbox } from './sandbox.ts';

test('a panic from the command line is not given up because all places of the daemon are taken for a moment', async (t) => {
  const bot = new Sandbox();
  const asked: unknown[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => socket.destroy());
    if (connections <= 2) {
      const error = RpcError.of('TOO_MANY_CONNECTIONS', 'all are open').toWire();
      socket.resume().end(toLine({ jsonrpc: '2.0', id: null, error }));
      return;
    }
    const splitter = new LineSplitter();
    socket.on('data', (chunk) => {
      for (const line of splitter.push(chunk)) {
        const request = parseLine(line);
        assert.ok(typeof request === 'object' && request !== null);
        if (!('id' in request) || !('method' in request)) continue;
        asked.push(request.method);
        const result = { success: true, message: 'verified flat', timestamp: new Date().toISOString() };
        socket.write(toLine({ jsonrpc: '2.0', id: request.id, result }));
      }
    });
  });
  server.listen(bot.socketPath);
  await once(server, 'listening');
  t.after(async () => {
    // First: what the sandbox stops must be no server of ours.
    server.close();
    await bot[Symbol.asyncDispose]();
  });

  const { code, stdout, stderr } = await bot.run('emergency-stop', '--yes', '--reason', 'fire');
  assert.deepEqual([code, stdout], [0, 'verified flat\n'], stderr);
  assert.deepEqual([connections, asked], [3, ['engine.emergencyStop']]);
});
