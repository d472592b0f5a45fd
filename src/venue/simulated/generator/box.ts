import type { Archive, Shape } from '../../../archive/archive.ts';
import type { Rng } from './rng.ts';

export type Side = 1 | -1;

export const sideShape: Shape<Side> = (a, side) =>
  a.flag(side === undefined ? undefined : side === 1) ? 1 : -1;

/** Height of a base in standard deviations of an ordinary 5 m return: about three of its own 15 m ATR. */
const MIN_HEIGHT = 4.5;
const MAX_HEIGHT = 6.5;
/** Nearer to a side than this share of the height, a leg has arrived and the price turns. */
const TURN_ZONE = 0.1;
/** Wicks end within this share of the height around floor and ceiling, which is what makes them visible. */
const EDGE_BLUR = 0.035;
/** A close that would end this share of the height outside is no bounce any more: the base is broken. */
const BROKEN_BEYOND = 0.8;

/** The range of a base: floor and ceiling, and the legs in which the price walks between them. */
export class Box {
  floor = 0;
  ceiling = 0;
  /** The side that the current leg walks to. */
  heading: Side = 1;
  floorTurns = 0;
  ceilingTurns = 0;
  #legBars = 12;

  get height(): number {
    return this.ceiling - this.floor;
  }

  /** Lays a new box around `price`, which is `position` (0..1) of the height above the floor. */
  lay(price: number, sigma: number, position: number, rng: Rng): void {
    const height = price * sigma * rng.between(MIN_HEIGHT, MAX_HEIGHT);
    this.floor = price - height * position;
    this.ceiling = this.floor + height;
    this.resume(position < 0.5 ? 1 : -1, rng);
  }

  /** Counts turns anew and sets out on a leg towards `heading`. */
  resume(heading: Side, rng: Rng): void {
    this.floorTurns = 0;
    this.ceilingTurns = 0;
    this.#turn(heading, rng);
  }

  /** Drift of the current leg, as a share of the price in one bar. */
  drift(price: number): number {
    return (this.heading * this.height) / (this.#legBars * price);
  }

  /** Highest and lowest price of the coming bar: floor and ceiling, blurred a little. */
  top(rng: Rng): number {
    return this.ceiling + this.height * EDGE_BLUR * rng.between(-1, 1);
  }

  bottom(rng: Rng): number {
    return this.floor + this.height * EDGE_BLUR * rng.between(-1, 1);
  }

  isBrokenBy(close: number): boolean {
    const beyond = this.height * BROKEN_BEYOND;
    return close > this.ceiling + beyond || close < this.floor - beyond;
  }

  /** The close bounced off whichever side it would have crossed; a leg that has arrived turns round. */
  bounce(close: number, rng: Rng): number {
    const zone = this.height * TURN_ZONE;
    if (close > this.ceiling - zone) {
      if (this.heading === 1) {
        this.ceilingTurns += 1;
        this.#turn(-1, rng);
      }
      return Math.min(close, this.ceiling - zone * rng.unit());
    }
    if (close < this.floor + zone) {
      if (this.heading === -1) {
        this.floorTurns += 1;
        this.#turn(1, rng);
      }
      return Math.max(close, this.floor + zone * rng.unit());
    }
    return close;
  }

  #turn(heading: Side, rng: Rng): void {
    this.heading = heading;
    this.#legBars = rng.between(11, 22);
  }

  archive(a: Archive): void {
    a.section('Box');
    this.floor = a.number(this.floor);
    this.ceiling = a.number(this.ceiling);
    this.heading = sideShape(a, this.heading);
    this.floorTurns = a.number(this.floorTurns);
    this.ceilingTurns = a.number(this.ceilingTurns);
    this.#legBars = a.number(this.#legBars);
  }
}
