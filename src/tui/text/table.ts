/** Rows of figures in columns that stand still. Where there is no room, the least important columns are left out. */
import { type Line, padded, type Span, span, type Tone } from './line.ts';

export interface Column<R> {
  readonly head: string;
  readonly width: number;
  readonly align?: 'left' | 'right';
  /** The higher, the sooner it is left out; 0 never is. */
  readonly least?: number;
  /** Takes what is left of the width. */
  readonly grow?: true;
  /** `width` is the most it takes: no more than its longest cell needs, and never less than this. */
  readonly from?: number;
  readonly cell: (row: R) => Span | string;
}

export interface TableOptions<R> {
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly width: number;
  /** Lines, the head included. */
  readonly height: number;
  readonly keyOf: (row: R) => string;
  readonly selected: string | null;
  /** Before the selected row. */
  readonly pointer: string;
  /** Without a selection the last rows are shown, not the first. */
  readonly newestLast?: boolean;
}

/** Between columns, and where there is room to spare. */
const GAP = 1;
const WIDE_GAP = 2;

/** A head and as many rows as fit, the selected one among them. */
export function table<R>(options: TableOptions<R>): Line[] {
  const { rows, width, height, keyOf, selected, pointer } = options;
  // One cell at the left is the pointer's.
  const { columns, gap } = fittingColumns(needed(options.columns, rows), width - 1);
  const heads = columns.map(({ column, width: room }) => padded(column.head, room, column.align));
  const head: Line = [span('dim', ` ${heads.join(' '.repeat(gap))}`)];
  const at = selected === null ? -1 : rows.findIndex((row) => keyOf(row) === selected);
  const { from, to } = windowOf(rows.length, at, Math.max(0, height - 1), options.newestLast === true);
  const body = rows.slice(from, to).map((row): Line => {
    const cells = columns.map(({ column, width: room }): Span => {
      const cell = column.cell(row);
      const text = typeof cell === 'string' ? cell : cell.text;
      return span(typeof cell === 'string' ? 'plain' : cell.tone, padded(text, room, column.align));
    });
    const isSelected = keyOf(row) === selected;
    const spaced = cells.flatMap((cell, i) => (i === 0 ? [cell] : [span('plain', ' '.repeat(gap)), cell]));
    const mark = span(isSelected ? 'accent' : 'plain', isSelected ? pointer : ' ');
    return isSelected
      ? [mark, ...spaced.map(({ tone, text }) => span(strong(tone), text))]
      : [mark, ...spaced];
  });
  return [head, ...body].slice(0, Math.max(0, height));
}

/** A row that is selected stands out in what has no tone of its own. */
function strong(tone: Tone): Tone {
  return tone === 'plain' || tone === 'dim' ? 'selected' : tone;
}

/** Columns that give up the room that no row needs. All rows count, also those out of sight: scrolling moves nothing. */
function needed<R>(columns: readonly Column<R>[], rows: readonly R[]): readonly Column<R>[] {
  return columns.map((column) => {
    if (column.from === undefined) return column;
    const lengths = rows.map((row) => {
      const cell = column.cell(row);
      return (typeof cell === 'string' ? cell : cell.text).length;
    });
    const longest = Math.max(column.from, column.head.length, ...lengths);
    return { ...column, width: Math.min(column.width, longest) };
  });
}

interface Fitted<R> {
  readonly column: Column<R>;
  readonly width: number;
}

function fittingColumns<R>(
  columns: readonly Column<R>[],
  width: number,
): { readonly columns: readonly Fitted<R>[]; readonly gap: number } {
  let shown = [...columns];
  const taken = (gap = GAP): number => shown.reduce((sum, column) => sum + column.width + gap, -gap);
  while (taken() > width) {
    const least = shown.reduce((most, { least = 0 }) => Math.max(most, least), 0);
    if (least === 0) break;
    shown = shown.filter((column) => (column.least ?? 0) < least);
  }
  const gap = taken(WIDE_GAP) <= width ? WIDE_GAP : GAP;
  const spare = Math.max(0, width - taken(gap));
  const grower = shown.find(({ grow }) => grow);
  const widened = shown.map((column) => ({ column, width: column.width + (column === grower ? spare : 0) }));
  return { columns: widened, gap };
}

/** Which of `count` rows are shown in `height` lines, with the row `at` among them (-1: none is selected). */
export function windowOf(
  count: number,
  at: number,
  height: number,
  newestLast: boolean,
): { readonly from: number; readonly to: number } {
  const latest = Math.max(0, count - height);
  if (at < 0) return newestLast ? { from: latest, to: count } : { from: 0, to: Math.min(count, height) };
  // The selection stands in the middle where there is more on both sides.
  const from = Math.min(latest, Math.max(0, at - Math.floor(height / 2)));
  return { from, to: Math.min(count, from + height) };
}
