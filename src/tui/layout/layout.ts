/** Where everything stands on a screen of a given size: pure, so that it can be tested at every size there is. */
import type { PaneId } from '../panes/pane.ts';
import { type Slot, TEMPLATES, type TemplateColumn } from './templates.ts';

export const LEAST_COLUMNS = 80;
export const LEAST_ROWS = 24;

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What layout must know of a pane. */
export interface Placeable {
  readonly id: PaneId;
  readonly minWidth: number;
  /** Title included. */
  readonly minHeight: number;
}

export interface PlacedPane {
  readonly id: PaneId;
  readonly rect: Rect;
}

export type Layout =
  | { readonly kind: 'too_small'; readonly columns: number; readonly rows: number }
  | {
      readonly kind: 'panes';
      readonly width: number;
      readonly height: number;
      readonly status: Rect;
      /** For what must not be overlooked; null while there is nothing of the kind. */
      readonly alert: Rect | null;
      /** In reading order, which is the order of Tab. */
      readonly panes: readonly PlacedPane[];
      readonly keys: Rect;
    };

export interface LayoutOptions {
  readonly panes: readonly Placeable[];
  /** Lines for what must not be overlooked. */
  readonly alert: number;
  /** This pane alone. */
  readonly zoom: PaneId | null;
}

const STATUS_ROWS = 2;
const KEY_ROWS = 1;
/** Empty columns between panes that stand side by side. */
const GAP = 2;

/**
 * @param columns of the terminal.
 * @param rows of the terminal: the last one stays empty, as a frame of full height scrolls in some terminals.
 */
export function layout(columns: number, rows: number, { panes, alert, zoom }: LayoutOptions): Layout {
  if (columns < LEAST_COLUMNS || rows < LEAST_ROWS) return { kind: 'too_small', columns, rows };
  const height = rows - 1;
  const top = STATUS_ROWS + alert;
  const area = { x: 0, y: top, width: columns, height: height - top - KEY_ROWS };
  return {
    kind: 'panes',
    width: columns,
    height,
    status: { x: 0, y: 0, width: columns, height: STATUS_ROWS },
    alert: alert > 0 ? { x: 0, y: STATUS_ROWS, width: columns, height: alert } : null,
    panes: zoom === null ? placed(area, panes) : [{ id: zoom, rect: area }],
    keys: { x: 0, y: height - KEY_ROWS, width: columns, height: KEY_ROWS },
  };
}

function placed(area: Rect, panes: readonly Placeable[]): PlacedPane[] {
  const template = TEMPLATES.find(({ fromColumns }) => area.width >= fromColumns);
  if (!template) return [];
  const columns = template.columns.filter(({ slots }) =>
    slots.some(({ id }) => panes.some((pane) => pane.id === id)),
  );
  const shares = columns.reduce((sum, { share }) => sum + share, 0);
  const usable = area.width - GAP * (columns.length - 1);
  let x = area.x;
  return columns.flatMap((column, i) => {
    const isLast = i === columns.length - 1;
    const width = isLast ? area.x + area.width - x : Math.floor((usable * column.share) / shares);
    const rects = stacked(column, { x, y: area.y, width, height: area.height }, panes);
    x += width + GAP;
    return rects;
  });
}

/** Panes of a column from top to bottom: those that fit, the whole height between them. */
function stacked(column: TemplateColumn, area: Rect, panes: readonly Placeable[]): PlacedPane[] {
  const taken = new Map<PaneId, number>();
  let left = area.height;
  for (const id of column.order) {
    const pane = panes.find((one) => one.id === id);
    const slot = column.slots.find((one) => one.id === id);
    if (!pane || !slot || pane.minWidth > area.width) continue;
    const rows = Math.max(slot.want, pane.minHeight);
    if (rows > left) continue;
    taken.set(id, rows);
    left -= rows;
  }
  const shown = column.slots.filter(({ id }) => taken.has(id));
  let y = area.y;
  return shown.map((slot, i) => {
    const height = (taken.get(slot.id) ?? 0) + extra(shown, i, left);
    const rect = { x: area.x, y, width: area.width, height };
    y += height;
    return { id: slot.id, rect };
  });
}

/** What the slot `at` gets of `left` rows; the shares add up to all of them. */
function extra(slots: readonly Slot[], at: number, left: number): number {
  const growing = slots.some(({ weight }) => weight > 0);
  const weightOf = ({ weight }: Slot): number => (growing ? weight : 1);
  const total = slots.reduce((sum, slot) => sum + weightOf(slot), 0);
  const upTo = (end: number): number =>
    Math.floor((left * slots.slice(0, end).reduce((sum, slot) => sum + weightOf(slot), 0)) / total);
  return upTo(at + 1) - upTo(at);
}
