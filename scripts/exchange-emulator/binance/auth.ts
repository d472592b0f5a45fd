/** Who may ask: key, time and signature of a signed request. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Millis } from '../../../src/market/time.ts';
import type { ApiKey } from '../key.ts';
import type { WireRequest } from '../net/protocol.ts';
import { BinanceError } from './codes.ts';

const DEFAULT_WINDOW = 5_000;
const AHEAD: Millis = 1_000;

/** @throws BinanceError unless the request bears the account's key. */
export function checkKey(request: WireRequest, apiKey: ApiKey): void {
  const key = request.headers['x-mbx-apikey'];
  if (typeof key !== 'string' || key === '') throw new BinanceError(-2014, 'API-key format invalid.', 401);
  if (key !== apiKey.key || apiKey.revoked)
    throw new BinanceError(-2015, 'Invalid API-key, IP, or permissions for action.', 401);
}

/** @param payload all that was sent: the query, or the body of a form */
export function authenticate(
  request: WireRequest,
  payload: string,
  apiKey: ApiKey,
  now: Millis,
  pace: number,
): void {
  checkKey(request, apiKey);
  const mark = payload.lastIndexOf('&signature=');
  if (mark < 0) throw new BinanceError(-1102, "Mandatory parameter 'signature' was not sent.");
  const signed = payload.slice(0, mark);
  const given = payload.slice(mark + '&signature='.length);
  const params = new URLSearchParams(signed);
  const sent = Number(params.get('timestamp') ?? Number.NaN);
  const window = Number(params.get('recvWindow') ?? DEFAULT_WINDOW);
  if (Number.isNaN(sent)) throw new BinanceError(-1102, "Mandatory parameter 'timestamp' was not sent.");
  if (sent >= now + AHEAD * pace)
    throw new BinanceError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  if (sent < now - window * pace)
    throw new BinanceError(-1021, 'Timestamp for this request is outside of the recvWindow.');
  const wanted = createHmac('sha256', apiKey.secret).update(signed).digest('hex');
  if (given.length !== wanted.length || !timingSafeEqual(Buffer.from(given), Buffer.from(wanted)))
    throw new BinanceError(-1022, 'Signature for this request is not valid.');
  if (apiKey.readOnly && request.method !== 'GET')
    throw new BinanceError(-2015, 'Invalid API-key, IP, or permissions for action.', 401);
}
