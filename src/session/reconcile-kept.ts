/** The reconciliation with a venue that answers at once: the simulated one. */
import type { Engine } from '../engine/engine.ts';
import type { Finding, ForeignHolding } from '../engine/input.ts';
import { point } from '../faults/point.ts';
import type { KeptVenue } from '../venue/simulated/kept/kept-venue.ts';
import type { Lockstep } from './lockstep.ts';
import { holdingDifferences, orderCorrections } from './reconcile.ts';

export interface Reconciled {
  readonly findings: readonly Finding[];
  readonly foreign: readonly ForeignHolding[];
}

/** Corrects what the engine believes, and lets it answer. `known`: findings that came before. */
export function reconcileKept(
  engine: Pick<Engine, 'claims'>,
  lockstep: Lockstep,
  venue: KeptVenue,
  known: readonly Finding[],
): Reconciled {
  const findings = [...known];
  FAULT: point({ place: 'recovery.comparing' });
  for (const { report, finding } of orderCorrections(engine.claims().orders, (id) => venue.order(id))) {
    if (finding !== null) findings.push(finding);
    lockstep.apply({ kind: 'order', at: lockstep.now, report }, 'recovery');
    FAULT: point({ place: 'recovery.corrected' });
  }
  const differences = holdingDifferences({
    own: engine.claims().holdings,
    venue: new Map([...venue.positions()].map(([symbol, quantity]) => [symbol, { quantity, price: null }])),
    // Nobody else trades on an account of the simulated venue.
    foreignOrders: new Map(),
    instruments: venue.instruments,
    priceOf: (symbol) => venue.priceOf(symbol),
  });
  for (const adjustment of differences.adjustments)
    lockstep.apply({ ...adjustment, at: lockstep.now }, 'recovery');
  findings.push(...differences.findings);
  const { foreign } = differences;
  lockstep.apply({ kind: 'reconciliation', at: lockstep.now, findings, foreign }, 'recovery');
  FAULT: point({ place: 'recovery.reconciled' });
  return { findings, foreign };
}
