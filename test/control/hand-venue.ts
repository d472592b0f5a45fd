/**
 * A venue played by hand behind a real daemon: candles go round in a box until a test breaks one, and orders are
 * answered as the test says. Time flows quickly on its own, so whatever the engine rests in, it rests in for long.
 */
import { type Archive, numberShape, textShape } from '../../src/archive/archive.ts';
import type { OrderReport } from '../../src/engine/input.ts';
import type { OrderRequest } from '../../src/engine/output.ts';
import { type BarColumns, barColumns } from '../../src/market/bars.ts';
import type { Instrument } from '../../src/market/instrument.ts';
import { BASE, type Millis } from '../../src/market/time.ts';
import type { OpenVenue } from '../../src/session/venues.ts';
import type { BarSource, Matching } from '../../src/venue/ports.ts';
import { BOX, MIDNIGHT, PERP } from '../engine/rig.ts';

/** What the venue does with an order of a kind, or with a request to cancel one. */
interface Answers {
  /** `silent`: it never says a word; `rest`: accepted, never filled; `reject`; `fill`: at the next path point. */
  entry: 'silent' | 'rest' | 'reject' | 'fill';
  exit: 'silent' | 'fill';
  cancel: 'silent' | 'confirm';
}

export class HandVenue implements BarSource, Matching {
  readonly instruments: readonly Instrument[];
  readonly figures = { book: false, tradesPerMinute: false, openInterest: false };
  readonly assumed: readonly string[] = [];
  readonly startsAt: Millis = MIDNIGHT;
  readonly total = null;
  readonly busy = true;
  readonly ambiguousTrades: ReadonlySet<number> = new Set();
  readonly answers: Answers = { entry: 'fill', exit: 'fill', cancel: 'confirm' };
  /** Set: what the next candle fails with. */
  broken: Error | null = null;
  /** Set: what the warm-up fails with. */
  brokenHistory: Error | null = null;
  /** No candle comes any more. */
  over = false;
  readonly #closes = new Map<number, number>();
  readonly #orders = new Map<number, OrderRequest>();
  readonly #silent = new Set<OrderRequest>();
  readonly #held = new Map<string, number>();
  readonly #bars: BarColumns;
  #due: OrderReport[] = [];
  #bar = 0;
  #fills = 0;
  #closeTime: Millis = MIDNIGHT;

  constructor(instruments: readonly Instrument[] = [PERP]) {
    this.instruments = instruments;
    this.#bars = barColumns(Math.max(1, instruments.length));
  }

  get open(): OpenVenue {
    return { source: this, matching: this, account: 'by hand', defaultSpeed: 0 };
  }

  /** The next candle of a symbol (its index) goes to this close on ten times the volume. */
  closeAt(price: number, symbol = 0): void {
    this.#closes.set(symbol, price);
  }

  /** Fills an order that has been left alone so far, at the next path point. */
  fill(order: Pick<OrderRequest, 'id'>): void {
    const request = this.#orders.get(order.id);
    if (!request) throw new Error(`the venue has no order ${order.id}`);
    this.#fills += 1;
    this.#due.push({
      status: 'fill',
      orderId: request.id,
      fillId: `f${this.#fills}`,
      price: request.price ?? request.stopPrice ?? BOX.middle.toFixed(2),
      quantity: request.quantity,
      fee: '0.1',
      feeIn: 'quote',
      liquidity: 'taker',
    });
  }

  /** Confirms the cancel of an order that has been left alone so far, at the next path point. */
  confirmCancel(order: Pick<OrderRequest, 'id'>): void {
    this.#due.push({ status: 'cancelled', orderId: order.id, reason: 'requested' });
  }

  /** Answers all that it has left alone: entries are cancelled, exits filled. */
  release(): void {
    this.answers.entry = 'reject';
    this.answers.exit = 'fill';
    this.answers.cancel = 'confirm';
    for (const order of this.#silent) {
      if (order.purpose === 'exit') this.fill(order);
      else this.confirmCancel(order);
    }
    this.#silent.clear();
  }

  *history(count: number): Iterable<BarColumns> {
    if (this.brokenHistory) throw this.brokenHistory;
    for (let left = count; left > 0; left--) yield this.#next(MIDNIGHT - (left - 1) * BASE);
  }

  next(): BarColumns | null {
    if (this.broken) throw this.broken;
    if (this.over) return null;
    this.#closeTime += BASE;
    return this.#next(this.#closeTime);
  }

  book(): null {
    return null;
  }

  submit(order: OrderRequest): readonly OrderReport[] {
    this.#orders.set(order.id, order);
    const entering = order.purpose === 'entry' || order.purpose === 'add_on';
    const answer = entering ? this.answers.entry : order.purpose === 'exit' ? this.answers.exit : 'rest';
    if (answer === 'silent') {
      this.#silent.add(order);
      return [];
    }
    if (answer === 'reject') return [{ status: 'rejected', orderId: order.id, reason: 'the venue said no' }];
    if (answer === 'fill') this.fill(order);
    return [{ status: 'accepted', orderId: order.id }];
  }

  cancel(orderId: number): readonly OrderReport[] {
    return this.answers.cancel === 'silent' ? [] : [{ status: 'cancelled', orderId, reason: 'requested' }];
  }

  amend(orderId: number, quantity: string, stopPrice: string | null): readonly OrderReport[] {
    return [{ status: 'amended', orderId, quantity, stopPrice }];
  }

  begin(): void {
    // Orders are answered by hand, whatever the candle.
  }

  walk(): readonly OrderReport[] {
    const due = this.#due;
    this.#due = [];
    for (const report of due) if (report.status === 'fill') this.#book(report.orderId, report.quantity);
    return due;
  }

  priceOf(): string | null {
    return null;
  }

  positions(): ReadonlyMap<string, string> {
    return new Map([...this.#held].map(([symbol, quantity]) => [symbol, String(quantity)]));
  }

  archive(a: Archive): void {
    a.section('HandVenue');
    a.map(this.#closes, numberShape, numberShape);
    a.map(this.#orders, numberShape, (_, order) => a.json(order));
    const silent = a.list(
      [...this.#silent].map(({ id }) => id),
      numberShape,
    );
    if (a.loading) {
      this.#silent.clear();
      for (const id of silent) {
        const order = this.#orders.get(id);
        if (order) this.#silent.add(order);
      }
    }
    a.map(this.#held, textShape, numberShape);
    this.#due = a.list(this.#due, (_, report) => a.json(report));
    this.#bar = a.number(this.#bar);
    this.#fills = a.number(this.#fills);
    this.#closeTime = a.number(this.#closeTime);
  }

  #book(orderId: number, quantity: string): void {
    const order = this.#orders.get(orderId);
    if (!order) return;
    const change = order.side === 'buy' ? Number(quantity) : -Number(quantity);
    const held = Math.round(((this.#held.get(order.symbol) ?? 0) + change) * 1e6) / 1e6;
    if (held === 0) this.#held.delete(order.symbol);
    else this.#held.set(order.symbol, held);
  }

  #next(closeTime: Millis): BarColumns {
    const wave = (i: number) => round(BOX.middle + BOX.half * Math.sin((2 * Math.PI * i) / BOX.period));
    const bars = this.#bars;
    const open = wave(this.#bar);
    this.#bar += 1;
    bars.closeTime = closeTime;
    bars.count = this.instruments.length;
    for (let row = 0; row < bars.count; row++) {
      const wanted = this.#closes.get(row);
      this.#closes.delete(row);
      const close = wanted ?? wave(this.#bar);
      bars.symbol[row] = row;
      bars.open[row] = open;
      bars.high[row] = round(Math.max(open, close) + BOX.wick);
      bars.low[row] = round(Math.min(open, close) - BOX.wick);
      bars.close[row] = close;
      bars.volume[row] = wanted === undefined ? BOX.volume : 10 * BOX.volume;
    }
    return bars;
  }
}

function round(price: number): number {
  return Math.round(price * 100) / 100;
}
