/**
 * An engine with a venue played by hand: the test says what the venue reports, and when. Candles go round in a box
 * with many touches of both edges until a test breaks one.
 */
import assert from 'node:assert/strict';
import { type Preset, presetSchema } from '../../src/config/preset.ts';
import { Engine } from '../../src/engine/engine.ts';
import type {
  Command,
  FillReport,
  Finding,
  ForeignHolding,
  Input,
  InputOf,
  OrderReport,
} from '../../src/engine/input.ts';
import type { DomainEvent, OrderPurpose, OrderRequest, Output, Trade } from '../../src/engine/output.ts';
import type { EngineState } from '../../src/engine/state.ts';
import { type BarColumns, barColumns } from '../../src/market/bars.ts';
import type { Instrument } from '../../src/market/instrument.ts';
import { BASE, type Millis } from '../../src/market/time.ts';

export const PERP: Instrument = {
  symbol: 'AAAUSDT',
  base: 'AAA',
  quote: 'USDT',
  type: 'linear',
  tick: '0.01',
  lot: '0.01',
  minNotional: '5',
  makerFee: 0.0002,
  takerFee: 0.0005,
};
export const SECOND_PERP: Instrument = { ...PERP, symbol: 'BBBUSDT', base: 'BBB' };
export const SPOT: Instrument = { ...PERP, type: 'spot', lot: '0.1' };

/** 2025-01-01T00:00Z. */
export const MIDNIGHT: Millis = 1_735_689_600_000;

/** Edges of the box. */
export const BOX = { middle: 100, half: 0.8, wick: 0.05, period: 24, volume: 1000 } as const;
/** Closes well beyond the box, and far from it. */
export const ABOVE = 101.5;
export const BELOW = 98.5;

type DeepPartial<T> = {
  [K in keyof T]?: T[K] extends readonly unknown[]
    ? T[K]
    : T[K] extends object | null
      ? DeepPartial<T[K]>
      : T[K];
};
export type PresetChange = DeepPartial<Preset>;

function merged(base: object, change: object): object {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const before = result[key];
    const both = isPlain(before) && isPlain(value);
    result[key] = both ? merged(before, value) : value;
  }
  return result;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Takes any breakout of the box; one R is 100 of 10,000; nothing but the test ends a trade or halts. */
export function permissive(change: PresetChange = {}): Preset {
  const base = {
    name: 'permissive',
    description: 'takes any breakout',
    strategy: 'momentum',
    volatility_filters: { atr_range_min: 0, atr_range_max: 0.5 },
    scan: { scan_interval_seconds: 300, score_weights: { volume_24h: 1 } },
    levels: { min_touches: 1, max_age_hours: 720, min_strength: 0, max_wick_share: 1, max_distance_atr: 50 },
    momentum: {
      epsilon_atr: 0,
      max_extension_atr: 10,
      volume_multiple: 0,
      min_body_share: 0,
      max_vwap_gap_atr: 50,
    },
    entry: { max_chase_atr: 0.3, cooldown_base_bars: 0 },
    risk: {
      risk_per_trade: 0.01,
      max_open_positions: 3,
      max_total_risk: 0.5,
      max_position_share: 20,
      max_leverage: 50,
      max_volume_share: 1,
      daily_loss_limit: 1,
      losing_streak_limit: 100,
      max_drawdown: 1,
    },
    position: {
      max_stop_atr: 20,
      tp1_r: 2,
      tp2_r: 40,
      chandelier_atr: null,
      max_hold_hours: 2000,
      failed_breakout_bars: 0,
    },
  };
  return presetSchema.parse(merged(base, change));
}

export type Ohlcv = readonly [number, number, number, number, number];

interface RigOptions {
  readonly preset?: PresetChange;
  readonly instruments?: readonly Instrument[];
  readonly amend?: boolean;
  readonly attachedStop?: boolean;
  readonly equity?: string;
  /** Close time of the last candle of history. */
  readonly startsAt?: Millis;
}

type Untimed<T> = T extends unknown ? Omit<T, 'at'> : never;
type Reply = Extract<Output, { kind: 'reply' }>;

export class Rig {
  readonly engine = new Engine();
  readonly preset: Preset;
  instruments: readonly Instrument[];
  /** Symbols that have no candles any more. */
  readonly gone = new Set<string>();
  readonly outputs: Output[] = [];
  readonly inputs: Input[] = [];
  now: Millis;
  readonly #equity: string;
  readonly #amend: boolean;
  #bar = 0;
  #commands = 0;
  #fills = 0;
  #timers: { readonly id: number; readonly due: Millis }[] = [];

  constructor(options: RigOptions = {}) {
    this.preset = permissive(options.preset);
    this.instruments = options.instruments ?? [PERP];
    this.#equity = options.equity ?? '10000';
    this.#amend = options.amend ?? true;
    this.now = options.startsAt ?? MIDNIGHT;
    this.give({
      kind: 'instruments',
      instruments: this.instruments,
      figures: { book: false, tradesPerMinute: false, openInterest: false },
      broker: { amend: this.#amend, ...(options.attachedStop && { attachedStop: true }) },
    });
  }

  get #first(): string {
    return this.instruments[0]?.symbol ?? '';
  }

  get state(): EngineState {
    return this.engine.status().state;
  }

  /** Applies one input at the present time and returns what came of it. */
  give(input: Untimed<Input>): readonly Output[] {
    const timed: Input = { ...input, at: this.now };
    this.inputs.push(timed);
    const outputs = this.engine.apply(timed);
    this.outputs.push(...outputs);
    for (const output of outputs)
      if (output.kind === 'timer') this.#timers.push({ id: output.timerId, due: output.due });
    return outputs;
  }

  /** The venue lists other markets, or on other terms. */
  list(change: Partial<Omit<InputOf<'listings'>, 'kind' | 'at'>>): readonly Output[] {
    const listed = { added: [], changed: [], delisted: [], relisted: [], ...change };
    this.instruments = [...this.instruments, ...listed.added];
    for (const symbol of listed.delisted) this.gone.add(symbol);
    for (const symbol of listed.relisted) this.gone.delete(symbol);
    return this.give({ kind: 'listings', ...listed });
  }

  /** Gives a command; returns its ordinal, for `replyTo`. */
  command(command: Command, by = 'tester'): number {
    this.#commands++;
    this.give({ kind: 'command', id: this.#commands, by, command });
    return this.#commands;
  }

  /** The only reply to a command, or undefined while it waits. */
  replyTo(commandId: number): Reply | undefined {
    const replies = this.outputs.filter((o): o is Reply => o.kind === 'reply' && o.commandId === commandId);
    assert.ok(replies.length <= 1, `command ${commandId} was answered ${replies.length} times`);
    return replies[0];
  }

  /** 'ok', an error code, or 'waits'. */
  answer(commandId: number): string {
    const reply = this.replyTo(commandId);
    return reply === undefined ? 'waits' : (reply.error?.code ?? 'ok');
  }

  start(account: 'fresh' | 'abandon' | 'continue' = 'fresh', preset = this.preset): number {
    return this.command({ name: 'start', preset, mode: 'paper', equity: this.#equity, account });
  }

  stop(flatten = false): number {
    return this.command({ name: 'stop', flatten });
  }

  pause(reason = 'lunch'): number {
    return this.command({ name: 'pause', reason });
  }

  resume(): number {
    return this.command({ name: 'resume' });
  }

  panic(reason = 'fire'): number {
    return this.command({ name: 'emergencyStop', reason });
  }

  reset(reason = 'looked into it'): number {
    return this.command({ name: 'reset', reason });
  }

  retry(): number {
    return this.command({ name: 'retry' });
  }

  closePosition(tradeId: number): number {
    return this.command({ name: 'closePosition', tradeId });
  }

  cancelOrder(orderId: number): number {
    return this.command({ name: 'cancelOrder', orderId });
  }

  adopt(symbol = this.#first): number {
    return this.command({ name: 'adopt', symbol });
  }

  ignore(symbol = this.#first): number {
    return this.command({ name: 'ignore', symbol });
  }

  /** Own books were held against the venue's: this is all that is there and not the bot's. */
  reconcile(foreign: readonly ForeignHolding[] = [], findings: readonly Finding[] = []): readonly Output[] {
    return this.give({ kind: 'reconciliation', findings, foreign });
  }

  /** The warm-up that a start asks for. */
  ready(): void {
    const asked = this.outputs.findLast((o) => o.kind === 'history');
    assert.ok(asked?.kind === 'history');
    const until = this.now;
    for (let i = asked.bars; i > 0; i--) {
      const bars = this.#columns(until - (i - 1) * BASE, new Map());
      this.give({ kind: 'bars', phase: 'history', bars });
    }
    this.give({ kind: 'ready' });
  }

  /** Started, warmed up, one candle seen: levels are armed and waited on. */
  boot(): this {
    const id = this.start();
    this.ready();
    assert.equal(this.answer(id), 'ok');
    this.bar();
    assert.equal(this.state, 'SIGNAL_WAIT');
    return this;
  }

  /** The next candle of every symbol; those in `closes` go straight to that close on ten times the volume. */
  bar(
    closes: ReadonlyMap<number, number | Ohlcv> = new Map(),
    phase: 'live' | 'late' = 'live',
  ): readonly Output[] {
    this.elapse(BASE - (this.now % BASE));
    return this.give({ kind: 'bars', phase, bars: this.#columns(this.now, closes) });
  }

  /** As `bar`, for the first symbol alone. */
  barTo(close: number | Ohlcv): readonly Output[] {
    return this.bar(new Map([[0, close]]));
  }

  /** Candles of the box until a state is reached. */
  until(state: EngineState, most = 50): this {
    for (let i = 0; i < most && this.state !== state; i++) this.bar();
    assert.equal(this.state, state);
    return this;
  }

  /** Time goes by; timers go off when they are due. */
  elapse(span: Millis): void {
    const until = this.now + span;
    for (;;) {
      this.#timers.sort((a, b) => a.due - b.due || a.id - b.id);
      const next = this.#timers[0];
      if (next === undefined || next.due > until) break;
      this.#timers.shift();
      this.now = Math.max(this.now, next.due);
      this.give({ kind: 'timer', timerId: next.id });
    }
    this.now = until;
  }

  report(report: OrderReport): readonly Output[] {
    return this.give({ kind: 'order', report });
  }

  accept(order: OrderRequest): readonly Output[] {
    return this.report({ status: 'accepted', orderId: order.id });
  }

  cancelled(order: OrderRequest, reason = 'requested'): readonly Output[] {
    return this.report({ status: 'cancelled', orderId: order.id, reason });
  }

  rejected(order: OrderRequest, reason = 'the venue said no'): readonly Output[] {
    return this.report({ status: 'rejected', orderId: order.id, reason });
  }

  /** Fills `quantity` (the whole order when missing), at its own price unless told another. */
  fill(order: OrderRequest, change: Partial<FillReport> = {}): readonly Output[] {
    this.#fills++;
    return this.report({
      status: 'fill',
      orderId: order.id,
      fillId: `f${this.#fills}`,
      price: order.price ?? order.stopPrice ?? '100',
      quantity: order.quantity,
      fee: '0',
      feeIn: 'quote',
      liquidity: 'taker',
      ...change,
    });
  }

  submitted(purpose?: OrderPurpose): OrderRequest[] {
    return this.outputs.flatMap((o) =>
      o.kind === 'submit' && (purpose === undefined || o.order.purpose === purpose) ? [o.order] : [],
    );
  }

  /** The newest order sent for a purpose. */
  last(purpose: OrderPurpose): OrderRequest {
    const order = this.submitted(purpose).at(-1);
    assert.ok(order, `no ${purpose} order was sent`);
    return order;
  }

  cancels(): number[] {
    return this.outputs.flatMap((o) => (o.kind === 'cancel' ? [o.orderId] : []));
  }

  amends(): Extract<Output, { kind: 'amend' }>[] {
    return this.outputs.filter((o) => o.kind === 'amend');
  }

  /** The venue confirms the newest amendment. */
  confirmAmend(): void {
    const amend = this.amends().at(-1);
    assert.ok(amend, 'nothing was amended');
    this.report({
      status: 'amended',
      orderId: amend.orderId,
      quantity: amend.quantity,
      stopPrice: amend.stopPrice,
    });
  }

  queries(): number[] {
    return this.outputs.flatMap((o) => (o.kind === 'query' ? [o.queryId] : []));
  }

  /** Answers the newest query with what the venue holds; nothing = flat. */
  venueSays(positions: readonly { symbol: string; quantity: string }[] = []): readonly Output[] {
    const queryId = this.queries().at(-1);
    assert.ok(queryId !== undefined, 'the venue was not asked for its positions');
    return this.give({ kind: 'positions', queryId, positions });
  }

  events<T extends DomainEvent['type']>(type: T): Extract<DomainEvent, { type: T }>[] {
    return this.outputs.flatMap((o) => (o.kind === 'event' && isOf(o.event, type) ? [o.event] : []));
  }

  trades(): readonly Trade[] {
    return this.engine.trades();
  }

  /** The states passed, from the first transition on. */
  passed(): EngineState[] {
    return this.events('state').map((e) => e.to);
  }

  /** Breaks the box upwards and leaves the entry order unanswered. */
  breakOut(close = ABOVE): OrderRequest {
    this.barTo(close);
    assert.equal(this.state, 'EXECUTION');
    return this.last('entry');
  }

  /** As `breakOut`, filled at its limit and its stop accepted. */
  hold(close = ABOVE): { readonly entry: OrderRequest; readonly stop: OrderRequest } {
    const entry = this.breakOut(close);
    this.accept(entry);
    this.fill(entry);
    const stop = this.last('stop');
    this.accept(stop);
    for (const target of [...this.submitted('tp1'), ...this.submitted('tp2')])
      if (target.tradeId === entry.tradeId) this.accept(target);
    return { entry, stop };
  }

  #columns(closeTime: Millis, closes: ReadonlyMap<number, number | Ohlcv>): BarColumns {
    const bars = barColumns(this.instruments.length);
    bars.closeTime = closeTime;
    const wave = (i: number) => BOX.middle + BOX.half * Math.sin((2 * Math.PI * i) / BOX.period);
    this.#bar++;
    for (const [symbol, instrument] of this.instruments.entries()) {
      if (this.gone.has(instrument.symbol)) continue;
      const open = round(wave(this.#bar - 1));
      const wanted = closes.get(symbol);
      const close = typeof wanted === 'number' ? wanted : round(wave(this.#bar));
      const given: Ohlcv =
        wanted !== undefined && typeof wanted !== 'number'
          ? wanted
          : [
              open,
              round(Math.max(open, close) + BOX.wick),
              round(Math.min(open, close) - BOX.wick),
              close,
              wanted === undefined ? BOX.volume : 10 * BOX.volume,
            ];
      const row = bars.count;
      bars.count += 1;
      bars.symbol[row] = symbol;
      [bars.open[row], bars.high[row], bars.low[row], bars.close[row], bars.volume[row]] = given;
    }
    return bars;
  }
}

function isOf<T extends DomainEvent['type']>(
  event: DomainEvent,
  type: T,
): event is Extract<DomainEvent, { type: T }> {
  return event.type === type;
}

function round(price: number): number {
  return Math.round(price * 100) / 100;
}
