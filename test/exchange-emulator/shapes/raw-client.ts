/** Signed requests and streams without ccxt: an answer is seen as it is on the wire. */
import { createHmac } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Emulator } from '../../../scripts/exchange-emulator/emulator.ts';

export type Fields = Readonly<Record<string, string | number | boolean>>;

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex');
function form(params: Fields): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) query.set(key, String(value));
  return query.toString();
}

async function ask(url: string, init: RequestInit): Promise<Answered> {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.json() };
}

/** @param name method and path, as in `GET /v5/market/time` */
export function askBybit(
  emulator: Emulator,
  name: string,
  params: Fields,
  over: Fields = {},
): Promise<Answered> {
  const [method = '', path = ''] = name.split(' ');
  const { apiKey, secret, control, restUrl } = emulator;
  const payload = method === 'GET' ? form(params) : JSON.stringify(params);
  const time = String(over.timestamp ?? control.now());
  const key = String(over.key ?? apiKey);
  return ask(`${restUrl}${path}${method === 'GET' && payload !== '' ? `?${payload}` : ''}`, {
    method,
    ...(method === 'GET' ? {} : { body: payload }),
    headers: {
      'content-type': 'application/json',
      'x-bapi-api-key': key,
      'x-bapi-timestamp': time,
      'x-bapi-recv-window': '5000',
      'x-bapi-sign': hmac(String(over.secret ?? secret), `${time}${key}5000${payload}`),
    },
  });
}

export function askBinance(
  emulator: Emulator,
  name: string,
  params: Fields,
  over: Fields = {},
): Promise<Answered> {
  const [method = '', path = ''] = name.split(' ');
  const { apiKey, secret, control, restUrl } = emulator;
  const signed = form({ ...params, timestamp: String(over.timestamp ?? control.now()) });
  const payload = `${signed}&signature=${hmac(String(over.secret ?? secret), signed)}`;
  return ask(`${restUrl}${path}?${payload}`, {
    method,
    headers: { 'x-mbx-apikey': String(over.key ?? apiKey) },
  });
}

/** A stream whose messages are kept. */
export interface RawStream extends AsyncDisposable {
  readonly heard: readonly unknown[];
  say(message: unknown): void;
  /** Waits for a message of which it is so. */
  until(is: (message: unknown) => boolean): Promise<void>;
}

export async function rawStream(url: string): Promise<RawStream> {
  const socket = new WebSocket(url);
  const heard: unknown[] = [];
  let news: () => void = () => undefined;
  socket.on('message', (data) => {
    heard.push(JSON.parse(String(data)));
    news();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  return {
    heard,
    say: (message) => socket.send(JSON.stringify(message)),
    until: async (is) => {
      while (!heard.some(is))
        await new Promise<void>((resolve) => {
          news = resolve;
        });
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        socket.once('close', () => resolve());
        socket.close();
      }),
  };
}
