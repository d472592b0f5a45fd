/** Binance's USD-M futures API over the emulated exchange: REST, market streams and the user data stream. */
import { Refusal } from '../core/refusal.ts';
import { Params } from '../net/params.ts';
import type { Protocol, WireReply, WireRequest } from '../net/protocol.ts';
import type { Venue } from '../venue.ts';
import { ACCOUNT } from './account.ts';
import { authenticate, checkKey } from './auth.ts';
import { BinanceError, toBinanceError } from './codes.ts';
import { DepthBooks } from './depth-books.ts';
import { MARKET_DATA } from './market-data.ts';
import { MarketStreams } from './public-streams.ts';
import { TRADING } from './trading.ts';
import { UserStreams } from './user-streams.ts';

const SIGNED = { ...TRADING, ...ACCOUNT };

export function binance(base: Venue): Protocol {
  const venue = { ...base, depth: new DepthBooks(base) };
  const marketStreams = new MarketStreams(venue);
  const userStreams = new UserStreams(venue);

  const reply = (status: number, body: unknown): WireReply => ({ status, body: JSON.stringify(body) });
  const errorReply = (code: number, msg: string, status: number) => reply(status, { code, msg });

  function answer(request: WireRequest): unknown {
    const name = `${request.method} ${request.path}`;
    // A form in the body of what changes something; a query otherwise.
    const payload = request.body === '' ? request.query : request.body;
    const params = Params.ofQuery(payload);
    const open = MARKET_DATA[name];
    if (open !== undefined) return open(venue, params);
    if (request.path === '/fapi/v1/listenKey') {
      checkKey(request, venue.apiKey);
      if (request.method === 'DELETE') {
        userStreams.expire();
        return {};
      }
      return { listenKey: userStreams.listenKey };
    }
    const handler = SIGNED[name];
    if (handler === undefined)
      throw new BinanceError(-5000, `Path ${request.path}, Method ${request.method} is invalid`, 404);
    authenticate(request, payload, venue.apiKey, venue.shownNow(), venue.pace());
    return handler(venue, params);
  }

  return {
    handle(request) {
      try {
        return reply(200, answer(request));
      } catch (thrown) {
        const error = thrown instanceof Refusal ? toBinanceError(thrown) : thrown;
        if (error instanceof BinanceError) return errorReply(error.code, error.message, error.status);
        throw thrown;
      }
    },
    statusReply: (status) =>
      status === 429
        ? errorReply(-1003, 'Too many requests.', status)
        : { status, headers: { 'content-type': 'text/html' }, body: `<html><body>${status}</body></html>` },
    codeReply: (code, message) => errorReply(code, message, 400),
    connect(stream) {
      const [path = '', query = ''] = stream.path.split('?');
      const parts = path.split('/').filter((part) => part !== '');
      const key = new URLSearchParams(query).get('listenKey') ?? parts.at(-1);
      if (key === userStreams.listenKey) return userStreams.connect(stream);
      return path.includes('private') ? null : marketStreams.connect(stream);
    },
  };
}
