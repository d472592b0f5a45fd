/** The panes there are. */
import { events } from './events.ts';
import { PANE_IDS, type Pane } from './pane.ts';
import { positions } from './positions.ts';

export const PANES: readonly Pane[] = [positions, events].sort(
  (a, b) => PANE_IDS.indexOf(a.id) - PANE_IDS.indexOf(b.id),
);
