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
