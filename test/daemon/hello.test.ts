import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf } from '../../src/cli/failure.ts';
import { connect } from '../../src/protocol/client.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { METHODS } from '../../src/protocol/methods.ts';
import { PROTOCOL } from '../../src/protocol/version.ts';
import { answerOf, errorOf, RawConnection, serve } from './support.ts';

const NEWER = { min: PROTOCOL.max + 1, max: PROTOCOL.max + 2 };
let id = 0;
const request = (method: string, params?: object) => ({
  jsonrpc: '2.0',
  id: ++id,
  method,
  ...(params && { params }),
});

test('the answer of hello keeps its shape for ever: clients of every version rely on it', async (t) => {
  const raw = await RawConnection.open(t, (await serve(t)).socketPath);
  const hello = METHODS['daemon.hello'].result.parse(answerOf(await raw.ask(request('daemon.hello'))));
  assert.deepEqual(Object.keys(hello), ['name', 'version', 'protocol', 'instance', 'pid']);
  assert.deepEqual(Object.keys(hello.protocol), ['min', 'max']);
  assert.deepEqual([hello.name, hello.protocol, hello.pid], ['breakout', PROTOCOL, process.pid]);
  const later = { client: 'cli', protocol: { ...PROTOCOL, flavour: 'x' }, since: 'a later version' };
  answerOf(await raw.ask(request('daemon.hello', later)));
});

test('no client passes for the engine itself: a reset by the engine would trade on, one by a person would not', async (t) => {
  const raw = await RawConnection.open(t, (await serve(t)).socketPath);
  for (const client of ['engine', 'venue', 'daemon']) {
    assert.equal(errorOf(await raw.ask(request('daemon.hello', { client }))).app, 'INVALID_PARAMS', client);
  }
  answerOf(await raw.ask(request('daemon.hello', { client: 'engine-watch' })));
});

test('a client of another protocol is told both ranges and which side to bring up to date', async (t) => {
  const raw = await RawConnection.open(t, (await serve(t)).socketPath);
  const newer = errorOf(await raw.ask(request('daemon.hello', { protocol: NEWER })));
  assert.deepEqual([newer.app, newer.code], ['PROTOCOL_UNSUPPORTED', -32083]);
  assert.match(newer.message, /^the daemon \(breakout [^)]+\) speaks protocol 1, this client 2-3$/);
  assert.match(newer.hint, /daemon is the older one: stop it and start it again/);
  for (const protocol of [{ min: 2, max: 1 }, { min: 0, max: 1 }, { min: 1 }, [1, 1], 'one', null]) {
    assert.equal(errorOf(await raw.ask(request('daemon.hello', { protocol }))).app, 'INVALID_PARAMS');
  }
});

test('no command reaches an engine that may understand it otherwise, but a panic and the way to mend it do', async (t) => {
  const { socketPath, host } = await serve(t);
  const raw = await RawConnection.open(t, socketPath);
  // As a client does it: nobody waits for the answer to a notification, the next call brings it.
  raw.send(`${JSON.stringify({ jsonrpc: '2.0', method: 'daemon.hello', params: { protocol: NEWER } })}\n`);
  for (const method of ['engine.status', 'engine.pause', 'positions.list', 'events.subscribe']) {
    assert.equal(errorOf(await raw.ask(request(method))).app, 'PROTOCOL_UNSUPPORTED', method);
  }
  answerOf(await raw.ask(request('daemon.info')));
  answerOf(await raw.ask(request('daemon.stop')));
  answerOf(await raw.ask(request('engine.emergencyStop', { reason: 'from another version' })));
  assert.equal(host.status().state, 'STOPPED');
  answerOf(await raw.ask(request('daemon.hello', { protocol: { min: 1, max: 9 } })));
  answerOf(await raw.ask(request('engine.status')));
});

test('our own client names its versions as it connects, and the command line shows the mismatch for what it is', async (t) => {
  const { socketPath } = await serve(t);
  await using client = await connect({ socketPath, client: 'tester' });
  await client.call('engine.status');
  await assert.rejects(client.call('daemon.hello', { protocol: NEWER }), RpcError);
  await assert.rejects(client.call('engine.status'), (error) => {
    const failure = failureOf(error);
    assert.deepEqual([failure.exitCode, failure.code], [1, 'PROTOCOL_UNSUPPORTED']);
    assert.match(`${failure.message} (${failure.hint})`, /speaks protocol 1, this client 2-3 .*older one/);
    return true;
  });
});
