/** Who may ask: key, time and signature of a v5 request, in the order in which the exchange looks at them. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Millis } from '../../../src/market/time.ts';
import type { ApiKey } from '../key.ts';
import type { WireRequest } from '../net/protocol.ts';
import { BybitError } from './codes.ts';

const DEFAULT_WINDOW = '5000';
/** A request may be so much ahead of the exchange's clock. */
const AHEAD: Millis = 1_000;

export function sign(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** @throws BybitError */
export function authenticate(request: WireRequest, apiKey: ApiKey, now: Millis, pace: number): void {
  const header = (name: string): string => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : '';
  };
  const key = header('x-bapi-api-key');
  const timestamp = header('x-bapi-timestamp');
  const signature = header('x-bapi-sign');
  const recvWindow = header('x-bapi-recv-window') || DEFAULT_WINDOW;
  if (key === '' || signature === '' || !/^\d+$/.test(timestamp) || !/^\d+$/.test(recvWindow))
    throw new BybitError(
      10001,
      `empty value: apiTimestamp[${timestamp}] apiKey[${key}] apiSignature[${signature}]: openapi sign params error!`,
    );
  checkKey(key, apiKey);
  const sent = Number(timestamp);
  if (sent < now - Number(recvWindow) * pace || sent >= now + AHEAD * pace)
    throw new BybitError(
      10002,
      `invalid request, please check your server timestamp or recv_window param. req_timestamp[${timestamp}],server_timestamp[${now}],recv_window[${recvWindow}]`,
    );
  const origin = `${timestamp}${key}${recvWindow}${request.method === 'POST' ? request.body : request.query}`;
  if (!same(signature, sign(apiKey.secret, origin)))
    throw new BybitError(10004, `error sign! origin_string[${origin}]`);
  if (apiKey.readOnly && request.method === 'POST')
    throw new BybitError(10005, 'Permission denied, please check your API key permissions.');
}

function checkKey(key: string, apiKey: ApiKey): void {
  if (key !== apiKey.key || apiKey.revoked) throw new BybitError(10003, 'API key is invalid.');
}

/** The `auth` message of a private stream: why it is refused, or null. */
export function refusesStream(args: readonly unknown[], apiKey: ApiKey, now: Millis): string | null {
  const [key, expires, signature] = args.map(String);
  if (key === undefined || expires === undefined || signature === undefined) return 'Params Error';
  if (key !== apiKey.key || apiKey.revoked) return 'API key is invalid.';
  if (!(Number(expires) > now)) return 'Request has expired';
  return same(signature, sign(apiKey.secret, `GET/realtime${expires}`)) ? null : 'error sign!';
}
