/** A desk whose venue is the test: it sees what is sent and says what became of it. */
import type { Preset } from '../../src/config/preset.ts';
import type { OrderReport } from '../../src/engine/input.ts';
import type {
  DomainEvent,
  OrderPurpose,
  OrderRequest,
  Output,
  Side,
  Trade,
} from '../../src/engine/output.ts';
import { Desk, type NewTrade } from '../../src/execution/desk.ts';
import { Ledger } from '../../src/execution/ledger.ts';
import type { OpenTrade } from '../../src/execution/open-trade.ts';
import { Orders } from '../../src/execution/orders.ts';
import { Outbox } from '../../src/execution/outbox.ts';
import type { Instrument } from '../../src/market/instrument.ts';
import { marketOf, type Part, presetOf } from '../strategy/kit.ts';

/** A tick of 0.1, a lot of 0.01, nothing under 5, no fees: figures in tests are then those of the rules. */
export const PLAIN: Partial<Instrument> = { tick: '0.1', lot: '0.01', takerFee: 0, makerFee: 0 };

export interface Options {
  readonly preset?: Part<Preset>;
  readonly market?: Partial<Instrument>;
  readonly amend?: boolean;
}

type Fill = Extract<OrderReport, { status: 'fill' }>;

export class Bench {
  readonly preset: Preset;
  readonly market;
  readonly outbox = new Outbox();
  readonly ledger = new Ledger('10000');
  readonly trades: Trade[] = [];
  readonly outputs: Output[] = [];
  readonly desk: Desk;
  #fill = 0;

  constructor(options: Options = {}) {
    this.preset = presetOf(options.preset);
    this.market = marketOf({ ...PLAIN, ...options.market });
    const { preset, outbox } = this;
    const broker = { amend: options.amend ?? true };
    this.desk = new Desk({ outbox, orders: new Orders(), preset, broker }, this.ledger, (trade) =>
      this.trades.push(trade),
    );
  }

  /** Entry of `lots` at 100 or better, stop 2 away, level 0.5 behind. */
  enter(side: Side = 'long', lots = 1000, part: Partial<NewTrade> = {}): OpenTrade {
    const d = side === 'long' ? 1 : -1;
    const trade = this.desk.enter({
      market: this.market,
      side,
      strategy: 'momentum',
      levelId: 1,
      level: 100 - d * 0.5,
      stopTicks: 1000 - d * 20,
      plannedLots: lots,
      plannedRisk: (lots / 100) * 2,
      btcCorrelation: 0,
      notional: lots,
      limitTicks: 1000,
      triggerTicks: null,
      ...part,
    });
    this.#take();
    return trade;
  }

  /** Orders sent so far, oldest first. */
  sent(purpose?: OrderPurpose): OrderRequest[] {
    return this.outputs.flatMap((o) =>
      o.kind === 'submit' && (purpose === undefined || o.order.purpose === purpose) ? [o.order] : [],
    );
  }

  last(purpose: OrderPurpose): OrderRequest {
    const order = this.sent(purpose).at(-1);
    if (order === undefined) throw new Error(`no ${purpose} was sent`);
    return order;
  }

  events<T extends DomainEvent['type']>(type: T): Extract<DomainEvent, { type: T }>[] {
    return this.outputs.flatMap((o) =>
      o.kind === 'event' && o.event.type === type ? [o.event as Extract<DomainEvent, { type: T }>] : [],
    );
  }

  cancelled(): number[] {
    return this.outputs.flatMap((o) => (o.kind === 'cancel' ? [o.orderId] : []));
  }

  amends(): Extract<Output, { kind: 'amend' }>[] {
    return this.outputs.flatMap((o) => (o.kind === 'amend' ? [o] : []));
  }

  report(report: OrderReport, later = 0): void {
    this.outbox.at += later;
    this.desk.report(report);
    this.#take();
  }

  accept(order: OrderRequest): void {
    this.report({ status: 'accepted', orderId: order.id });
  }

  cancelDone(order: OrderRequest): void {
    this.report({ status: 'cancelled', orderId: order.id, reason: 'asked for' });
  }

  fillOf(
    order: OrderRequest,
    price: string,
    quantity: string = order.quantity,
    part: Partial<Fill> = {},
  ): Fill {
    return {
      status: 'fill',
      orderId: order.id,
      fillId: `f${++this.#fill}`,
      price,
      quantity,
      fee: '0',
      feeIn: 'quote',
      liquidity: 'taker',
      ...part,
    };
  }

  fill(
    order: OrderRequest,
    price: string,
    quantity: string = order.quantity,
    part: Partial<Fill> = {},
  ): Fill {
    const fill = this.fillOf(order, price, quantity, part);
    this.report(fill);
    return fill;
  }

  /** Fires the timers that are due within `later`, oldest first. */
  wait(later: number): void {
    const until = this.outbox.at + later;
    const fired = new Set<number>();
    for (;;) {
      const due = this.outputs
        .flatMap((o) => (o.kind === 'timer' && o.due <= until && !fired.has(o.timerId) ? [o] : []))
        .sort((a, b) => a.due - b.due)
        .find((o) => !this.#fired.has(o.timerId));
      if (due === undefined) break;
      this.#fired.add(due.timerId);
      fired.add(due.timerId);
      this.outbox.at = due.due;
      const purpose = this.outbox.fired(due.timerId);
      if (purpose !== null) this.desk.timer(purpose);
      this.#take();
    }
    this.outbox.at = until;
  }

  readonly #fired = new Set<number>();

  /** Anything else that the desk is told: collects what it sends. */
  do(act: (desk: Desk) => void): void {
    act(this.desk);
    this.#take();
  }

  /** A filled, protected position with its targets accepted. */
  hold(side: Side = 'long', lots = 1000): OpenTrade {
    const trade = this.enter(side, lots);
    const entry = this.last('entry');
    this.accept(entry);
    this.fill(entry, '100.0');
    this.accept(this.last('stop'));
    for (const purpose of ['tp1', 'tp2'] as const) for (const order of this.sent(purpose)) this.accept(order);
    return trade;
  }

  #take(): void {
    this.outputs.push(...this.outbox.take());
  }
}
