/** Stretches of time, [from, to): sorted, none touching the next. */
import type { Millis } from '../../market/time.ts';

export type Span = readonly [from: Millis, to: Millis];

export function withSpan(spans: readonly Span[], span: Span): Span[] {
  const joined: Span[] = [];
  const all = [...spans, span].filter(([from, to]) => from < to).sort((a, b) => a[0] - b[0]);
  for (const [from, to] of all) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1]) joined[joined.length - 1] = [last[0], Math.max(last[1], to)];
    else joined.push([from, to]);
  }
  return joined;
}

/** What of `span` is in none of `spans`. */
export function missingOf(span: Span, spans: readonly Span[]): Span[] {
  const missing: Span[] = [];
  let at = span[0];
  const end = span[1];
  for (const [from, to] of spans) {
    if (to <= at) continue;
    if (from >= end) break;
    if (from > at) missing.push([at, from]);
    at = to;
  }
  if (at < end) missing.push([at, end]);
  return missing;
}

/** A run of candles that are not there, between two that are. */
export interface Gap {
  /** Open time of the first that is missing. */
  readonly from: Millis;
  /** Open time of the next that is there. */
  readonly to: Millis;
  readonly missing: number;
}

export function gapsOf(times: Iterable<Millis>, step: Millis): Gap[] {
  const gaps: Gap[] = [];
  let next: Millis | null = null;
  for (const time of times) {
    if (next !== null && time > next) gaps.push({ from: next, to: time, missing: (time - next) / step });
    next = time + step;
  }
  return gaps;
}
