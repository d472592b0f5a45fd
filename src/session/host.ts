/**
 * The imperative shell: hosts one engine over one open venue at a time, paces it, hands it commands and
 * publishes what it announces. The engine lives as long as the host, and its latches with it.
 *
 * A session lasts until nothing more can happen to its account: the recording has ended, or the engine is
 * idle and flat. After a stop that left positions open the venue goes on, so that their stops work. With a journal it
 * outlives the host: the next one recovers it and goes on.
 */

import type { Preset } from '../config/preset.ts';
import type { Engine } from '../engine/engine.ts';
import type { Command, CommandName, Input } from '../engine/input.ts';
import type { Output, Trade } from '../engine/output.ts';
import type { CommandView, PositionView, TransitionView } from '../engine/view.ts';
import { point } from '../faults/point.ts';
import type { Millis } from '../market/time.ts';
import { underNoRef } from '../telemetry/correlation.ts';
import type { RecoveryReading, VenueReading } from '../telemetry/health/venue-reading.ts';
import { redactText } from '../telemetry/secrets.ts';
import { DataError } from '../venue/replay/data-error.ts';
import { MemoryRecord } from '../venue/simulated/kept/record.ts';
import { ControlQueue } from './control-queue.ts';
import type { Origin, Pulse } from './drive.ts';
import { type EndReason, EventLog, type SessionEvent } from './event-log.ts';
import { SessionHistory } from './history/session-history.ts';
import type { OpenRequest, RecoveryReport, SessionHostOptions } from './host-options.ts';
import {
  commandViews,
  metricsView,
  type SessionMetrics,
  type SessionStatus,
  statusView,
} from './host-views.ts';
import { Keeper, type Keeping } from './keeping/keeper.ts';
import { requestOf } from './keeping/stored-session.ts';
import { Latency } from './latency.ts';
import type { PaperAccount } from './live/live-venue.ts';
import { answerOfNone } from './no-venue.ts';
import { closeVenue, isLive, openSession } from './open-session.ts';
import { PendingCommands } from './pending-commands.ts';
import { PriceBoard } from './price-board.ts';
import { RecoveryWatch } from './recovery-watch.ts';
import { Refusal } from './refusal.ts';
import { reopen, reportOf, resumedAs } from './reopening.ts';
import {
  closingInVain,
  differences,
  isLiveClose,
  retryingInVain,
  type Session,
  type StartRequest,
  sessionId,
} from './session.ts';
import { dataEndedMessage, messageOf, overBecause } from './session-end.ts';
import { endedEvent, startedEvent } from './session-events.ts';
import { TimedEngine } from './timed-engine.ts';
import { type AnyVenue, openVenue, PAPER_ONLY } from './venues.ts';

type StartCommand = Extract<Command, { name: 'start' }>;

/** More events than this in one slice and the sockets get their turn first. */
const EVENTS_PER_SLICE = 128;

/** Wall time that an orderly end gives a stop under way. */
const SHUTDOWN_BOUND_MS = 5_000;

export class SessionHost {
  readonly events: EventLog;
  /** The engine's read models. */
  readonly engine: Omit<Engine, 'apply'>;
  readonly history: SessionHistory;
  /** How long decisions took, over every session. */
  readonly cycles = new Latency();
  readonly prices = new PriceBoard();
  readonly #engine: TimedEngine;
  readonly #open: (request: OpenRequest) => Promise<AnyVenue>;
  readonly #wallNow: () => Millis;
  readonly #onFault: (error: unknown) => string;
  readonly #lockAccount: SessionHostOptions['lockAccount'];
  readonly #pending: PendingCommands;
  readonly #queue = new ControlQueue();
  readonly #keeper: Keeper | null;
  #session: Session | null = null;
  /** How the last session ended, where that was before this host's time. */
  #pastEnd: Pick<Session, 'ended'> | null = null;
  /** A session that was taken up again and that nobody has asked to start since. */
  #resumed: Session | null = null;
  #recovered: Promise<void> | null = null;
  #eventsInSlice = 0;
  /** An announcement came that may mean the end of the session. */
  #mayBeOver = false;
  #closed = false;
  /** The journal is given up to the next host: nothing more is written. */
  #left = false;
  #recovering = false;
  #recovery: RecoveryWatch | null = null;
  /** Why what the last host left could not be taken up. */
  #unrecovered: string | null = null;

  constructor(options: SessionHostOptions = {}) {
    this.#open = options.open ?? openVenue;
    this.#wallNow = options.wallNow ?? Date.now;
    this.#onFault = options.onFault ?? messageOf;
    this.#lockAccount = options.lockAccount;
    this.#pending = new PendingCommands(options.commandBoundMs);
    this.#engine = new TimedEngine((ms) => {
      if (this.#keeper?.retracing) return;
      this.#session?.latency.add(ms);
      this.cycles.add(ms);
    });
    this.engine = this.#engine;
    this.events = new EventLog(this.#wallNow);
    this.#keeper = options.keeping === undefined ? null : this.#keeperOf(options.keeping);
    // From the first moment on: whoever asks before `recover` has begun is not to be told that all is well.
    this.#recovery = this.#keeper === null ? null : new RecoveryWatch(this.#wallNow);
    this.history = new SessionHistory(this.#engine, this.events, this.#wallNow, this.#keeper);
  }

  status(): SessionStatus {
    return statusView(this.#engine, this.#session);
  }

  metrics(): SessionMetrics {
    return metricsView(this.#engine, this.#session, this.#wallNow());
  }

  /** What the running session trades by; null when none runs. */
  get preset(): Preset | null {
    return this.#session && !this.#session.ended ? this.#session.request.preset : null;
  }

  /** Whether the running session is being driven: null when none runs. */
  get pulse(): Pulse | null {
    return this.#session && !this.#session.ended ? this.#session.drive.pulse : null;
  }

  /** How it stands with the exchange of the running session; null when none runs, or there is no exchange. */
  get venue(): VenueReading | null {
    return this.#session && !this.#session.ended ? this.#session.drive.reading : null;
  }

  /** What the last host left is being taken up, or has yet to be; null once it is. */
  get recovery(): RecoveryReading | null {
    return this.#recovery?.reading ?? null;
  }

  /** Of the newest session's exchange: what is not as it should be, and was no reason to refuse the start. */
  get warnings(): readonly string[] {
    return this.#session?.drive.market.warnings ?? [];
  }

  /** How the journal takes what it is given; null where none is kept. */
  get journal(): Keeper['journal'] | null {
    return this.#keeper?.journal ?? null;
  }

  positions(): readonly PositionView[] {
    return this.#engine.positions();
  }

  /** Finished trades of the running session, or of the last one: the newest `limit`, or all. */
  trades(limit?: number): readonly (Trade & { readonly ambiguous: boolean })[] {
    const ambiguous = this.#session?.drive.market.ambiguousTrades;
    const all = this.#engine.trades();
    const asked = limit === undefined ? all : all.slice(-limit);
    return asked.map((trade) => ({ ...trade, ambiguous: ambiguous?.has(trade.id) ?? false }));
  }

  transitions(since?: number, limit?: number): readonly TransitionView[] {
    return this.#engine.transitions(since, limit);
  }

  commands(): readonly CommandView[] {
    return commandViews(this.#engine, this.#newest);
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
      const resumed = this.#allows('start') ? null : resumedAs(this.#resumed, request, this.#engine.status());
      if (resumed !== null) {
        this.#resumed = null;
        return { reply: Promise.resolve(resumed) };
      }
      if (!this.#allows('start')) return { reply: this.#issue(by, { ...command, account: 'continue' }) };
      const open = this.#engine.positions().length > 0;
      if (open && this.#session && !this.#session.ended) {
        return { reply: this.#goOn(this.#session, request, by, { ...command, account: 'continue' }) };
      }
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
      const inVain = closingInVain(this.#newest, this.#engine.positions().length);
      if (inVain !== null) throw new Refusal('ENGINE_NOT_RUNNING', inVain);
      this.#queue.overtake(new Refusal('SUPERSEDED', 'an emergency stop came first'));
      return this.#issue(by, command);
    }
    const { reply } = await this.#queue.enqueue(() => {
      this.#refuseWhenClosed();
      if (command.name === 'retry') {
        this.#refuseRetryOfTheDead();
        this.#keeper?.refill();
      }
      const closes = command.name === 'closePosition' || (command.name === 'stop' && command.flatten);
      const inVain = closes ? closingInVain(this.#newest, this.#engine.positions().length) : null;
      if (inVain !== null) throw new Refusal('ENGINE_NOT_RUNNING', inVain);
      const reply = this.#issue(by, command);
      const over = this.#newest?.ended;
      if (command.name === 'stop' && over) this.#comeToRest(`the session is over (${over.message})`);
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
    const keeper = this.#keeper;
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
        this.#closed = true;
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
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.overtake(new Refusal('SHUTTING_DOWN', 'the daemon is stopping'));
    if (this.#keeper !== null) {
      await this.#leave(this.#keeper);
      return;
    }
    if (this.#stoppable) {
      const bound = new Promise<void>((resolve) => setTimeout(resolve, SHUTDOWN_BOUND_MS).unref());
      const stopped = this.#issue(by, { name: 'stop', flatten: false }).then(
        () => undefined,
        (error) => {
          this.#onFault(error);
        },
      );
      await Promise.race([stopped, bound]);
    }
    if (this.#session && !this.#session.ended) this.#end(this.#session, 'stopped', 'the daemon is stopping');
    this.#pending.abandon('the daemon is stopping');
  }

  /**
   * The process is in doubt and will end: the engine goes to ERROR and decides nothing more. Entry orders are
   * cancelled, positions stay with their protection at the venue, and no command is taken any more.
   */
  fault(reason: string): void {
    this.#closed = true;
    this.#queue.overtake(new Refusal('SHUTTING_DOWN', 'the daemon has failed and is ending'));
    // What is not taken up yet, or given up already, is the next host's.
    const othersNow = this.#left || (this.#recovering && this.#session === null);
    if (othersNow) this.#left = true;
    else if (this.#session && this.#keeper !== null) this.#leaveFailed(this.#session, this.#keeper, reason);
    else if (this.#session) this.#failed(this.#session, reason);
    else this.#withoutVenue({ kind: 'fault', at: this.#wallNow(), reason });
    this.#pending.abandon(reason);
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new Refusal('SHUTTING_DOWN', this.#unrecovered ?? 'the daemon is stopping');
  }

  #refuseRetryOfTheDead(): void {
    const inVain = this.#allows('retry') ? retryingInVain(this.#newest) : null;
    if (inVain !== null) throw new Refusal('ENGINE_NOT_RUNNING', inVain);
  }

  /** The engine runs, and an orderly stop would end it. An idle one takes a stop only to close what was left open. */
  get #stoppable(): boolean {
    return this.#engine.status().state !== 'IDLE' && this.#allows('stop');
  }

  #allows(name: CommandName): boolean {
    return this.#engine.commands().some((view) => view.command === name && view.allowed);
  }

  #begin(venue: AnyVenue, request: StartRequest, by: string, command: StartCommand): Promise<string> {
    const startedAt = this.#wallNow();
    const session = this.#sessionOf(venue, request, { id: sessionId(startedAt), startedAt, of: 'new' });
    try {
      this.prices.open(session.id);
      this.#keeper?.begin(session, by);
      session.drive.open();
    } catch (error) {
      release(session);
      throw error;
    }
    this.#session = session;
    this.#resumed = null;
    // What the session before announced last says nothing of this one.
    this.#mayBeOver = false;
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
    const open = this.#engine.positions().length;
    const message = await this.#launch(session, request, by, command);
    // Its equity and its positions are those of before, whatever this start asked for.
    return `${message}; goes on with session ${session.id}, ${open} position${open === 1 ? '' : 's'} open`;
  }

  async #launch(session: Session, request: StartRequest, by: string, command: StartCommand): Promise<string> {
    this.history.started(session, by);
    this.#publish(session, startedEvent(session, request));
    try {
      return await this.#issue(by, command);
    } catch (error) {
      const idle = this.#engine.status().state === 'IDLE' && this.#engine.positions().length === 0;
      if (idle && !session.ended)
        this.#end(
          session,
          'failed',
          error instanceof Refusal ? redactText(error.message) : this.#onFault(error),
        );
      throw error;
    }
  }

  /** Hands the command to the engine now; resolves with its answer. */
  #issue(by: string, command: Command): Promise<string> {
    return this.#pending.wait(command.name, (id) => {
      const session = this.#session;
      if (!session) {
        this.#withoutVenue({ kind: 'command', at: this.#wallNow(), id, by, command });
        return;
      }
      try {
        session.drive.command(id, by, command);
      } catch (error) {
        // The engine answers what waits, this command included.
        this.#broke(session, error);
      }
      if (session.ended || this.#closed) return;
      this.#settleEnd(session);
      // What the session goes through from here on is its own doing, not this request's.
      if (!session.ended) underNoRef(() => session.drive.start());
    });
  }

  /** No session of this host: whatever the engine asks of a venue is answered for the one that is no more. */
  #withoutVenue(first: Input): void {
    const inputs = [first];
    for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) {
      const outputs = this.#engine.apply(input);
      this.#keeper?.withoutVenue(input, outputs);
      for (const output of outputs) {
        if (output.kind === 'reply') this.#pending.settle(output);
        else if (output.kind === 'event') this.events.publish('', output.at, output.event);
        else inputs.push(answerOfNone(output));
      }
    }
  }

  #observe(session: Session, input: Input, outputs: readonly Output[], origin: Origin): void {
    this.#keeper?.observed(input, outputs, origin);
    if (isLiveClose(input)) {
      this.prices.closed(input.bars, this.#engine.facts()?.markets ?? []);
      session.closes += 1;
      this.history.closed(input.at);
    }
    for (const output of outputs) {
      if (output.kind === 'event') {
        const { type } = output.event;
        if (type === 'state' || type === 'trade') this.#mayBeOver = true;
        this.#eventsInSlice += 1;
        this.events.publish(session.id, output.at, output.event);
      } else if (output.kind === 'reply') {
        this.#pending.settle(output);
      }
    }
  }

  #afterStep(session: Session): 'go on' | 'yield' | 'stop' {
    this.#keeper?.afterStep(session);
    this.#settleEnd(session);
    if (session.ended) return 'stop';
    if (this.#eventsInSlice < EVENTS_PER_SLICE) return 'go on';
    this.#eventsInSlice = 0;
    return 'yield';
  }

  /** Closes the session once the engine is idle and flat. */
  #settleEnd(session: Session): void {
    if (!this.#mayBeOver) return;
    this.#mayBeOver = false;
    const over = overBecause(this.#engine.status());
    if (over !== null) this.#end(session, 'stopped', over);
  }

  #dataEnded(session: Session): void {
    if (this.#stoppable) {
      this.#pending
        .wait('stop', (id) => session.drive.command(id, 'venue', { name: 'stop', flatten: false }))
        .catch(this.#onFault);
    }
    const message = dataEndedMessage(session.drive.now);
    this.#comeToRest(message);
    this.#end(session, 'data_ended', message);
  }

  /** A panic or a stop that the market did not live to see would be waited for over every restart. */
  #comeToRest(reason: string): void {
    const { state } = this.#engine.status();
    if (state === 'IDLE' || state === 'STOPPED') return;
    const input = { kind: 'market_over', at: this.#engine.now, reason } as const;
    if (this.#session === null) this.#withoutVenue(input);
    else this.#session.drive.apply(input, 'live');
  }

  /**
   * Something threw in the middle of a step. A market that cannot go on ends the session, as anything does while nothing
   * is at stake. Else the journal knows better how things stand than this process, which ends, and the next one goes on.
   */
  #broke(session: Session, error: unknown): void {
    const { openPositions, pendingEntries } = this.#engine.status();
    const atStake = this.#engine.broken || openPositions > 0 || pendingEntries > 0;
    if (this.#keeper === null || error instanceof DataError || !atStake)
      this.#failed(session, this.#onFault(error));
    else if (this.#closed) this.#onFault(error);
    else this.#keeper.inDoubt(error);
  }

  /** The venue broke, or the process is in doubt: entries are cancelled as far as that goes, and nothing runs on. */
  #failed(session: Session, reason: string): void {
    session.drive.stop();
    try {
      session.drive.fault(reason);
      if (this.#engine.status().state === 'EMERGENCY') this.#comeToRest(reason);
    } catch (error) {
      this.#onFault(error);
    }
    if (!session.ended) this.#end(session, 'failed', reason);
  }

  #end(session: Session, reason: EndReason, message: string): void {
    session.drive.stop();
    session.ended = { reason, message, wallAt: this.#wallNow() };
    this.#publish(session, endedEvent(reason, message, this.#engine.positions()));
    this.#keeper?.ended(session, session.ended);
    release(session);
    this.#pending.abandon(message);
  }

  #publish(session: Session, event: SessionEvent): void {
    this.events.publish(session.id, session.drive.now, event);
  }

  /** The session of this host, or what is known of the one before its time. */
  get #newest(): Pick<Session, 'ended'> | null {
    return this.#session ?? this.#pastEnd;
  }

  #sessionOf(
    venue: AnyVenue,
    request: StartRequest,
    { id, startedAt, of }: { id: string; startedAt: Millis; of: 'new' | 'kept' },
  ): Session {
    const { account } = venue;
    const accountLock = account === null ? null : (this.#lockAccount?.(request.venue, account) ?? null);
    try {
      const kept = isLive(venue) ? null : (this.#keeper?.venue(venue, id, of) ?? null);
      if (isLive(venue) && venue.paper !== null) this.#openPaper(venue.paper, id, of);
      return openSession({
        engine: this.#engine,
        venue,
        request,
        id,
        startedAt,
        accountLock,
        kept,
        observe: (...seen) => this.#observe(...seen),
        beforeSending: () => this.#keeper?.safe(),
        entriesRefused: () => this.#keeper?.entriesRefused ?? null,
        afterStep: (of) => this.#afterStep(of),
        dataEnded: (of) => this.#dataEnded(of),
        failed: (of, error) => this.#broke(of, error),
      });
    } catch (error) {
      accountLock?.[Symbol.dispose]();
      throw error;
    }
  }

  #openPaper(account: PaperAccount, id: string, of: 'new' | 'kept'): void {
    if (this.#keeper === null) account.open(new MemoryRecord());
    else this.#keeper.paper(account, id, of);
  }

  #keeperOf(keeping: Keeping): Keeper {
    return new Keeper({
      keeping,
      engine: this.#engine,
      history: () => this.history,
      pending: this.#pending,
      session: () => this.#session,
      wallNow: this.#wallNow,
      onFault: this.#onFault,
    });
  }

  async #recover(keeper: Keeper, watch: RecoveryWatch): Promise<RecoveryReport> {
    const stored = keeper.past();
    if (stored !== null && stored.ended === null) watch.takesUp(stored.id, requestOf(stored).venue);
    const session =
      stored !== null && stored.ended === null
        ? await reopen(
            stored,
            this.#open,
            (venue, request) => this.#sessionOf(venue, request, { ...stored, of: 'kept' }),
            (reason) => watch.waits(reason),
          )
        : null;
    if (session !== null) this.prices.open(session.id);
    const restored = keeper.restore(stored, session);
    this.#pastEnd = restored.ended && { ended: restored.ended };
    if (session === null) return reportOf(null, restored, [], this.#engine.status());
    this.#session = session;
    this.#resumed = session;
    watch.compares();
    const findings = await keeper.takeUp(session, restored);
    this.#mayBeOver = true;
    this.#settleEnd(session);
    if (!session.ended) session.drive.start();
    return reportOf(session, restored, findings, this.#engine.status());
  }

  /** The session stays as it is in the journal; nothing that waits to be filled stays behind at the venue. */
  async #leave(keeper: Keeper): Promise<void> {
    const session = this.#session;
    if (session !== null && !session.ended) {
      await session.drive.leave();
      FAULT: point({ place: 'shutdown.told' });
    }
    // A failure meanwhile has left it.
    if (this.#left) return;
    if (session !== null && this.#engine.broken)
      this.#leaveFailed(session, keeper, 'a step failed while the daemon was stopping');
    else {
      this.#left = true;
      keeper.leave(session);
      if (session !== null) release(session);
    }
    this.#pending.abandon('the daemon is stopping');
  }

  /** As far as that goes the engine is told; the session is left to the next host, which finds it in ERROR. */
  #leaveFailed(session: Session, keeper: Keeper, reason: string): void {
    this.#left = true;
    session.drive.stop();
    try {
      if (this.#engine.broken) keeper.leaveBroken(session, reason);
      else {
        if (!session.ended) session.drive.fault(reason);
        keeper.leave(session);
      }
    } catch (error) {
      this.#onFault(error);
    }
    release(session);
  }
}

/** What a live account holds is what is traded with, whatever a start asks for. */
function equityOf(venue: AnyVenue): string | null {
  return isLive(venue) ? venue.equity : null;
}

function release({ accountLock, drive }: Session): void {
  drive[Symbol.dispose]();
  accountLock?.[Symbol.dispose]();
}
