/** A share as a bar of cells. */
import type { Glyphs } from './glyphs.ts';

/** @param share of the whole, cut to 0 and 1. Only the whole is drawn full, and only nothing at all is drawn empty. */
export function bar(share: number, cells: number, { barFull, barEmpty }: Glyphs): string {
  const least = share > 0 ? 1 : 0;
  const most = share < 1 ? cells - 1 : cells;
  const filled = Math.max(0, Math.min(most, Math.max(least, Math.round(share * cells))));
  return barFull.repeat(filled) + barEmpty.repeat(Math.max(0, cells - filled));
}
