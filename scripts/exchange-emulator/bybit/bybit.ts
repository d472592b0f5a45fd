/** Bybit's v5 API over the emulated exchange: REST, public and private streams. */
import { Refusal } from '../core/refusal.ts';
import { Params } from '../net/params.ts';
import type { Protocol, WireReply, WireRequest } from '../net/protocol.ts';
import type { Venue } from '../venue.ts';
import { ACCOUNT } from './account.ts';
import { authenticate } from './auth.ts';
import { BybitError, toBybitError } from './codes.ts';
import { MARKET_DATA } from './market-data.ts';
import { PrivateStreams } from './private-streams.ts';
import { PublicStreams } from './public-streams.ts';
import { TRADING } from './trading.ts';

const PRIVATE = { ...TRADING, ...ACCOUNT };

export function bybit(venue: Venue): Protocol {
  const publicStreams = new PublicStreams(venue);
  const privateStreams = new PrivateStreams(venue);

  const reply = (code: number, message: string, result: unknown): WireReply => ({
    status: 200,
    body: JSON.stringify({
      retCode: code,
      retMsg: message,
      result,
      retExtInfo: {},
      time: venue.shownNow(),
    }),
  });

  function answer(request: WireRequest): unknown {
    const name = `${request.method} ${request.path}`;
    const open = MARKET_DATA[name];
    const handler = open ?? PRIVATE[name];
    if (handler === undefined) throw new BybitError(10001, `${name} is not emulated`);
    if (open === undefined) authenticate(request, venue.apiKey, venue.shownNow(), venue.pace());
    const params = request.method === 'POST' ? Params.ofBody(request.body) : Params.ofQuery(request.query);
    try {
      return handler(venue, params);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw toBybitError(error, params.text('category') === 'spot' ? 'spot' : 'linear');
    }
  }

  return {
    handle(request) {
      try {
        return reply(0, 'OK', answer(request));
      } catch (thrown) {
        const error = thrown instanceof Refusal ? toBybitError(thrown, 'linear') : thrown;
        if (error instanceof BybitError) return reply(error.code, error.message, {});
        throw thrown;
      }
    },
    statusReply: (status) => ({
      status,
      headers: { 'content-type': 'text/html' },
      body: `<html><head><title>${status}</title></head><body>${status}</body></html>`,
    }),
    codeReply: (code, message) => reply(code, message, {}),
    connect(stream) {
      const path = stream.path.split('?')[0];
      if (path === '/v5/private') return privateStreams.connect(stream);
      if (path === '/v5/public/linear') return publicStreams.connect(stream, 'linear');
      if (path === '/v5/public/spot') return publicStreams.connect(stream, 'spot');
      return null;
    },
  };
}
