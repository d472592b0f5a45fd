/** How many trades there are a minute, where an exchange tells it with its candles, on the emulated exchanges. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, MINUTE, SECOND } from '../../../src/market/time.ts';
import { emulated } from './emulated.ts';

const BTC = 'BTC/USDT:USDT';
/** The feed looks at the books once in it, and what is pushed meanwhile comes after the look. */
const STEP = SECOND;

test('the trades a minute of Binance are those of its candles, and come with every book after a first minute', async () => {
  await using session = await emulated({ protocol: 'binance' });
  const { control, venue } = session;
  assert.equal(venue.figures.tradesPerMinute, true);
  const aligned = STEP - (control.now() % STEP);
  control.advance(aligned);
  session.listen();
  const told = new Map<number, number | undefined>();
  const note = (): void => {
    const last = session.books.get(BTC)?.at(-1);
    if (last !== undefined) told.set(control.now(), last.tradesPerMinute);
  };
  const walk = async (what: string, done: () => boolean): Promise<void> => {
    await session.until(
      what,
      () => {
        note();
        return done();
      },
      4 * BASE,
      STEP,
    );
  };
  await walk('a first figure', () => [...told.values()].some((each) => each !== undefined));
  const known = [...told].find(([, figure]) => figure !== undefined)?.[0] ?? 0;
  const before = [...told.keys()].filter((at) => at < known);
  assert.ok(before.length > 0 && known - (before[0] ?? known) >= MINUTE - STEP, 'it is not known at once');
  const start = Math.ceil(known / BASE) * BASE;
  await walk('a whole candle', () => control.now() >= start + BASE + MINUTE);
  const candle = control.candle('BTCUSDT', start);
  assert.ok(candle !== null);
  const minutes = [1, 2, 3, 4, 5].map((minute) => told.get(start + minute * MINUTE) ?? Number.NaN);
  // The emulated exchange counts one trade to each lot; of each minute the last step is not heard yet.
  const sum = minutes.reduce((total, each) => total + each, 0);
  assert.ok(sum <= candle.volume && sum >= candle.volume * 0.98, `${sum} of ${candle.volume}`);
});

test('Bybit tells no number of trades: the figure is not evaluated, and none is made up', async () => {
  await using session = await emulated();
  assert.equal(session.venue.figures.tradesPerMinute, false);
  session.listen();
  await session.until('some books', () => (session.books.get(BTC)?.length ?? 0) > 70);
  assert.ok(session.books.get(BTC)?.every((book) => !('tradesPerMinute' in book)));
});
