/** The panes there are. */
import { candidates } from './candidates.ts';
import { chart } from './chart.ts';
import { equity } from './equity.ts';
import { events } from './events.ts';
import { funnel } from './funnel.ts';
import { health } from './health.ts';
import { levels } from './levels.ts';
import { log } from './log.ts';
import { metrics } from './metrics.ts';
import { orders } from './orders.ts';
import { PANE_IDS, type Pane } from './pane.ts';
import { positions } from './positions.ts';
import { risk } from './risk.ts';
import { signals } from './signals.ts';
import { trades } from './trades.ts';

export const PANES: readonly Pane[] = [
  positions,
  candidates,
  levels,
  signals,
  orders,
  trades,
  equity,
  chart,
  risk,
  funnel,
  metrics,
  health,
  events,
  log,
].sort((a, b) => PANE_IDS.indexOf(a.id) - PANE_IDS.indexOf(b.id));
