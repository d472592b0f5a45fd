/**
 * The requests that may still be sent to an exchange, in its own units of cost: one bucket for all that this process
 * asks of it. A part is kept for orders and cancels, which never wait behind a read; an order that would have to wait
 * too long is not sent at all, because a request that leaves late may be taken for one that got lost.
 */
import type { Millis } from '../../market/time.ts';
import type { Timer } from './time.ts';

/** `queries`: what became of orders and what the account holds; they wait for orders alone. */
export type Lane = 'orders' | 'queries' | 'reads';

/** A request was not sent. */
export class RequestHeld extends Error {
  override readonly name = 'RequestHeld';
  readonly afterMs: Millis;

  constructor(afterMs: Millis) {
    super(afterMs > 0 ? 'not sent: the rate limit is used up' : 'not sent: it would have left too late');
    this.afterMs = afterMs;
  }
}

/** What may be sent at once after a rest, as a time's worth of the limit. */
const BURST_MS: Millis = 1_000;
/** The part of the bucket that each lane leaves to those before it. */
const KEPT = { queries: 0.2, reads: 0.4 } as const;
/** An order that cannot be sent within this is not sent. */
export const ORDER_WAIT_MS: Millis = 1_500;

export interface BudgetUse {
  readonly usedPercent: number;
  readonly waiting: number;
  /** 0 while it is open. */
  readonly closedMs: Millis;
}

interface Waiting {
  readonly cost: number;
  readonly since: Millis;
  readonly go: () => void;
  readonly hold: (error: RequestHeld) => void;
}

export class RequestBudget {
  readonly #timer: Timer;
  readonly #perUnit: Millis;
  readonly #capacity: number;
  readonly #lanes: Readonly<Record<Lane, Waiting[]>> = { orders: [], queries: [], reads: [] };
  #units: number;
  #filledAt: Millis;
  #closedUntil: Millis = 0;
  #callOff: (() => void) | null = null;

  /** @param perUnit milliseconds in which one unit of cost comes back. */
  constructor(timer: Timer, perUnit: Millis) {
    this.#timer = timer;
    this.#perUnit = Math.max(1, perUnit);
    this.#capacity = Math.max(4, BURST_MS / this.#perUnit);
    this.#units = this.#capacity;
    this.#filledAt = timer.steady();
  }

  /** Resolves when a request of that cost may be sent. @throws RequestHeld, orders alone. */
  take(lane: Lane, cost: number): Promise<void> {
    return new Promise((go, hold) => {
      this.#lanes[lane].push({ cost, since: this.#timer.steady(), go, hold });
      this.#serve();
    });
  }

  /** The exchange has said that it is too much: nothing is sent for that long. */
  close(ms: Millis): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#timer.steady() + ms);
    this.#units = Math.min(this.#units, 0);
    this.#serve();
  }

  /** Reads that wait: how far behind they are. */
  get waiting(): number {
    return this.#lanes.reads.length + this.#lanes.queries.length + this.#lanes.orders.length;
  }

  /** Of what may be sent at once, how much is used up now, and for how long nothing may be sent at all. */
  get use(): BudgetUse {
    this.#refill();
    return {
      usedPercent: Math.min(100, Math.max(0, (1 - this.#units / this.#capacity) * 100)),
      waiting: this.waiting,
      closedMs: Math.max(0, this.#closedUntil - this.#timer.steady()),
    };
  }

  #refill(): void {
    const now = this.#timer.steady();
    this.#units = Math.min(this.#capacity, this.#units + (now - this.#filledAt) / this.#perUnit);
    this.#filledAt = now;
  }

  #serve(): void {
    this.#callOff?.();
    this.#callOff = null;
    const wait = this.#serveOrders() || this.#servePatient('queries') || this.#servePatient('reads');
    if (wait > 0) this.#callOff = this.#timer.after(wait, () => this.#serve());
  }

  /** @returns how long the first in the lane has to wait; 0 when none does. */
  #serveOrders(): Millis {
    const lane = this.#lanes.orders;
    for (let first = lane[0]; first !== undefined; first = lane[0]) {
      const wait = this.#waitFor(first.cost, 0);
      const waited = this.#timer.steady() - first.since;
      // A process that was held up wakes late: by then the order may have been taken for lost.
      const late = waited + wait > ORDER_WAIT_MS;
      if (wait > 0 && !late) return wait;
      lane.shift();
      if (late) {
        first.hold(new RequestHeld(Math.ceil(wait)));
        continue;
      }
      this.#units -= first.cost;
      first.go();
    }
    return 0;
  }

  #servePatient(name: 'queries' | 'reads'): Millis {
    const lane = this.#lanes[name];
    for (let first = lane[0]; first !== undefined; first = lane[0]) {
      const wait = this.#waitFor(first.cost, this.#capacity * KEPT[name]);
      if (wait > 0) return wait;
      lane.shift();
      this.#units -= first.cost;
      first.go();
    }
    return 0;
  }

  #waitFor(cost: number, kept: number): Millis {
    this.#refill();
    const now = this.#timer.steady();
    if (now < this.#closedUntil) return this.#closedUntil - now;
    // What costs more than the bucket holds may go when it is full.
    const needed = Math.min(cost + kept, this.#capacity);
    return this.#units >= needed ? 0 : Math.ceil((needed - this.#units) * this.#perUnit);
  }
}
