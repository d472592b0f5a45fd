/** A broker on paper, its orders, and the quotes and candles that they meet. */
import assert from 'node:assert/strict';
import type { FillReport } from '../../../src/engine/input.ts';
import type { OrderRequest } from '../../../src/engine/output.ts';
import { type BarColumns, barColumns } from '../../../src/market/bars.ts';
import type { BookSummary } from '../../../src/market/book.ts';
import type { Instrument } from '../../../src/market/instrument.ts';
import { BASE, type Millis, SECOND } from '../../../src/market/time.ts';
import type { AccountBooks, Answer, LookUp, Push } from '../../../src/venue/broker.ts';
import { PaperBroker } from '../../../src/venue/paper/paper-broker.ts';
import type { MemoryRecord } from '../../../src/venue/simulated/kept/record.ts';

export const INSTRUMENT: Instrument = {
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
export const BUY: OrderRequest = {
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
export const STOP: OrderRequest = {
  ...BUY,
  id: 2,
  side: 'sell',
  type: 'stop',
  purpose: 'stop',
  price: null,
  stopPrice: '95',
  reduceOnly: true,
};

/** `half`: of the spread. */
export const book = (mid: number, half = 0.1): BookSummary => ({
  bid: mid - half,
  ask: mid + half,
  bidDepth03: 5_000,
  askDepth03: 5_000,
  bidDepth05: 10_000,
  askDepth05: 10_000,
});

/** A broker on an account that outlives it. */
export function life(
  record: MemoryRecord,
  now = { at: BASE },
  instruments: readonly Instrument[] = [INSTRUMENT],
) {
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
  /** Of an order, as the account has them. */
  const fills = (id: number): readonly FillReport[] => {
    const found = lookUp(id);
    return found.kind === 'found' ? found.order.fills : [];
  };
  const amend = (id: number, stopPrice: string): void =>
    broker.amend(INSTRUMENT.symbol, `bo-s-${id}-1`, { quantity: BUY.quantity, stopPrice }, (answer) =>
      answers.push(answer),
    );
  /** A quote every second from then until before `to`. */
  const quotes = (to: Millis, mid: number, half?: number): void => {
    for (; now.at < to; now.at += SECOND) broker.quote(0, book(mid, half));
  };
  return { broker, now, pushes, answers, submit, amend, lookUp, fills, held, quotes };
}

/** The candle that closed then, as [open, high, low, close]. */
export function candle(
  closeTime: Millis,
  [open, high, low, close]: readonly [number, number, number, number],
  volume = 1_000,
): BarColumns {
  const bars = barColumns(1);
  bars.closeTime = closeTime;
  bars.count = 1;
  [bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]] = [open, high, low, close, volume];
  return bars;
}
