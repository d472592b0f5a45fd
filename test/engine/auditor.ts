/**
 * Watches an engine from outside: keeps its own books from what the venue was told and what it reported, and
 * checks after every input what must always hold. It shares no arithmetic with the engine.
 */
import assert from 'node:assert/strict';
import Big from 'big.js';
import type { Preset } from '../../src/config/preset.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Input } from '../../src/engine/input.ts';
import type { DomainEvent, OrderRequest, Output } from '../../src/engine/output.ts';
import { canTransition, type EngineState } from '../../src/engine/state.ts';
import type { Instrument } from '../../src/market/instrument.ts';
import type { Millis } from '../../src/market/time.ts';

interface AuditedOrder {
  readonly request: OrderRequest;
  status: 'sent' | 'working' | 'final';
  quantity: Big;
  filled: Big;
}

interface Account {
  readonly id: number;
  readonly symbol: string;
  /** +1 long, -1 short. */
  readonly direction: 1 | -1;
  bought: Big;
  sold: Big;
  boughtQuantity: Big;
  soldQuantity: Big;
  quoteFees: Big;
  baseFees: Big;
  /** The stop that the engine wants. */
  stop: number;
  closed: boolean;
  unprotectedSince: Millis | null;
}

/** Longest wait before a market exit is sent again. */
const EXIT_RETRY = 31_000;
/** Relative float error allowed where the engine sizes in float64. */
const FLOAT = 1e-9;

export class Auditor {
  readonly replies = new Map<number, string>();
  trades = 0;
  fills = 0;
  readonly states = new Set<EngineState>();
  readonly #engine: Engine;
  readonly #preset: Preset;
  readonly #start: Big;
  readonly #instruments: ReadonlyMap<string, Instrument>;
  readonly #orders = new Map<number, AuditedOrder>();
  readonly #accounts = new Map<number, Account>();
  /** Stops of the signals that were not refused, by symbol, and of the trades that they became. */
  readonly #pending = new Map<number, { readonly symbol: string; readonly stop: number }>();
  readonly #initialStops = new Map<number, number>();
  #lastExitEnded = new Map<number, Millis>();
  #state: EngineState = 'IDLE';
  #closed = new Big(0);
  #lastOrder = 0;
  #at = 0;

  constructor(engine: Engine, preset: Preset, equity: string, instruments: readonly Instrument[]) {
    this.#engine = engine;
    this.#preset = preset;
    this.#start = new Big(equity);
    this.#instruments = new Map(instruments.map((i) => [i.symbol, i]));
  }

  /** Called with every input and what came of it. */
  readonly observe = (input: Input, outputs: readonly Output[]): void => {
    assert.ok(input.at >= this.#at, 'time runs backwards');
    this.#at = input.at;
    const baseFee = input.kind === 'order' && input.report.status === 'fill' && input.report.feeIn === 'base';
    if (input.kind === 'order') this.#report(input);
    for (const output of outputs) {
      assert.ok(output.at <= input.at);
      if (output.kind === 'event') this.#event(output.event, baseFee);
      else if (output.kind === 'submit') this.#submit(output.order);
      else if (output.kind === 'amend') this.#amend(output);
      else if (output.kind === 'reply') {
        assert.ok(!this.replies.has(output.commandId), `command ${output.commandId} is answered twice`);
        this.replies.set(output.commandId, output.error?.code ?? 'ok');
      }
    }
    this.#protection();
    assert.equal(this.#engine.status().state, this.#state);
    assert.ok(this.#state !== 'LEVEL_BUILDING' && this.#state !== 'SIZING', `rests in ${this.#state}`);
    assert.equal(
      this.#engine.status().equity ?? this.#start.toFixed(),
      this.#start.plus(this.#closed).toFixed(),
    );
  };

  /** Between the steps of the venue all sides agree on what is held, to the last digit. */
  agree(venue: ReadonlyMap<string, string>): void {
    const exact = new Map<string, Big>();
    const lots = new Map<number, string>();
    for (const account of this.#accounts.values()) {
      exact.set(account.symbol, holding(account).plus(exact.get(account.symbol) ?? 0));
      const whole = this.#wholeLots(account);
      if (!account.closed && whole.gt(0)) lots.set(account.id, whole.toFixed());
    }
    for (const [symbol, quantity] of exact) {
      assert.equal(quantity.toFixed(), new Big(venue.get(symbol) ?? 0).toFixed(), `held of ${symbol}`);
    }
    for (const symbol of venue.keys()) assert.ok(exact.has(symbol), `${symbol} is held unknown`);
    const said = new Map(
      this.#engine.positions().map((p) => [p.tradeId, new Big(p.quantity).toFixed()] as const),
    );
    assert.deepEqual(said, lots);
  }

  /** Whole lots held anywhere. */
  get flat(): boolean {
    for (const account of this.#accounts.values())
      if (!account.closed && this.#wholeLots(account).gt(0)) return false;
    return true;
  }

  get livesAtVenue(): number {
    return [...this.#orders.values()].filter((o) => o.status !== 'final').length;
  }

  /** What a trade can close: its own, and what ended trades of its symbol could not, in whole lots. */
  #wholeLots(account: Account): Big {
    const { lot } = this.#instrument(account.symbol);
    let held = holding(account);
    for (const other of this.#accounts.values())
      if (other.closed && other.symbol === account.symbol) held = held.plus(holding(other));
    return held.times(account.direction).div(lot).round(0, Big.roundDown).times(lot);
  }

  #instrument(symbol: string): Instrument {
    const instrument = this.#instruments.get(symbol);
    assert.ok(instrument, symbol);
    return instrument;
  }

  #event(event: DomainEvent, baseFee: boolean): void {
    switch (event.type) {
      case 'state':
        assert.equal(event.from, this.#state);
        assert.ok(canTransition(event.from, event.to), `${event.from} -> ${event.to}`);
        this.#state = event.to;
        this.states.add(event.to);
        break;
      case 'signal':
        this.#pending.set(event.signalId, { symbol: event.symbol, stop: Number(event.stop) });
        break;
      case 'refused':
        this.#pending.delete(event.signalId);
        break;
      case 'fill': {
        this.fills++;
        const account = this.#account(event.tradeId, event.symbol, event.side);
        const value = new Big(event.price).times(event.quantity);
        if (event.side === 'buy') {
          account.bought = account.bought.plus(value);
          account.boughtQuantity = account.boughtQuantity.plus(event.quantity);
        } else {
          account.sold = account.sold.plus(value);
          account.soldQuantity = account.soldQuantity.plus(event.quantity);
        }
        if (baseFee) account.baseFees = account.baseFees.plus(event.fee);
        else account.quoteFees = account.quoteFees.plus(event.fee);
        break;
      }
      case 'position': {
        const account = this.#accounts.get(event.tradeId);
        assert.ok(account, `position of trade ${event.tradeId} without a fill`);
        if (event.stop !== null) {
          const stop = Number(event.stop);
          assert.ok(
            account.direction * (stop - account.stop) >= -this.#tick(account) * 1.01,
            'a stop went away',
          );
          account.stop = stop;
        }
        break;
      }
      case 'trade': {
        const { trade } = event;
        const account = this.#accounts.get(trade.id);
        assert.ok(account && !account.closed, `trade ${trade.id} ends once`);
        account.closed = true;
        this.trades++;
        const net = account.sold.minus(account.bought).minus(account.quoteFees);
        assert.equal(trade.pnl, net.toFixed(), `result of trade ${trade.id}`);
        this.#closed = this.#closed.plus(net);
        break;
      }
    }
  }

  #tick(account: Account): number {
    return Number(this.#instrument(account.symbol).tick);
  }

  #account(tradeId: number, symbol: string, side: 'buy' | 'sell'): Account {
    const known = this.#accounts.get(tradeId);
    if (known) return known;
    const direction = side === 'buy' ? 1 : -1;
    const account: Account = {
      id: tradeId,
      symbol,
      direction,
      bought: new Big(0),
      sold: new Big(0),
      boughtQuantity: new Big(0),
      soldQuantity: new Big(0),
      quoteFees: new Big(0),
      baseFees: new Big(0),
      stop: direction === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
      closed: false,
      unprotectedSince: null,
    };
    this.#accounts.set(tradeId, account);
    return account;
  }

  #report({ report }: Extract<Input, { kind: 'order' }>): void {
    const order = this.#orders.get(report.orderId);
    assert.ok(order, `order ${report.orderId} was never sent`);
    if (report.status === 'accepted') order.status = 'working';
    else if (report.status === 'cancelled' || report.status === 'rejected') order.status = 'final';
    else if (report.status === 'amended') order.quantity = new Big(report.quantity);
    else if (report.status === 'fill') {
      order.filled = order.filled.plus(report.quantity);
      if (order.filled.gte(order.quantity)) order.status = 'final';
    }
    if (order.status === 'final' && order.request.purpose === 'exit')
      this.#lastExitEnded.set(order.request.tradeId, this.#at);
  }

  #amend(output: Extract<Output, { kind: 'amend' }>): void {
    const order = this.#orders.get(output.orderId);
    assert.ok(order && order.status !== 'final', `order ${output.orderId} is amended although it is final`);
    const { lot, tick } = this.#instrument(order.request.symbol);
    assert.ok(new Big(output.quantity).mod(lot).eq(0));
    if (output.stopPrice !== null) assert.ok(new Big(output.stopPrice).mod(tick).eq(0));
  }

  #submit(order: OrderRequest): void {
    assert.ok(order.id > this.#lastOrder, `order id ${order.id} is used twice`);
    this.#lastOrder = order.id;
    const { lot, tick, type } = this.#instrument(order.symbol);
    const quantity = new Big(order.quantity);
    assert.ok(quantity.gt(0) && quantity.mod(lot).eq(0), `quantity ${order.quantity} of lot ${lot}`);
    for (const price of [order.price, order.stopPrice])
      if (price !== null) assert.ok(new Big(price).gt(0) && new Big(price).mod(tick).eq(0), `price ${price}`);
    this.#orders.set(order.id, { request: order, status: 'sent', quantity, filled: new Big(0) });
    const entry = order.purpose === 'entry' || order.purpose === 'add_on';
    assert.equal(order.reduceOnly, !entry);
    if (!entry) return;
    if (type === 'spot') assert.equal(order.side, 'buy', 'spot is not sold short');
    if (!this.#initialStops.has(order.tradeId)) {
      const signal = [...this.#pending].find(([, { symbol }]) => symbol === order.symbol);
      assert.ok(signal, `entry ${order.id} without a signal`);
      this.#initialStops.set(order.tradeId, signal[1].stop);
      this.#pending.delete(signal[0]);
    }
    const { pausedBy, haltedBy, stopping } = this.#engine.status();
    assert.ok(pausedBy === null && haltedBy === null && !stopping, 'an entry is sent though none is allowed');
    assert.ok(!['ERROR', 'EMERGENCY', 'STOPPED', 'IDLE', 'PAUSED'].includes(this.#state), this.#state);
    this.#limits(order);
  }

  /** Open and pending risk, and the number of positions, at the moment that an entry goes out. */
  #limits(order: OrderRequest): void {
    const { risk } = this.#preset;
    const live = new Map<number, AuditedOrder[]>();
    for (const one of this.#orders.values()) {
      const { purpose, tradeId } = one.request;
      if (one.status !== 'final' && (purpose === 'entry' || purpose === 'add_on'))
        live.set(tradeId, [...(live.get(tradeId) ?? []), one]);
    }
    const open = [...this.#accounts.values()].filter((a) => !a.closed);
    const busy = new Set([...live.keys(), ...open.map((a) => a.id)]);
    assert.ok(busy.size <= risk.max_open_positions, `${busy.size} positions and entries`);
    // The later slices of an entry were counted with its first.
    const slices = [...this.#orders.values()].filter(
      (o) => o.request.tradeId === order.tradeId && o.request.purpose === order.purpose,
    );
    if (slices.length > 1) return;
    let equity = Number(this.#start.plus(this.#closed));
    let total = 0;
    let slack = 0;
    for (const account of open) {
      const { average, held } = averageOf(account);
      const cash = Number(account.sold.minus(account.bought).minus(account.quoteFees));
      equity += cash + account.direction * held * average;
      total += Math.max(0, account.direction * (average - account.stop)) * held;
    }
    for (const [tradeId, orders] of live) {
      for (const { request, quantity, filled } of orders) {
        const left = Number(quantity.minus(filled));
        const direction = request.side === 'buy' ? 1 : -1;
        const stop = this.#accounts.get(tradeId)?.stop ?? this.#initialStops.get(tradeId);
        assert.ok(stop !== undefined);
        total += Math.max(0, direction * (Number(request.price) - stop)) * left;
        slack += left * Number(this.#instrument(request.symbol).tick);
      }
    }
    const limit = risk.max_total_risk * equity;
    assert.ok(total <= limit * (1 + FLOAT) + slack, `open risk ${total} over ${limit} at order ${order.id}`);
  }

  /** Every unit held is behind a confirmed stop, or on its way out, or within its time to be protected. */
  #protection(): void {
    const timeout = this.#preset.execution.protect_timeout_ms;
    const covered = new Map<number, Big>();
    const leaving = new Set<number>();
    for (const { request, status, quantity, filled } of this.#orders.values()) {
      if (status === 'final') continue;
      if (request.purpose === 'exit') leaving.add(request.tradeId);
      if (request.purpose === 'stop' && status === 'working')
        covered.set(request.tradeId, quantity.minus(filled).plus(covered.get(request.tradeId) ?? 0));
    }
    for (const account of this.#accounts.values()) {
      if (account.closed) continue;
      const held = this.#wholeLots(account);
      const exit = this.#lastExitEnded.get(account.id);
      const retrying = exit !== undefined && this.#at - exit < EXIT_RETRY;
      const safe =
        held.lte(0) ||
        (covered.get(account.id) ?? new Big(0)).gte(held) ||
        leaving.has(account.id) ||
        retrying;
      if (safe) account.unprotectedSince = null;
      else {
        account.unprotectedSince ??= this.#at;
        const since = this.#at - account.unprotectedSince;
        assert.ok(since <= timeout, `${held.toFixed()} of trade ${account.id} unprotected for ${since} ms`);
      }
    }
  }
}

function holding(account: Account): Big {
  return account.boughtQuantity.minus(account.soldQuantity).minus(account.baseFees);
}

function averageOf(account: Account): { average: number; held: number } {
  const long = account.direction === 1;
  const quantity = long ? account.boughtQuantity : account.soldQuantity;
  return {
    average: Number((long ? account.bought : account.sold).div(quantity)),
    held: Math.max(0, account.direction * Number(holding(account))),
  };
}
