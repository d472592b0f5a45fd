/**
 * Drives an engine along a live venue: whatever comes from outside (candles, books, answers, pushes, timers) is taken
 * in its turn; own books are held against the venue's again and again, and before anything else after a restart.
 */
import type { Engine } from '../../engine/engine.ts';
import type { Command, Finding, Input } from '../../engine/input.ts';
import { listingsOf } from '../../engine/listings.ts';
import { type BarColumns, copyBars } from '../../market/bars.ts';
import { toInstrument } from '../../market/instrument.ts';
import { BASE, backOff, MINUTE, type Millis, SECOND } from '../../market/time.ts';
import type { VenueReading } from '../../telemetry/health/venue-reading.ts';
import type { Drive, DriveHooks, Origin, Pulse, SessionMarket, TakenUp } from '../drive.ts';
import type { Clock } from './clock.ts';
import { inTurn } from './in-turn.ts';
import { LiveLoop } from './live-loop.ts';
import type { LiveVenue } from './live-venue.ts';
import { Places } from './places.ts';
import { Reconciler } from './reconciler.ts';
import { unknownOrders } from './venue-reading.ts';

export interface LiveDriveOptions extends DriveHooks {
  readonly engine: Engine;
  readonly session: string;
  readonly venue: LiveVenue;
}

/** From one comparison with the venue's books to the next, and while nothing is held or out. */
const SWEEP_MS: Millis = 20 * SECOND;
const IDLE_SWEEP_MS: Millis = 2 * MINUTE;
/** From one look at the account's money to the next. */
const BALANCE_MS: Millis = MINUTE;
/** What has filled by the time of a look is heard of that long after it; where something has, it is looked again then. */
const BALANCE_AGAIN_MS: Millis = SECOND;
const AGAIN = { first: SECOND, most: MINUTE } as const;

/** What an orderly end waits for the cancels of entries. */
const LEAVE_MS: Millis = 5 * SECOND;

const NONE: ReadonlySet<number> = new Set();

export class LiveDrive implements Drive {
  readonly market: SessionMarket;
  readonly #engine: Engine;
  readonly #venue: LiveVenue;
  readonly #hooks: DriveHooks;
  readonly #clock: Clock;
  readonly #loop: LiveLoop;
  readonly #reconciler: Reconciler;
  #listening = false;
  #running = false;
  #over = false;
  #takingUp = false;
  #places = new Places([], []);
  #sweptAt: Millis;
  /** Called after each turn. */
  #watch: (() => void) | null = null;

  constructor({ engine, session, venue, ...hooks }: LiveDriveOptions) {
    this.#engine = engine;
    this.#venue = venue;
    this.#hooks = hooks;
    const turn = (run: () => void): void => this.#turn(run);
    const { broker, clock } = inTurn(venue, turn);
    this.#clock = clock;
    this.#loop = new LiveLoop({
      engine,
      session,
      broker,
      clock,
      observe: hooks.observe,
      beforeSending: hooks.beforeSending,
      entriesRefused: hooks.entriesRefused,
      history: (bars, done) =>
        void this.#history(bars).then((history) => turn(() => done(this.#placed(history)))),
    });
    this.#reconciler = new Reconciler({
      engine,
      loop: this.#loop,
      broker,
      clock,
      session,
      instruments: () => engine.facts()?.markets ?? [],
      priceOf: (symbol) => venue.priceOf(symbol),
    });
    this.#sweptAt = clock.steady();
    this.market = {
      instruments: venue.instruments,
      assumed: [...venue.warnings, ...venue.assumed],
      warnings: venue.warnings,
      ...(venue.accountName !== undefined && { account: venue.accountName }),
      startsAt: clock.now(),
      total: null,
      ambiguousTrades: NONE,
    };
  }

  get now(): Millis {
    return this.#loop.now;
  }

  /** It goes by the venue's clock: it is never behind its own. */
  get pulse(): Pulse {
    return { running: this.#running, overdueMs: 0 };
  }

  get reading(): VenueReading | null {
    const of = this.#venue.reading?.();
    return of === undefined ? null : { ...of, unknownOrders: unknownOrders(this.#engine, this.now) };
  }

  open(): void {
    const { instruments, figures, broker } = this.#venue;
    this.#loop.apply({
      kind: 'instruments',
      at: this.now,
      instruments: [...instruments],
      figures,
      broker: broker.capabilities,
    });
    this.#forgetStale('live');
    this.#place();
  }

  command(id: number, by: string, command: Command): void {
    this.#loop.command(id, by, command);
  }

  apply(input: Input, origin: Origin): void {
    this.#loop.apply(input, origin);
  }

  fault(reason: string): void {
    this.#loop.apply({ kind: 'fault', at: this.now, reason });
  }

  async takeUp({ outstanding, known, ordersTaken }: TakenUp): Promise<readonly Finding[]> {
    const loop = this.#loop;
    this.#takingUp = true;
    loop.hold();
    this.#venue.know((this.#engine.facts()?.markets ?? []).map(toInstrument));
    const added = this.#list('recovery');
    this.#forgetStale('recovery');
    this.#listen();
    if (ordersTaken > 0) loop.apply({ kind: 'orders_lost', at: this.now, taken: ordersTaken }, 'recovery');
    const { paper } = this.#venue;
    if (paper !== null) {
      const { owedFrom, owed } = paper;
      paper.catchUp(await this.#since(owedFrom), owed);
    }
    const { findings } = await new Promise<{ readonly findings: readonly Finding[] }>((resolve) => {
      this.#turn(() => this.#reconciler.recover(known, resolve));
    });
    const missed = await this.#since(this.#engine.toldTo);
    this.#turn(() => {
      loop.resume(outstanding);
      for (const bars of this.#placed(missed))
        loop.apply({ kind: 'bars', at: this.now, phase: 'late', bars });
      loop.release();
    });
    this.#takingUp = false;
    void this.#warmUp(added);
    return findings;
  }

  start(): void {
    if (this.#running || this.#over) return;
    this.#running = true;
    this.#listen();
    this.#sweepAgain();
    void this.#balance();
  }

  stop(): void {
    this.#running = false;
    this.#over = true;
  }

  /** Entries are withdrawn, and their cancels waited for as long as an end may take. */
  async leave(): Promise<void> {
    this.#loop.apply({ kind: 'shutdown', at: this.now }, 'command');
    await new Promise<void>((resolve) => {
      const late = this.#venue.clock.after(LEAVE_MS, resolve);
      const look = (): void => {
        if (this.#engine.status().pendingEntries > 0) return;
        late();
        resolve();
      };
      this.#watch = look;
      look();
    });
    this.stop();
  }

  [Symbol.dispose](): void {
    this.stop();
    this.#venue.close();
  }

  /** Whatever comes from outside, in its turn; a failure in it stops the driving. */
  #turn(run: () => void): void {
    if (this.#over) return;
    try {
      run();
      // Whether a session is over is not asked before it has been taken up.
      if (!this.#takingUp && this.#hooks.afterStep() === 'stop') this.stop();
    } catch (error) {
      this.stop();
      this.#hooks.failed(error);
    }
    this.#watch?.();
  }

  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    const loop = this.#loop;
    this.#venue.listen({
      bars: (bars, phase) =>
        this.#turn(() => loop.apply({ kind: 'bars', at: this.now, phase, bars: this.#places.bars(bars) })),
      book: (symbol, book) =>
        this.#turn(() => loop.apply({ kind: 'book', at: this.now, symbol: this.#places.at(symbol), book })),
      feed: (symbol, status) =>
        this.#turn(() => {
          const place = symbol === null ? null : this.#places.at(symbol);
          loop.apply({ kind: 'feed', at: this.now, symbol: place, status });
        }),
      listed: () => this.#turn(() => void this.#warmUp(this.#list('live'))),
      push: (push) => this.#turn(() => loop.pushed(push)),
      missed: () => this.#turn(() => this.#sweep()),
      failed: (error) =>
        this.#turn(() => {
          throw error;
        }),
    });
  }

  /** Tells the engine what is listed otherwise than it knows. @returns the symbols that are new to it */
  #list(origin: Origin): ReadonlySet<string> {
    const facts = this.#engine.facts();
    const { instruments, gone } = this.#venue;
    if (facts === null) return new Set();
    const traded = instruments.filter(({ symbol }) => !gone.has(symbol));
    const listed = new Set(traded.map(({ symbol }) => symbol));
    const missing = new Set(
      facts.markets.map(({ symbol }) => symbol).filter((symbol) => !listed.has(symbol)),
    );
    const news = listingsOf(facts, traded, missing);
    if (news !== null) this.#loop.apply({ ...news, at: this.now }, origin);
    this.#place();
    return new Set(news?.added.map(({ symbol }) => symbol));
  }

  /** What was stale was another life's feed, which will never be back: this one says itself what it lacks. */
  #forgetStale(origin: Origin): void {
    for (const symbol of this.#engine.staleFeeds())
      this.#loop.apply({ kind: 'feed', at: this.now, symbol, status: 'live' }, origin);
  }

  #place(): void {
    const known = this.#engine.facts()?.markets ?? [];
    this.#places = new Places(known, this.#venue.instruments);
  }

  *#placed(history: Iterable<BarColumns>): Iterable<BarColumns> {
    for (const bars of history) yield this.#places.bars(bars);
  }

  /** What is new has a history too. */
  async #warmUp(added: ReadonlySet<string>): Promise<void> {
    if (added.size === 0) return;
    const history = await this.#history(this.#engine.warmupBars, added);
    this.#turn(() => {
      for (const bars of this.#placed(history))
        this.#loop.apply({ kind: 'bars', at: this.now, phase: 'history', bars });
    });
  }

  #sweepAgain(): void {
    this.#clock.after(SWEEP_MS, () => {
      if (!this.#running) return;
      const { openPositions, pendingEntries } = this.#engine.status();
      const atRest = openPositions === 0 && pendingEntries === 0;
      if (!atRest || this.#clock.steady() - this.#sweptAt >= IDLE_SWEEP_MS) this.#sweep();
      this.#sweepAgain();
    });
  }

  #sweep(): void {
    // Before it runs its books are being compared already.
    if (!this.#running) return;
    this.#sweptAt = this.#clock.steady();
    this.#reconciler.sweep();
  }

  async #balance(): Promise<void> {
    const { accountChanges } = this.#loop;
    const funds = await this.#venue.funds();
    // Word of a fill that is in the answer may come after it.
    if (funds !== null) await new Promise<void>((resolve) => this.#clock.after(BALANCE_AGAIN_MS, resolve));
    // Then, and where it has come meanwhile, the answer is compared with other books than it is of.
    const overtaken = this.#loop.accountChanges !== accountChanges;
    if (funds !== null && !overtaken)
      this.#turn(() => this.#loop.apply({ kind: 'balance', at: this.now, ...funds }));
    const wait = overtaken ? BALANCE_AGAIN_MS : BALANCE_MS;
    if (this.#running) this.#clock.after(wait, () => void this.#balance());
  }

  /** Asked for until it is had; nothing when the session is over before. The venue tells of each failure. */
  async #history(bars: number, only?: ReadonlySet<string>): Promise<Iterable<BarColumns>> {
    for (let tries = 0; !this.#over; tries += 1) {
      const had = await this.#venue.history(bars, only).catch(() => null);
      if (had !== null) return had;
      const wait = backOff(AGAIN.first, AGAIN.most, tries);
      await new Promise<void>((resolve) => this.#venue.clock.after(wait, resolve));
    }
    return [];
  }

  /** Bars that closed after `told`, oldest first; none where nothing was told yet. */
  async #since(told: Millis): Promise<readonly BarColumns[]> {
    const missing = told === 0 ? 0 : Math.ceil((this.now - told) / BASE);
    if (missing <= 0) return [];
    const since: BarColumns[] = [];
    for (const bars of await this.#history(missing)) if (bars.closeTime > told) since.push(copyBars(bars));
    return since;
  }
}
