/**
 * Drives the engine over a venue that answers when it answers: inputs are applied one after another, each is written
 * down with what came of it before anything of that is sent.
 */
import type { Engine, Outstanding } from '../../engine/engine.ts';
import type { Command, Input, OrderReport } from '../../engine/input.ts';
import type { DomainEvent, OrderRequest, Output } from '../../engine/output.ts';
import type { BarColumns } from '../../market/bars.ts';
import type { Millis } from '../../market/time.ts';
import type { AccountBooks, Broker, Push } from '../../venue/broker.ts';
import type { Origin } from '../drive.ts';
import { AttachedStops } from './attached-stops.ts';
import { type Clock, ForwardTime } from './clock.ts';
import { Gateway } from './gateway.ts';
import { untilAnswered } from './until-answered.ts';

export interface LiveLoopOptions {
  readonly engine: Engine;
  readonly session: string;
  readonly broker: Broker;
  readonly clock: Clock;
  /** Sees every input with the outputs it caused, in order, before they are carried out. */
  readonly observe: (input: Input, outputs: readonly Output[], origin: Origin) => void;
  /** Called before anything is sent: what has been observed so far has to be safe by then. */
  readonly beforeSending: () => void;
  /** Why no entry may be sent just now; null when it may. */
  readonly entriesRefused: () => string | null;
  /** Up to `bars` closed base bars before now, oldest first; each is used before the next is asked for. */
  readonly history: (bars: number, done: (history: Iterable<BarColumns>) => void) => void;
}

/** Candles that waited longer than that for the books are no ground for an entry any more. */
const FRESH_MS: Millis = 10_000;

const CHANGE_ACCOUNT: ReadonlySet<Input['kind']> = new Set(['order', 'funding', 'liquidation', 'adjustment']);

const FINAL = new Set(['filled', 'cancelled', 'rejected']);

export class LiveLoop {
  readonly gateway: Gateway;
  /** Stops that came with entries. */
  readonly attached: AttachedStops;
  /** Inputs so far that tell of the account's own orders and money. */
  accountChanges = 0;
  readonly #options: LiveLoopOptions;
  readonly #time: ForwardTime;
  readonly #inbox: { readonly input: Input; readonly origin: Origin }[] = [];
  /** Bars and books that came while the books were being reconciled. */
  #held: Input[] | null = null;
  #applying = false;

  constructor(options: LiveLoopOptions) {
    this.#options = options;
    this.#time = new ForwardTime(options.clock, options.engine.now);
    const { broker, clock, session } = options;
    this.attached = new AttachedStops(
      broker.capabilities.attachedStop === true ? broker.acts : null,
      clock,
      session,
      (orderId, symbol) => this.#lives(orderId) || !this.#isCovered(symbol),
    );
    this.gateway = new Gateway({
      session: options.session,
      broker: options.broker,
      clock: options.clock,
      report: (report) => this.#reported(report),
    });
  }

  get now(): Millis {
    return this.#time.now();
  }

  /** An input, in its turn. */
  apply(input: Input, origin: Origin = 'live'): void {
    if (this.#held !== null && (input.kind === 'bars' || input.kind === 'book')) {
      this.#held.push(input);
      return;
    }
    this.#inbox.push({ input, origin });
    if (this.#applying) return;
    this.#applying = true;
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift())
        this.#step(next.input, next.origin);
    } finally {
      this.#applying = false;
    }
  }

  command(id: number, by: string, command: Command): void {
    this.apply({ kind: 'command', at: this.now, id, by, command }, 'command');
  }

  pushed(push: Push): void {
    this.gateway.pushed(push);
  }

  /** The market waits until `release`: nothing is decided before the books are known to be right. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    const { now } = this;
    for (const input of held) {
      const stale = input.kind === 'bars' && input.phase === 'live' && now - input.at > FRESH_MS;
      this.apply(stale ? { ...input, at: now, phase: 'late' } : { ...input, at: now });
    }
  }

  /** Sets the timers of an engine that was restored, and asks for what it still waits for. */
  resume({ timers, query, history }: Outstanding): void {
    for (const { timerId, due } of timers) this.#timer(timerId, due);
    if (query !== null) this.#query(query);
    if (history !== null) this.#history(history);
  }

  #step(input: Input, origin: Origin): void {
    const { engine, observe } = this.#options;
    const outputs = engine.apply(input);
    if (CHANGE_ACCOUNT.has(input.kind)) this.accountChanges += 1;
    observe(input, outputs, origin);
    for (const output of outputs) this.#carryOut(output);
  }

  #carryOut(output: Output): void {
    const { beforeSending } = this.#options;
    switch (output.kind) {
      case 'submit':
        this.#submit(output.order);
        break;
      case 'cancel':
        beforeSending();
        this.gateway.cancel(output.orderId);
        break;
      case 'amend':
        beforeSending();
        this.gateway.amend(output.orderId, output.quantity, output.stopPrice);
        break;
      case 'timer':
        this.#timer(output.timerId, output.due);
        break;
      case 'query':
        this.#query(output.queryId);
        break;
      case 'history':
        this.#history(output.bars);
        break;
      case 'event':
        this.#announced(output.event);
        break;
      case 'reply':
        break;
    }
  }

  #announced(event: DomainEvent): void {
    if (event.type === 'order' && FINAL.has(event.status)) {
      this.gateway.settled(event.order.id);
      const { attachedStop, symbol } = event.order;
      // Of one that has not filled there is none.
      if (attachedStop !== undefined && this.#isHeld(symbol) && this.#isCovered(symbol))
        this.attached.drop(symbol);
    }
    // What is protected by the stop of its own, or held no more, needs no other.
    if (event.type === 'position' && (event.change === 'protected' || event.change === 'closed'))
      this.attached.drop(event.symbol);
  }

  #lives(orderId: number): boolean {
    return this.#options.engine.orders().some(({ id, status }) => id === orderId && !FINAL.has(status));
  }

  #isHeld(symbol: string): boolean {
    return this.#options.engine.positions().some((held) => held.symbol === symbol);
  }

  /** Nothing of it is held that has no stop of its own. */
  #isCovered(symbol: string): boolean {
    return this.#options.engine
      .positions()
      .every((held) => held.symbol !== symbol || Number(held.protectedQuantity) >= Number(held.quantity));
  }

  #submit(order: OrderRequest): void {
    const refused = order.reduceOnly ? null : this.#options.entriesRefused();
    if (refused !== null) {
      this.#reported({ status: 'rejected', orderId: order.id, reason: refused });
      return;
    }
    this.#options.beforeSending();
    this.gateway.submit(order);
  }

  #reported(report: OrderReport): void {
    this.apply({ kind: 'order', at: this.now, report });
  }

  #timer(timerId: number, due: Millis): void {
    this.#options.clock.after(Math.max(0, due - this.now), () =>
      this.apply({ kind: 'timer', at: this.now, timerId }),
    );
  }

  #query(queryId: number): void {
    const { broker, clock } = this.#options;
    untilAnswered<AccountBooks>(
      clock,
      (answer) => broker.account(answer),
      (books) => {
        const positions = [...books.positions].map(([symbol, { quantity }]) => ({ symbol, quantity }));
        this.apply({ kind: 'positions', at: this.now, queryId, positions });
      },
    );
  }

  #history(bars: number): void {
    this.#options.history(bars, (history) => {
      for (const each of history) this.apply({ kind: 'bars', at: this.now, phase: 'history', bars: each });
      this.apply({ kind: 'ready', at: this.now });
    });
  }
}
