/** Real trades and best prices of Binance through ccxt, each held against what was on the wire. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CcxtExchange } from '../../../src/venue/ccxt/exchange.ts';
import { afterMessage } from '../../../src/venue/ccxt/raw.ts';
import { HandTimer } from './hand-timer.ts';
import { exchangeOn, symbolOf } from './wire/book-session.ts';
import { noRecordings, type Recorded, recordedMarket } from './wire/recording.ts';
import { servedBinance } from './wire/served-binance.ts';

const AT_ONCE = 200;

/** A part of an exchange that only this test listens to. */
function watching(exchange: CcxtExchange, method: string, ...args: unknown[]): Promise<unknown> {
  const watch: unknown = Reflect.get(exchange, method);
  if (typeof watch !== 'function') throw new Error(`this ccxt has no ${method}`);
  const watched: unknown = watch.apply(exchange, args);
  if (!(watched instanceof Promise)) throw new Error(`${method} gives no promise`);
  return watched;
}

/** Pushes every message; `look` is called after ccxt has taken it in. */
async function played<T>(options: {
  readonly kind: 'spot' | 'linear';
  readonly stream: string;
  readonly messages: readonly T[];
  readonly watch: (exchange: CcxtExchange, symbol: string) => Promise<unknown>;
  readonly handler: string;
  readonly look: (exchange: CcxtExchange, symbol: string, message: T) => void;
}): Promise<void> {
  const { kind, stream, messages, look } = options;
  await using server = await servedBinance();
  const exchange = await exchangeOn(server, kind, new HandTimer());
  const symbol = symbolOf(kind);
  let taken = 0;
  let wrong: unknown = null;
  afterMessage(exchange, options.handler, () => {
    const message = messages[taken];
    taken += 1;
    try {
      if (message !== undefined) look(exchange, symbol, message);
    } catch (error) {
      wrong ??= error;
    }
  });
  const until = async (done: () => boolean): Promise<void> => {
    while (!done() && wrong === null) await new Promise((resolve) => setImmediate(resolve));
  };
  try {
    const watched = options.watch(exchange, symbol);
    await until(() => server.listeners(stream) > 0);
    for (let i = 0; i < messages.length; i += AT_ONCE) {
      const some = messages.slice(i, i + AT_ONCE);
      for (const message of some) server.push(stream, message);
      await until(() => taken >= i + some.length);
    }
    await watched;
    if (wrong !== null) throw wrong;
    assert.equal(taken, messages.length);
  } finally {
    await exchange.close();
  }
}

const trades = (record: Recorded) => (record.kind === 'trade' ? [record.trade] : []);
const bests = (record: Recorded) => (record.kind === 'best' ? [record.best] : []);

for (const [kind, fewest] of [
  ['spot', 19_900],
  ['linear', 21_300],
] as const) {
  test(`every recorded ${kind} trade comes out with its price, size, side and time`, {
    skip: noRecordings,
  }, async () => {
    const messages = recordedMarket(kind).records.flatMap(trades);
    assert.ok(messages.length > fewest);
    await played({
      kind,
      stream: 'btcusdt@trade',
      messages,
      watch: (exchange, symbol) => watching(exchange, 'watchTrades', symbol),
      handler: 'handleTrade',
      look: (exchange, symbol, { t, p, q, T, m }) => {
        const all: Record<string, readonly object[]> = Reflect.get(exchange, 'trades');
        const last = all[symbol]?.at(-1) ?? {};
        const got = ['id', 'price', 'amount', 'timestamp', 'side'].map((key) => Reflect.get(last, key));
        // Whoever made the price was there first: the taker is the other side.
        assert.deepEqual(got, [String(t), Number(p), Number(q), T, m ? 'sell' : 'buy']);
      },
    });
  });

  test(`every recorded best price of ${kind} comes out with its sizes`, { skip: noRecordings }, async () => {
    const messages = recordedMarket(kind).records.flatMap(bests);
    assert.ok(messages.length > 65_000);
    await played({
      kind,
      stream: 'btcusdt@bookTicker',
      messages,
      watch: (exchange, symbol) => watching(exchange, 'watchBidsAsks', [symbol]),
      handler: 'handleBidsAsks',
      look: (exchange, symbol, { b, B, a, A }) => {
        const all: Record<string, object> = Reflect.get(exchange, 'bidsasks');
        const shown = all[symbol] ?? {};
        const got = ['bid', 'bidVolume', 'ask', 'askVolume'].map((key) => Reflect.get(shown, key));
        assert.deepEqual(got, [b, B, a, A].map(Number));
      },
    });
  });
}
