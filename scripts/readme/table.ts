/** Columns stand under each other in the source as well, but for the last one. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const last = head.length - 1;
  const widths = head.map((_, c) => Math.max(...cells.map((row) => row[c]?.length ?? 0)));
  const line = (row: readonly string[], fill = ' '): string =>
    `| ${row.map((cell, c) => (c === last ? cell : cell.padEnd(widths[c] ?? 0, fill))).join(' | ')} |`;
  const [titles = [], ...body] = cells;
  return [
    line(titles),
    line(
      head.map(() => '---'),
      '-',
    ),
    ...body.map((row) => line(row)),
  ].join('\n');
}
