/**
 * Named places round an order's life at which a test may end the process. A call stands behind the label FAULT, which
 * the bundle drops: a release holds neither the calls nor anything of this module. Nothing in src/ watches them.
 */

/** Told of each place that is reached, with what is being done there. */
export type Watch = (place: string, what: unknown) => void;

let watch: Watch | null = null;

/** The process has come here. */
export function point(place: string, what?: unknown): void {
  watch?.(place, what);
}

/** From now on `told` hears of every point. */
export function watchPoints(told: Watch): void {
  watch = told;
}
