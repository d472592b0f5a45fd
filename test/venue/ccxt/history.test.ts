import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BarColumns } from '../../../src/market/bars.ts';
import { BASE } from '../../../src/market/time.ts';
import { type CcxtVenue, openCcxtVenue } from '../../../src/venue/ccxt/venue.ts';
import { type ServedBybit, servedBybit } from './served-bybit.ts';

const NOW = Date.UTC(2026, 2, 1, 12, 2, 30);
const END = Math.floor(NOW / BASE) * BASE;
const LISTED = END - 900 * BASE;

let server: ServedBybit;
let venue: CcxtVenue;

before(async () => {
  server = await servedBybit();
  venue = await openCcxtVenue({ exchange: 'bybit', type: 'linear', quote: 'USDT', urls: server.urls });
});

after(async () => {
  await venue.close();
  await server.close();
});

/** Serves candles whose prices tell their time, newest first as Bybit does, but for those that `has` denies. */
function serve(has: (symbol: string, openTime: number) => boolean): void {
  server.answer('/v5/market/kline', ({ query }) => {
    const symbol = query.get('symbol') ?? '';
    const start = Number(query.get('start'));
    const limit = Number(query.get('limit'));
    const list: string[][] = [];
    for (let at = Math.ceil(start / BASE) * BASE; list.length < limit && at <= NOW; at += BASE)
      if (has(symbol, at)) list.push([String(at), ...prices(at).map(String), '12.5', '800000']);
    return { result: { category: 'linear', symbol, list: list.reverse() } };
  });
}

function prices(at: number): [number, number, number, number] {
  const open = 1000 + ((at / BASE) % 500);
  return [open, open + 3, open - 2, open + 1];
}

interface Row {
  readonly closeTime: number;
  readonly symbols: readonly number[];
  readonly close: readonly number[];
}

function rows(bars: Iterable<BarColumns>): Row[] {
  return Array.from(bars, ({ closeTime, count, symbol, close }) => ({
    closeTime,
    symbols: [...symbol.subarray(0, count)],
    close: [...close.subarray(0, count)],
  }));
}

test('the history is every closed candle, page after page, and not the one that is open', async () => {
  serve(() => true);
  const all = rows(await venue.market.history(2_500, { before: NOW }));
  assert.equal(all.length, 2_500);
  assert.equal(all[0]?.closeTime, END - 2_499 * BASE);
  assert.equal(all.at(-1)?.closeTime, END);
  for (const { closeTime, symbols, close } of all) {
    assert.deepEqual(symbols, [0, 1, 2]);
    assert.ok(close.every((price) => price === prices(closeTime - BASE)[3]));
  }
});

test('a gap stays a gap, and a symbol that was listed lately has no bars of before', async () => {
  const gap = (at: number): boolean => at >= END - 600 * BASE && at < END - 590 * BASE;
  serve((symbol, at) => (symbol === 'ETHUSDT' ? at >= LISTED : symbol !== 'BTCUSDT' || !gap(at)));
  const all = rows(await venue.market.history(2_200, { before: NOW }));
  assert.equal(all.length, 2_200);
  const [pepe, btc, eth] = [0, 1, 2].map((index) => all.filter(({ symbols }) => symbols.includes(index)));
  assert.deepEqual([pepe?.length, btc?.length, eth?.length], [2_200, 2_190, 900]);
  assert.equal(eth?.[0]?.closeTime, LISTED + BASE);
});

test('a history that cannot be had whole is none', async () => {
  serve(() => true);
  let pages = 0;
  const whole = server;
  whole.answer('/v5/market/kline', () => {
    pages += 1;
    return pages > 2 ? { status: 502, text: '' } : { result: { list: [] } };
  });
  await assert.rejects(venue.market.history(5_000, { before: NOW }), /502/);
});
