/**
 * What a symbol is up to. A symbol lives in a cycle:
 *
 *   walk -> base -> approach -+-> extend -> (retest ->) trend -> walk     (a genuine breakout)
 *                             +-> pierced -> fail -> base | trend | walk  (a false one)
 *
 * `plan` is called before a bar is made and sets how it is made; `settle` sees its close and may bend it.
 * Volumes, wicks and noise of every phase are multiples of what is ordinary for the symbol.
 */
import type { Archive, Codes } from '../../../archive/archive.ts';
import { Box, type Side, sideShape } from './box.ts';
import type { Rng } from './rng.ts';

export type Phase = 'walk' | 'base' | 'approach' | 'extend' | 'retest' | 'trend' | 'pierced' | 'fail';

const PHASE_CODES: Codes<Phase> = {
  walk: 0,
  base: 1,
  approach: 2,
  extend: 3,
  retest: 4,
  trend: 5,
  pierced: 6,
  fail: 7,
};

const GENUINE_SHARE = 0.52;
const MIN_BASE_BARS = 52;
const MAX_BASE_BARS = 150;
/** A base is left when each side has been visited so often, or at the very latest after this many bars. */
const TURNS_PER_SIDE = 3;
const LONGEST_BASE_BARS = 168;
const APPROACH_BARS = 18;
/** How strongly the choice of a side leans back to the anchor price, and on in the trend before. */
const SIDE_REVERSION = 0.9;
const SIDE_CONTINUATION = 0.12;
/** Pull of an ordinary bar towards the anchor, as a share of the price at the far end. */
const WALK_REVERSION = 0.001;

export class Regime {
  readonly #rng: Rng;
  readonly #sigma: number;
  readonly #anchor: number;
  readonly box = new Box();
  phase: Phase = 'walk';
  /** Where the attempt of this cycle goes, and whether it holds. */
  side: Side = 1;
  genuine = false;
  /** Attempts so far, and how many of them held. */
  attempts = 0;
  genuineAttempts = 0;
  /** Mean return of the bar. */
  drift = 0;
  /** Multiples: of the symbol's own noise, of its beta, of its volume, of the length of wicks. */
  noise = 1;
  coupling = 1;
  activity = 1;
  wick = 1;
  /** No wick goes beyond these; open when there is no base. */
  top = Number.POSITIVE_INFINITY;
  bottom = 0;
  /** A price that the bar must have touched, or 0. */
  reach = 0;
  #barsLeft: number;
  #barsDone = 0;
  #lastTrend: Side | 0 = 0;
  #strength = 1;
  #legLeft = 0;
  #pullback = false;
  #surge = 1;

  constructor(rng: Rng, sigma: number, anchor: number) {
    this.#rng = rng;
    this.#sigma = sigma;
    this.#anchor = anchor;
    // Symbols begin at different points of the cycle.
    this.#barsLeft = rng.whole(4, 200);
  }

  /** The price that the attempt has to get through. */
  get level(): number {
    return this.side === 1 ? this.box.ceiling : this.box.floor;
  }

  /** Sets how the next bar is made, from the close before it. */
  plan(price: number): void {
    this.top = Number.POSITIVE_INFINITY;
    this.bottom = 0;
    this.reach = 0;
    this.wick = 1;
    this.#barsLeft -= 1;
    this.#barsDone += 1;
    const { phase } = this;
    if (phase === 'walk') this.#walk(price);
    else if (phase === 'base') this.#base(price);
    else if (phase === 'approach') this.#approach(price);
    else if (phase === 'extend') this.#extend();
    else if (phase === 'retest') this.#retest(price);
    else if (phase === 'trend') this.#trend();
    else if (phase === 'pierced') this.#pierced();
    else this.#fail(price);
  }

  /** The close that comes of a planned one: bounced back into the base while there is one. */
  settle(close: number): number {
    if (this.phase !== 'base' && this.phase !== 'approach') return close;
    if (!this.box.isBrokenBy(close)) return this.box.bounce(close, this.#rng);
    this.interrupt();
    return close;
  }

  /** A shock: whatever was being built is over. */
  interrupt(): void {
    this.top = Number.POSITIVE_INFINITY;
    this.bottom = 0;
    this.#enter('walk', this.#rng.whole(12, 48));
  }

  #enter(phase: Phase, bars: number): void {
    this.phase = phase;
    this.#barsLeft = bars;
    this.#barsDone = 0;
  }

  #make(drift: number, noise: number, coupling: number, activity: number): void {
    this.drift = drift;
    this.noise = noise;
    this.coupling = coupling;
    this.activity = activity;
  }

  /** From +1 far below the anchor to -1 far above it: tanh of half the log distance, without a logarithm. */
  #pull(price: number): number {
    return (this.#anchor - price) / (this.#anchor + price);
  }

  #walk(price: number): void {
    this.#make(WALK_REVERSION * this.#pull(price), 1, 1, 0.95);
    if (this.#barsLeft <= 0) this.#beginBase(price);
  }

  #beginBase(price: number): void {
    const rng = this.#rng;
    // After a trend its extreme becomes the near side of the box, as it does on a chart.
    const position = 0.5 + 0.3 * this.#lastTrend + rng.between(-0.12, 0.12);
    this.box.lay(price, this.#sigma, position, rng);
    this.#chooseAttempt(price);
    this.#enter('base', rng.whole(MIN_BASE_BARS, MAX_BASE_BARS));
  }

  #chooseAttempt(price: number): void {
    const up = 0.5 + SIDE_REVERSION * this.#pull(price) + SIDE_CONTINUATION * this.#lastTrend;
    this.side = this.#rng.chance(Math.min(Math.max(up, 0.08), 0.92)) ? 1 : -1;
    this.genuine = this.#rng.chance(GENUINE_SHARE);
  }

  #stayInside(): void {
    this.top = this.box.top(this.#rng);
    this.bottom = this.box.bottom(this.#rng);
  }

  #base(price: number): void {
    // Volatility and volume dry up over the first eight hours.
    const dry = Math.min(this.#barsDone / 96, 1);
    this.#make(this.box.drift(price), 0.62 - 0.2 * dry, 0.5 - 0.12 * dry, 0.85 - 0.4 * dry);
    this.#stayInside();
    const turned = Math.min(this.box.floorTurns, this.box.ceilingTurns) >= TURNS_PER_SIDE;
    if ((this.#barsLeft <= 0 && turned) || this.#barsDone >= LONGEST_BASE_BARS) {
      this.#enter('approach', APPROACH_BARS);
    }
  }

  #approach(price: number): void {
    const away = (this.level - price) * this.side;
    if (away < this.box.height * 0.25 || this.#barsLeft <= 0) {
      if (this.genuine) this.#breakTrue(price);
      else this.#breakFalse(price);
      return;
    }
    if (this.box.heading !== this.side) this.box.resume(this.side, this.#rng);
    this.#make(this.box.drift(price), 0.35, 0.6, 0.55);
    this.#stayInside();
  }

  /** A bar that closes `sigmas` beyond the level, nearly without noise. */
  #aim(price: number, sigmas: number, activity: number): void {
    const target = this.level * (1 + this.side * sigmas * this.#sigma);
    this.#make(target / price - 1, 0.1, 0, activity);
    this.wick = 4;
    this.attempts += 1;
  }

  #breakTrue(price: number): void {
    const rng = this.#rng;
    this.#surge = rng.between(0.9, 1.9);
    this.#aim(price, rng.between(0.4, 1.2), this.#surge);
    this.genuineAttempts += 1;
    this.#enter('extend', rng.whole(2, 6));
  }

  #breakFalse(price: number): void {
    const rng = this.#rng;
    const weak = rng.chance(0.5);
    this.#surge = weak ? rng.between(0.3, 0.65) : rng.between(0.8, 1.7);
    if (rng.chance(0.2)) {
      // Only a wick gets through.
      this.#aim(price, -0.4, this.#surge);
      this.reach = this.level * (1 + this.side * rng.between(0.3, 0.9) * this.#sigma);
      this.#enter('fail', 12);
    } else {
      this.#aim(price, rng.between(0.25, 0.9), this.#surge);
      this.#enter('pierced', rng.whole(1, 5));
    }
  }

  #fadeSurge(towards: number): number {
    this.#surge += (towards - this.#surge) * 0.2;
    return this.#surge;
  }

  #extend(): void {
    this.#make(this.side * this.#sigma * 0.45, 0.7, 0.8, this.#fadeSurge(1.3));
    if (this.#barsLeft > 0) return;
    if (this.#rng.chance(0.45)) this.#enter('retest', 16);
    else this.#beginTrend(this.side);
  }

  #retest(price: number): void {
    const sigma = this.#sigma;
    this.#make(-this.side * sigma * 0.45, 0.55, 0.5, this.#fadeSurge(0.9));
    const deepest = this.level * (1 - this.side * 0.4 * sigma);
    if (this.side === 1) this.bottom = deepest;
    else this.top = deepest;
    const away = (price / this.level - 1) * this.side;
    if (away < 0.35 * sigma || this.#barsLeft <= 0) this.#beginTrend(this.side);
  }

  #beginTrend(side: Side): void {
    this.side = side;
    this.#strength = this.#rng.between(0.45, 1.15);
    this.#pullback = true;
    this.#legLeft = 0;
    this.#enter('trend', this.#rng.whole(30, 110));
  }

  #trend(): void {
    const rng = this.#rng;
    this.#legLeft -= 1;
    if (this.#legLeft < 0) {
      this.#pullback = !this.#pullback;
      this.#legLeft = this.#pullback ? rng.whole(3, 8) : rng.whole(7, 16);
    }
    const pace = this.#pullback ? -0.25 : 0.45 * this.#strength;
    this.#make(this.side * this.#sigma * pace, 0.7, 1.15, this.#fadeSurge(this.#pullback ? 0.95 : 1.3));
    if (this.#barsLeft > 0) return;
    this.#lastTrend = this.side;
    this.#rest();
  }

  #rest(): void {
    const soon = this.#rng.chance(0.6);
    this.#enter('walk', soon ? this.#rng.whole(3, 12) : this.#rng.whole(14, 60));
  }

  #pierced(): void {
    this.#make(-this.side * this.#sigma * 0.1, 0.5, 0.5, this.#fadeSurge(0.8));
    if (this.#barsLeft <= 0) this.#enter('fail', 12);
  }

  #fail(price: number): void {
    this.#make(-this.side * this.#sigma * 0.85, 0.6, 0.5, this.#fadeSurge(1));
    const inside = (this.level - price) * this.side;
    if (inside < this.box.height * 0.4 && this.#barsLeft > 0) return;
    const next = this.#rng.unit();
    if (next < 0.35) this.#returnToBase(price);
    else if (next < 0.7) this.#beginTrend(this.side === 1 ? -1 : 1);
    else this.#rest();
  }

  #returnToBase(price: number): void {
    this.box.resume(this.side === 1 ? -1 : 1, this.#rng);
    this.#chooseAttempt(price);
    this.#enter('base', this.#rng.whole(24, 60));
  }

  /** Its random numbers are the path's, which archives them. */
  archive(a: Archive): void {
    a.section('Regime');
    this.box.archive(a);
    this.phase = a.choice(this.phase, PHASE_CODES);
    this.side = sideShape(a, this.side);
    this.genuine = a.flag(this.genuine);
    this.attempts = a.number(this.attempts);
    this.genuineAttempts = a.number(this.genuineAttempts);
    this.drift = a.number(this.drift);
    this.noise = a.number(this.noise);
    this.coupling = a.number(this.coupling);
    this.activity = a.number(this.activity);
    this.wick = a.number(this.wick);
    this.top = a.number(this.top);
    this.bottom = a.number(this.bottom);
    this.reach = a.number(this.reach);
    this.#barsLeft = a.number(this.#barsLeft);
    this.#barsDone = a.number(this.#barsDone);
    const trend = a.nullable(this.#lastTrend === 0 ? null : this.#lastTrend, sideShape);
    this.#lastTrend = trend ?? 0;
    this.#strength = a.number(this.#strength);
    this.#legLeft = a.number(this.#legLeft);
    this.#pullback = a.flag(this.#pullback);
    this.#surge = a.number(this.#surge);
  }
}
