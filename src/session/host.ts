/**
 * The imperative shell: hosts one engine over one open venue at a time, and says which commands it is handed and when.
 * The engine lives as long as the host, and its latches with it.
 *
 * A session lasts until nothing more can happen to its account: the recording has ended, or the engine is
 * idle and flat. After a stop that left positions open the venue goes on, so that their stops work. With a journal it
 * outlives the host: the next one recovers it and goes on.
 */

import type { Preset } from '../config/preset.ts';
import type { Engine } from '../engine/engine.ts';
import type { Command } from '../engine/input.ts';
import type { Trade } from '../engine/output.ts';
import type { CommandView, PositionView, TransitionView } from '../engine/view.ts';
import type { Millis } from '../market/time.ts';
import type { RecoveryReading, VenueReading } from '../telemetry/health/venue-reading.ts';
import { redactText } from '../telemetry/secrets.ts';
import { ControlQueue } from './control-queue.ts';
import type { Pulse } from './drive.ts';
import type { EventLog } from './event-log.ts';
import type { SessionHistory } from './history/session-history.ts';
import type { OpenRequest, RecoveryReport, SessionHostOptions } from './host-options.ts';
import {
  commandViews,
  metricsView,
  type SessionMetrics,
  type SessionStatus,
  statusView,
} from './host-views.ts';
import type { Keeper } from './keeping/keeper.ts';
import { requestOf } from './keeping/stored-session.ts';
import type { Latency } from './latency.ts';
import { closeVenue, isLive } from './open-session.ts';
import type { PriceBoard } from './price-board.ts';
import { RecoveryWatch } from './recovery-watch.ts';
import { Refusal } from './refusal.ts';
import { reopen, reportOf, resumedAs } from './reopening.ts';
import { closingInVain, differences, retryingInVain, type Session, type StartRequest } from './session.ts';
import { messageOf } from './session-end.ts';
import { startedEvent } from './session-events.ts';
import { SessionRunner } from './session-runner.ts';
import { type AnyVenue, openVenue, PAPER_ONLY } from './venues.ts';

type StartCommand = Extract<Command, { name: 'start' }>;

/** Wall time that an orderly end gives a stop under way. */
const SHUTDOWN_BOUND_MS = 5_000;

export class SessionHost {
  readonly events: EventLog;
  /** The engine's read models. */
  readonly engine: Omit<Engine, 'apply'>;
  readonly history: SessionHistory;
  /** How long decisions took, over every session. */
  readonly cycles: Latency;
  readonly prices: PriceBoard;
  readonly #runner: SessionRunner;
  readonly #open: (request: OpenRequest) => Promise<AnyVenue>;
  readonly #wallNow: () => Millis;
  readonly #onFault: (error: unknown) => string;
  readonly #queue = new ControlQueue();
  /** A session that was taken up again and that nobody has asked to start since. */
  #resumed: Session | null = null;
  #recovered: Promise<void> | null = null;
  #recovering = false;
  #recovery: RecoveryWatch | null = null;
  /** Why what the last host left could not be taken up. */
  #unrecovered: string | null = null;

  constructor(options: SessionHostOptions = {}) {
    this.#open = options.open ?? openVenue;
    this.#wallNow = options.wallNow ?? Date.now;
    this.#onFault = options.onFault ?? messageOf;
    this.#runner = new SessionRunner(options);
    const { engine, events, history, cycles, prices, keeper } = this.#runner;
    this.engine = engine;
    this.events = events;
    this.history = history;
    this.cycles = cycles;
    this.prices = prices;
    // From the first moment on: whoever asks before `recover` has begun is not to be told that all is well.
    this.#recovery = keeper === null ? null : new RecoveryWatch(this.#wallNow);
  }

  status(): SessionStatus {
    return statusView(this.engine, this.#runner.session);
  }

  metrics(): SessionMetrics {
    return metricsView(this.engine, this.#runner.session, this.#wallNow());
  }

  /** What the running session trades by; null when none runs. */
  get preset(): Preset | null {
    return this.#runner.running?.request.preset ?? null;
  }

  /** Whether the running session is being driven: null when none runs. */
  get pulse(): Pulse | null {
    return this.#runner.running?.drive.pulse ?? null;
  }

  /** How it stands with the exchange of the running session; null when none runs, or there is no exchange. */
  get venue(): VenueReading | null {
    return this.#runner.running?.drive.reading ?? null;
  }

  /** What the last host left is being taken up, or has yet to be; null once it is. */
  get recovery(): RecoveryReading | null {
    return this.#recovery?.reading ?? null;
  }

  /** Of the newest session's exchange: what is not as it should be, and was no reason to refuse the start. */
  get warnings(): readonly string[] {
    return this.#runner.session?.drive.market.warnings ?? [];
  }

  /** How the journal takes what it is given; null where none is kept. */
  get journal(): Keeper['journal'] | null {
    return this.#runner.keeper?.journal ?? null;
  }

  positions(): readonly PositionView[] {
    return this.engine.positions();
  }

  /** Finished trades of the running session, or of the last one: the newest `limit`, or all. */
  trades(limit?: number): readonly (Trade & { readonly ambiguous: boolean })[] {
    const ambiguous = this.#runner.session?.drive.market.ambiguousTrades;
    const all = this.engine.trades();
    const asked = limit === undefined ? all : all.slice(-limit);
    return asked.map((trade) => ({ ...trade, ambiguous: ambiguous?.has(trade.id) ?? false }));
  }

  transitions(since?: number, limit?: number): readonly TransitionView[] {
    return this.engine.transitions(since, limit);
  }

  commands(): readonly CommandView[] {
    return commandViews(this.engine, this.#runner.newest);
  }

  /**
   * Starts trading, or goes on with the account whose positions are still open on the same venue.
   * @returns the engine's message, once it is scanning.
   * @throws Refusal
   */
  async start(request: StartRequest, by: string): Promise<string> {
    const { reply } = await this.#queue.enqueue(async (overtaken) => {
      if (this.#unrecovered !== null) throw new Refusal('START_FAILED', this.#unrecovered);
      this.#refuseWhenClosed();
      if (request.mode === 'live' && PAPER_ONLY.has(request.venue)) {
        throw new Refusal(
          'MODE_REFUSED',
          `${request.venue} trades on paper only: it has no account to trade live`,
        );
      }
      const command = {
        name: 'start',
        preset: request.preset,
        mode: request.mode,
        equity: request.equity,
      } as const;
      const resumed = this.#runner.allows('start')
        ? null
        : resumedAs(this.#resumed, request, this.engine.status());
      if (resumed !== null) {
        this.#resumed = null;
        return { reply: Promise.resolve(resumed) };
      }
      if (!this.#runner.allows('start'))
        return { reply: this.#runner.issue(by, { ...command, account: 'continue' }) };
      const open = this.engine.positions().length > 0;
      const { running } = this.#runner;
      if (open && running !== null)
        return { reply: this.#goOn(running, request, by, { ...command, account: 'continue' }) };
      const venue = await this.#open(request);
      try {
        overtaken();
        this.#refuseWhenClosed();
        const asked = { ...request, equity: equityOf(venue) ?? request.equity };
        const { equity } = asked;
        const account = open ? 'abandon' : 'fresh';
        return { reply: this.#begin(venue, asked, by, { ...command, equity, account }) };
      } catch (error) {
        closeVenue(venue);
        throw error;
      }
    });
    return reply;
  }

  /**
   * Any command but start. A panic overtakes what waits.
   * @returns the engine's message, once it is done.
   * @throws Refusal
   */
  async command(command: Exclude<Command, { name: 'start' }>, by: string): Promise<string> {
    if (command.name === 'emergencyStop') {
      await this.#recovered;
      this.#refuseWhenClosed();
      const inVain = closingInVain(this.#runner.newest, this.engine.positions().length);
      if (inVain !== null) throw new Refusal('ENGINE_NOT_RUNNING', inVain);
      this.#queue.overtake(new Refusal('SUPERSEDED', 'an emergency stop came first'));
      return this.#runner.issue(by, command);
    }
    const { reply } = await this.#queue.enqueue(() => {
      this.#refuseWhenClosed();
      if (command.name === 'retry') {
        this.#refuseRetryOfTheDead();
        this.#runner.keeper?.refill();
      }
      const closes = command.name === 'closePosition' || (command.name === 'stop' && command.flatten);
      const inVain = closes ? closingInVain(this.#runner.newest, this.engine.positions().length) : null;
      if (inVain !== null) throw new Refusal('ENGINE_NOT_RUNNING', inVain);
      const reply = this.#runner.issue(by, command);
      const over = this.#runner.newest?.ended;
      if (command.name === 'stop' && over) this.#runner.comeToRest(`the session is over (${over.message})`);
      return { reply };
    });
    return reply;
  }

  /**
   * Takes up where the last host of this journal was: the engine is led to the state it had, its books are held
   * against the venue's, and the session goes on.
   * @throws RecoveryFailed; JournalError
   */
  async recover(): Promise<RecoveryReport> {
    const keeper = this.#runner.keeper;
    if (keeper === null) throw new Error('there is no journal to recover from');
    // Commands queue behind it; a panic waits for it too, since there is nothing yet that it could close.
    const recovery = this.#queue.enqueue(async () => {
      this.#recovering = true;
      const watch = this.#recovery ?? new RecoveryWatch(this.#wallNow);
      this.#recovery = watch;
      try {
        const report = await this.#recover(keeper, watch);
        this.#recovering = false;
        this.#recovery = null;
        return report;
      } catch (error) {
        // What queues behind it must not begin anew beside what could not be taken up.
        this.#runner.closed = true;
        this.#unrecovered = redactText(messageOf(error));
        throw error;
      }
    });
    this.#recovered = recovery.then(
      () => undefined,
      () => undefined,
    );
    return recovery;
  }

  /**
   * Ends in order: entries are cancelled, positions are left as they are, nothing runs on. A session that is kept goes
   * on with the next host; any other is over.
   */
  async close(by: string): Promise<void> {
    if (this.#runner.closed) return;
    this.#runner.closed = true;
    this.#queue.overtake(new Refusal('SHUTTING_DOWN', 'the daemon is stopping'));
    if (this.#runner.keeper !== null) {
      await this.#runner.leave(this.#runner.keeper);
      return;
    }
    if (this.#runner.stoppable) {
      const bound = new Promise<void>((resolve) => setTimeout(resolve, SHUTDOWN_BOUND_MS).unref());
      const stopped = this.#runner.issue(by, { name: 'stop', flatten: false }).then(
        () => undefined,
        (error: unknown) => {
          this.#onFault(error);
        },
      );
      await Promise.race([stopped, bound]);
    }
    const { running } = this.#runner;
    if (running !== null) this.#runner.end(running, 'stopped', 'the daemon is stopping');
    this.#runner.pending.abandon('the daemon is stopping');
  }

  /**
   * The process is in doubt and will end: the engine goes to ERROR and decides nothing more. Entry orders are
   * cancelled, positions stay with their protection at the venue, and no command is taken any more.
   */
  fault(reason: string): void {
    this.#runner.closed = true;
    this.#queue.overtake(new Refusal('SHUTTING_DOWN', 'the daemon has failed and is ending'));
    this.#runner.fault(reason, !this.#recovering);
  }

  #refuseWhenClosed(): void {
    if (this.#runner.closed)
      throw new Refusal('SHUTTING_DOWN', this.#unrecovered ?? 'the daemon is stopping');
  }

  #refuseRetryOfTheDead(): void {
    const inVain = this.#runner.allows('retry') ? retryingInVain(this.#runner.newest) : null;
    if (inVain !== null) throw new Refusal('ENGINE_NOT_RUNNING', inVain);
  }

  #begin(venue: AnyVenue, request: StartRequest, by: string, command: StartCommand): Promise<string> {
    const session = this.#runner.begin(venue, request, by);
    this.#resumed = null;
    return this.#launch(session, request, by, command);
  }

  async #goOn(session: Session, request: StartRequest, by: string, command: StartCommand): Promise<string> {
    const differs = differences(session, request);
    if (differs.length > 0) {
      throw new Refusal(
        'POSITIONS_OPEN',
        `positions are still open in session ${session.id}; this start differs in ${differs.join(', ')}`,
      );
    }
    session.startedAt = this.#wallNow();
    this.#resumed = null;
    const open = this.engine.positions().length;
    const message = await this.#launch(session, request, by, command);
    // Its equity and its positions are those of before, whatever this start asked for.
    return `${message}; goes on with session ${session.id}, ${open} position${open === 1 ? '' : 's'} open`;
  }

  async #launch(session: Session, request: StartRequest, by: string, command: StartCommand): Promise<string> {
    this.history.started(session, by);
    this.#runner.publish(session, startedEvent(session, request));
    try {
      return await this.#runner.issue(by, command);
    } catch (error) {
      const idle = this.engine.status().state === 'IDLE' && this.engine.positions().length === 0;
      if (idle && !session.ended)
        this.#runner.end(
          session,
          'failed',
          error instanceof Refusal ? redactText(error.message) : this.#onFault(error),
        );
      throw error;
    }
  }

  async #recover(keeper: Keeper, watch: RecoveryWatch): Promise<RecoveryReport> {
    const runner = this.#runner;
    const stored = keeper.past();
    if (stored !== null && stored.ended === null) watch.takesUp(stored.id, requestOf(stored).venue);
    const session =
      stored !== null && stored.ended === null
        ? await reopen(
            stored,
            this.#open,
            (venue, request) => runner.reopened(venue, request, stored),
            (reason) => watch.waits(reason),
          )
        : null;
    if (session !== null) this.prices.open(session.id);
    const restored = keeper.restore(stored, session);
    runner.taken(session, restored.ended);
    if (session === null) return reportOf(null, restored, [], this.engine.status());
    this.#resumed = session;
    watch.compares();
    const findings = await keeper.takeUp(session, restored);
    runner.goOn(session);
    return reportOf(session, restored, findings, this.engine.status());
  }
}

/** What a live account holds is what is traded with, whatever a start asks for. */
function equityOf(venue: AnyVenue): string | null {
  return isLive(venue) ? venue.equity : null;
}
