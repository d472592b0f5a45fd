/**
 * Binance's market streams and the few answers that they need, over real HTTP and WebSocket: what is pushed and which
 * book is answered is up to the test. Written after its public documents.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Snapshot } from './recording.ts';

export interface ServedBinance extends AsyncDisposable {
  readonly urls: { readonly rest: string; readonly wsPublic: string; readonly wsPrivate: string };
  /** Names that somebody is subscribed to, with how many times it was asked for. */
  readonly subscribed: ReadonlyMap<string, number>;
  /** How many are subscribed now. */
  listeners(stream: string): number;
  /** Requests for a book that wait for their answer. */
  readonly waiting: number;
  /** The levels that were asked for last. */
  readonly depth: number | null;
  /** Answers the requests that wait, and each that comes, until it is called again. */
  answer(book: ((depth: number) => Snapshot) | null): void;
  /** Sent to whoever is subscribed. @returns to how many. */
  push(stream: string, data: unknown): number;
  /** Every connection is cut. */
  cut(): void;
}

export async function servedBinance(): Promise<ServedBinance> {
  const subscribed = new Map<string, number>();
  const sockets = new Map<WebSocket, Set<string>>();
  const waiting: { readonly response: ServerResponse; readonly depth: number }[] = [];
  let book: ((depth: number) => Snapshot) | null = null;
  let asked: number | null = null;
  const listening = (stream: string): WebSocket[] =>
    [...sockets].flatMap(([socket, names]) => (names.has(stream) ? [socket] : []));
  const serve = (): void => {
    if (book === null) return;
    for (const { response, depth } of waiting.splice(0)) reply(response, book(depth));
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    if (pathname.endsWith('/depth')) {
      asked = Number(searchParams.get('limit') ?? 100);
      waiting.push({ response, depth: asked });
      serve();
    } else if (pathname.endsWith('/time')) reply(response, { serverTime: 1_723_161_256_000 });
    else if (pathname.endsWith('/exchangeInfo')) reply(response, exchangeInfo(pathname.startsWith('/fapi')));
    else response.writeHead(404).end();
  });
  const streams = new WebSocketServer({ server });
  streams.on('connection', (socket) => {
    const names = new Set<string>();
    sockets.set(socket, names);
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', (message) => {
      const { method, params, id }: { method: string; params: string[]; id: number } = JSON.parse(
        String(message),
      );
      for (const name of params) {
        if (method === 'SUBSCRIBE') {
          names.add(name);
          subscribed.set(name, (subscribed.get(name) ?? 0) + 1);
        } else names.delete(name);
      }
      socket.send(JSON.stringify({ result: null, id }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server.address());
  return {
    urls: {
      rest: `http://127.0.0.1:${port}`,
      wsPublic: `ws://127.0.0.1:${port}`,
      wsPrivate: `ws://127.0.0.1:${port}`,
    },
    subscribed,
    listeners: (stream) => listening(stream).length,
    get waiting() {
      return waiting.length;
    },
    get depth() {
      return asked;
    },
    answer: (next) => {
      book = next;
      serve();
    },
    push: (stream, data) => {
      const text = JSON.stringify(data);
      const listeners = listening(stream);
      for (const socket of listeners) socket.send(text);
      return listeners.length;
    },
    cut: () => {
      for (const socket of sockets.keys()) socket.terminate();
      sockets.clear();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.keys()) socket.terminate();
      streams.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function reply(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function exchangeInfo(futures: boolean): unknown {
  const [tickSize, stepSize] = futures ? ['0.10', '0.001'] : ['0.01', '0.00001'];
  const market = {
    symbol: 'BTCUSDT',
    status: 'TRADING',
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    baseAssetPrecision: 8,
    quotePrecision: 8,
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tickSize, maxPrice: '1000000', tickSize },
      { filterType: 'LOT_SIZE', minQty: stepSize, maxQty: '9000', stepSize },
      futures
        ? { filterType: 'MIN_NOTIONAL', notional: '100' }
        : { filterType: 'NOTIONAL', minNotional: '5' },
    ],
  };
  const kind = futures
    ? { pair: 'BTCUSDT', contractType: 'PERPETUAL', marginAsset: 'USDT', deliveryDate: 4_133_404_800_000 }
    : { isSpotTradingAllowed: true, isMarginTradingAllowed: false, permissions: ['SPOT'] };
  return { timezone: 'UTC', serverTime: 1_723_161_256_000, symbols: [{ ...market, ...kind }] };
}
