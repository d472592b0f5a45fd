/**
 * What must hold of everything that daemons announce which take up from one another, known from nothing but the events
 * themselves: an account kept from fills alone, the graph of states written down once more, and numbers without a gap.
 */
import Big from 'big.js';
import type { EventNotification } from '../../src/protocol/events.ts';

/** The graph of the control document, on purpose not taken from the engine. */
const GRAPH: Readonly<Record<string, string>> = {
  IDLE: 'INITIALIZING SCANNING STOPPED ERROR',
  INITIALIZING: 'SCANNING ERROR EMERGENCY STOPPED',
  SCANNING: 'LEVEL_BUILDING MANAGING PAUSED ERROR EMERGENCY STOPPED',
  LEVEL_BUILDING: 'SIGNAL_WAIT SCANNING ERROR EMERGENCY STOPPED',
  SIGNAL_WAIT: 'SIZING MANAGING SCANNING PAUSED ERROR EMERGENCY STOPPED',
  SIZING: 'EXECUTION SCANNING ERROR EMERGENCY STOPPED',
  EXECUTION: 'MANAGING SCANNING ERROR EMERGENCY STOPPED',
  MANAGING: 'SCANNING MANAGING PAUSED ERROR EMERGENCY STOPPED',
  PAUSED: 'SCANNING MANAGING IDLE ERROR EMERGENCY STOPPED',
  ERROR: 'SCANNING MANAGING IDLE EMERGENCY STOPPED',
  EMERGENCY: 'STOPPED IDLE',
  STOPPED: 'IDLE INITIALIZING',
};

/** Events that are a trade's own: they may come only between its first fill and its end. */
export interface Account {
  readonly session: string;
  /** What is held of each open trade, from its fills. */
  readonly held: Map<number, Big>;
  readonly trades: Extract<EventNotification['event'], { type: 'trade' }>['trade'][];
  /** What was announced as filled of each order. */
  readonly filled: Map<number, Big>;
  signals: number;
  ended: boolean;
  /** It was over before the daemon of today began. */
  past: boolean;
}

export class Model {
  state = 'IDLE';
  seq = 0;
  readonly accounts = new Map<string, Account>();
  account: Account | null = null;
  /** Every complaint, the first one first. */
  readonly wrong: string[] = [];
  #paused = false;

  /** Another daemon has taken up: all stays as it is, and events are numbered anew. */
  nextDaemon(): void {
    this.seq = 0;
    if (this.account?.ended) this.account.past = true;
  }

  /** Goes on from what a daemon says of itself, where what the one before had come to is not known to the last event. */
  adopt(seq: number, state: string, account: Account | null): void {
    this.seq = seq;
    this.state = state;
    this.#paused = state === 'PAUSED';
    this.account = account;
    if (account !== null) this.accounts.set(account.session, account);
  }

  take(notification: EventNotification): void {
    const { seq, session, at, event } = notification;
    const here = `seq ${seq} (${event.type})`;
    if (seq !== this.seq + 1) this.wrong.push(`${here}: comes after ${this.seq}`);
    this.seq = seq;
    if (event.type === 'health') return;
    if (event.type === 'session') {
      if (event.change === 'started') this.#begun(session, here);
      else this.#over(session, event.openPositions.length, here);
      return;
    }
    if (event.type === 'state') this.#moved(event, here);
    // Before the first session there is none to belong to.
    const account = this.accounts.get(session);
    if (account === undefined) {
      if (event.type !== 'state') this.wrong.push(`${here}: of session ${session}, which has not started`);
      return;
    }
    if (account !== this.account) this.wrong.push(`${here}: of a session that is not the newest, at ${at}`);
    if (event.type === 'signal') account.signals += 1;
    else if (event.type === 'fill') this.#filled(account, event, here);
    else if (event.type === 'dust') account.held.delete(event.tradeId);
    else if (event.type === 'trade') {
      const left = account.held.get(event.trade.id);
      if (left !== undefined && !left.eq(0))
        this.wrong.push(`${here}: trade ${event.trade.id} is over, and ${left} of it are held`);
      account.held.delete(event.trade.id);
      account.trades.push(event.trade);
    }
  }

  #begun(session: string, here: string): void {
    if (this.account?.session === session) {
      if (this.account.ended) this.wrong.push(`${here}: goes on after its end`);
      return;
    }
    if (this.account !== null && !this.account.ended)
      this.wrong.push(`${here}: ${session} begins while ${this.account.session} has not ended`);
    if (this.accounts.has(session)) this.wrong.push(`${here}: ${session} begins a second time`);
    this.account = {
      session,
      held: new Map(),
      trades: [],
      filled: new Map(),
      signals: 0,
      ended: false,
      past: false,
    };
    this.accounts.set(session, this.account);
  }

  #over(session: string, open: number, here: string): void {
    const account = this.accounts.get(session);
    if (account === undefined || account.ended) {
      this.wrong.push(`${here}: ${session} ends without having begun, or twice`);
      return;
    }
    account.ended = true;
    const held = heldOf(account);
    if (held.length !== open)
      this.wrong.push(`${here}: says ${open} positions are open, by its fills it is ${held.join()}`);
  }

  #moved(
    { from, to, reason, by }: Extract<EventNotification['event'], { type: 'state' }>,
    here: string,
  ): void {
    if (from !== this.state) this.wrong.push(`${here}: leaves ${from}, but it was ${this.state}`);
    if (!(GRAPH[from] ?? '').split(' ').includes(to))
      this.wrong.push(`${here}: ${from} -> ${to} (${reason}, ${by})`);
    if (from === 'EMERGENCY' && this.account !== null) {
      const held = heldOf(this.account);
      if (held.length > 0) this.wrong.push(`${here}: said to be flat, and trades ${held.join()} are held`);
    }
    this.#paused = to === 'PAUSED';
    this.state = to;
  }

  #filled(account: Account, fill: Extract<EventNotification['event'], { type: 'fill' }>, here: string): void {
    if (fill.orderId !== null) {
      const before = account.filled.get(fill.orderId) ?? new Big(0);
      account.filled.set(fill.orderId, before.plus(fill.quantity));
    }
    const adds = fill.purpose === 'entry' || fill.purpose === 'add_on';
    if (account.ended) this.wrong.push(`${here}: a fill after the end of the session`);
    if (adds && this.#paused) this.wrong.push(`${here}: ${fill.symbol} entered while PAUSED`);
    const before = account.held.get(fill.tradeId) ?? new Big(0);
    const after = adds ? before.plus(fill.quantity) : before.minus(fill.quantity);
    if (after.lt(0)) this.wrong.push(`${here}: trade ${fill.tradeId} sells ${after.abs()} more than it held`);
    account.held.set(fill.tradeId, after);
  }
}

export function heldOf(account: Account): number[] {
  return [...account.held].filter(([, quantity]) => quantity.gt(0)).map(([id]) => id);
}
