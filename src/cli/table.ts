import { visible, wrapped } from './format.ts';
import type { Paint, Tone } from './style.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Numbers align right and are never cut. */
  readonly right?: boolean;
  /** A text that says nothing when it is cut: a name. */
  readonly keep?: boolean;
  /** Left out where the width is short, the lowest number first; a line below the table names what was. */
  readonly drop?: number;
  readonly tone?: (row: Row) => Tone;
}

const GAP = '  ';
/** A text column is not cut below this while another column can be left out instead. */
const READABLE = 14;
/** A text column is not cut below this. */
const NARROWEST = 6;

/**
 * Rows as lines under their titles, no wider than `width`. Text columns are cut first, then columns left out that can
 * be spared; names and numbers stay whole. What is still too wide then is told row by row, a figure on a line.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  paint: Paint,
): string[] {
  const { shown, widths, left } = fit(columns, rows, width);
  if (widths === null) return stacked(columns, rows, width, paint);
  const pad = (text: string, c: number): string => {
    const room = widths[c] ?? 0;
    const cut = text.length > room ? `${text.slice(0, room - 1)}…` : text;
    return shown[c]?.right ? cut.padStart(room) : cut.padEnd(room);
  };
  const head = shown.map((column, c) => paint('dim', pad(column.title, c))).join(GAP);
  const body = rows.map((row) =>
    shown.map((column, c) => paint(column.tone?.(row) ?? 'plain', pad(column.text(row), c))).join(GAP),
  );
  const note = left.length === 0 ? [] : wrapped(`(no room for: ${left.join(', ')})`, width);
  return [...[head, ...body].map((line) => line.trimEnd()), ...note.map((line) => paint('dim', line))];
}

interface Fit<Row> {
  readonly shown: readonly Column<Row>[];
  /** Null when nothing makes it fit. */
  readonly widths: readonly number[] | null;
  /** Titles of what was left out. */
  readonly left: readonly string[];
}

function fit<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): Fit<Row> {
  let shown = columns;
  const left: string[] = [];
  for (;;) {
    const spared = next(shown);
    const widths = shrunk(shown, rows, width, spared === null ? NARROWEST : READABLE);
    if (widths !== null || spared === null) return { shown, widths, left };
    shown = shown.filter((column) => column !== spared);
    left.push(spared.title);
  }
}

/** The column that is left out next. */
function next<Row>(columns: readonly Column<Row>[]): Column<Row> | null {
  return columns.reduce<Column<Row> | null>((first, column) => {
    if (column.drop === undefined) return first;
    return first?.drop === undefined || column.drop < first.drop ? column : first;
  }, null);
}

/** Widths after taking from the widest text column, a character at a time, until all of it fits; null when it cannot. */
function shrunk<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  narrowest: number,
): number[] | null {
  const widths = columns.map((column) =>
    rows.reduce((most, row) => Math.max(most, column.text(row).length), column.title.length),
  );
  let over = widths.reduce((sum, w) => sum + w, 0) + GAP.length * (widths.length - 1) - width;
  while (over > 0) {
    const widest = widths.reduce((best, w, c) => {
      if (columns[c]?.right || columns[c]?.keep || w <= narrowest) return best;
      return best === -1 || w > (widths[best] ?? 0) ? c : best;
    }, -1);
    if (widest === -1) return null;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
  return widths;
}

/** For a screen that is narrower than any table: each row as a block. */
function stacked<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  paint: Paint,
): string[] {
  return rows.flatMap((row, r) => {
    const pairs = columns.map(
      (column) => [column.title, paint(column.tone?.(row) ?? 'plain', column.text(row))] as const,
    );
    return [...(r === 0 ? [] : ['']), ...block(pairs, paint, width)];
  });
}

/** Names and what stands behind them, as an aligned block; what is longer than `width` goes on under itself. */
export function block(
  pairs: readonly (readonly [name: string, value: string])[],
  paint: Paint,
  width = Number.MAX_SAFE_INTEGER,
): string[] {
  const room = pairs.reduce((most, [name]) => Math.max(most, name.length), 0);
  if (room + GAP.length + READABLE > width)
    return pairs.flatMap(([name, value]) => {
      const [first = '', ...rest] = wrapped(`${name}${GAP}${value}`, width);
      const named = `${paint('dim', name)}${first.slice(name.length)}`;
      return [named.trimEnd(), ...rest.map((line) => `${GAP}${line}`)];
    });
  return pairs.flatMap(([name, value]) => hanging(`${paint('dim', name.padEnd(room))}${GAP}`, value, width));
}

/** `head` and then `text`, whose further lines begin where it does. */
export function hanging(head: string, text: string, width: number): string[] {
  const indent = visible(head);
  if (indent + visible(text) <= width) return [`${head}${text}`.trimEnd()];
  const [first = '', ...rest] = wrapped(text, Math.max(NARROWEST, width - indent));
  return [`${head}${first}`, ...rest.map((line) => `${' '.repeat(indent)}${line}`)];
}
