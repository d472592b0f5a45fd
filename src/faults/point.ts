/**
 * Named places round an order's life at which a test may end the process. A call stands behind the label FAULT, which
 * the bundle drops: a release holds neither the calls nor anything of this module. Nothing in src/ watches them.
 */
import type { Input, OrderReport } from '../engine/input.ts';
import type { OrderRequest, Output } from '../engine/output.ts';
import type { VenueRequest } from '../venue/simulated/kept/record.ts';

/** A place that has been reached, and what is being done there. */
export type Reached =
  | {
      readonly place:
        | 'commit.asked'
        | 'commit.marked'
        | 'commit.begun'
        | 'commit.written'
        | 'commit.synced'
        | 'commit.done'
        | 'close.checkpointed'
        | 'close.marked'
        | 'snapshot.taken'
        | 'session.row'
        | 'query.asked'
        | 'venue.snapshot'
        | 'recovery.restored'
        | 'recovery.retraced'
        | 'recovery.comparing'
        | 'recovery.corrected'
        | 'recovery.reconciled'
        | 'shutdown.told';
    }
  | { readonly place: 'session.opened' | 'recovery.saved'; readonly session: string }
  | { readonly place: 'input.came'; readonly input: Input }
  | {
      readonly place: 'input.decided' | 'input.observed';
      readonly input: Input;
      readonly outputs: readonly Output[];
    }
  | { readonly place: 'submit.committed'; readonly order: OrderRequest }
  | { readonly place: 'cancel.committed' | 'amend.committed'; readonly orderId: number }
  | { readonly place: 'venue.asked' | 'venue.wrote' | 'venue.acted'; readonly request: VenueRequest }
  | {
      readonly place: 'venue.noted' | 'venue.filled' | 'venue.reached';
      readonly reports: readonly OrderReport[];
    }
  | { readonly place: 'report.came' | 'report.applied'; readonly report: OrderReport }
  | { readonly place: 'reply.due'; readonly command: string };

let told: ((reached: Reached) => void) | null = null;

/** The process has come here. */
export function point(reached: Reached): void {
  told?.(reached);
}

/** From now on `watch` hears of every point. */
export function watchPoints(watch: (reached: Reached) => void): void {
  told = watch;
}
