/** The versions of the control protocol. A file of its own: a client needs it without the method table. */

export interface ProtocolRange {
  readonly min: number;
  readonly max: number;
}

/** What this build speaks, as client and as daemon. */
export const PROTOCOL: ProtocolRange = { min: 1, max: 1 };

/** Both sides speak a version in common. */
export function rangesMeet(a: ProtocolRange, b: ProtocolRange): boolean {
  return a.min <= b.max && b.min <= a.max;
}

/** `2-3`, or `1` for a range of one. */
export function rangeText({ min, max }: ProtocolRange): string {
  return min === max ? `${min}` : `${min}-${max}`;
}
