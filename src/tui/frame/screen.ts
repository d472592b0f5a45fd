/**
 * Regions on a terminal. Only cells that differ from what stands there are written, each at its place, as one
 * synchronised update: nothing flickers, nothing depends on where the cursor was left, and a screen on which little
 * has changed costs little. After a resize everything is written again.
 */
import { Cells } from './cells.ts';
import type { Region } from './region.ts';

export interface Terminal {
  write(text: string): unknown;
}

const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const CLEAR = '\u001b[0m\u001b[2J';

interface Drawn {
  readonly next: Cells;
  readonly shown: Cells;
  readonly regions: readonly Region[];
}

export class Screen {
  readonly #terminal: Terminal;
  readonly #size: () => { readonly columns: number; readonly rows: number };
  /** Null when it is not known what stands on the terminal. */
  #drawn: Drawn | null = null;
  #last: readonly Region[] = [];

  constructor(terminal: Terminal, size: () => { readonly columns: number; readonly rows: number }) {
    this.#terminal = terminal;
    this.#size = size;
  }

  /** Draws a screen: later regions over those before. */
  draw(regions: readonly Region[]): void {
    this.#last = regions;
    const { columns, rows: height } = this.#size();
    // One row less than the terminal has: a frame of full height scrolls in some of them.
    const rows = Math.max(1, height - 1);
    const before =
      this.#drawn?.next.columns === columns && this.#drawn.next.rows === rows ? this.#drawn : null;
    const { next, shown } = before ?? { next: new Cells(columns, rows), shown: new Cells(columns, rows) };
    const dirty =
      before === null ? new Set(Array.from({ length: rows }, (_, row) => row)) : new Set<number>();
    for (const region of [
      ...changed(regions, before?.regions ?? []),
      ...changed(before?.regions ?? [], regions),
    ])
      for (let row = region.rect.y; row < region.rect.y + region.rect.height; row++) dirty.add(row);
    for (const row of dirty) if (row < rows) next.clearRow(row);
    for (const { rect, text } of regions) {
      if (!overlaps(rect, dirty)) continue;
      const lines = text.split('\n');
      for (let i = 0; i < Math.min(rect.height, rows - rect.y); i++)
        if (dirty.has(rect.y + i)) next.put(rect.y + i, rect.x, rect.width, lines[i] ?? '');
    }
    let text = before === null ? CLEAR : '';
    for (const row of dirty) if (row < rows) text += next.changes(row, shown);
    this.#drawn = { next, shown, regions };
    if (text !== '') this.#terminal.write(`${BEGIN}${text}${END}`);
  }

  /** What stands on the terminal is not known any more: the next screen is written whole. */
  forget(): void {
    this.#drawn = null;
  }

  /** The last screen again, whole. */
  redraw(): void {
    this.forget();
    this.draw(this.#last);
  }
}

/** The regions that are not among the others. */
function changed(regions: readonly Region[], others: readonly Region[]): Region[] {
  return regions.filter((region) => !others.includes(region));
}

function overlaps({ y, height }: Region['rect'], dirty: ReadonlySet<number>): boolean {
  for (let row = y; row < y + height; row++) if (dirty.has(row)) return true;
  return false;
}
