/** Searching: from match to match among all the rows of a pane, where a filter would leave out what is round them. */
import type { Pane, PaneId } from '../panes/pane.ts';
import type { ViewState } from '../store/state.ts';
import type { UiState } from './ui-state.ts';

/** What was typed after `/` in the pane, also when the filter is gone by now. */
export function searchedIn({ filters, searched }: UiState, pane: PaneId): string {
  return (filters[pane] || searched[pane] || '').toLowerCase();
}

/** Places of the rows that have it, among those that are there without a filter. */
export function matchesIn(pane: Pane, state: ViewState, text: string): readonly number[] {
  const found = new Set(pane.rows?.(state, text) ?? []);
  const all = pane.rows?.(state, '') ?? [];
  return all.flatMap((key, i) => (found.has(key) ? [i] : []));
}

/** The match after `at` in the direction, and on from the other end where there is none. */
export function matchFrom(matches: readonly number[], at: number, by: 1 | -1): number | undefined {
  if (by === 1) return matches.find((place) => place > at) ?? matches[0];
  return matches.findLast((place) => at < 0 || place < at) ?? matches.at(-1);
}
