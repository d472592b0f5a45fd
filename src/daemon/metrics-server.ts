/**
 * Metrics over HTTP for a scraper: GET /metrics, and nothing else. It listens to this machine alone, unless the
 * settings say otherwise, and whatever its clients do is bounded: time, size, connections, and work.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../config/config-error.ts';
import { isLoopback, type ListenAddress, parseListen } from '../config/listen.ts';
import { errorFields, type Logger } from '../telemetry/log.ts';
import type { Exposition } from '../telemetry/prometheus.ts';

export interface MetricsServerOptions {
  /** ADDRESS:PORT, as the settings have it. */
  readonly listen: string;
  readonly text: () => Promise<Exposition>;
  /** Of component `metrics`. */
  readonly log: Logger;
  readonly limits?: Partial<MetricsLimits>;
}

export interface MetricsLimits {
  /** From the first byte of a request to its last. */
  readonly requestMs: number;
  /** A connection that says nothing, or takes nothing of its answer. */
  readonly idleMs: number;
  readonly connections: number;
}

const LIMITS: MetricsLimits = { requestMs: 5_000, idleMs: 10_000, connections: 16 };

/** More than any scraper sends. */
const MAX_HEADER_BYTES = 8 * 1024;

/** Requests within this time get the same text: nobody can make the daemon do nothing else. */
const SHARED_MS = 100;

export class MetricsServer {
  /** With the port that it has really got: `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** @throws ConfigError when the address cannot be had. */
  static async open(options: MetricsServerOptions): Promise<MetricsServer> {
    const address = parseListen(options.listen);
    if (address === null) throw new ConfigError(`metrics.listen: ${options.listen} is no ADDRESS:PORT`);
    const { requestMs, idleMs, connections } = { ...LIMITS, ...options.limits };
    const server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: requestMs,
        requestTimeout: requestMs,
        connectionsCheckingInterval: Math.max(10, requestMs / 5),
        keepAliveTimeout: idleMs,
      },
      answering(options, isLoopback(options.listen)),
    );
    server.maxConnections = connections;
    server.setTimeout(idleMs, (socket) => socket.destroy());
    server.on('clientError', (_error, socket) => {
      // Who sends what is no HTTP learns that and nothing else.
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      else socket.destroy();
    });
    await listen(server, address, options.listen);
    server.on('error', (error) => options.log.error('the metrics listener failed', errorFields(error)));
    return new MetricsServer(server, urlOf(server.address()));
  }

  /** Takes no more requests and closes every connection. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

async function listen(server: Server, { host, port }: ListenAddress, given: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw new ConfigError(`metrics cannot be served on ${given}: ${whyNot(error, host, port)}`, {
      cause: error,
    });
  }
}

function whyNot(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') {
    return `another program has port ${port}; choose another port with --metrics-listen, or in metrics.listen of config.json`;
  }
  if (code === 'EACCES') return `only root may take port ${port}; choose one above 1023`;
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${host}`;
  return error instanceof Error ? error.message : String(error);
}

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the metrics listener has no port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}/metrics`;
}

/** Names that a browser cannot be tricked into sending here for a page from elsewhere. */
const LOCAL_NAMES = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

function answering(
  { text, log }: MetricsServerOptions,
  localOnly: boolean,
): (request: IncomingMessage, response: ServerResponse) => void {
  const shared = sharing(text);
  return (request, response) => {
    // A body is never wanted; what comes of one is thrown away, and the time for it is bounded.
    request.resume();
    const refuse = (status: number, why: string, headers: Record<string, string> = {}): void => {
      response.writeHead(status, {
        'Content-Type': 'text/plain; charset=utf-8',
        Connection: 'close',
        ...headers,
      });
      response.end(`${why}\n`);
    };
    if (localOnly && !LOCAL_NAMES.test(request.headers.host ?? '')) {
      refuse(403, 'the Host of the request is not this machine');
      return;
    }
    if (pathOf(request) !== '/metrics') {
      refuse(404, 'there is /metrics and nothing else');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(405, 'metrics are read with GET', { Allow: 'GET, HEAD' });
      return;
    }
    shared().then(
      (exposition) => {
        response.writeHead(200, {
          'Content-Type': exposition.contentType,
          'Content-Length': Buffer.byteLength(exposition.text),
          'Cache-Control': 'no-store',
        });
        response.end(request.method === 'HEAD' ? undefined : exposition.text);
      },
      (error: unknown) => {
        log.error('metrics could not be read', errorFields(error));
        refuse(500, 'metrics could not be read; the log of the daemon says why');
      },
    );
  };
}

/** What comes after the question mark is nobody's business. */
function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

function sharing(text: () => Promise<Exposition>): () => Promise<Exposition> {
  let latest: Promise<Exposition> | null = null;
  let madeAt = 0;
  return () => {
    const now = performance.now();
    if (latest === null || now - madeAt > SHARED_MS) {
      latest = text();
      madeAt = now;
    }
    return latest;
  };
}
