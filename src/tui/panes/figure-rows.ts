/** Rows that name a figure at the left and say it at the right. What does not fit is left out whole, the last first. */
import { type Line, line, type Span, span, widthOf } from '../text/line.ts';

const NAME = 9;
const GAP = '  ';

export interface FigureRow {
  readonly name: string;
  /** The most important first; each stands or falls as a whole. */
  readonly parts: readonly (Span | string | null)[];
}

/** One line: the name, and those of the parts that fit, the first of them in any case. */
export function figureRow({ name, parts }: FigureRow, width: number): Line {
  const shown: Span[] = [];
  const head = name.length < NAME ? name.padEnd(NAME) : `${name} `;
  let left = width - head.length - 1;
  for (const part of parts) {
    if (part === null) continue;
    const said = typeof part === 'string' ? span('plain', part) : part;
    const needed = said.text.length + (shown.length > 0 ? GAP.length : 0);
    if (needed > left && shown.length > 0) break;
    if (shown.length > 0) shown.push(span('plain', GAP));
    shown.push(said);
    left -= needed;
  }
  return line(span('dim', ` ${head}`), ...shown);
}

/** Two columns of rows where both have room, one after the other else; at most `height` lines. */
export function figureRows(rows: readonly FigureRow[], width: number, height: number): Line[] {
  if (width < WIDE) return rows.slice(0, height).map((row) => figureRow(row, width));
  const half = Math.ceil(rows.length / 2);
  const room = Math.floor((width - GAP.length) / 2);
  return rows.slice(0, Math.min(half, height)).map((row, i) => {
    const beside = rows[half + i];
    const left = figureRow(row, room);
    if (beside === undefined) return left;
    const gap = ' '.repeat(Math.max(0, room - widthOf(left)) + GAP.length);
    return [...left, span('plain', gap), ...figureRow(beside, room)];
  });
}

/** From here on two figures stand side by side. */
const WIDE = 120;
