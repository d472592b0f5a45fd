/** Targets that the engine watches itself, because nothing of theirs can rest at the venue. */
import type { Archive, Codes, Shape } from '../archive/archive.ts';
import { stepsOn } from '../market/grid.ts';
import type { Market } from '../market/instrument.ts';
import { isLive, type Order } from './orders.ts';

export interface WatchedTarget {
  readonly purpose: 'tp1' | 'tp2';
  readonly lots: number;
  readonly priceTicks: number;
}

const PURPOSE_CODES: Codes<WatchedTarget['purpose']> = { tp1: 0, tp2: 1 };

const targetShape: Shape<WatchedTarget> = (a, target) => ({
  purpose: a.choice(target?.purpose, PURPOSE_CODES),
  lots: a.number(target?.lots),
  priceTicks: a.number(target?.priceTicks),
});

/** The targets of one trade that are watched, nearest first. */
export class WatchedTargets {
  list: WatchedTarget[] = [];
  /** The one that is being taken: the stop is made smaller for it, or its order is out. */
  taking: WatchedTarget | null = null;
  /** A sale was refused: no other is tried before the next close. */
  waits = false;

  /** What the stop leaves uncovered: the part that is about to be sold, or is being sold. */
  givenUp(order: Order | null): number {
    if (this.taking === null) return 0;
    if (order === null) return this.taking.lots;
    return isLive(order) ? order.lots - order.filledLots : 0;
  }

  /** Their market has other ticks and lots. */
  regrid(from: Market, to: Market): void {
    const regridded = (target: WatchedTarget): WatchedTarget => ({
      purpose: target.purpose,
      lots: stepsOn(from.lots, to.lots, target.lots, 'down'),
      priceTicks: stepsOn(from.ticks, to.ticks, target.priceTicks, 'nearest'),
    });
    this.list = this.list.map(regridded).filter(({ lots }) => lots > 0);
    const taking = this.taking === null ? null : regridded(this.taking);
    this.taking = taking !== null && taking.lots > 0 ? taking : null;
  }

  archive(a: Archive): void {
    a.items(this.list, targetShape);
    this.taking = a.nullable(this.taking, targetShape);
    this.waits = a.flag(this.waits);
  }
}
