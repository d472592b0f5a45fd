/** Paper on an emulated exchange whose streams or whose all are gone for a time, over real HTTP and WebSocket. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmulator } from '../../../scripts/exchange-emulator/emulator.ts';
import { DEFAULT_EXCHANGE } from '../../../src/config/settings-schema.ts';
import type { OrderRequest } from '../../../src/engine/output.ts';
import { BASE, MINUTE, SECOND } from '../../../src/market/time.ts';
import { openExchange } from '../../../src/session/live/exchange-venue.ts';
import type { AccountBooks, Push } from '../../../src/venue/broker.ts';
import { MemoryRecord } from '../../../src/venue/simulated/kept/record.ts';
import { urlsOf } from '../../live/exchange.ts';
import { EmulatedTimer, meanwhile } from '../../venue/ccxt/emulated-timer.ts';
import { BTC, order } from '../../venue/ccxt/order.ts';

/** Of BTCUSDT: the emulator counts in ticks. */
const TICKS = 10;

async function onPaper(record = new MemoryRecord()) {
  const emulator = await startEmulator({ symbols: ['BTCUSDT', 'ETHUSDT'] });
  const { control } = emulator;
  const timer = new EmulatedTimer(control);
  const pass = (ms: number): void => {
    control.advance(ms);
    timer.fire();
  };
  const venue = await meanwhile(
    openExchange(
      { venue: 'bybit', mode: 'paper' },
      {
        configDir: '/nowhere',
        exchanges: () => ({ bybit: { ...DEFAULT_EXCHANGE, urls: urlsOf(emulator) } }),
        log: () => undefined,
        timer,
        env: {},
      },
    ),
    () => pass(20),
  );
  /** What was told: what is held as each candle is told of, and fills by client order id. */
  const told: string[] = [];
  const failures: unknown[] = [];
  let quotes = 0;
  assert.ok(venue.paper);
  venue.paper.open(record);
  venue.listen({
    bars: ({ closeTime }) =>
      venue.broker.account((books) =>
        told.push(`at ${closeTime} ${books?.positions.get(BTC)?.quantity ?? 'nothing'} held`),
      ),
    book: () => {
      quotes += 1;
    },
    feed: () => undefined,
    push: (push: Push) => {
      if (push.kind === 'fill') told.push(`fill ${push.clientId} ${push.fill.price}`);
    },
    listed: () => undefined,
    missed: () => undefined,
    failed: (error) => failures.push(error),
  });
  let down = false;
  const until = async (what: string, so: () => boolean, step = SECOND): Promise<void> => {
    const end = control.now() + 3_600_000;
    while (!so()) {
      if (control.now() >= end) throw new Error(`${what} did not come about: ${told.join(', ')}`);
      pass(step);
      // A request and its answer: what the sockets had is read by then.
      if (down) await delay(1);
      else await (await fetch(`${emulator.restUrl}/v5/market/time`)).text();
      timer.fire();
    }
  };
  return {
    control,
    venue,
    told,
    failures,
    until,
    quotes: () => quotes,
    fillsOf: (clientId: string): number[] =>
      told.flatMap((line) => (line.startsWith(`fill ${clientId} `) ? [Number(line.split(' ')[2])] : [])),
    submit: (request: OrderRequest, clientId: string) =>
      venue.broker.submit(request, clientId, () => undefined),
    setDown: (so: boolean): void => {
      down = so;
      control.setDown(so);
    },
    held: async (): Promise<string | null> => {
      const books = await meanwhile(
        new Promise<AccountBooks | null>((resolve) => venue.broker.account(resolve)),
        () => timer.fire(),
      );
      return books?.positions.get(BTC)?.quantity ?? null;
    },
    async [Symbol.asyncDispose]() {
      venue.close();
      await emulator.stop();
    },
  };
}

type Paper = Awaited<ReturnType<typeof onPaper>>;

/** Long, with a stop far below. @returns its price */
async function long({ control, submit, until, fillsOf }: Paper): Promise<number> {
  submit(order({ quantity: '0.01' }), 'entry');
  await until('the entry to be filled', () => fillsOf('entry').length > 0);
  const price = Math.round(Number(control.price('BTCUSDT').last) * 0.8);
  const stop = { side: 'sell', type: 'stop', purpose: 'stop', reduceOnly: true } as const;
  submit(order({ id: 2, ...stop, quantity: '0.01', stopPrice: String(price) }), 'stop');
  return price;
}

const nextClose = ({ control }: Paper): number => Math.floor(control.now() / BASE) * BASE + BASE;

/** The candle that closes then falls to that price and comes back, as far as anybody is told. */
async function dip(paper: Paper, closeTime: number, price: number): Promise<void> {
  const { control, until } = paper;
  await until('just before the close', () => control.now() >= closeTime - SECOND);
  await until('the close', () => control.now() >= closeTime, 50);
  assert.ok(control.correctCandle('BTCUSDT', closeTime - BASE, { low: Math.round(price * TICKS) }));
}

const within = (price: number | undefined, stop: number): boolean =>
  price !== undefined && price <= stop && price > stop * 0.99;

test('a stop that was hit while streams were down is hit as the candle closes, before anybody decides on it, and once', async () => {
  await using paper = await onPaper();
  const { control, until, told, fillsOf, quotes } = paper;
  const stop = await long(paper);
  await until('quotes after it', () => control.now() % BASE > MINUTE);
  control.refuseStreams(true);
  control.closeStreams('');
  // Quotes have shown part of the one under way, and nothing of the next.
  const closeTime = nextClose(paper) + BASE;
  await dip(paper, closeTime, stop * 0.95);
  assert.deepEqual(fillsOf('stop'), []);
  await until('the stop to be hit', () => fillsOf('stop').length > 0);
  assert.ok(within(fillsOf('stop')[0], stop), told.join(', '));
  assert.ok(control.now() < closeTime + MINUTE);
  await until('what was held at closes', () => told.includes(`at ${closeTime} nothing held`));
  assert.ok(told.includes(`at ${closeTime - BASE} 0.01 held`), told.join(', '));

  control.refuseStreams(false);
  const before = quotes();
  await until('quotes again', () => quotes() > before);
  await until('two closes more', () => control.now() > closeTime + 2 * BASE + MINUTE);
  assert.equal(fillsOf('stop').length, 1);
  assert.deepEqual(paper.failures, []);
});

test('a stop that was hit while nothing of the exchange was there is hit by the candles that are had afterwards', async () => {
  await using paper = await onPaper();
  const { control, until, told, fillsOf, setDown, venue } = paper;
  const stop = await long(paper);
  await until('quotes after it', () => control.now() % BASE > MINUTE);
  setDown(true);
  const closeTime = nextClose(paper) + BASE;
  await dip(paper, closeTime, stop * 0.95);
  await until('the feed to give the candle up', () => control.now() >= closeTime + BASE + MINUTE);
  assert.deepEqual(fillsOf('stop'), []);
  assert.ok(venue.paper?.owedFrom);
  setDown(false);
  await until('the stop to be hit', () => fillsOf('stop').length > 0);
  assert.ok(within(fillsOf('stop')[0], stop), told.join(', '));
  await until('two closes more', () => control.now() > closeTime + 4 * BASE);
  assert.deepEqual([fillsOf('stop').length, venue.paper.owedFrom], [1, 0]);
  assert.deepEqual(paper.failures, []);
});

test('a candle falls below a stop, and the quotes of all its span do not: nothing is hit', async () => {
  await using paper = await onPaper();
  const { control, until, fillsOf } = paper;
  const stop = await long(paper);
  const closeTime = nextClose(paper) + BASE;
  await dip(paper, closeTime, stop * 0.95);
  await until('two closes more', () => control.now() > closeTime + 2 * BASE);
  assert.deepEqual(fillsOf('stop'), []);
  assert.equal(await paper.held(), '0.01');
});

class FullDisk extends MemoryRecord {
  full = false;

  override snapshot(bars: number, state: Uint8Array): void {
    if (this.full) throw new Error('the disk is full');
    super.snapshot(bars, state);
  }
}

test('an account that cannot be written down is told of as such, and prices go on', async () => {
  const record = new FullDisk();
  await using paper = await onPaper(record);
  const { until, failures, quotes } = paper;
  await long(paper);
  record.full = true;
  await until('word of it', () => failures.length > 0);
  assert.match(String(failures[0]), /the disk is full/);
  const before = quotes();
  await until('quotes', () => quotes() > before + 5);
});
