/** A line of values with what its height means: the highest at the top right, the lowest at the bottom right. */
import { resample, sparkline } from '../../cli/sparkline.ts';
import type { Glyphs } from './glyphs.ts';
import { type Line, span, type Tone } from './line.ts';

export interface Point {
  readonly at: number;
  readonly value: number;
}

export interface SparkOptions {
  /** In order of time. */
  readonly points: readonly Point[];
  readonly width: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
  readonly tone: Tone;
  /** A value as it is named at the right edge. */
  readonly label: (value: number) => string;
}

/** Least cells of the line itself. */
const LEAST = 8;

/**
 * As many lines as `rows`; none where there is no point or no room. Highest and lowest are those of the points, which
 * may lie between two columns.
 */
export function spark({ points, width, rows, glyphs, tone, label }: SparkOptions): Line[] {
  const highest = points.reduce((a, { value }) => Math.max(a, value), Number.NEGATIVE_INFINITY);
  const lowest = points.reduce((a, { value }) => Math.min(a, value), Number.POSITIVE_INFINITY);
  if (points.length === 0 || rows <= 0) return [];
  const [top, bottom] = [label(highest), label(lowest)];
  const names = namesOf(top, bottom, rows);
  const edge = names.reduce((most, name) => Math.max(most, name.length), 0);
  const columns = width - edge - 2;
  if (columns < LEAST) return [];
  return sparkline(resample(points, columns), { rows, levels: glyphs.levels }).map((text, row) => [
    span(tone, ` ${text} `),
    span('dim', (names[row] ?? '').padStart(edge)),
  ]);
}

/** What stands at the right of each row. */
function namesOf(top: string, bottom: string, rows: number): readonly string[] {
  if (rows === 1) return [top === bottom ? top : `${bottom}..${top}`];
  return Array.from({ length: rows }, (_, row) => {
    if (row === rows - 1) return bottom;
    return row === 0 && top !== bottom ? top : '';
  });
}
