import type { Codes, Shape } from '../archive/archive.ts';
import type { Side } from '../engine/output.ts';
import type { Millis } from '../market/time.ts';

/**
 * The life of a level: formed (seen, not watched), armed (watched for a break), broken (a candle closed beyond it), retested (a
 * retest signal was given), invalidated (it failed), expired (its time ran out).
 */
export type LevelLife = 'formed' | 'armed' | 'broken' | 'retested' | 'invalidated' | 'expired';

/** A price that the market turned at before. `long`: resistance, broken upwards; `short`: support. */
export interface Level {
  readonly id: number;
  readonly symbol: number;
  readonly side: Side;
  price: number;
  touches: number;
  /** 0 to 1. */
  strength: number;
  life: LevelLife;
  /** Close of the first candle that touched it. */
  bornAt: Millis;
  brokenAt: Millis;
  /** Volume of the candle that broke it, over the median. */
  breakVolume: number;
}

/** What the search for levels found. */
export interface FoundLevel {
  readonly price: number;
  readonly touches: number;
  readonly strength: number;
  readonly bornAt: Millis;
}

export const SIDE_CODES: Codes<Side> = { long: 0, short: 1 };

const LIFE_CODES: Codes<LevelLife> = {
  formed: 0,
  armed: 1,
  broken: 2,
  retested: 3,
  invalidated: 4,
  expired: 5,
};

export const levelShape: Shape<Level> = (a, level) => ({
  id: a.number(level?.id),
  symbol: a.number(level?.symbol),
  side: a.choice(level?.side, SIDE_CODES),
  price: a.number(level?.price),
  touches: a.number(level?.touches),
  strength: a.number(level?.strength),
  life: a.choice(level?.life, LIFE_CODES),
  bornAt: a.number(level?.bornAt),
  brokenAt: a.number(level?.brokenAt),
  breakVolume: a.number(level?.breakVolume),
});
