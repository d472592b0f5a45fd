/**
 * Carries the engine's requests to a broker and makes reports of whatever evidence comes back.
 *
 * A request whose answer stays out leaves its order *unknown*: it is looked up by its client order id until the venue
 * gives evidence, and nothing else is sent in its place meanwhile. That the venue does not know an order counts only
 * once the request is too old to arrive. A new attempt, with a new id, is made only where the venue has shown that it
 * did not act on the last one.
 */
import Big from 'big.js';
import type { OrderClaim } from '../../engine/claims.ts';
import type { OrderReport } from '../../engine/input.ts';
import type { OrderRequest } from '../../engine/output.ts';
import { backOff, type Millis } from '../../market/time.ts';
import type { Answer, Broker, BrokerOrder, LookUp, Push } from '../../venue/broker.ts';
import { clientOrderId, orderOf } from '../keeping/client-order-id.ts';
import type { Clock } from './clock.ts';
import { ATTEMPTS, allIds, type OwnOrder, ownOrder } from './own-order.ts';

export interface GatewayOptions {
  readonly session: string;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly report: (report: OrderReport) => void;
}

/** An answer that has not come by then is not waited for: it may still come. */
const ANSWER_MS: Millis = 5_000;

/** A cancel that was taken and not reported as done is looked into. */
const CONFIRM_MS: Millis = 2_000;

/** Between look-ups of one order. */
const LOOK = { first: 250, most: 5_000 } as const;

export class Gateway {
  readonly #session: string;
  readonly #broker: Broker;
  readonly #clock: Clock;
  readonly #report: (report: OrderReport) => void;
  readonly #orders = new Map<number, OwnOrder>();

  constructor({ session, broker, clock, report }: GatewayOptions) {
    this.#session = session;
    this.#broker = broker;
    this.#clock = clock;
    this.#report = report;
  }

  /** Orders of before a restart, which may be at the venue under any of their ids. */
  takeOver(claims: readonly OrderClaim[]): void {
    for (const { id, request, final, status, quantity, stopPrice } of claims) {
      // What the engine sent while this was on its way is under way here already.
      if (final || this.#orders.has(id)) continue;
      const order = ownOrder(request, this.#clock.steady());
      order.quantity = quantity;
      order.stopPrice = stopPrice;
      order.ids = allIds(this.#session, id);
      order.attempt = ATTEMPTS;
      order.seen = status === 'working';
      this.#orders.set(id, order);
    }
  }

  submit(request: OrderRequest): void {
    const order = ownOrder(request, this.#clock.steady());
    this.#orders.set(request.id, order);
    this.#send(order);
  }

  cancel(orderId: number): void {
    const order = this.#orders.get(orderId);
    if (order === undefined) {
      this.#report({ status: 'cancel_rejected', orderId, reason: 'the order is final' });
      return;
    }
    if (order.callOff !== null) {
      order.callOff();
      this.#end(order, { status: 'cancelled', orderId, reason: 'not sent again' });
      return;
    }
    const answered = this.#once((answer) => this.#cancelAnswered(order, answer));
    this.#broker.cancel(order.symbol, newestId(order), answered);
  }

  amend(orderId: number, quantity: string, stopPrice: string | null): void {
    const order = this.#orders.get(orderId);
    if (order === undefined) {
      this.#report({ status: 'amend_rejected', orderId, reason: 'the order is final' });
      return;
    }
    const asked = { quantity, stopPrice, sentAt: this.#clock.steady() };
    order.amending = asked;
    const answered = this.#once((answer) => {
      if (order.final || order.amending !== asked) return;
      if (answer.kind === 'done') this.#amended(order, quantity, stopPrice);
      else {
        order.amendAsked = answer.kind === 'refused' ? 'refused' : 'unknown';
        // Only a request that the venue has not acted on is over with its answer.
        if (answer.kind !== 'unknown') order.amending = null;
        this.#look(order, answer.kind === 'later' ? answer.afterMs : 0);
      }
    });
    this.#broker.amend(order.symbol, newestId(order), { quantity, stopPrice }, answered);
  }

  /** Told by the venue without being asked. */
  pushed(push: Push): void {
    const own = orderOf(this.#session, push.clientId);
    if (own === null) return;
    const { orderId } = own;
    const order = this.#orders.get(orderId);
    if (push.kind === 'fill') {
      if (order !== undefined) this.#seen(order, push.clientId);
      this.#report({ status: 'fill', orderId, ...push.fill });
      return;
    }
    if (order === undefined || order.final) return;
    if (push.kind === 'accepted') {
      if (order.seen) return;
      this.#seen(order, push.clientId);
      this.#report({ status: 'accepted', orderId });
      return;
    }
    // An older attempt that was refused says nothing of the newest.
    if (push.kind === 'rejected' && push.clientId !== newestId(order)) return;
    // Fills of before may have got lost on the way: the venue's record has them all.
    this.#look(order, 0);
  }

  /**
   * Orders that are not final are looked up now: reports may have been missed. `done` when the venue has told of each
   * how it stood at some time from now on.
   */
  lookUpAll(done: () => void): void {
    const orders = [...this.#orders.values()].filter(({ callOff, final }) => callOff === null && !final);
    let left = orders.length;
    if (left === 0) {
      done();
      return;
    }
    for (const order of orders) {
      order.looking.waiting.push(() => {
        left -= 1;
        if (left === 0) done();
      });
      this.#look(order, 0);
    }
  }

  /** The engine needs no more of it: it has become final there. */
  settled(orderId: number): void {
    const order = this.#orders.get(orderId);
    if (order === undefined) return;
    order.callOff?.();
    this.#over(order);
  }

  /**
   * The venue's record of an order by any of its ids, or the evidence that it had none at some time since this was called.
   * Asked until it answers.
   */
  find(orderId: number, symbol: string, found: (order: BrokerOrder | null) => void): void {
    let waits = true;
    const heard = (order: BrokerOrder | null): void => {
      if (!waits) return;
      waits = false;
      if (order !== null) this.#noteFound(orderId, order);
      found(order);
    };
    const ask = (): void => {
      if (!waits) return;
      const ids = this.#orders.get(orderId)?.ids ?? allIds(this.#session, orderId);
      const asked = (result: LookUp): void => {
        if (result.kind === 'failed') this.#clock.after(LOOK.first, ask);
        else heard(result.kind === 'found' ? result.order : null);
      };
      this.#findAny(symbol, [...ids].reverse(), asked, (late) => {
        if (late.kind !== 'failed') asked(late);
      });
    };
    ask();
  }

  #send(order: OwnOrder): void {
    order.attempt += 1;
    order.sentAt = this.#clock.steady();
    const id = clientOrderId(this.#session, order.id, order.attempt);
    order.ids = [...order.ids, id];
    const { attempt } = order;
    const answered = this.#once((answer) => {
      if (order.attempt === attempt) this.#submitAnswered(order, answer);
    });
    this.#broker.submit(order.request, id, answered);
  }

  #submitAnswered(order: OwnOrder, answer: Answer): void {
    if (order.final || order.seen) return;
    const orderId = order.id;
    switch (answer.kind) {
      case 'done':
        this.#seen(order, newestId(order));
        this.#report({ status: 'accepted', orderId });
        break;
      case 'refused':
        this.#end(order, { status: 'rejected', orderId, reason: answer.reason });
        break;
      case 'later':
        this.#again(order, answer);
        break;
      case 'unknown':
        this.#report({ status: 'unknown', orderId });
        this.#look(order, LOOK.first);
        break;
    }
  }

  /** The moment of an entry passes; whatever protects or closes is sent again. */
  #again(order: OwnOrder, { afterMs, reason }: Extract<Answer, { kind: 'later' }>): void {
    if (!order.request.reduceOnly || order.attempt >= ATTEMPTS) {
      this.#end(order, { status: 'rejected', orderId: order.id, reason });
      return;
    }
    order.callOff = this.#clock.after(afterMs, () => {
      order.callOff = null;
      if (!order.final) this.#send(order);
    });
  }

  #cancelAnswered(order: OwnOrder, answer: Answer): void {
    if (order.final) return;
    const orderId = order.id;
    if (answer.kind === 'later') {
      this.#report({ status: 'cancel_rejected', orderId, reason: answer.reason });
      return;
    }
    order.cancelAsked = true;
    this.#look(order, answer.kind === 'done' ? CONFIRM_MS : LOOK.first);
  }

  #look(order: OwnOrder, wait: Millis): void {
    if (order.final) return;
    const { looking } = order;
    const dueAt = this.#clock.steady() + wait;
    if (looking.state === 'asks') {
      looking.again = true;
      return;
    }
    if (looking.state === 'waits') {
      if (looking.dueAt <= dueAt) return;
      looking.callOff();
    }
    looking.state = 'waits';
    looking.dueAt = dueAt;
    looking.callOff = this.#clock.after(wait, () => this.#ask(order));
  }

  #ask(order: OwnOrder): void {
    if (order.final) return;
    const { looking } = order;
    const begun = this.#clock.steady();
    const waiting = looking.waiting.splice(0);
    looking.state = 'asks';
    looking.again = false;
    const answered = (result: LookUp): void => {
      looking.state = 'no';
      if (order.final || this.#looked(order, begun, result)) {
        looking.inVain = 0;
        for (const heard of waiting) heard();
      } else {
        looking.waiting.unshift(...waiting);
        looking.inVain += 1;
        this.#look(order, backOff(LOOK.first, LOOK.most, looking.inVain));
      }
      if (looking.again) this.#look(order, 0);
    };
    this.#findAny(order.symbol, [...order.ids].reverse(), answered, (result) =>
      this.#lookedLate(order, begun, result),
    );
  }

  /**
   * An answer for which nobody waits any more. Of fills, of an end and of absence it is evidence all the same, and behind
   * a rate limit that is used up all answers may be late; whether a cancel has arrived it does not tell.
   */
  #lookedLate(order: OwnOrder, begun: Millis, result: LookUp): void {
    if (order.final) return;
    if (result.kind !== 'found' || result.order.status !== 'open') {
      this.#looked(order, begun, result);
      return;
    }
    const found = result.order;
    const first = !order.seen;
    this.#seen(order, found.clientId);
    for (const fill of found.fills) this.#report({ status: 'fill', orderId: order.id, ...fill });
    // From here on it counts as seen: no other look-up would tell of it.
    if (first && found.fills.length === 0) this.#report({ status: 'accepted', orderId: order.id });
  }

  /** @returns whether the order's fate is known now, as it was at some time since `begun`. */
  #looked(order: OwnOrder, begun: Millis, result: LookUp): boolean {
    const orderId = order.id;
    if (result.kind === 'found') return this.#found(order, begun, result.order);
    if (result.kind !== 'absent' || begun - order.sentAt <= this.#broker.validityMs) return false;
    this.#end(
      order,
      order.seen
        ? { status: 'cancelled', orderId, reason: 'the venue has it no more' }
        : { status: 'lost', orderId, reason: 'it never reached the venue' },
    );
    return true;
  }

  #found(order: OwnOrder, begun: Millis, found: BrokerOrder): boolean {
    const orderId = order.id;
    const first = !order.seen;
    this.#seen(order, found.clientId);
    // The terms come first: whether it is filled hangs on them.
    const settled = this.#terms(order, begun, found);
    for (const fill of found.fills) this.#report({ status: 'fill', orderId, ...fill });
    if (found.status === 'cancelled' || found.status === 'rejected') {
      this.#end(order, { status: found.status, orderId, reason: found.reason });
      return true;
    }
    if (found.status === 'filled') {
      // Whoever waits to hear of an amend does not take the order for filled.
      if (order.amendAsked === 'refused')
        this.#report({ status: 'amend_rejected', orderId, reason: 'the order is filled' });
      else if (order.amending !== null || order.amendAsked === 'unknown')
        this.#amended(order, found.quantity, found.stopPrice);
      this.#over(order);
      return true;
    }
    if (first && found.fills.length === 0) this.#report({ status: 'accepted', orderId });
    if (order.cancelAsked) {
      order.cancelAsked = false;
      this.#report({ status: 'cancel_rejected', orderId, reason: 'the venue still has the order' });
    }
    if (order.amendAsked === 'refused') {
      order.amendAsked = null;
      this.#report({ status: 'amend_rejected', orderId, reason: 'the venue refused the change' });
    }
    return settled;
  }

  /** What the venue has of quantity and stop, as far as it is not known; false while an amend may yet arrive. */
  #terms(order: OwnOrder, begun: Millis, { quantity, stopPrice, status }: BrokerOrder): boolean {
    // What was asked for before the terms were known says nothing of them.
    if (begun < order.termsSince) return true;
    const { amending } = order;
    const final = status !== 'open';
    const arrived = amending !== null && sameTerms(amending, { quantity, stopPrice });
    const old = amending !== null && begun - amending.sentAt > this.#broker.validityMs;
    if (amending !== null && !arrived && !old && !final) return false;
    const answers = amending !== null || order.amendAsked === 'unknown';
    if (answers || !sameTerms(order, { quantity, stopPrice })) {
      if (order.amendAsked === 'unknown') order.amendAsked = null;
      this.#amended(order, quantity, stopPrice);
    }
    return true;
  }

  #amended(order: OwnOrder, quantity: string, stopPrice: string | null): void {
    order.amending = null;
    order.quantity = quantity;
    order.stopPrice = stopPrice;
    order.termsSince = this.#clock.steady();
    this.#report({ status: 'amended', orderId: order.id, quantity, stopPrice });
  }

  /** `late`: what the venue has answered after `done` was told that it did not. */
  #findAny(
    symbol: string,
    ids: readonly string[],
    done: (result: LookUp) => void,
    late: (result: LookUp) => void,
  ): void {
    const [id, ...others] = ids;
    if (id === undefined) {
      done({ kind: 'absent' });
      return;
    }
    const next = (tell: (result: LookUp) => void, result: LookUp): void => {
      if (result.kind === 'absent') this.#findAny(symbol, others, tell, late);
      else tell(result);
    };
    let open = true;
    const callOff = this.#clock.after(ANSWER_MS, () => {
      open = false;
      done({ kind: 'failed', reason: 'no answer in time' });
    });
    this.#broker.lookUp(symbol, id, (result) => {
      callOff();
      next(open ? done : late, result);
    });
  }

  #seen(order: OwnOrder, clientId: string): void {
    order.seen = true;
    this.#noteId(order.id, clientId);
  }

  #noteFound(orderId: number, { clientId, quantity, stopPrice }: BrokerOrder): void {
    this.#noteId(orderId, clientId);
    const order = this.#orders.get(orderId);
    if (order === undefined) return;
    order.quantity = quantity;
    order.stopPrice = stopPrice;
    order.termsSince = this.#clock.steady();
  }

  #noteId(orderId: number, clientId: string): void {
    const order = this.#orders.get(orderId);
    if (order !== undefined) order.ids = [clientId];
  }

  #end(order: OwnOrder, report: OrderReport): void {
    this.#over(order);
    this.#report(report);
  }

  /** Nothing more comes of it, and nobody has to wait for that. */
  #over(order: OwnOrder): void {
    if (order.final) return;
    order.final = true;
    order.looking.callOff();
    this.#orders.delete(order.id);
    for (const heard of order.looking.waiting.splice(0)) heard();
  }

  #once(answered: (answer: Answer) => void): (answer: Answer) => void {
    let late = false;
    const callOff = this.#clock.after(ANSWER_MS, () => {
      late = true;
      answered({ kind: 'unknown', reason: 'no answer in time' });
    });
    return (answer) => {
      callOff();
      // After the time ran out a look-up is under way; an answer that comes all the same is evidence, but for a doubt.
      if (!late || answer.kind !== 'unknown') answered(answer);
    };
  }
}

interface Terms {
  readonly quantity: string;
  readonly stopPrice: string | null;
}

function sameTerms(a: Terms, b: Terms): boolean {
  const same = (x: string | null, y: string | null) =>
    x === y || (x !== null && y !== null && new Big(x).eq(y));
  return same(a.quantity, b.quantity) && same(a.stopPrice, b.stopPrice);
}

function newestId(order: OwnOrder): string {
  const id = order.ids.at(-1);
  if (id === undefined) throw new Error(`order ${order.id} was never sent`);
  return id;
}
