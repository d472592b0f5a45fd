/**
 * Runs the session of a host: hands the engine its commands, publishes what it announces, and ends the session once
 * nothing more can happen to its account, or when something in it broke.
 */
import type { Command, CommandName, Input } from '../engine/input.ts';
import type { Output } from '../engine/output.ts';
import { point } from '../faults/point.ts';
import type { Millis } from '../market/time.ts';
import { underNoRef } from '../telemetry/correlation.ts';
import { DataError } from '../venue/replay/data-error.ts';
import { MemoryRecord } from '../venue/simulated/kept/record.ts';
import type { Origin } from './drive.ts';
import { type EndReason, EventLog, type SessionEvent } from './event-log.ts';
import { SessionHistory } from './history/session-history.ts';
import type { SessionHostOptions } from './host-options.ts';
import { Keeper, type Keeping } from './keeping/keeper.ts';
import { Latency } from './latency.ts';
import type { PaperAccount } from './live/live-venue.ts';
import { answerOfNone } from './no-venue.ts';
import { isLive, openSession } from './open-session.ts';
import { PendingCommands } from './pending-commands.ts';
import { PriceBoard } from './price-board.ts';
import { isLiveClose, type Session, type StartRequest, sessionId } from './session.ts';
import { dataEndedMessage, messageOf, overBecause } from './session-end.ts';
import { endedEvent } from './session-events.ts';
import { TimedEngine } from './timed-engine.ts';
import type { AnyVenue } from './venues.ts';

/** More events than this in one slice and the sockets get their turn first. */
const EVENTS_PER_SLICE = 128;

export class SessionRunner {
  readonly engine: TimedEngine;
  readonly events: EventLog;
  readonly history: SessionHistory;
  /** How long decisions took, over every session. */
  readonly cycles = new Latency();
  readonly prices = new PriceBoard();
  readonly pending: PendingCommands;
  readonly keeper: Keeper | null;
  /** No command is taken any more. */
  closed = false;
  readonly #wallNow: () => Millis;
  readonly #onFault: (error: unknown) => string;
  readonly #lockAccount: SessionHostOptions['lockAccount'];
  #session: Session | null = null;
  /** How the last session ended, where that was before this host's time. */
  #pastEnd: Pick<Session, 'ended'> | null = null;
  #eventsInSlice = 0;
  /** An announcement came that may mean the end of the session. */
  #mayBeOver = false;
  /** The journal is given up to the next host: nothing more is written. */
  #left = false;

  constructor(options: SessionHostOptions) {
    this.#wallNow = options.wallNow ?? Date.now;
    this.#onFault = options.onFault ?? messageOf;
    this.#lockAccount = options.lockAccount;
    this.pending = new PendingCommands(options.commandBoundMs);
    this.engine = new TimedEngine((ms) => {
      if (this.keeper?.retracing) return;
      this.#session?.latency.add(ms);
      this.cycles.add(ms);
    });
    this.events = new EventLog(this.#wallNow);
    this.keeper = options.keeping === undefined ? null : this.#keeperOf(options.keeping);
    this.history = new SessionHistory(this.engine, this.events, this.#wallNow, this.keeper);
  }

  /** The session of this host, ended or not; null before its first. */
  get session(): Session | null {
    return this.#session;
  }

  /** The session that has not ended. */
  get running(): Session | null {
    return this.#session?.ended === null ? this.#session : null;
  }

  /** The session of this host, or what is known of the one before its time. */
  get newest(): Pick<Session, 'ended'> | null {
    return this.#session ?? this.#pastEnd;
  }

  /** A new session is the one that runs from now on; nothing has been told of it yet. */
  begin(venue: AnyVenue, request: StartRequest, by: string): Session {
    const startedAt = this.#wallNow();
    const session = this.#sessionOf(venue, request, { id: sessionId(startedAt), startedAt, of: 'new' });
    try {
      this.prices.open(session.id);
      this.keeper?.begin(session, by);
      session.drive.open();
    } catch (error) {
      release(session);
      throw error;
    }
    this.#session = session;
    // What the session before announced last says nothing of this one.
    this.#mayBeOver = false;
    return session;
  }

  /** One of before, put together again; the engine has yet to be led to where it was. */
  reopened(venue: AnyVenue, request: StartRequest, stored: { id: string; startedAt: Millis }): Session {
    return this.#sessionOf(venue, request, { ...stored, of: 'kept' });
  }

  /** The session that was reopened is the one that runs from now on; `ended`: how the one before it did. */
  taken(session: Session | null, ended: Session['ended']): void {
    this.#pastEnd = ended && { ended };
    this.#session = session;
  }

  /** A session that was taken up again runs, unless it is over already. */
  goOn(session: Session): void {
    this.#mayBeOver = true;
    this.#settleEnd(session);
    if (!session.ended) session.drive.start();
  }

  /** The engine runs, and an orderly stop would end it. An idle one takes a stop only to close what was left open. */
  get stoppable(): boolean {
    return this.engine.status().state !== 'IDLE' && this.allows('stop');
  }

  allows(name: CommandName): boolean {
    return this.engine.commands().some((view) => view.command === name && view.allowed);
  }

  /** Hands the command to the engine now; resolves with its answer. */
  issue(by: string, command: Command): Promise<string> {
    return this.pending.wait(command.name, (id) => {
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
      if (session.ended || this.closed) return;
      this.#settleEnd(session);
      // What the session goes through from here on is its own doing, not this request's.
      if (!session.ended) underNoRef(() => session.drive.start());
    });
  }

  /** No session of this host: whatever the engine asks of a venue is answered for the one that is no more. */
  #withoutVenue(first: Input): void {
    const inputs = [first];
    for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) {
      const outputs = this.engine.apply(input);
      this.keeper?.withoutVenue(input, outputs);
      for (const output of outputs) {
        if (output.kind === 'reply') this.pending.settle(output);
        else if (output.kind === 'event') this.events.publish('', output.at, output.event);
        else inputs.push(answerOfNone(output));
      }
    }
  }

  #observe(session: Session, input: Input, outputs: readonly Output[], origin: Origin): void {
    this.keeper?.observed(input, outputs, origin);
    if (isLiveClose(input)) {
      this.prices.closed(input.bars, this.engine.facts()?.markets ?? []);
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
        this.pending.settle(output);
      }
    }
  }

  #afterStep(session: Session): 'go on' | 'yield' | 'stop' {
    this.keeper?.afterStep(session);
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
    const over = overBecause(this.engine.status());
    if (over !== null) this.end(session, 'stopped', over);
  }

  #dataEnded(session: Session): void {
    if (this.stoppable) {
      this.pending
        .wait('stop', (id) => session.drive.command(id, 'venue', { name: 'stop', flatten: false }))
        .catch(this.#onFault);
    }
    const message = dataEndedMessage(session.drive.now);
    this.comeToRest(message);
    this.end(session, 'data_ended', message);
  }

  /** A panic or a stop that the market did not live to see would be waited for over every restart. */
  comeToRest(reason: string): void {
    const { state } = this.engine.status();
    if (state === 'IDLE' || state === 'STOPPED') return;
    const input = { kind: 'market_over', at: this.engine.now, reason } as const;
    if (this.#session === null) this.#withoutVenue(input);
    else this.#session.drive.apply(input, 'live');
  }

  /**
   * Something threw in the middle of a step. A market that cannot go on ends the session, as anything does while nothing
   * is at stake. Else the journal knows better how things stand than this process, which ends, and the next one goes on.
   */
  #broke(session: Session, error: unknown): void {
    const { openPositions, pendingEntries } = this.engine.status();
    const atStake = this.engine.broken || openPositions > 0 || pendingEntries > 0;
    if (this.keeper === null || error instanceof DataError || !atStake)
      this.#failed(session, this.#onFault(error));
    else if (this.closed) this.#onFault(error);
    else this.keeper.inDoubt(error);
  }

  /** The venue broke, or the process is in doubt: entries are cancelled as far as that goes, and nothing runs on. */
  #failed(session: Session, reason: string): void {
    session.drive.stop();
    try {
      session.drive.fault(reason);
      if (this.engine.status().state === 'EMERGENCY') this.comeToRest(reason);
    } catch (error) {
      this.#onFault(error);
    }
    if (!session.ended) this.end(session, 'failed', reason);
  }

  end(session: Session, reason: EndReason, message: string): void {
    session.drive.stop();
    session.ended = { reason, message, wallAt: this.#wallNow() };
    this.publish(session, endedEvent(reason, message, this.engine.positions()));
    this.keeper?.ended(session, session.ended);
    release(session);
    this.pending.abandon(message);
  }

  publish(session: Session, event: SessionEvent): void {
    this.events.publish(session.id, session.drive.now, event);
  }

  #sessionOf(
    venue: AnyVenue,
    request: StartRequest,
    { id, startedAt, of }: { id: string; startedAt: Millis; of: 'new' | 'kept' },
  ): Session {
    const { account } = venue;
    const accountLock = account === null ? null : (this.#lockAccount?.(request.venue, account) ?? null);
    try {
      const kept = isLive(venue) ? null : (this.keeper?.venue(venue, id, of) ?? null);
      if (isLive(venue) && venue.paper !== null) this.#openPaper(venue.paper, id, of);
      return openSession({
        engine: this.engine,
        venue,
        request,
        id,
        startedAt,
        accountLock,
        kept,
        observe: (...seen) => this.#observe(...seen),
        beforeSending: () => this.keeper?.safe(),
        entriesRefused: () => this.keeper?.entriesRefused ?? null,
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
    if (this.keeper === null) account.open(new MemoryRecord());
    else this.keeper.paper(account, id, of);
  }

  #keeperOf(keeping: Keeping): Keeper {
    return new Keeper({
      keeping,
      engine: this.engine,
      history: () => this.history,
      pending: this.pending,
      session: () => this.#session,
      wallNow: this.#wallNow,
      onFault: this.#onFault,
    });
  }

  /** The session stays as it is in the journal; nothing that waits to be filled stays behind at the venue. */
  async leave(keeper: Keeper): Promise<void> {
    const session = this.#session;
    if (session !== null && !session.ended) {
      await session.drive.leave();
      FAULT: point({ place: 'shutdown.told' });
    }
    // A failure meanwhile has left it.
    if (this.#left) return;
    if (session !== null && this.engine.broken)
      this.#leaveFailed(session, keeper, 'a step failed while the daemon was stopping');
    else {
      this.#left = true;
      keeper.leave(session);
      if (session !== null) release(session);
    }
    this.pending.abandon('the daemon is stopping');
  }

  /** The process is in doubt. `begun` is false while what the last host left is not taken up yet: it is the next one's. */
  fault(reason: string, begun: boolean): void {
    const session = this.#session;
    const othersNow = this.#left || (!begun && session === null);
    if (othersNow) this.#left = true;
    else if (session !== null && this.keeper !== null) this.#leaveFailed(session, this.keeper, reason);
    else if (session !== null) this.#failed(session, reason);
    else this.#withoutVenue({ kind: 'fault', at: this.#wallNow(), reason });
    this.pending.abandon(reason);
  }

  /** As far as that goes the engine is told; the session is left to the next host, which finds it in ERROR. */
  #leaveFailed(session: Session, keeper: Keeper, reason: string): void {
    this.#left = true;
    session.drive.stop();
    try {
      if (this.engine.broken) keeper.leaveBroken(session, reason);
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

function release({ accountLock, drive }: Session): void {
  drive[Symbol.dispose]();
  accountLock?.[Symbol.dispose]();
}
