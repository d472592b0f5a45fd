/**
 * The money: start equity, and for each trade what was bought, sold, paid in fees and in funding, as exact
 * decimals. What a trade made is known to the last digit when it is closed; nothing is rounded on the way.
 */
import Big from 'big.js';
import type { Archive, Shape } from '../archive/archive.ts';
import type { Side } from '../engine/output.ts';

/** Decimals of a printed average price beyond its tick, and of the division that makes it. */
const AVERAGE_DECIMALS = 12;
Big.DP = 24;

/** `valueOf` keeps every digit, and the sign of a zero. */
export const decimalShape: Shape<Big> = (a, decimal) => new Big(a.text(decimal?.valueOf()));

/** Exact sums of one trade. */
export class TradeAccount {
  readonly side: Side;
  bought = new Big(0);
  sold = new Big(0);
  boughtQuantity = new Big(0);
  soldQuantity = new Big(0);
  /** Taken in the quote coin. */
  fees = new Big(0);
  /** Taken in the base coin: it lessens what is held, not the cash. */
  baseFees = new Big(0);
  /** Value of `baseFees` at the prices of their fills; for reports, not part of the cash flow. */
  baseFeesValue = new Big(0);
  /** Received (paid when negative). */
  funding = new Big(0);
  /** Base quantity left over by earlier trades, too small to be closed then; its cost was booked with them. */
  carried = new Big(0);

  constructor(side: Side) {
    this.side = side;
  }

  fill(side: 'buy' | 'sell', price: string, quantity: string, fee: string, feeIn: 'quote' | 'base'): void {
    this.#trade(side, new Big(quantity), new Big(price).times(quantity));
    if (feeIn === 'quote') {
      this.fees = this.fees.plus(fee);
    } else {
      this.baseFees = this.baseFees.plus(fee);
      this.baseFeesValue = this.baseFeesValue.plus(new Big(fee).times(price));
    }
  }

  /** Takes back what was booked as bought or sold. */
  takeBack(side: 'buy' | 'sell', quantity: Big, notional: Big): void {
    this.#trade(side, quantity.times(-1), notional.times(-1));
  }

  #trade(side: 'buy' | 'sell', quantity: Big, notional: Big): void {
    if (side === 'buy') {
      this.bought = this.bought.plus(notional);
      this.boughtQuantity = this.boughtQuantity.plus(quantity);
    } else {
      this.sold = this.sold.plus(notional);
      this.soldQuantity = this.soldQuantity.plus(quantity);
    }
  }

  /** Signed base quantity held: carried + bought - sold - base fees. */
  get held(): Big {
    return this.carried.plus(this.boughtQuantity).minus(this.soldQuantity).minus(this.baseFees);
  }

  /** Anything was bought or sold, be it less than a lot after fees. */
  get traded(): boolean {
    return this.boughtQuantity.gt(0) || this.soldQuantity.gt(0);
  }

  /** Cash in minus cash out: the trade's net result once nothing is held. */
  get cashFlow(): Big {
    return this.sold.minus(this.bought).minus(this.fees).plus(this.funding);
  }

  get allFees(): Big {
    return this.fees.plus(this.baseFeesValue);
  }

  /** Average entry or exit price, printed with at most 12 decimals. */
  average(leg: 'entry' | 'exit'): string {
    const buys = (leg === 'entry') === (this.side === 'long');
    const quantity = buys ? this.boughtQuantity : this.soldQuantity;
    if (quantity.eq(0)) return '0';
    return (buys ? this.bought : this.sold).div(quantity).round(AVERAGE_DECIMALS).toFixed();
  }

  archive(a: Archive): void {
    a.section('TradeAccount');
    this.bought = decimalShape(a, this.bought);
    this.sold = decimalShape(a, this.sold);
    this.boughtQuantity = decimalShape(a, this.boughtQuantity);
    this.soldQuantity = decimalShape(a, this.soldQuantity);
    this.fees = decimalShape(a, this.fees);
    this.baseFees = decimalShape(a, this.baseFees);
    this.baseFeesValue = decimalShape(a, this.baseFeesValue);
    this.funding = decimalShape(a, this.funding);
    this.carried = decimalShape(a, this.carried);
  }
}

/** The account over all trades. */
export class Ledger {
  readonly start: Big;
  /** Net result of closed trades, and funding that came after them. */
  closed = new Big(0);
  fees = new Big(0);
  funding = new Big(0);

  /** `equity` as float64, for sizing and limits. */
  equityValue: number;

  constructor(start: string) {
    this.start = new Big(start);
    this.equityValue = Number(start);
  }

  /** Books a closed trade; returns its net result. */
  close(account: TradeAccount): Big {
    const result = account.cashFlow;
    this.closed = this.closed.plus(result);
    this.fees = this.fees.plus(account.allFees);
    this.funding = this.funding.plus(account.funding);
    this.equityValue = Number(this.equity);
    return result;
  }

  /** Funding of a position whose trade has ended already. */
  lateFunding(amount: string): void {
    this.closed = this.closed.plus(amount);
    this.funding = this.funding.plus(amount);
    this.equityValue = Number(this.equity);
  }

  /** A trade that has ended made so much more, of which `fees` are what it paid besides. */
  lateResult(result: Big, fees: Big): void {
    this.closed = this.closed.plus(result);
    this.fees = this.fees.plus(fees);
    this.equityValue = Number(this.equity);
  }

  /** What ended trades had left is gone: `value` is what it counted for, negative where it was owed. */
  dustGone(value: Big): void {
    this.closed = this.closed.plus(value);
    this.equityValue = Number(this.equity);
  }

  /** Start equity + what closed trades made. Open trades are added by whoever holds them. */
  get equity(): Big {
    return this.start.plus(this.closed);
  }

  archive(a: Archive): void {
    a.section('Ledger');
    this.closed = decimalShape(a, this.closed);
    this.fees = decimalShape(a, this.fees);
    this.funding = decimalShape(a, this.funding);
    this.equityValue = a.number(this.equityValue);
  }
}
