import type { Engine } from '../engine/engine.ts';
import type { Command, Finding, Input } from '../engine/input.ts';
import type { Millis } from '../market/time.ts';
import type { BarSource, Matching } from '../venue/ports.ts';
import { assumedCosts } from '../venue/simulated/costs.ts';
import type { KeptVenue } from '../venue/simulated/kept/kept-venue.ts';
import { VenueFileError } from '../venue/simulated/kept/venue-file-error.ts';
import { DEFAULT_COSTS } from '../venue/simulated/matching.ts';
import type { Drive, DriveHooks, Origin, Pulse, SessionMarket, TakenUp } from './drive.ts';
import { recordsLost } from './keeping/reconcile.ts';
import { reconcileKept } from './keeping/reconcile-kept.ts';
import { Lockstep } from './lockstep.ts';
import { Pacer } from './pacer.ts';

export interface LockstepDriveOptions extends DriveHooks {
  readonly engine: Engine;
  readonly source: BarSource;
  readonly matching: Matching;
  /** The venue with books of its own, in the place of source and matching; null where nothing is kept. */
  readonly kept: KeptVenue | null;
  /** Venue time over wall time; 0 = as fast as it goes. */
  readonly speed: number;
}

/** Backtests aside, every session on simulated matching: candles in lock-step, paced through wall time. */
export class LockstepDrive implements Drive {
  readonly market: SessionMarket;
  readonly reading = null;
  readonly #engine: Engine;
  readonly #kept: KeptVenue | null;
  readonly #lockstep: Lockstep;
  readonly #pacer: Pacer;

  constructor(options: LockstepDriveOptions) {
    const { engine, kept, speed, observe, beforeSending, entriesRefused } = options;
    const source = kept ?? options.source;
    const matching = kept ?? options.matching;
    this.#engine = engine;
    this.#kept = kept;
    this.#lockstep = new Lockstep({ engine, source, matching, observe, beforeSending, entriesRefused });
    this.#pacer = new Pacer({
      stepper: this.#lockstep,
      speed,
      afterStep: options.afterStep,
      onEnd: options.dataEnded,
      onFault: options.failed,
    });
    const { instruments, assumed, startsAt, total } = source;
    this.market = {
      instruments,
      assumed: [...assumed, ...assumedCosts(DEFAULT_COSTS)],
      startsAt,
      total,
      get ambiguousTrades() {
        return matching.ambiguousTrades;
      },
    };
  }

  get now(): Millis {
    return this.#lockstep.now;
  }

  get pulse(): Pulse {
    return this.#pacer.pulse;
  }

  open(): void {
    this.#lockstep.open();
  }

  command(id: number, by: string, command: Command): void {
    this.#lockstep.command(id, by, command);
  }

  apply(input: Input, origin: Origin): void {
    this.#lockstep.apply(input, origin);
  }

  fault(reason: string): void {
    this.#lockstep.fault(reason);
  }

  async takeUp({ outstanding, known, ordersTaken }: TakenUp): Promise<readonly Finding[]> {
    const venue = this.#kept;
    if (venue === null) throw new Error('a venue that keeps no books cannot be taken up again');
    const engine = this.#engine;
    const lockstep = this.#lockstep;
    venue.catchUp(engine.toldTo);
    const now = Math.max(engine.now, this.market.startsAt);
    lockstep.resume(now, engine.toldTo, venue.standing, outstanding);
    const { lastOrder, orders } = engine.claims();
    // A simulated venue forgets no order that is open: one that it never had is one that its books have lost.
    for (const { id, status } of orders)
      if (status === 'working' && venue.order(id) === undefined)
        throw new VenueFileError(venue.where, `it knows nothing of order ${id}, which it had accepted`);
    const atVenue = [...venue.orders()].reduce((last, { orderId }) => Math.max(last, orderId), 0);
    const taken = Math.max(ordersTaken, atVenue);
    if (taken > lastOrder) lockstep.apply({ kind: 'orders_lost', at: now, taken }, 'recovery');
    const lost = atVenue > lastOrder ? [recordsLost(lastOrder, atVenue)] : [];
    const { findings } = reconcileKept(engine, lockstep, venue, [...known, ...lost]);
    lockstep.askAgain(outstanding);
    return findings;
  }

  start(): void {
    this.#pacer.start();
  }

  stop(): void {
    this.#pacer.stop();
  }

  async leave(): Promise<void> {
    this.stop();
    this.#lockstep.apply({ kind: 'shutdown', at: this.now }, 'command');
  }

  [Symbol.dispose](): void {
    this.#kept?.[Symbol.dispose]();
  }
}
