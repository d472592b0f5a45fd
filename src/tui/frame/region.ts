/** A part of the screen: where it stands, and what stands there. */
import type { Rect } from '../layout/layout.ts';

export interface Region {
  readonly id: string;
  readonly rect: Rect;
  /** Painted lines, each no wider than the region, one for each of its rows at most. */
  readonly text: string;
}

export function sameRegion(a: Region, b: Region): boolean {
  return (
    a === b ||
    (a.id === b.id &&
      a.text === b.text &&
      a.rect.x === b.rect.x &&
      a.rect.y === b.rect.y &&
      a.rect.width === b.rect.width &&
      a.rect.height === b.rect.height)
  );
}
