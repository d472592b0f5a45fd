/**
 * What the venue's account lacks of what the books count on, as of when it was asked. Kept as a lack, and not as what is
 * there: that is old as soon as an order fills, so that what is decided would hang on how long ago it was asked.
 */
import { type Archive, numberShape } from '../archive/archive.ts';

/** In quote. */
export interface FundsTold {
  /** What the account holds, without what is open in it. */
  readonly total: number;
  /** What of that is not tied up. */
  readonly available: number;
}

/** The books at the same time, in quote. */
export interface FundsExpected {
  /** Start equity + realised P&L - fees +- funding. */
  readonly equity: number;
  /** What was bought with the account's money, at its cost: the equity has it at that too. */
  readonly bought: number;
  /** What is on its way to be bought: not paid yet, and perhaps not free any more. */
  readonly ordered: number;
  /** Value of what is open or on its way on margin. */
  readonly onMargin: number;
  /** The most that may be held on margin, as a multiple of the equity. */
  readonly leverage: number;
}

/** A share of the equity: what rounding and dust leave between two sums is no lack. */
const NEGLIGIBLE = 1e-4;

export class Funds {
  /** As the venue said it last; null before it did. */
  available: number | null = null;
  /** Missing of the equity, and beyond that of what should be free of it. */
  short = 0;
  tied = 0;

  told(
    { total, available }: FundsTold,
    { equity, bought, ordered, onMargin, leverage }: FundsExpected,
  ): void {
    const lack = (expected: number, found: number): number =>
      expected - found > equity * NEGLIGIBLE ? expected - found : 0;
    this.available = available;
    this.short = lack(equity, total + bought);
    this.tied = lack(equity - this.short - bought - ordered - onMargin / leverage, available);
  }

  archive(a: Archive): void {
    a.section('Funds');
    this.available = a.nullable(this.available, numberShape);
    this.short = a.number(this.short);
    this.tied = a.number(this.tied);
  }
}
