import type Big from 'big.js';
import type { Millis } from '../../../src/market/time.ts';
import { quotient, smaller, ZERO } from '../decimal.ts';
import type { Listing } from './instrument.ts';
import { type Attached, type Leg, NOTHING_ATTACHED, type Side } from './order.ts';

/** What is held of one perpetual, or of one leg of it. */
export class Position {
  readonly listing: Listing;
  readonly leg: Leg;
  /** Signed: above zero long, below zero short. */
  size = ZERO;
  /** What the open size was entered for, exact as long as it is not closed in parts. */
  cost = ZERO;
  realised = ZERO;
  realisedOfThis = ZERO;
  stops: Attached = NOTHING_ATTACHED;
  createdAt: Millis = 0;
  updatedAt: Millis = 0;

  constructor(listing: Listing, leg: Leg) {
    this.listing = listing;
    this.leg = leg;
  }

  get flat(): boolean {
    return this.size.eq(0);
  }

  get side(): Side | null {
    return this.flat ? null : this.size.gt(0) ? 'buy' : 'sell';
  }

  get average(): Big {
    return this.flat ? ZERO : quotient(this.cost, this.size.abs());
  }

  /** How much of a trade on `side` would close what is held. */
  closable(side: Side): Big {
    return this.side !== null && this.side !== side ? this.size.abs() : ZERO;
  }

  /** Takes a trade in; returns how much of it closed and what that made, before fees. */
  trade(side: Side, price: Big, quantity: Big, at: Millis): { closed: Big; realised: Big } {
    const wasFlat = this.flat;
    const closed = smaller(quantity, this.closable(side));
    let realised = ZERO;
    if (closed.gt(0)) {
      const open = this.size.abs();
      const cost = closed.eq(open) ? this.cost : quotient(this.cost.times(closed), open);
      const value = closed.times(price);
      realised = this.size.gt(0) ? value.minus(cost) : cost.minus(value);
      this.cost = this.cost.minus(cost);
      this.size = this.size.gt(0) ? this.size.minus(closed) : this.size.plus(closed);
    }
    const opened = quantity.minus(closed);
    if (opened.gt(0)) {
      this.size = side === 'buy' ? this.size.plus(opened) : this.size.minus(opened);
      this.cost = this.cost.plus(opened.times(price));
    }
    if (wasFlat || (opened.gt(0) && closed.gt(0))) {
      this.createdAt = at;
      this.realisedOfThis = ZERO;
    }
    this.realised = this.realised.plus(realised);
    this.realisedOfThis = this.realisedOfThis.plus(realised);
    this.updatedAt = at;
    return { closed, realised };
  }

  unrealised(mark: Big): Big {
    const value = this.size.abs().times(mark);
    return this.size.gt(0) ? value.minus(this.cost) : this.cost.minus(value);
  }
}
