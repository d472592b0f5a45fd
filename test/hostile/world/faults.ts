/** How hostile a seed's world is: chances of each fault, drawn once, and how often each has struck. */
import type { Dice } from './dice.ts';

/** Chances of a request or message, unless said otherwise. */
export interface FaultRates {
  readonly lostRequest: number;
  readonly lostReply: number;
  readonly slowRequest: number;
  readonly slowReply: number;
  readonly duplicatedRequest: number;
  readonly rejection: number;
  readonly rateLimit: number;
  readonly serverError: number;
  readonly serverErrorAfterActing: number;
  readonly failedLookUp: number;
  readonly lostPush: number;
  readonly duplicatedPush: number;
  readonly slowPush: number;
  /** Of a fill. */
  readonly partialFill: number;
  /** Of an open order at each price. */
  readonly venueCancel: number;
  /** Of a bar. */
  readonly outage: number;
  readonly lateBar: number;
  readonly lostBar: number;
  readonly staleFeed: number;
  readonly clockJump: number;
  readonly foreignTrade: number;
  readonly foreignOrder: number;
  readonly reducedByHand: number;
  readonly userCommand: number;
  readonly orderlyEnd: number;
  readonly diskFull: number;
  /** Of the reserve failing too. */
  readonly noReserve: number;
  /** Of each step at which the daemon can die. */
  readonly crash: number;
  /** Of any event. */
  readonly crashAnywhere: number;
}

export type FaultName = Exclude<keyof FaultRates, 'noReserve' | 'crash' | 'crashAnywhere'>;

const NONE: FaultRates = {
  lostRequest: 0,
  lostReply: 0,
  slowRequest: 0,
  slowReply: 0,
  duplicatedRequest: 0,
  rejection: 0,
  rateLimit: 0,
  serverError: 0,
  serverErrorAfterActing: 0,
  failedLookUp: 0,
  lostPush: 0,
  duplicatedPush: 0,
  slowPush: 0,
  partialFill: 0,
  venueCancel: 0,
  outage: 0,
  lateBar: 0,
  lostBar: 0,
  staleFeed: 0,
  clockJump: 0,
  foreignTrade: 0,
  foreignOrder: 0,
  reducedByHand: 0,
  userCommand: 0,
  orderlyEnd: 0,
  diskFull: 0,
  noReserve: 0,
  crash: 0,
  crashAnywhere: 0,
};

export function drawRates(dice: Dice): FaultRates {
  const rate = (...of: number[]) => dice.pick(of);
  return {
    lostRequest: rate(0, 0.01, 0.1),
    lostReply: rate(0, 0.01, 0.1, 0.2),
    slowRequest: rate(0, 0.02, 0.2),
    slowReply: rate(0, 0.02, 0.2),
    duplicatedRequest: rate(0, 0, 0.1),
    rejection: rate(0, 0, 0.03, 0.2),
    rateLimit: rate(0, 0, 0.03, 0.2),
    serverError: rate(0, 0, 0.05),
    serverErrorAfterActing: rate(0, 0, 0.05, 0.2),
    failedLookUp: rate(0, 0, 0.1, 0.2),
    lostPush: rate(0, 0.05, 0.5, 1),
    duplicatedPush: rate(0, 0, 0.2),
    slowPush: rate(0, 0.1, 0.5),
    partialFill: rate(0, 0.3, 0.8),
    venueCancel: rate(0, 0, 0.001, 0.01),
    outage: rate(0, 0, 0.02),
    lateBar: rate(0, 0, 0.05),
    lostBar: rate(0, 0, 0.03),
    staleFeed: rate(0, 0, 0.03),
    clockJump: rate(0, 0, 0.02),
    foreignTrade: rate(0, 0, 0, 0.01),
    foreignOrder: rate(0, 0, 0, 0.01),
    reducedByHand: rate(0, 0, 0, 0.1),
    userCommand: rate(0, 0.02, 0.08),
    orderlyEnd: rate(0, 0, 0.01),
    diskFull: rate(0, 0, 0, 0.01),
    noReserve: rate(0, 0.5),
    crash: rate(0, 0.01, 0.03, 0.1),
    crashAnywhere: rate(0, 0, 0.0002),
  };
}

/** The faults of a run: drawn for as long as they last, counted as they strike. */
export class Faults {
  rates: FaultRates;
  readonly counts = new Map<string, number>();
  readonly dice: Dice;

  constructor(dice: Dice, rates: FaultRates) {
    this.dice = dice;
    this.rates = rates;
  }

  strikes(name: FaultName): boolean {
    if (!this.dice.chance(this.rates[name])) return false;
    this.count(name);
    return true;
  }

  count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** From here on nothing goes wrong any more. */
  end(): void {
    this.rates = NONE;
  }
}
