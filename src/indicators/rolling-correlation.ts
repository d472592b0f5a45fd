import type { Archive } from '../archive/archive.ts';
import { floatAt } from '../market/arrays.ts';
import { requireFinite, requirePeriod } from './input.ts';

/**
 * Pearson's correlation of the last `window` pairs, population form, in [-1, 1]; 0 when one side does not
 * vary, as TA-Lib's CORREL; ready at the `window`-th pair.
 *
 * The same blocks and joining formula as `BollingerWidth`, for two means, two sums of squared differences and
 * the sum of products of differences. TA-Lib also answers 0 when the product of both sums of squares is below
 * 1e-8, whatever the scale; here only a side that is exactly constant does.
 */
export class RollingCorrelation {
  private readonly window: number;
  /** Before `next`: the current block's values; from `next` on: means of the ends of the last block. */
  private readonly tailMeanX: Float64Array;
  private readonly tailMeanY: Float64Array;
  private readonly tailXX: Float64Array;
  private readonly tailYY: Float64Array;
  private readonly tailXY: Float64Array;
  private next = 0;
  private meanX = 0;
  private meanY = 0;
  private xx = 0;
  private yy = 0;
  private xy = 0;
  private full = false;
  private current = Number.NaN;

  constructor(window: number) {
    this.window = requirePeriod('RollingCorrelation', window);
    this.tailMeanX = new Float64Array(window);
    this.tailMeanY = new Float64Array(window);
    this.tailXX = new Float64Array(window);
    this.tailYY = new Float64Array(window);
    this.tailXY = new Float64Array(window);
  }

  get ready(): boolean {
    return this.full;
  }

  /** NaN until ready. */
  get value(): number {
    return this.current;
  }

  push(x: number, y: number): void {
    requireFinite('RollingCorrelation', x);
    requireFinite('RollingCorrelation', y);
    this.tailMeanX[this.next] = x;
    this.tailMeanY[this.next] = y;
    this.next += 1;
    const count = this.next;
    const differenceX = x - this.meanX;
    const differenceY = y - this.meanY;
    this.meanX += differenceX / count;
    this.meanY += differenceY / count;
    this.xx += differenceX * (x - this.meanX);
    this.yy += differenceY * (y - this.meanY);
    this.xy += differenceX * (y - this.meanY);
    if (count === this.window) {
      this.closeBlock();
    } else if (this.full) {
      const apartX = this.meanX - floatAt(this.tailMeanX, count);
      const apartY = this.meanY - floatAt(this.tailMeanY, count);
      const weight = (count / this.window) * (this.window - count);
      this.current = correlation(
        floatAt(this.tailXX, count) + this.xx + apartX * apartX * weight,
        floatAt(this.tailYY, count) + this.yy + apartY * apartY * weight,
        floatAt(this.tailXY, count) + this.xy + apartX * apartY * weight,
      );
    }
  }

  private closeBlock(): void {
    const { tailMeanX, tailMeanY, tailXX, tailYY, tailXY, window } = this;
    let meanX = 0;
    let meanY = 0;
    let xx = 0;
    let yy = 0;
    let xy = 0;
    for (let i = window - 1; i >= 0; i -= 1) {
      const x = floatAt(tailMeanX, i);
      const y = floatAt(tailMeanY, i);
      const count = window - i;
      const differenceX = x - meanX;
      const differenceY = y - meanY;
      meanX += differenceX / count;
      meanY += differenceY / count;
      xx += differenceX * (x - meanX);
      yy += differenceY * (y - meanY);
      xy += differenceX * (y - meanY);
      tailMeanX[i] = meanX;
      tailMeanY[i] = meanY;
      tailXX[i] = xx;
      tailYY[i] = yy;
      tailXY[i] = xy;
    }
    this.current = correlation(xx, yy, xy);
    this.full = true;
    this.next = 0;
    this.meanX = 0;
    this.meanY = 0;
    this.xx = 0;
    this.yy = 0;
    this.xy = 0;
  }

  archive(a: Archive): void {
    a.section('RollingCorrelation');
    a.column(this.tailMeanX);
    a.column(this.tailMeanY);
    a.column(this.tailXX);
    a.column(this.tailYY);
    a.column(this.tailXY);
    this.next = a.number(this.next);
    this.meanX = a.number(this.meanX);
    this.meanY = a.number(this.meanY);
    this.xx = a.number(this.xx);
    this.yy = a.number(this.yy);
    this.xy = a.number(this.xy);
    this.full = a.flag(this.full);
    this.current = a.number(this.current);
  }
}

function correlation(xx: number, yy: number, xy: number): number {
  // Two roots, not the root of the product, which leaves the range of doubles before its factors do.
  const scale = Math.sqrt(xx) * Math.sqrt(yy);
  if (scale === 0) return 0;
  return Math.min(1, Math.max(-1, xy / scale));
}
