/** How things stand on the screen: which panes are visible, which has the focus, which row is selected in it. */
import type { KeyContext } from '../keys/table.ts';
import type { UiState } from '../keys/ui-state.ts';
import { type Layout, layout } from '../layout/layout.ts';
import type { Pane, PaneId } from '../panes/pane.ts';
import type { ViewState } from '../store/state.ts';
import { alertLines } from './status-line.ts';

/** What the person and the daemon have made of the view so far. */
export interface Standing {
  readonly state: ViewState;
  readonly ui: UiState;
  readonly panes: readonly Pane[];
}

export function layoutOf({ state, ui, panes }: Standing): Layout {
  const alert = alertLines(state, ui.columns).length;
  return layout(ui.columns, ui.rows, { panes, alert, zoom: ui.zoom });
}

/** The panes on the screen, in the order of Tab. */
export function visiblePanes(standing: Standing): readonly PaneId[] {
  const at = layoutOf(standing);
  return at.kind === 'panes' ? at.panes.map(({ id }) => id) : [];
}

export function contextOf({ state, ui, panes }: Standing): KeyContext {
  const pane = panes.find(({ id }) => id === ui.focus) ?? null;
  return { state, ui, pane, selected: pane === null ? null : selectedIn(pane, state, ui) };
}

/** The selected row, where it is still there: a selection never slides to another row. */
export function selectedIn(pane: Pane, state: ViewState, ui: UiState): string | null {
  const key = ui.selected[pane.id];
  if (key === undefined || pane.rows === undefined) return null;
  return pane.rows(state, filterOf(pane.id, ui)).includes(key) ? key : null;
}

/**
 * The symbol of the selected row: of the focused pane, else of the first one that has one. Without a selection, what is
 * at risk, or else what the scan likes best.
 */
export function symbolIn({ state, ui, panes }: Standing): string | null {
  const ordered = [...panes].sort((a, b) => Number(b.id === ui.focus) - Number(a.id === ui.focus));
  for (const pane of ordered) {
    const key = selectedIn(pane, state, ui);
    const symbol = key === null ? null : (pane.symbolOf?.(state, key) ?? null);
    if (symbol !== null) return symbol;
  }
  return unselected(state);
}

/** It stays with what is charted for as long as that is one of them: the order of a scan changes with every candle. */
function unselected({ positions, reads }: ViewState): string | null {
  const candidates = reads.candidates?.data.candidates ?? [];
  const among = positions.length > 0 ? positions : candidates;
  const charted = reads.candles?.data.symbol;
  const same = among.find(({ symbol }) => symbol === charted);
  return (same ?? among[0])?.symbol ?? null;
}

export function filterOf(id: PaneId, ui: UiState): string {
  return (ui.filters[id] ?? '').toLowerCase();
}
