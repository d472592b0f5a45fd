/** Paper on an exchange whose candles are asked for one by one, by ccxt over real HTTP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_EXCHANGE } from '../../../src/config/settings-schema.ts';
import { openExchange } from '../../../src/session/live/exchange-venue.ts';
import { served } from '../../venue/ccxt/served-others.ts';

const COINS = Array.from({ length: 40 }, (_, i) => `COIN${String(i)}`);

for (const { asked, warnings } of [
  {
    asked: undefined,
    warnings: [/krakenfutures: to ask for those of 40 markets takes 24 s after each close/],
  },
  { asked: ['COIN0/USD:USD'], warnings: [] },
])
  test(`${asked?.length ?? 'all'} of 40 markets: it is said at the start where candles come too late to enter on`, async (t) => {
    const { rest, wsPublic, wsPrivate } = await served(t, {
      '/derivatives/api/v3/instruments': () => ({
        result: 'success',
        instruments: COINS.map((coin) => ({
          ...{ symbol: `PF_${coin}USD`, base: coin, quote: 'USD', pair: `${coin}:USD` },
          ...{ type: 'flexible_futures', tickSize: 0.1, contractSize: 1, tradeable: true },
          ...{ contractValueTradePrecision: 4 },
        })),
      }),
    });
    const urls = { rest, ws_public: wsPublic, ws_private: wsPrivate };
    const venue = await openExchange(
      { venue: 'krakenfutures', mode: 'paper', ...(asked && { symbols: asked }) },
      {
        configDir: '/nowhere',
        exchanges: () => ({ krakenfutures: { ...DEFAULT_EXCHANGE, quote: 'USD', urls } }),
        log: () => undefined,
        env: {},
      },
    );
    t.after(() => venue.close());
    assert.equal(venue.warnings.length, warnings.length);
    for (const [i, warning] of warnings.entries()) assert.match(venue.warnings[i] ?? '', warning);
  });
