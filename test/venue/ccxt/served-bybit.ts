/** A few of Bybit's answers over real HTTP, for what needs no whole exchange. Written after its public documents. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: IncomingMessage['headers'];
}

/** The `result` of an answer, or a whole one. */
export type Reply =
  | { readonly result: unknown }
  | { readonly retCode: number; readonly retMsg: string }
  | { readonly status: number; readonly text: string }
  /** An answer as it is: of another exchange. */
  | { readonly whole: unknown }
  | 'hang'
  | 'drop';

export interface ServedBybit {
  readonly urls: { readonly rest: string; readonly wsPublic: string; readonly wsPrivate: string };
  readonly asked: readonly Asked[];
  readonly bodies: (path: string) => Readonly<Record<string, unknown>>[];
  answer(path: string, reply: (asked: Asked) => Reply): void;
  close(): Promise<void>;
}

const LINEAR = [
  instrument('BTCUSDT', 'BTC', '0.10', '0.001'),
  instrument('ETHUSDT', 'ETH', '0.01', '0.01'),
  instrument('1000PEPEUSDT', '1000PEPE', '0.0000001', '100'),
];

function instrument(symbol: string, baseCoin: string, tickSize: string, qtyStep: string): object {
  return {
    symbol,
    contractType: 'LinearPerpetual',
    status: 'Trading',
    baseCoin,
    quoteCoin: 'USDT',
    settleCoin: 'USDT',
    launchTime: '1585526400000',
    deliveryTime: '0',
    deliveryFeeRate: '',
    priceScale: '2',
    leverageFilter: { minLeverage: '1', maxLeverage: '100.00', leverageStep: '0.01' },
    priceFilter: { minPrice: tickSize, maxPrice: '1999999', tickSize },
    lotSizeFilter: { maxOrderQty: '1190', minOrderQty: qtyStep, qtyStep, minNotionalValue: '5' },
    unifiedMarginTrade: true,
    fundingInterval: 480,
    copyTrading: 'both',
  };
}

export async function servedBybit(): Promise<ServedBybit> {
  const asked: Asked[] = [];
  const answers = new Map<string, (asked: Asked) => Reply>([
    [
      '/v5/market/instruments-info',
      ({ query }) => ({
        result: {
          category: query.get('category'),
          list: query.get('status') === 'PreLaunch' ? [] : LINEAR,
          nextPageCursor: '',
        },
      }),
    ],
    ['/v5/market/time', () => ({ result: { timeSecond: '0', timeNano: '0' } })],
    ['/v5/user/query-api', () => ({ result: { userID: 24_600_000, uta: 1, unified: 0, readOnly: 0 } })],
    ['/v5/account/info', () => ({ result: { marginMode: 'REGULAR_MARGIN', unifiedMarginStatus: 6 } })],
  ]);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
      const text = Buffer.concat(chunks).toString();
      const one: Asked = {
        method: request.method ?? '',
        path: pathname,
        query: searchParams,
        body: text.startsWith('{') ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text)),
        headers: request.headers,
      };
      asked.push(one);
      const reply = answers.get(pathname)?.(one) ?? { status: 404, text: 'not found' };
      if (reply === 'hang') return;
      if (reply === 'drop') {
        request.socket.destroy();
        return;
      }
      if ('whole' in reply) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply.whole));
        return;
      }
      if ('status' in reply) {
        response.writeHead(reply.status).end(reply.text);
        return;
      }
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ retCode: 0, retMsg: 'OK', result: {}, time: Date.now(), ...reply }));
    });
  });
  const port = await listening(server);
  const rest = `http://127.0.0.1:${port}`;
  const ws = `ws://127.0.0.1:${port}`;
  return {
    urls: { rest, wsPublic: ws, wsPrivate: ws },
    asked,
    bodies: (path) => asked.filter((each) => each.path === path).map(({ body }) => body),
    answer: (path, reply) => answers.set(path, reply),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      resolve(address.port);
    });
  });
}
