/**
 * The imperative shell: hosts one engine over one open venue at a time, paces it, hands it commands and
 * publishes what it announces. The engine lives as long as the host, and its latches with it.
 *
 * A session lasts until nothing more can happen to its account: the recording has ended, or the engine is
 * idle and flat. After a stop that left positions open the venue goes on, so that their stops work.
 */

import type { Command, CommandName, Input } from '../engine/input.ts';
import type { Output, Trade } from '../engine/output.ts';
import type { CommandView, MetricsView, PositionView, StatusView, TransitionView } from '../engine/view.ts';
import type { Millis } from '../market/time.ts';
import { assumedCosts } from '../venue/simulated/costs.ts';
import { DEFAULT_COSTS } from '../venue/simulated/matching.ts';
import { ControlQueue } from './control-queue.ts';
import { type EndReason, EventLog, type SessionEvent } from './event-log.ts';
import { Latency, type LatencyView } from './latency.ts';
import { Lockstep } from './lockstep.ts';
import { Pacer } from './pacer.ts';
import { PendingCommands } from './pending-commands.ts';
import { Refusal } from './refusal.ts';
import {
  closingInVain,
  differences,
  isLiveClose,
  type Session,
  type StartRequest,
  sessionId,
} from './session.ts';
import { TimedEngine } from './timed-engine.ts';
import { type OpenVenue, openVenue, type VenueRequest } from './venues.ts';

export interface SessionHostOptions {
  /** Where venues come from; tests bring their own. */
  readonly open?: (request: VenueRequest) => Promise<OpenVenue>;
  readonly wallNow?: () => Millis;
  /** Wall time that a command may take before its sender is told so. */
  readonly commandBoundMs?: number;
  /** Told of what failed inside and stopped a session. */
  readonly onFault?: (error: unknown) => void;
}

export interface SessionStatus extends Omit<StatusView, 'startedAt'> {
  readonly startedAt: Millis | null;
  readonly venue: string | null;
  readonly session: string | null;
  readonly speed: number | null;
  readonly progress: { readonly done: number; readonly total: number | null } | null;
  readonly ended: { readonly reason: EndReason; readonly message: string } | null;
  readonly latencyMs: number | null;
}

export interface SessionMetrics {
  /** Seconds. */
  readonly uptime: number;
  readonly avgLatencyMs: number | null;
  readonly latency: LatencyView | null;
  /** null before the first start. */
  readonly engine: MetricsView | null;
}

/** More events than this in one slice and the sockets get their turn first. */
const EVENTS_PER_SLICE = 128;

/** Wall time that an orderly end gives a stop under way. */
const SHUTDOWN_BOUND_MS = 5_000;

export class SessionHost {
  readonly events: EventLog;
  readonly #engine: TimedEngine;
  readonly #open: (request: VenueRequest) => Promise<OpenVenue>;
  readonly #wallNow: () => Millis;
  readonly #onFault: (error: unknown) => void;
  readonly #pending: PendingCommands;
  readonly #queue = new ControlQueue();
  #session: Session | null = null;
  #eventsInSlice = 0;
  /** An announcement came that may mean the end of the session. */
  #mayBeOver = false;
  #closed = false;

  constructor(options: SessionHostOptions = {}) {
    this.#open = options.open ?? openVenue;
    this.#wallNow = options.wallNow ?? Date.now;
    this.#onFault = options.onFault ?? (() => undefined);
    this.#pending = new PendingCommands(options.commandBoundMs);
    this.#engine = new TimedEngine((ms) => this.#session?.latency.add(ms));
    this.events = new EventLog(this.#wallNow);
  }

  status(): SessionStatus {
    const session = this.#session;
    return {
      ...this.#engine.status(),
      startedAt: session?.startedAt ?? null,
      venue: session?.request.venue ?? null,
      session: session?.id ?? null,
      speed: session?.speed ?? null,
      progress: session && { done: session.closes, total: session.source.total },
      ended: session?.ended ? { reason: session.ended.reason, message: session.ended.message } : null,
      latencyMs: session?.latency.recentMean ?? null,
    };
  }

  metrics(): SessionMetrics {
    const session = this.#session;
    const until = session?.ended?.wallAt ?? this.#wallNow();
    return {
      uptime: session ? (until - session.startedAt) / 1000 : 0,
      avgLatencyMs: session?.latency.mean ?? null,
      latency: session?.latency.view() ?? null,
      engine: this.#engine.metrics(),
    };
  }

  positions(): readonly PositionView[] {
    return this.#engine.positions();
  }

  /** Finished trades of the running session, or of the last one. */
  trades(): readonly (Trade & { readonly ambiguous: boolean })[] {
    const ambiguous = this.#session?.matching.ambiguousTrades;
    return this.#engine.trades().map((trade) => ({ ...trade, ambiguous: ambiguous?.has(trade.id) ?? false }));
  }

  transitions(since?: number, limit?: number): readonly TransitionView[] {
    return this.#engine.transitions(since, limit);
  }

  commands(): readonly CommandView[] {
    const reason = closingInVain(this.#session, this.#engine.positions().length);
    return this.#engine
      .commands()
      .map((view) =>
        reason !== null && (view.command === 'emergencyStop' || (view.command === 'stop' && view.allowed))
          ? { ...view, allowed: false, reason }
          : view,
      );
  }

  /**
   * Starts trading, or goes on with the account whose positions are still open on the same venue.
   * @returns the engine's message, once it is scanning.
   * @throws Refusal
   */
  async start(request: StartRequest, by: string): Promise<string> {
    const { reply } = await this.#queue.enqueue(async (overtaken) => {
      this.#refuseWhenClosed();
      if (request.mode === 'live') {
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
      if (!this.#allows('start')) return { reply: this.#issue(by, { ...command, account: 'continue' }) };
      const open = this.#engine.positions().length > 0;
      if (open && this.#session && !this.#session.ended) {
        return { reply: this.#goOn(this.#session, request, by, { ...command, account: 'continue' }) };
      }
      const venue = await this.#open(request);
      overtaken();
      this.#refuseWhenClosed();
      return { reply: this.#begin(venue, request, by, { ...command, account: open ? 'abandon' : 'fresh' }) };
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
      this.#refuseWhenClosed();
      const inVain = closingInVain(this.#session, this.#engine.positions().length);
      if (inVain !== null) throw new Refusal('ENGINE_NOT_RUNNING', inVain);
      this.#queue.overtake(new Refusal('SUPERSEDED', 'an emergency stop came first'));
      return this.#issue(by, command);
    }
    const { reply } = await this.#queue.enqueue(() => {
      this.#refuseWhenClosed();
      if (command.name === 'retry') this.#refuseRetryOfTheDead();
      const inVain =
        command.name === 'stop' && command.flatten
          ? closingInVain(this.#session, this.#engine.positions().length)
          : null;
      if (inVain !== null) throw new Refusal('ENGINE_NOT_RUNNING', inVain);
      return { reply: this.#issue(by, command) };
    });
    return reply;
  }

  /** Ends in order: entries are cancelled, positions are left as they are, nothing runs on. */
  async close(by: string): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.overtake(new Refusal('SHUTTING_DOWN', 'the daemon is stopping'));
    if (this.#stoppable) {
      const bound = new Promise<void>((resolve) => setTimeout(resolve, SHUTDOWN_BOUND_MS).unref());
      const stopped = this.#issue(by, { name: 'stop', flatten: false }).then(
        () => undefined,
        (error) => this.#onFault(error),
      );
      await Promise.race([stopped, bound]);
    }
    if (this.#session && !this.#session.ended) this.#end(this.#session, 'stopped', 'the daemon is stopping');
    this.#pending.abandon('the daemon is stopping');
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new Refusal('SHUTTING_DOWN', 'the daemon is stopping');
  }

  /** The engine would go on, but nothing would reach it any more. */
  #refuseRetryOfTheDead(): void {
    const over = this.#session?.ended;
    if (!over || !this.#allows('retry')) return;
    throw new Refusal(
      'ENGINE_NOT_RUNNING',
      `the session is over (${over.message}): stop the engine and start anew`,
    );
  }

  /** The engine runs, and an orderly stop would end it. An idle one takes a stop only to close what was left open. */
  get #stoppable(): boolean {
    return this.#engine.status().state !== 'IDLE' && this.#allows('stop');
  }

  #allows(name: CommandName): boolean {
    return this.#engine.commands().some((view) => view.command === name && view.allowed);
  }

  #begin(venue: OpenVenue, request: StartRequest, by: string, command: Command): Promise<string> {
    const { source, matching } = venue;
    const speed = request.speed ?? venue.defaultSpeed;
    const lockstep = new Lockstep({
      engine: this.#engine,
      source,
      matching,
      observe: (input, outputs) => this.#observe(session, input, outputs),
    });
    const pacer = new Pacer({
      stepper: lockstep,
      speed,
      afterStep: () => this.#afterStep(session),
      onEnd: () => this.#dataEnded(session),
      onFault: (error) => this.#failed(session, error),
    });
    const startedAt = this.#wallNow();
    const session: Session = {
      id: sessionId(startedAt),
      request,
      source,
      matching,
      lockstep,
      pacer,
      speed,
      latency: new Latency(),
      startedAt,
      closes: 0,
      ended: null,
    };
    this.#session = session;
    lockstep.open();
    return this.#launch(session, request, by, command);
  }

  #goOn(session: Session, request: StartRequest, by: string, command: Command): Promise<string> {
    const differs = differences(session.request, request);
    if (differs.length > 0) {
      throw new Refusal(
        'POSITIONS_OPEN',
        `positions are still open in session ${session.id}; this start differs in ${differs.join(', ')}`,
      );
    }
    session.startedAt = this.#wallNow();
    return this.#launch(session, request, by, command);
  }

  async #launch(session: Session, request: StartRequest, by: string, command: Command): Promise<string> {
    this.#publish(session, {
      type: 'session',
      change: 'started',
      preset: request.preset.name,
      mode: request.mode,
      venue: request.venue,
      symbols: session.source.instruments.length,
      total: session.source.total,
      assumed: [...session.source.assumed, ...assumedCosts(DEFAULT_COSTS)],
    });
    try {
      return await this.#issue(by, command);
    } catch (error) {
      const idle = this.#engine.status().state === 'IDLE' && this.#engine.positions().length === 0;
      if (idle && !session.ended)
        this.#end(session, 'failed', error instanceof Error ? error.message : String(error));
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
      session.lockstep.command(id, by, command);
      if (session.ended) return;
      this.#settleEnd(session);
      if (!session.ended) session.pacer.start();
    });
  }

  /** Before the first session: there is nothing to submit to, and nothing held that a panic would have to close. */
  #withoutVenue(input: Input): void {
    for (const output of this.#engine.apply(input)) {
      if (output.kind === 'reply') this.#pending.settle(output);
      else if (output.kind === 'event') this.events.publish('', output.at, output.event);
      else throw new Error(`the engine asks for ${output.kind} and no venue is open`);
    }
  }

  #observe(session: Session, input: Input, outputs: readonly Output[]): void {
    if (isLiveClose(input)) session.closes += 1;
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
    const { state, openPositions, pendingEntries, haltedBy } = this.#engine.status();
    if ((state !== 'IDLE' && state !== 'STOPPED') || openPositions > 0 || pendingEntries > 0) return;
    // A halt that flattened and lifts by itself goes on trading when its day has come.
    if (state === 'STOPPED' && haltedBy?.release === 'next_utc_day') return;
    this.#end(session, 'stopped', state === 'STOPPED' ? 'stopped and latched' : 'stopped');
  }

  #dataEnded(session: Session): void {
    const at = new Date(session.lockstep.now).toISOString();
    if (!this.#stoppable) {
      this.#end(session, 'data_ended', `the recording ended at ${at}`);
      return;
    }
    this.#pending
      .wait('stop', (id) => session.lockstep.command(id, 'venue', { name: 'stop', flatten: false }))
      .catch((error) => this.#onFault(error));
    const { state } = this.#engine.status();
    const stuck =
      state === 'IDLE' ? '' : `; the engine could not go idle any more (${state}): restart the daemon`;
    this.#end(session, 'data_ended', `the recording ended at ${at}${stuck}`);
  }

  #failed(session: Session, error: unknown): void {
    this.#onFault(error);
    const reason = error instanceof Error ? error.message : String(error);
    for (const output of this.#engine.apply({ kind: 'fault', at: session.lockstep.now, reason })) {
      if (output.kind === 'event') this.events.publish(session.id, output.at, output.event);
      else if (output.kind === 'reply') this.#pending.settle(output);
    }
    this.#end(session, 'failed', reason);
  }

  #end(session: Session, reason: EndReason, message: string): void {
    session.pacer.stop();
    session.ended = { reason, message, wallAt: this.#wallNow() };
    this.#publish(session, {
      type: 'session',
      change: 'ended',
      reason,
      message,
      openPositions: this.#engine.positions(),
    });
    this.#pending.abandon(message);
  }

  #publish(session: Session, event: SessionEvent): void {
    this.events.publish(session.id, session.lockstep.now, event);
  }
}
