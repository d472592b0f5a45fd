/**
 * Fills of own orders that no word came of and no look-up shows: an order is looked up until it is over, and may have
 * been made twice under one id. What is held is what tells of them, and the account's list of fills has them.
 */
import type { Engine } from '../../engine/engine.ts';
import type { Finding } from '../../engine/input.ts';
import { MINUTE, type Millis, SECOND } from '../../market/time.ts';
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

/** What has differed by the same for that long, and was asked about then, is somebody else's. */
const DOUBT_MS: Millis = 2 * MINUTE;

/** It may be many pages. */
const ANSWER_MS: Millis = 20 * SECOND;

/** So often in a row the list is asked for; then the comparison goes on, and the next one asks for it again. */
const TRIES = 3;

const NOT_HAD = 'not had';

interface Doubt {
  /** How what is held differs. */
  readonly differs: string;
  /** Since when, by the steady clock. */
  readonly since: Millis;
  over: boolean;
}

export class UnheardFills {
  readonly #options: UnheardFillsOptions;
  /** All that filled before is known, by the venue's time; in symbols that differ it is known to some other time. */
  #knownTo: Millis;
  readonly #knownIn = new Map<string, Millis>();
  readonly #doubts = new Map<string, Doubt>();

  constructor(options: UnheardFillsOptions) {
    this.#options = options;
    this.#knownTo = options.clock.now();
  }

  /** What filled from then on has not been told: a daemon was down, for however long. */
  goOnFrom(since: Millis): void {
    this.#knownTo = Math.min(this.#knownTo, since);
  }

  /** Everywhere else what is held is what the fills say: what somebody else holds for good delays no other market. */
  compared(differing: ReadonlyMap<string, string>): void {
    const { clock } = this.#options;
    for (const symbol of this.#doubts.keys()) if (!differing.has(symbol)) this.#doubts.delete(symbol);
    for (const symbol of this.#knownIn.keys()) if (!differing.has(symbol)) this.#knownIn.delete(symbol);
    for (const [symbol, differs] of differing) {
      if (!this.#knownIn.has(symbol)) this.#knownIn.set(symbol, this.#knownTo);
      if (this.#doubts.get(symbol)?.differs !== differs)
        this.#doubts.set(symbol, { differs, since: clock.steady(), over: false });
    }
    this.#knownTo = clock.now();
  }

  /** Tells the engine of fills that it has not heard of, in symbols where what is held differs. */
  ask(differing: ReadonlyMap<string, string>, done: (found: readonly Finding[]) => void): void {
    this.compared(differing);
    this.#ask(
      [...this.#doubts].filter(([, { over }]) => !over),
      [],
      done,
    );
  }

  #ask(
    doubts: readonly (readonly [string, Doubt])[],
    found: readonly Finding[],
    done: (found: readonly Finding[]) => void,
  ): void {
    const { clock, broker } = this.#options;
    const [next, ...others] = doubts;
    if (next === undefined) {
      done(found);
      return;
    }
    const [symbol, doubt] = next;
    const since = (this.#knownIn.get(symbol) ?? this.#knownTo) - OVERLAP_MS;
    let tries = 0;
    untilAnswered<{ readonly fills: readonly OwnFill[]; readonly askedAt: Millis } | typeof NOT_HAD>(
      clock,
      (answer) => {
        if (tries === TRIES) {
          answer(NOT_HAD);
          return;
        }
        tries += 1;
        const askedAt = clock.now();
        broker.fillsSince(symbol, since, (fills) => answer(fills && { fills, askedAt }));
      },
      (answered) => {
        if (answered === NOT_HAD) {
          this.#ask(others, found, done);
          return;
        }
        const { fills, askedAt } = answered;
        this.#knownIn.set(symbol, askedAt);
        doubt.over = clock.steady() - doubt.since >= DOUBT_MS;
        this.#ask(others, [...found, ...this.#tell(symbol, fills)], done);
      },
      ANSWER_MS,
    );
  }

  #tell(symbol: string, fills: readonly OwnFill[]): Finding[] {
    const { engine, loop, session } = this.#options;
    const orders = new Map(engine.claims().orders.map((claim) => [claim.id, claim]));
    const findings: Finding[] = [];
    for (const { clientId, fill } of fills) {
      const claim = orders.get(orderOf(session, clientId)?.orderId ?? 0);
      // Of an order that the engine remembers no more nothing can be said.
      if (claim === undefined || claim.fillIds.has(fill.fillId)) continue;
      // An exchange's numbers of orders are those of one market: what one of them names elsewhere is nobody's here.
      if (claim.request.symbol !== symbol) continue;
      const { report, finding } = fillFound(claim, fill);
      loop.apply({ kind: 'order', at: loop.now, report }, 'recovery');
      findings.push(finding);
    }
    return findings;
  }
}
