import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { ConfigError } from '../../src/config/config-error.ts';
import { resolvePaths } from '../../src/config/paths.ts';
import { MetricsServer, type MetricsServerOptions } from '../../src/daemon/metrics-server.ts';
import { connect } from '../../src/protocol/client.ts';
import { closeLog, openLog } from '../../src/telemetry/log.ts';
import { readExposition, sampleOf } from '../telemetry/exposition.ts';
import { onEnd, privateFolder, spawnDaemon } from './support.ts';

const TEXT = '# HELP x X\n# TYPE x gauge\nx 1\n';
const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

async function opened(t: TestContext, options: Partial<MetricsServerOptions> = {}): Promise<MetricsServer> {
  const { folder } = privateFolder(t);
  const log = openLog({ file: join(folder, 'log') });
  const server = await MetricsServer.open({
    listen: '127.0.0.1:0',
    text: async () => ({ contentType: TYPE, text: TEXT }),
    log,
    ...options,
  });
  onEnd(t, async () => {
    await server.close();
    await closeLog(log);
  });
  return server;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function ask(url: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  const request = httpRequest(url, { method, headers, agent: false });
  request.end();
  const [response] = await once(request, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** A bare connection, and everything that it is told until it is closed. */
function bare(t: TestContext, url: string): { socket: Socket; all: Promise<string> } {
  const { hostname, port } = new URL(url);
  const socket = connectSocket({ host: hostname, port: Number(port), allowHalfOpen: true });
  let told = '';
  const all = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => {
      told += String(chunk);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(told));
    socket.on('end', () => socket.destroy());
  });
  onEnd(t, () => socket.destroy());
  return { socket, all };
}

test('a scraper gets the metrics, and everything else is refused in words', async (t) => {
  const { url } = await opened(t);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  const got = await ask(url);
  assert.deepEqual([got.status, got.headers['content-type'], got.body], [200, TYPE, TEXT]);
  assert.equal((await ask(`${url}?collect[]=x`)).status, 200);
  const head = await ask(url, 'HEAD');
  assert.deepEqual([head.status, head.headers['content-length'], head.body], [200, String(TEXT.length), '']);
  for (const path of ['/', '/metrics/', '/metrics/../etc/passwd', '//metrics', '/METRICS', '/debug']) {
    const { status, body } = await ask(new URL(url).origin + path);
    assert.equal(status, 404, path);
    assert.doesNotMatch(body, /breakout|\.ts/);
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
    const { status, headers } = await ask(url, method);
    assert.deepEqual([status, headers.allow], [405, 'GET, HEAD'], method);
  }
});

test('a page in a browser on the same machine cannot read the metrics under a name of its own', async (t) => {
  const { url } = await opened(t);
  const { port } = new URL(url);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'LOCALHOST', `[::1]:${port}`]) {
    assert.equal((await ask(url, 'GET', { host })).status, 200, host);
  }
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
  ]) {
    assert.equal((await ask(url, 'GET', { host })).status, 403, host);
  }
});

test('where the operator lets other machines in, they may use any name for this one', async (t) => {
  const { port } = new URL((await opened(t, { listen: '0.0.0.0:0' })).url);
  const { status } = await ask(`http://127.0.0.1:${port}/metrics`, 'GET', { host: `trader.example:${port}` });
  assert.equal(status, 200);
});

test('a port that another program has is one clear error that names it', async (t) => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  onEnd(t, () => other.close());
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await assert.rejects(opened(t, { listen: `127.0.0.1:${port}` }), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(
      error.message,
      new RegExp(`127\\.0\\.0\\.1:${port}: another program has port ${port}; choose`),
    );
    return true;
  });
  await assert.rejects(opened(t, { listen: '192.0.2.1:0' }), /this machine has no address 192\.0\.2\.1/);
});

test('metrics that cannot be read are an error without a word of ours, and the next request is answered', async (t) => {
  let fails = true;
  const { url } = await opened(t, {
    text: async () => {
      if (fails) throw new Error('secret /home/u');
      return { contentType: TYPE, text: TEXT };
    },
  });
  const { status, body } = await ask(url);
  assert.equal(status, 500);
  assert.doesNotMatch(body, /secret|home|Error/);
  fails = false;
  // Requests close together share a reading, a failed one as well.
  for (let tries = 0; (await ask(url)).status !== 200; tries++) assert.ok(tries < 1000);
});

test('clients that flood, dribble, stay silent or send garbage are bounded, and a scraper is served beside them', async (t) => {
  let readings = 0;
  const { url } = await opened(t, {
    text: async () => {
      readings += 1;
      return { contentType: TYPE, text: TEXT };
    },
    limits: { requestMs: 150, idleMs: 200, connections: 4 },
  });
  const garbage = bare(t, url);
  garbage.socket.write('\x16\x03\x01 hello\r\n\r\n');
  assert.match(await garbage.all, /^HTTP\/1\.1 400 /);

  const fat = bare(t, url);
  fat.socket.write(`GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
  assert.doesNotMatch(await fat.all, /200 OK/);

  const silent = bare(t, url);
  const dribbling = bare(t, url);
  dribbling.socket.write('GET /metrics HTTP/1.1\r\n');
  const dribble = setInterval(() => dribbling.socket.write('X: y\r\n'), 20);
  assert.equal((await ask(url)).status, 200);
  await dribbling.all;
  clearInterval(dribble);
  await silent.all;

  const body = bare(t, url);
  body.socket.write('POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n');
  assert.match(await body.all, /^HTTP\/1\.1 405 /);

  // As many at once as there may be, and more: these wait, or are closed, and the daemon does not.
  const many = Array.from({ length: 12 }, () => bare(t, url));
  for (const { socket } of many) {
    socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  }
  const answers = await Promise.all(many.map(({ all }) => all));
  assert.ok(answers.filter((answer) => answer.startsWith('HTTP/1.1 200')).length >= 1);

  const before = readings;
  const pipelined = bare(t, url);
  pipelined.socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(500));
  await pipelined.all;
  assert.ok(readings - before < 50, `${readings - before} readings`);
  assert.equal((await ask(url)).status, 200);
});

test('closing ends connections that are kept open, so that the daemon can stop', async (t) => {
  const server = await opened(t);
  const kept = bare(t, server.url);
  kept.socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(kept.socket, 'data');
  await server.close();
  await kept.all;
});

test('a daemon serves metrics where its settings say so, tells where, and not at all by default', async (t) => {
  const { env } = privateFolder(t);
  const daemon = spawnDaemon(t, { ...env, BREAKOUT_METRICS_LISTEN: '127.0.0.1:0' });
  assert.equal(await daemon.outcome, 'ready');
  const paths = resolvePaths({ env });
  const client = await connect({ socketPath: paths.socketPath });
  onEnd(t, () => client.destroy());
  const { metricsUrl } = await client.call('daemon.info');
  assert.ok(metricsUrl !== null);
  const families = readExposition((await ask(metricsUrl)).body);
  assert.equal(sampleOf(families, 'breakout_engine_state', { state: 'IDLE' }), 1);
  assert.equal(sampleOf(families, 'breakout_connections'), 1);
  assert.match(readFileSync(paths.logFile, 'utf8'), new RegExp(metricsUrl));

  const second = privateFolder(t);
  const { port } = new URL(metricsUrl);
  const taken = spawnDaemon(t, { ...second.env, BREAKOUT_METRICS_LISTEN: `127.0.0.1:${port}` });
  const outcome = await taken.outcome;
  assert.ok(outcome !== 'ready');
  assert.equal(outcome.code, 78);
  assert.match(outcome.stderr, new RegExp(`^metrics cannot be served on 127\\.0\\.0\\.1:${port}: .*\\n$`));
  daemon.child.kill('SIGTERM');
  assert.equal(await daemon.exit, 0);
  await assert.rejects(ask(metricsUrl), { code: 'ECONNREFUSED' });

  const third = spawnDaemon(t, second.env);
  assert.equal(await third.outcome, 'ready', 'the failed start has left nothing in the way');
  const quiet = await connect({ socketPath: resolvePaths({ env: second.env }).socketPath });
  onEnd(t, () => quiet.destroy());
  assert.equal((await quiet.call('daemon.info')).metricsUrl, null);
});
