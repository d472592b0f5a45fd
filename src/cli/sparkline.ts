/** A line chart of characters: values from left to right, each a column as high as the value. */

/** From empty to full. */
const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const PLAIN = [' ', '.', ':', '|'] as const;

export interface Chart {
  /** Rows of text, the highest first. */
  readonly rows: number;
  /** From empty to full: `levelsOf`. */
  readonly levels: readonly string[];
}

/** The characters of a column, from empty to full. */
export function levelsOf(ascii: boolean): readonly string[] {
  return ascii ? PLAIN : BLOCKS;
}

/** Whether the locale that a terminal was opened with shows more than ASCII. */
export function isUtf8(env: NodeJS.ProcessEnv): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '');
}

/** One line a row, as many columns as there are values. The lowest value still shows. */
export function sparkline(values: readonly number[], { rows, levels }: Chart): string[] {
  const full = levels.length - 1;
  const lowest = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const highest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const range = highest - lowest;
  const steps = rows * full;
  const heights = values.map((value) =>
    range > 0 ? 1 + Math.round(((value - lowest) / range) * (steps - 1)) : Math.ceil(steps / 2),
  );
  return Array.from({ length: rows }, (_, row) => {
    const below = (rows - 1 - row) * full;
    return heights.map((height) => levels[Math.min(full, Math.max(0, height - below))] ?? '').join('');
  });
}

/** The value at the end of each of `columns` equal stretches of time. `points` are in order and not empty. */
export function resample(
  points: readonly { readonly at: number; readonly value: number }[],
  columns: number,
): number[] {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return [];
  const stretch = (last.at - first.at) / columns;
  let i = 0;
  let value = first.value;
  return Array.from({ length: columns }, (_, column) => {
    const until = column === columns - 1 ? last.at : first.at + (column + 1) * stretch;
    for (let next = points[i]; next !== undefined && next.at <= until; next = points[i]) {
      value = next.value;
      i += 1;
    }
    return value;
  });
}
