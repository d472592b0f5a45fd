/**
 * Reconciliation with a broker that answers when it answers: at a restart before anything is traded, and again and
 * again while it is. Orders are looked up until there is evidence; a difference of positions counts once it has been
 * found twice alike, because a fill may be on its way.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Claims } from '../../engine/claims.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Finding } from '../../engine/input.ts';
import type { Instrument } from '../../market/instrument.ts';
import { MINUTE, type Millis } from '../../market/time.ts';
import type { AccountBooks, Broker } from '../../venue/broker.ts';
import type { VenueOrder } from '../../venue/ports.ts';
import { orderOf } from '../keeping/client-order-id.ts';
import {
  type HoldingDifferences,
  holdingDifferences,
  orderCorrections,
  recordsLost,
} from '../keeping/reconcile.ts';
import type { Reconciled } from '../keeping/reconcile-kept.ts';
import type { Clock } from './clock.ts';
import type { LiveLoop } from './live-loop.ts';
import { confirmed, heldOtherwise, type Look, lookAt } from './looks.ts';
import { UnheardFills } from './unheard-fills.ts';
import { untilAnswered } from './until-answered.ts';
import { VenueEventFeed } from './venue-event-feed.ts';

export interface ReconcilerOptions {
  readonly engine: Pick<Engine, 'claims' | 'foreign' | 'now' | 'toldTo'> & {
    positions(): readonly { readonly symbol: string; readonly mark: string; readonly openedAt: Millis }[];
  };
  readonly loop: LiveLoop;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly session: string;
  /** As the engine knows them, by its index. */
  readonly instruments: () => readonly Instrument[];
  /** What a symbol trades at, an exact decimal; null when that is not known. */
  readonly priceOf: (symbol: string) => string | null;
}

/** From one look at the positions to the one that has to confirm it. */
const CONFIRM_MS: Millis = 3_000;

/** An account that somebody else trades on all the time is never the same for two looks: so many are tried. */
const LOOKS = 5;

/** How far the venue's stamps may be from the times that the engine was told. */
const CLOCKS_APART: Millis = MINUTE;

const UNTOLD_ORDERS = 1_000;

export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** By the steady clock. Before this nothing that is absent is known to be lost: requests of the last life may still arrive. */
  #trustAbsenceFrom: Millis;
  #running = false;
  readonly #events: VenueEventFeed;
  readonly #unheard: UnheardFills;
  /** Client order ids of open orders that are over for the engine, as the last look has shown them. */
  #leftOpen: ReadonlySet<string> = new Set();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    const { engine, broker, loop, clock, session, instruments } = options;
    this.#unheard = new UnheardFills({ engine, loop, broker, clock, session });
    this.#events = new VenueEventFeed({ acts: broker.acts, loop, clock, session, instruments });
    this.#trustAbsenceFrom = options.clock.steady() + options.broker.validityMs;
  }

  /** After a restart: the orders that the engine believes in, then what is held. `known`: findings of before. */
  recover(known: readonly Finding[], done: (result: Reconciled) => void): void {
    const { loop, engine } = this.#options;
    loop.gateway.takeOver(engine.claims().orders);
    this.#events.goOnFrom(unheardFrom(engine));
    if (engine.toldTo > 0) this.#unheard.goOnFrom(engine.toldTo);
    this.#lost((lost) =>
      this.#orders((findings) =>
        this.#events.ask(() => this.#holdings([...known, ...lost, ...findings], true, done)),
      ),
    );
  }

  /** While trading: reports that got lost are looked up, and what is held is compared. */
  sweep(): void {
    // A comparison that waits for the venue's positions keeps no order from being looked up.
    this.#options.loop.gateway.lookUpAll(() => {
      if (this.#running) return;
      this.#running = true;
      this.#events.ask(() =>
        this.#holdings([], false, () => {
          this.#running = false;
        }),
      );
    });
  }

  /**
   * Intents are written down before anything is sent: an order at the venue that the engine never made is one whose
   * record has been lost, and its id must not be given again.
   */
  #lost(done: (findings: Finding[]) => void): void {
    const { engine, loop, broker, clock, session } = this.#options;
    untilAnswered<readonly string[]>(
      clock,
      (answer) => broker.idsSince(engine.now - CLOCKS_APART, answer),
      (ids) => {
        const { lastOrder } = engine.claims();
        const last = ids.reduce((most, id) => Math.max(most, orderOf(session, id)?.orderId ?? 0), 0);
        if (last <= lastOrder) {
          done([]);
          return;
        }
        // Of some that never filled nothing is told.
        loop.apply({ kind: 'orders_lost', at: loop.now, taken: last + UNTOLD_ORDERS }, 'recovery');
        done([recordsLost(lastOrder, last)]);
      },
    );
  }

  #orders(done: (findings: Finding[]) => void): void {
    const { engine, loop, clock } = this.#options;
    const claims = engine.claims().orders.filter(({ final }) => !final);
    const known = new Map<number, VenueOrder>();
    const next = (i: number): void => {
      const claim = claims[i];
      if (claim === undefined) {
        const findings: Finding[] = [];
        for (const { report, finding } of orderCorrections(claims, (id) => known.get(id))) {
          if (finding !== null) findings.push(finding);
          loop.apply({ kind: 'order', at: loop.now, report }, 'recovery');
        }
        done(findings);
        return;
      }
      const begun = clock.steady();
      loop.gateway.find(claim.id, claim.request.symbol, (order) => {
        if (order !== null) {
          const { clientId: _, ...rest } = order;
          known.set(claim.id, { ...rest, orderId: claim.id });
          next(i + 1);
          return;
        }
        // It was absent when it was asked for, and may have arrived since.
        const wait = Math.max(0, this.#trustAbsenceFrom - clock.steady());
        if (begun < this.#trustAbsenceFrom) clock.after(wait, () => next(i));
        else next(i + 1);
      });
    };
    next(0);
  }

  /**
   * Compares what is held until nothing differs, or the same differs before and after every order was looked up and
   * nothing was heard of meanwhile; in a market alone, where that does not come. `always`: tells the engine even when
   * nothing differs.
   */
  #holdings(known: readonly Finding[], always: boolean, done: (result: Reconciled) => void): void {
    const { loop, clock, broker, engine, instruments } = this.#options;
    const found: Finding[] = [];
    let before: { readonly look: Look; readonly believed: Claims['holdings'] } | null = null;
    let looks = 0;
    const look = (): void => {
      untilAnswered<{ readonly books: AccountBooks; readonly askedAt: Millis }>(
        clock,
        (answer) => {
          const askedAt = loop.now;
          broker.account((books) => answer(books && { books, askedAt }));
        },
        ({ books, askedAt }) => {
          const differences = this.#differences(books);
          this.#cancelLeftOpen(books);
          if (nothing(differences)) this.#unheard.compared(new Map());
          const claims = engine.claims();
          const now = lookAt(differences, claims, instruments());
          const last = before;
          before = { look: now, believed: claims.holdings };
          if (nothing(differences) || isDeepStrictEqual(before, last)) {
            this.#conclude([...known, ...found], differences, { always, askedAt }, done);
            return;
          }
          looks += 1;
          if (looks === LOOKS && last !== null) {
            const options = { differences, before: last.look, now, claims, instruments: instruments() };
            const alike = confirmed({ ...options, known: engine.foreign() });
            this.#conclude([...known, ...found], alike, { always, askedAt }, done);
            return;
          }
          this.#unheard.ask(heldOtherwise(now), (fills) => {
            found.push(...fills);
            // What the venue has closed by itself is told by its own words, and is no difference then.
            loop.gateway.lookUpAll(() => clock.after(CONFIRM_MS, () => this.#events.ask(look)));
          });
        },
      );
    };
    look();
  }

  #conclude(
    known: readonly Finding[],
    { adjustments, foreign, findings: more }: HoldingDifferences,
    { always, askedAt }: { readonly always: boolean; readonly askedAt: Millis },
    done: (result: Reconciled) => void,
  ): void {
    const { loop, engine } = this.#options;
    // What differs was so at the look before already: nothing that has happened since this one was asked for is in it.
    for (const adjustment of adjustments)
      loop.apply({ ...adjustment, at: loop.now, seenAt: askedAt }, 'recovery');
    const news = adjustments.length > 0 || !sameForeign(engine.foreign(), foreign);
    // Of what is foreign and known already nothing more is said while it stays as it is.
    const findings = always || news ? [...known, ...more] : [...known];
    if (always || news || findings.length > 0)
      loop.apply({ kind: 'reconciliation', at: loop.now, findings, foreign }, 'recovery');
    done({ findings, foreign });
  }

  #differences(books: AccountBooks): HoldingDifferences {
    const { engine, loop, session, instruments, priceOf } = this.#options;
    const claims = engine.claims();
    const marks = new Map(engine.positions().map(({ symbol, mark }) => [symbol, mark]));
    const known = new Set(claims.orders.map(({ id }) => id));
    const foreignOrders = new Map<string, number>();
    for (const { clientId, symbol, attachedTo = null } of books.open) {
      const id = attachedTo ?? clientId;
      const own = id === null ? null : orderOf(session, id);
      // One of an engine that remembers nothing of it is nobody's either.
      if (own !== null && known.has(own.orderId)) {
        if (attachedTo !== null && this.#needless(symbol, own.orderId, claims)) loop.attached.drop(symbol);
        continue;
      }
      foreignOrders.set(symbol, (foreignOrders.get(symbol) ?? 0) + 1);
    }
    return holdingDifferences({
      own: claims.holdings,
      venue: books.positions,
      foreignOrders,
      instruments: instruments(),
      // A market that was settled and delisted while nobody was here has no price any more: the last one known counts.
      priceOf: (symbol) => priceOf(symbol) ?? marks.get(symbol) ?? null,
    });
  }

  /**
   * An order may have been made twice under one id: the second rests when the first is over, and nobody waits for it.
   * Two looks have to show it, because the list of open orders lags behind. A stop that was taken for gone and is not
   * stays while it may be all that protects.
   */
  #cancelLeftOpen({ open }: AccountBooks): void {
    const { engine, broker, session } = this.#options;
    const claims = engine.claims();
    const over = new Map(claims.orders.filter(({ final }) => final).map(({ id, request }) => [id, request]));
    const held = new Set(engine.positions().map(({ symbol }) => symbol));
    const left = new Map<string, string>();
    for (const { clientId, symbol } of open) {
      const own = clientId === null ? null : orderOf(session, clientId);
      const request = own === null ? undefined : over.get(own.orderId);
      if (clientId === null || request === undefined) continue;
      if (request.purpose === 'stop' && held.has(symbol) && !stopWorks(symbol, claims)) continue;
      left.set(clientId, symbol);
    }
    for (const [clientId, symbol] of left)
      if (this.#leftOpen.has(clientId)) broker.cancel(symbol, clientId, () => undefined);
    this.#leftOpen = new Set(left.keys());
  }

  /**
   * Whether a stop that came with an entry has been left over: the position has another, or there is none. While the
   * entry lives, fills of it may not have been heard of.
   */
  #needless(symbol: string, entry: number, claims: Claims): boolean {
    const held = Number(claims.holdings.get(symbol) ?? 0) !== 0;
    const over = claims.orders.some(({ id, final }) => id === entry && final);
    return (!held && over) || stopWorks(symbol, claims);
  }
}

function stopWorks(symbol: string, { orders }: Claims): boolean {
  return orders.some(
    ({ request, status }) => request.symbol === symbol && request.purpose === 'stop' && status === 'working',
  );
}

/**
 * Since when a restored engine may not have been told what the venue did: since its last bars, which come only while the
 * books are compared, or since the oldest open position where that is longer, which costs no more than some pages.
 */
function unheardFrom(engine: ReconcilerOptions['engine']): Millis {
  const opened = engine.positions().map(({ openedAt }) => openedAt);
  const told = engine.toldTo > 0 ? [engine.toldTo] : [];
  return Math.min(Number.POSITIVE_INFINITY, ...told, ...opened);
}

function nothing({ adjustments, foreign }: HoldingDifferences): boolean {
  return adjustments.length === 0 && foreign.length === 0;
}

function sameForeign(
  known: ReturnType<Engine['foreign']>,
  found: readonly { symbol: string; quantity: string; orders: number }[],
): boolean {
  if (known.length !== found.length) return false;
  return found.every(({ symbol, quantity, orders }) =>
    known.some((each) => each.symbol === symbol && each.quantity === quantity && each.orders === orders),
  );
}
