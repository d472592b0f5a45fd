import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OrderRequest } from '../../../src/engine/output.ts';
import { barColumns } from '../../../src/market/bars.ts';
import type { BookSummary } from '../../../src/market/book.ts';
import type { Instrument } from '../../../src/market/instrument.ts';
import { BASE } from '../../../src/market/time.ts';
import type { AccountBooks, Answer, LookUp, Push } from '../../../src/venue/broker.ts';
import { PaperBroker } from '../../../src/venue/paper/paper-broker.ts';
import { MemoryRecord } from '../../../src/venue/simulated/kept/record.ts';

const INSTRUMENT: Instrument = {
  symbol: 'BTC/USDT:USDT',
  base: 'BTC',
  quote: 'USDT',
  type: 'linear',
  tick: '0.1',
  lot: '0.001',
  minNotional: '5',
  makerFee: 0.0002,
  takerFee: 0.00055,
};
const BUY: OrderRequest = {
  id: 1,
  tradeId: 1,
  symbol: INSTRUMENT.symbol,
  side: 'buy',
  type: 'limit',
  purpose: 'entry',
  quantity: '0.5',
  price: '101',
  stopPrice: null,
  reduceOnly: false,
};
const STOP: OrderRequest = {
  ...BUY,
  id: 2,
  side: 'sell',
  type: 'stop',
  purpose: 'stop',
  price: null,
  stopPrice: '95',
  reduceOnly: true,
};

const book = (mid: number): BookSummary => ({
  bid: mid - 0.1,
  ask: mid + 0.1,
  bidDepth03: 5_000,
  askDepth03: 5_000,
  bidDepth05: 10_000,
  askDepth05: 10_000,
});

/** A broker on an account that outlives it. */
function life(record: MemoryRecord, now = { at: BASE }, instruments: readonly Instrument[] = [INSTRUMENT]) {
  const pushes: Push[] = [];
  const push = (each: Push) => {
    pushes.push(each);
  };
  const broker = new PaperBroker({ instruments, record, now: () => now.at, push });
  const answers: Answer[] = [];
  const submit = (order: OrderRequest) =>
    broker.submit(order, `bo-s-${order.id}-1`, (answer) => answers.push(answer));
  const lookUp = (id: number): LookUp => {
    const found: LookUp[] = [];
    broker.lookUp(INSTRUMENT.symbol, `bo-s-${id}-1`, (each) => found.push(each));
    assert.ok(found[0]);
    return found[0];
  };
  const held = (): string | null => {
    const books: (AccountBooks | null)[] = [];
    broker.account((each) => books.push(each));
    return books[0]?.positions.get(INSTRUMENT.symbol)?.quantity ?? null;
  };
  return { broker, now, pushes, answers, submit, lookUp, held };
}

test('orders meet the quotes that come after them, and are told of as an exchange tells', () => {
  const { broker, pushes, answers, submit, held } = life(new MemoryRecord());
  broker.quote(0, book(99));
  submit(BUY);
  assert.deepEqual([answers, held()], [[{ kind: 'done' }], null]);
  broker.quote(0, book(100));
  assert.equal(held(), '0.5');
  assert.deepEqual(
    pushes.map(({ kind, clientId }) => [kind, clientId]),
    [
      ['accepted', 'bo-s-1-1'],
      ['fill', 'bo-s-1-1'],
    ],
  );
});

test('a request that comes twice makes one order; one that cannot be is refused with the reason', () => {
  const { broker, answers, submit, held } = life(new MemoryRecord());
  submit(BUY);
  submit(BUY);
  broker.quote(0, book(100));
  submit({ ...BUY, id: 3, quantity: '0.0005' });
  assert.equal(held(), '0.5');
  assert.deepEqual(
    answers.map(({ kind }) => kind),
    ['done', 'done', 'refused'],
  );
});

test('the account outlives whoever trades on it, and a stop that was hit meanwhile is hit', () => {
  const record = new MemoryRecord();
  const first = life(record);
  first.submit(BUY);
  first.broker.quote(0, book(100));
  first.submit(STOP);

  const second = life(record, { at: 4 * BASE });
  assert.equal(second.held(), '0.5');
  const bars = barColumns(1);
  bars.count = 1;
  const candle = (closeTime: number, low: number) => {
    bars.closeTime = closeTime;
    [bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]] = [100, 100, low, 99, 1_000];
    second.broker.missed(bars);
  };
  // It began while the last life met prices: its low may be of before the stop was there.
  candle(BASE + BASE / 2, 90);
  assert.equal(second.held(), '0.5');
  candle(3 * BASE, 94);
  assert.equal(second.held(), null);
  const stop = second.lookUp(2);
  assert.ok(stop.kind === 'found');
  assert.deepEqual([stop.order.status, stop.order.fills.length], ['filled', 1]);
  candle(3 * BASE, 94);
  assert.equal(second.lookUp(3).kind, 'absent');
});

test('a cancel and an amend act at once; of an order that is over they are refused', () => {
  const { broker, submit, lookUp } = life(new MemoryRecord());
  submit(BUY);
  broker.quote(0, book(100));
  submit(STOP);
  const told: Answer[] = [];
  const answer = (each: Answer) => {
    told.push(each);
  };
  broker.amend(STOP.symbol, 'bo-s-2-1', { quantity: '0.5', stopPrice: '97' }, answer);
  broker.cancel(STOP.symbol, 'bo-s-2-1', answer);
  broker.cancel(STOP.symbol, 'bo-s-2-1', answer);
  broker.cancel(STOP.symbol, 'bo-s-9-1', answer);
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['done', 'done', 'refused', 'refused'],
  );
  const stop = lookUp(2);
  assert.ok(stop.kind === 'found');
  assert.deepEqual([stop.order.status, stop.order.stopPrice], ['cancelled', '97.0']);
});

test('an account keeps its markets apart when others are listed before, behind or in place of them', () => {
  const record = new MemoryRecord();
  const first = life(record);
  first.broker.quote(0, book(99));
  first.submit(BUY);
  first.broker.quote(0, book(100));
  const other = { ...INSTRUMENT, symbol: 'AAA/USDT:USDT', base: 'AAA' };
  const { broker, submit, held } = life(record, { at: 2 * BASE }, [other, INSTRUMENT]);
  assert.equal(held(), '0.5');
  submit({ ...STOP, id: 3 });
  broker.quote(0, book(90));
  assert.equal(held(), '0.5', 'the price of another market hits no stop');
  broker.quote(1, book(94));
  assert.equal(held(), null);
});

test('what is left in a market that is gone is closed at the last price, also after a restart', () => {
  const record = new MemoryRecord();
  const first = life(record);
  first.broker.quote(0, book(99));
  first.submit(BUY);
  first.broker.quote(0, book(100));
  const { broker, submit, held, pushes } = life(record, { at: 2 * BASE }, []);
  broker.list([INSTRUMENT], new Set([INSTRUMENT.symbol]));
  submit({ ...STOP, id: 3, type: 'market', purpose: 'exit', stopPrice: null });
  assert.equal(held(), null);
  const fill = pushes.find(({ kind }) => kind === 'fill');
  assert.ok(fill?.kind === 'fill' && Math.abs(Number(fill.fill.price) - 100) < 1, JSON.stringify(fill));
});
