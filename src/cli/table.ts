import type { Paint, Tone } from './style.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Numbers align right and are never cut. */
  readonly right?: boolean;
  /** A text that says nothing when it is cut: a name. */
  readonly keep?: boolean;
  readonly tone?: (row: Row) => Tone;
}

const GAP = '  ';
/** A text column is not cut below this. */
const NARROWEST = 6;

/**
 * Rows as lines under their titles, no wider than `width` where cutting text columns can achieve it; the widest
 * gives way first. Numbers stay whole.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  paint: Paint,
): string[] {
  const cells = rows.map((row) => columns.map((column) => column.text(row)));
  const widths = columns.map((column, c) =>
    Math.max(column.title.length, ...cells.map((line) => line[c]?.length ?? 0)),
  );
  fit(columns, widths, width);
  const pad = (text: string, c: number): string => {
    const room = widths[c] ?? 0;
    const cut = text.length > room ? `${text.slice(0, room - 1)}…` : text;
    return columns[c]?.right ? cut.padStart(room) : cut.padEnd(room);
  };
  const head = columns.map((column, c) => paint('dim', pad(column.title, c))).join(GAP);
  const body = rows.map((row, r) =>
    columns.map((column, c) => paint(column.tone?.(row) ?? 'plain', pad(cells[r]?.[c] ?? '', c))).join(GAP),
  );
  return [head, ...body].map((line) => line.trimEnd());
}

/** Takes width from the widest text column, a character at a time, until all of it fits. */
function fit<Row>(columns: readonly Column<Row>[], widths: number[], width: number): void {
  let over = widths.reduce((sum, w) => sum + w, 0) + GAP.length * (widths.length - 1) - width;
  while (over > 0) {
    const widest = widths.reduce((best, w, c) => {
      if (columns[c]?.right || columns[c]?.keep || w <= NARROWEST) return best;
      return best === -1 || w > (widths[best] ?? 0) ? c : best;
    }, -1);
    if (widest === -1) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
}

/** Names and what stands behind them, as an aligned block. */
export function block(pairs: readonly (readonly [name: string, value: string])[], paint: Paint): string[] {
  const room = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${paint('dim', name.padEnd(room))}  ${value}`);
}
