/** Moving between panes and through the rows of one. */
import { contextOf, filterOf, type Standing, visiblePanes } from '../frame/standing.ts';
import type { PaneId } from '../panes/pane.ts';
import type { Outcome } from './outcome.ts';
import { matchesIn, matchFrom, searchedIn } from './search.ts';

export const PAGE = 10;

/** The panes' own keys: to the pane, and to it alone where it is not on the screen. */
export function goTo(standing: Standing, name: string): Outcome {
  const pane = standing.panes.find(({ hotkey }) => hotkey === name);
  if (!pane) return {};
  const alone = standing.ui.zoom !== null || !visiblePanes(standing).includes(pane.id);
  return { change: { focus: pane.id, zoom: alone ? pane.id : null, message: null } };
}

/** Through the panes on the screen; where one is zoomed, through all there are. */
export function focusBy(standing: Standing, by: number): Outcome {
  const { zoom, focus } = standing.ui;
  const ids = zoom === null ? visiblePanes(standing) : standing.panes.map(({ id }) => id);
  const next = ids[(ids.indexOf(focus) + by + ids.length) % ids.length];
  return next === undefined ? {} : { change: { focus: next, zoom: zoom === null ? null : next } };
}

/** A pane that has no place on the full screen cannot keep the focus there. */
export function focusAfterZoom(standing: Standing): PaneId {
  const { focus } = standing.ui;
  const ids = visiblePanes({ ...standing, ui: { ...standing.ui, zoom: null } });
  return ids.includes(focus) ? focus : (ids[0] ?? focus);
}

/** @param next of the place of the selection, -1 for none, and the number of rows. */
export function select(standing: Standing, next: (at: number, count: number) => number): Outcome {
  const { pane, selected } = contextOf(standing);
  if (!pane?.rows) return {};
  const { state, ui } = standing;
  const rows = pane.rows(state, filterOf(pane.id, ui));
  const at = selected === null ? -1 : rows.indexOf(selected);
  // Without a selection a list that reads from the bottom begins there.
  const wanted = at < 0 && pane.newestLast ? rows.length - 1 : next(at, rows.length);
  const key = rows[Math.min(rows.length - 1, Math.max(0, wanted))];
  return key === undefined ? {} : { change: { selected: { ...ui.selected, [pane.id]: key } } };
}

/** To the next row that has what was typed after `/`, with all the others round it. */
export function search(standing: Standing, by: 1 | -1): Outcome {
  const { pane, selected } = contextOf(standing);
  const { state, ui } = standing;
  if (!pane?.rows) return {};
  const text = searchedIn(ui, pane.id);
  const all = pane.rows(state, '');
  const at = selected === null ? -1 : all.indexOf(selected);
  const place = matchFrom(matchesIn(pane, state, text), at, by);
  const key = place === undefined ? undefined : all[place];
  if (key === undefined) return {};
  return {
    change: {
      filters: { ...ui.filters, [pane.id]: '' },
      searched: { ...ui.searched, [pane.id]: text },
      selected: { ...ui.selected, [pane.id]: key },
    },
  };
}
