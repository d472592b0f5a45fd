/**
 * Drives the engine over a venue that runs in lock-step, in venue time and synchronously: the fills of one path
 * point are applied, and the orders they cause accepted, before the next point. Backtest, replay and `sim` are
 * this one loop; they differ in the source of candles and in who calls `step`.
 */
import type { Engine, Outstanding } from '../engine/engine.ts';
import type { BrokerCapabilities, Command, Input, OrderReport } from '../engine/input.ts';
import type { OrderRequest, Output } from '../engine/output.ts';
import { point } from '../faults/point.ts';
import { intAt } from '../market/arrays.ts';
import type { BarColumns } from '../market/bars.ts';
import { BASE, type Millis } from '../market/time.ts';
import type { BarSource, Matching, PathPoint, Standing } from '../venue/ports.ts';
import type { Origin } from './drive.ts';
import { TimerQueue } from './timer-queue.ts';

const BROKER: BrokerCapabilities = { amend: true };

/** Shares of the base interval at which the four path points lie. */
const POINT_AT = [0, BASE / 3, (2 * BASE) / 3, BASE] as const;

/** A path point, or the bars of the close that are still to be told. */
type Point = PathPoint | 'bars';

export interface LockstepOptions {
  readonly engine: Engine;
  readonly source: BarSource;
  readonly matching: Matching;
  /** Sees every input with the outputs it caused, in order. `input.bars` is reused: what is kept must be copied. */
  readonly observe?: (input: Input, outputs: readonly Output[], origin: Origin) => void;
  /** Called before anything goes to the venue: what has been observed so far has to be safe by then. */
  readonly beforeSending?: () => void;
  /** Why no entry may be sent just now; null when it may. */
  readonly entriesRefused?: () => string | null;
}

export class Lockstep {
  /** Venue time. */
  now: Millis;
  readonly #engine: Engine;
  readonly #source: BarSource;
  readonly #matching: Matching;
  readonly #observe: LockstepOptions['observe'];
  readonly #beforeSending: LockstepOptions['beforeSending'];
  readonly #entriesRefused: LockstepOptions['entriesRefused'];
  readonly #timers = new TimerQueue();
  /** Outputs that wait to be carried out, in order. */
  readonly #queue: Output[] = [];
  #draining = false;
  /** The base interval being walked, or null before the first and after the last. */
  #bars: BarColumns | null = null;
  #opensAt: Millis = 0;
  #point: Point = 0;
  #historyAsked = false;

  constructor(options: LockstepOptions) {
    this.#engine = options.engine;
    this.#source = options.source;
    this.#matching = options.matching;
    this.#observe = options.observe;
    this.#beforeSending = options.beforeSending;
    this.#entriesRefused = options.entriesRefused;
    this.now = options.source.startsAt;
  }

  /** Tells the engine what the venue is. Before anything else. */
  open(): void {
    this.#apply({
      kind: 'instruments',
      at: this.now,
      instruments: this.#source.instruments,
      figures: this.#source.figures,
      broker: BROKER,
    });
  }

  /** A command at the present venue time, with all that follows from it at once. */
  command(id: number, by: string, command: Command): void {
    this.#apply({ kind: 'command', at: this.now, id, by, command }, 'command');
  }

  /** An input that the walk does not bring about. */
  apply(input: Input, origin: Origin): void {
    this.#apply(input, origin);
  }

  /**
   * Goes on where an engine and a venue stand that were led here by their records: `told`: close time of the last bars
   * that the engine has heard of. Timers are set again; asks for what was asked and not answered with `askAgain`.
   */
  resume(now: Millis, told: Millis, standing: Standing, { timers }: Outstanding): void {
    this.now = now;
    for (const { timerId, due } of timers) this.#timers.set(timerId, due);
    const { bars, point } = standing;
    if (bars === null || bars.closeTime <= told) return;
    this.#bars = bars;
    this.#opensAt = bars.closeTime - BASE;
    this.#point = following(point);
  }

  /** Answers of the venue that the engine still waits for. */
  askAgain({ query, history }: Outstanding): void {
    if (query !== null) this.#queue.push({ kind: 'query', at: this.now, queryId: query });
    if (history !== null) this.#queue.push({ kind: 'history', at: this.now, bars: history });
    this.#drain();
  }

  /** Something outside failed: the engine cancels its entries and goes to ERROR. */
  fault(reason: string): void {
    this.#apply({ kind: 'fault', at: this.now, reason });
  }

  /** Venue time of the next path point or timer; null when the candles have ended. */
  nextAt(): Millis | null {
    if (this.#bars === null && !this.#load()) return null;
    const point = Math.max(this.#opensAt + cellOf(this.#point), this.now);
    const timer = this.#timers.nextDue;
    return timer !== null && timer < point ? timer : point;
  }

  /** Goes to `nextAt`: a timer, or a path point with its fills and, at the close, the bars. */
  step(): void {
    if (this.#bars === null && !this.#load()) return;
    const bars = this.#bars;
    if (bars === null) return;
    const at = this.#opensAt + cellOf(this.#point);
    const timer = this.#timers.nextDue;
    if (timer !== null && timer <= at) {
      this.now = Math.max(this.now, timer);
      this.#apply({ kind: 'timer', at: this.now, timerId: this.#timers.take() });
      return;
    }
    this.now = Math.max(this.now, at);
    const point = this.#point;
    if (point !== 'bars') {
      this.#reports(this.#matching.walk(point));
      if (point !== 3) {
        this.#point = following(point);
        return;
      }
    }
    this.#bars = null;
    this.#books(bars);
    this.#apply({ kind: 'bars', at, phase: 'live', bars });
  }

  /**
   * Goes through a whole base interval; quicker than four steps where no order rests and no timer is due. False when
   * the candles have ended.
   */
  stepBar(): boolean {
    const end = this.nextAt() === null ? null : this.#opensAt + BASE;
    if (end === null) return false;
    if (
      this.#point === 0 &&
      !this.#matching.busy &&
      (this.#timers.nextDue ?? Number.POSITIVE_INFINITY) > end
    ) {
      const bars = this.#bars;
      if (bars === null) return false;
      this.now = end;
      // Nothing rests, so nothing can fill: the close is walked only to be the present price.
      this.#matching.walk(3);
      this.#bars = null;
      this.#books(bars);
      this.#apply({ kind: 'bars', at: end, phase: 'live', bars });
      return true;
    }
    while (this.#bars !== null) this.step();
    return true;
  }

  /** Takes the next close time's bars as the interval to walk. */
  #load(): boolean {
    const bars = this.#source.next();
    if (bars === null) return false;
    this.#bars = bars;
    this.#opensAt = bars.closeTime - BASE;
    this.#point = 0;
    this.#matching.begin(bars);
    return true;
  }

  #books(bars: BarColumns): void {
    if (!this.#source.figures.book) return;
    for (let row = 0; row < bars.count; row++) {
      const symbol = intAt(bars.symbol, row);
      const book = this.#source.book(symbol);
      if (book !== null) this.#apply({ kind: 'book', at: this.now, symbol, book });
    }
  }

  #reports(reports: readonly OrderReport[]): void {
    for (const report of reports) {
      FAULT: point({ place: 'report.came', report });
      this.#apply({ kind: 'order', at: this.now, report });
      FAULT: point({ place: 'report.applied', report });
    }
  }

  #apply(input: Input, origin: Origin = 'live'): void {
    FAULT: point({ place: 'input.came', input });
    const outputs = this.#engine.apply(input);
    FAULT: point({ place: 'input.decided', input, outputs });
    this.#observe?.(input, outputs, origin);
    FAULT: point({ place: 'input.observed', input, outputs });
    for (const output of outputs)
      if (output.kind !== 'event' && output.kind !== 'reply') this.#queue.push(output);
    this.#drain();
  }

  /** Carries outputs out in order; what the venue answers at once is applied before the next. */
  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let output = this.#queue.shift(); output !== undefined; output = this.#queue.shift())
        this.#carryOut(output);
    } finally {
      this.#draining = false;
    }
  }

  #carryOut(output: Output): void {
    const matching = this.#matching;
    switch (output.kind) {
      case 'submit':
        this.#submit(output.order);
        break;
      case 'cancel':
        this.#beforeSending?.();
        FAULT: point({ place: 'cancel.committed', orderId: output.orderId });
        this.#reports(matching.cancel(output.orderId, this.now));
        break;
      case 'amend':
        this.#beforeSending?.();
        FAULT: point({ place: 'amend.committed', orderId: output.orderId });
        this.#reports(matching.amend(output.orderId, output.quantity, output.stopPrice, this.now));
        break;
      case 'timer':
        this.#timers.set(output.timerId, output.due);
        break;
      case 'query':
        FAULT: point({ place: 'query.asked' });
        this.#apply({
          kind: 'positions',
          at: this.now,
          queryId: output.queryId,
          positions: [...matching.positions()].map(([symbol, quantity]) => ({ symbol, quantity })),
        });
        break;
      case 'history':
        this.#history(output.bars);
        break;
      case 'event':
      case 'reply':
        break;
    }
  }

  #submit(order: OrderRequest): void {
    const entry = order.purpose === 'entry' || order.purpose === 'add_on';
    const refused = entry ? (this.#entriesRefused?.() ?? null) : null;
    if (refused !== null) {
      this.#reports([{ status: 'rejected', orderId: order.id, reason: refused }]);
      return;
    }
    this.#beforeSending?.();
    FAULT: point({ place: 'submit.committed', order });
    this.#reports(this.#matching.submit(order, this.now));
  }

  #history(count: number): void {
    if (!this.#historyAsked && count > 0) {
      this.#historyAsked = true;
      for (const bars of this.#source.history(count)) {
        this.#apply({ kind: 'bars', at: this.now, phase: 'history', bars });
      }
    }
    this.#apply({ kind: 'ready', at: this.now });
  }
}

function cellOf(point: Point): Millis {
  return POINT_AT[point === 'bars' ? 3 : point];
}

function following(point: -1 | PathPoint): Point {
  switch (point) {
    case -1:
      return 0;
    case 0:
      return 1;
    case 1:
      return 2;
    case 2:
      return 3;
    case 3:
      return 'bars';
  }
}
