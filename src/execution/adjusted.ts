/**
 * What has left a trade's books because the venue held less. Its lists lag behind each other: what it was that lessened
 * the position, an own fill or a close by the venue, may be told of later, and takes the place of the adjustment then.
 */
import Big from 'big.js';
import { type Archive, numberShape, type Shape, textShape } from '../archive/archive.ts';
import type { Millis } from '../market/time.ts';
import { decimalShape } from './ledger.ts';

interface Adjustment {
  readonly at: Millis;
  readonly price: string;
  /** Unsigned base quantity of which the venue has not told yet what became of it. */
  left: Big;
}

/** What took the place of adjustments. */
export interface Replaced {
  readonly quantity: Big;
  /** What it was booked at, in quote. */
  readonly value: Big;
}

const adjustmentShape: Shape<Adjustment> = (a, adjustment) => ({
  at: numberShape(a, adjustment?.at),
  price: textShape(a, adjustment?.price),
  left: decimalShape(a, adjustment?.left ?? new Big(0)),
});

export class Adjusted {
  #list: Adjustment[] = [];

  add(at: Millis, price: string, quantity: string): void {
    this.#list.push({ at, price, left: new Big(quantity) });
  }

  /** How much left the books since `happenedAt` of which the venue has not told yet what became of it. */
  since(happenedAt: Millis): Big {
    return this.#list
      .filter(({ at }) => happenedAt <= at)
      .reduce((sum, { left }) => sum.plus(left), new Big(0));
  }

  /** By up to `quantity` that was sold or bought back at `happenedAt`, before the position was found to be smaller. */
  replace(happenedAt: Millis, quantity: Big): Replaced {
    let [replaced, value] = [new Big(0), new Big(0)];
    for (const adjustment of this.#list) {
      if (happenedAt > adjustment.at) continue;
      const open = quantity.minus(replaced);
      const part = open.lt(adjustment.left) ? open : adjustment.left;
      adjustment.left = adjustment.left.minus(part);
      replaced = replaced.plus(part);
      value = value.plus(part.times(adjustment.price));
    }
    this.#list = this.#list.filter(({ left }) => left.gt(0));
    return { quantity: replaced, value };
  }

  archive(a: Archive): void {
    a.items(this.#list, adjustmentShape);
  }
}
