/**
 * Fills of own orders that no word came of and no look-up shows: an order is looked up until it is over, and may have
 * been made twice under one id. What is held is what tells of them, and the account's list of fills has them.
 */
import type { Engine } from '../../engine/engine.ts';
import type { Finding } from '../../engine/input.ts';
import { MINUTE, type Millis } from '../../market/time.ts';
import type { Broker, OwnFill } from '../../venue/broker.ts';
import { orderOf } from '../keeping/client-order-id.ts';
import { fillFound } from '../keeping/reconcile.ts';
import type { Clock } from './clock.ts';
import type { LiveLoop } from './live-loop.ts';
import { untilAnswered } from './until-answered.ts';

export interface UnheardFillsOptions {
  readonly engine: Pick<Engine, 'claims'>;
  readonly loop: Pick<LiveLoop, 'apply' | 'now'>;
  readonly broker: Pick<Broker, 'fillsSince'>;
  readonly clock: Clock;
  readonly session: string;
}

/** The list lags behind the positions, and the books were right for a moment while a fill was on its way. */
const OVERLAP_MS: Millis = 10 * MINUTE;

/** What has differed by the same for that long is somebody else's. */
const DOUBT_MS: Millis = 2 * MINUTE;

export class UnheardFills {
  readonly #options: UnheardFillsOptions;
  /** All that filled before is known, by the venue's time; in some symbols since later. */
  #knownTo: Millis;
  readonly #askedTo = new Map<string, Millis>();
  /** How a symbol differs, and since when by the steady clock. */
  readonly #doubts = new Map<string, { readonly differs: string; readonly since: Millis }>();

  constructor(options: UnheardFillsOptions) {
    this.#options = options;
    this.#knownTo = options.clock.now();
  }

  /** What filled from then on has not been told: a daemon was down, for however long. */
  goOnFrom(since: Millis): void {
    this.#knownTo = Math.min(this.#knownTo, since);
  }

  /** What is held is what the fills say. */
  agreed(): void {
    this.#knownTo = this.#options.clock.now();
    this.#askedTo.clear();
    this.#doubts.clear();
  }

  /**
   * Tells the engine of fills that it has not heard of, in symbols where what is held differs. Asked until the venue
   * answers.
   */
  ask(differing: ReadonlyMap<string, string>, done: (found: readonly Finding[]) => void): void {
    const now = this.#options.clock.steady();
    for (const symbol of this.#doubts.keys()) if (!differing.has(symbol)) this.#doubts.delete(symbol);
    const doubtful: string[] = [];
    for (const [symbol, differs] of differing) {
      let doubt = this.#doubts.get(symbol);
      if (doubt?.differs !== differs) doubt = { differs, since: now };
      this.#doubts.set(symbol, doubt);
      if (now - doubt.since < DOUBT_MS) doubtful.push(symbol);
    }
    this.#ask(doubtful, [], done);
  }

  #ask(
    symbols: readonly string[],
    found: readonly Finding[],
    done: (found: readonly Finding[]) => void,
  ): void {
    const { clock, broker } = this.#options;
    const [symbol, ...others] = symbols;
    if (symbol === undefined) {
      done(found);
      return;
    }
    const since = (this.#askedTo.get(symbol) ?? this.#knownTo) - OVERLAP_MS;
    let askedAt = clock.now();
    untilAnswered<readonly OwnFill[]>(
      clock,
      (answer) => {
        askedAt = clock.now();
        broker.fillsSince(symbol, since, answer);
      },
      (fills) => {
        this.#askedTo.set(symbol, askedAt);
        this.#ask(others, [...found, ...this.#tell(fills)], done);
      },
    );
  }

  #tell(fills: readonly OwnFill[]): Finding[] {
    const { engine, loop, session } = this.#options;
    const orders = new Map(engine.claims().orders.map((claim) => [claim.id, claim]));
    const findings: Finding[] = [];
    for (const { clientId, fill } of fills) {
      const claim = orders.get(orderOf(session, clientId)?.orderId ?? 0);
      // Of an order that the engine remembers no more nothing can be said.
      if (claim === undefined || claim.fillIds.has(fill.fillId)) continue;
      const { report, finding } = fillFound(claim, fill);
      loop.apply({ kind: 'order', at: loop.now, report }, 'recovery');
      findings.push(finding);
    }
    return findings;
  }
}
