/**
 * What people and rules ask of the engine, and how the state gets there: commands, latches, halts, the orderly
 * stop and the panic. `settle` runs after every input and moves the state on as far as the facts allow.
 */
import type { Archive, Shape } from '../archive/archive.ts';
import type { Outbox, TimerPurpose } from '../execution/outbox.ts';
import type { BarColumns } from '../market/bars.ts';
import type { BookQuote } from '../market/book.ts';
import type { Breach } from '../risk/limits.ts';
import { warmupBars } from '../strategy/series.ts';
import { factsShape, type VenueFacts } from './facts.ts';
import { FlatCheck } from './flat-check.ts';
import { Foreign } from './foreign.ts';
import type { Command, Finding, FindingCode, ForeignHolding, InputOf, PositionReport } from './input.ts';
import { Latches } from './latches.ts';
import { listedAnew } from './listings.ts';
import { Machine } from './machine.ts';
import { Pipeline } from './pipeline.ts';
import type { ErrorCode } from './refusal.ts';
import { refusalOf, samePreset } from './refusals.ts';
import { Replies, type Waiting, waitingShape } from './replies.ts';
import { Requests } from './requests.ts';
import { Run, runShape } from './run.ts';

/** A start that waits for its warm-up: the history that was asked for. */
interface Starting extends Waiting {
  readonly bars: number;
}

interface Stopping {
  readonly by: string;
  readonly flatten: boolean;
  readonly waiting: Waiting[];
}

interface Panic {
  readonly reason: string;
  readonly by: string;
  readonly waiting: Waiting[];
}

const startingShape: Shape<Starting> = (a, start) => ({
  ...waitingShape(a, start),
  bars: a.number(start?.bars),
});

const stoppingShape: Shape<Stopping> = (a, stop) => ({
  by: a.text(stop?.by),
  flatten: a.flag(stop?.flatten),
  waiting: a.list(stop?.waiting, waitingShape),
});

const panicShape: Shape<Panic> = (a, panic) => ({
  reason: a.text(panic?.reason),
  by: a.text(panic?.by),
  waiting: a.list(panic?.waiting, waitingShape),
});
/** Findings over which a person is to look before anything is entered. */
const IN_DOUBT: ReadonlySet<string> = new Set<FindingCode>(['DECISIONS_DIFFER', 'RECORDS_LOST']);

export class Controls {
  readonly machine: Machine;
  readonly latches = new Latches();
  readonly foreign: Foreign;
  facts: VenueFacts | null = null;
  run: Run | null = null;
  /** An orderly stop that waits for entry orders to end, fills to be protected and, with flatten, for flat. */
  stopping: Stopping | null = null;
  readonly #outbox: Outbox;
  #pipeline: Pipeline | null = null;
  #starting: Starting | null = null;
  #pausing: Waiting[] = [];
  #panic: Panic | null = null;
  readonly #flatCheck: FlatCheck;
  readonly #replies: Replies;
  readonly #requests: Requests;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
    this.foreign = new Foreign(outbox);
    this.#flatCheck = new FlatCheck(outbox);
    this.#replies = new Replies(outbox);
    this.#requests = new Requests(this.#replies);
    this.machine = new Machine(({ from, to, reason, by }) =>
      outbox.event({ type: 'state', from, to, reason, by }),
    );
  }

  /** States in which the pipeline works: open positions managed, levels watched. */
  get running(): boolean {
    const { state } = this.machine;
    return state !== 'IDLE' && state !== 'STOPPED' && state !== 'INITIALIZING';
  }

  get entriesAllowed(): boolean {
    const { state } = this.machine;
    const held = this.latches.held || this.foreign.refusalOfStart() !== null;
    return !held && this.stopping === null && this.#panic === null && state !== 'ERROR';
  }

  command(id: number, by: string, command: Command): void {
    const refusal = refusalOf(this, command);
    if (refusal !== null) {
      this.#replies.refuse({ id, by }, refusal.code, refusal.message);
      return;
    }
    const who = { id, by };
    switch (command.name) {
      case 'start':
        this.#start(who, command);
        break;
      case 'stop':
        this.#stop(who, command.flatten);
        break;
      case 'pause':
        this.#pause(who, command.reason);
        break;
      case 'resume':
        this.latches.pause = null;
        for (const waiting of this.#pausing.splice(0))
          this.#replies.refuse(waiting, 'SUPERSEDED', 'a resume came first');
        this.#leavePause('resumed', by);
        this.#replies.done(who, 'resumed: entries are allowed again');
        break;
      case 'emergencyStop':
        this.#emergency(who, command.reason);
        break;
      case 'reset':
        this.#reset(who, command.reason);
        break;
      case 'retry':
        this.#retry(who);
        break;
      case 'closePosition':
        if (this.run !== null) this.#requests.close(who, this.run, command.tradeId);
        break;
      case 'cancelOrder':
        if (this.run !== null) this.#requests.cancel(who, this.run, command.orderId);
        break;
      case 'adopt':
      case 'ignore':
        this.#replies.done(who, this.foreign.decide(command.symbol, command.name, by));
        break;
    }
  }

  listings(input: InputOf<'listings'>): void {
    if (this.facts === null) return;
    this.facts = listedAnew(this.facts, input);
    this.run?.relist(this.facts);
  }

  bars(bars: BarColumns, phase: 'history' | 'live' | 'late'): void {
    const { run } = this;
    const pipeline = this.#pipeline;
    if (run === null || pipeline === null) return;
    pipeline.absorb(bars, phase !== 'history');
    if (phase === 'history') return;
    if (phase === 'late') {
      pipeline.late(bars);
      return;
    }
    const at = bars.closeTime;
    run.why.now = at;
    run.toldTo = at;
    if (this.latches.haltIsOver(at)) this.#release('the UTC day is over', 'engine');
    if (!this.running) {
      run.desk.mark(run.series, at);
      return;
    }
    const { state } = this.machine;
    pipeline.manage(at);
    const breach = run.breach ?? run.limits.mark(at, run.markedEquity);
    run.breach = null;
    if (breach !== null) this.#halt(breach);
    if (state === 'ERROR' || state === 'EMERGENCY' || this.machine.state === 'EMERGENCY') return;
    if (state === 'PAUSED') {
      run.counters.cycles++;
      return;
    }
    pipeline.decide(at);
  }

  book(symbol: number, quote: BookQuote): void {
    const { run } = this;
    if (run === null) return;
    run.books[symbol] = quote;
    if (this.running) run.desk.quoted(symbol, quote);
  }

  timer(purpose: TimerPurpose): void {
    if (purpose.kind === 'verify') this.#flatCheck.again();
    else this.run?.desk.timer(purpose);
  }

  /** The warm-up is complete. */
  ready(): void {
    if (this.machine.state !== 'INITIALIZING' || this.#starting === null || this.run === null) return;
    const who = this.#starting;
    this.#starting = null;
    const { preset, mode } = this.run;
    this.machine.go('SCANNING', this.#outbox.at, `started with ${preset.name}`, who.by);
    const { pause, halt } = this.latches;
    const held = pause
      ? `; paused by ${pause.by} (${pause.reason}): resume to trade`
      : halt
        ? `; halted by ${halt.rule}: ${halt.reason}`
        : '';
    this.#replies.done(who, `started with preset '${preset.name}' in ${mode} mode${held}`);
  }

  /** The venue's own count of positions. */
  verified(queryId: number, positions: readonly PositionReport[]): void {
    if (this.run !== null) this.#flatCheck.answer(queryId, positions, this.run, this.foreign);
  }

  /** Own books have been held against the venue's. What nobody has decided on keeps entries from being sent. */
  reconciled(findings: readonly Finding[], holdings: readonly ForeignHolding[]): void {
    for (const { code, symbol, message } of findings)
      this.#outbox.event({ type: 'warning', code, symbol, message });
    this.foreign.seen(holdings);
    const doubt = findings.find(({ code }) => IN_DOUBT.has(code));
    if (doubt !== undefined) this.#holdEntries(doubt.message);
  }

  /** Entries wait for a person; open positions stay managed. Where none can be sent anyway the next start is refused. */
  #holdEntries(reason: string): void {
    const { state } = this.machine;
    if (state === 'IDLE' || state === 'STOPPED' || state === 'EMERGENCY') return;
    if (this.latches.pause !== null) return;
    this.latches.pause = { by: 'reconciliation', at: this.#outbox.at, reason };
    this.run?.desk.cancelEntries('reconciliation');
  }

  /** The daemon ends and the next one goes on: nothing that waits to be filled stays behind. */
  shutdown(): void {
    this.run?.desk.cancelEntries('the daemon is stopping');
  }

  fault(reason: string): void {
    const { state } = this.machine;
    if (state === 'ERROR' || state === 'EMERGENCY' || state === 'STOPPED') return;
    this.run?.desk.cancelEntries('fault');
    this.machine.go('ERROR', this.#outbox.at, reason);
    this.#supersede(`the engine failed: ${reason}`, 'START_FAILED');
  }

  /** Comes to rest whatever is open: a panic stays latched. Whoever waits hears that it did not come about. */
  marketOver(reason: string): void {
    const { machine } = this;
    const at = this.#outbox.at;
    const open = this.#positions;
    const left = open === 0 ? '' : `: what is open (${open}) can no longer be closed`;
    const message = `${reason}${left}`;
    for (const who of this.#panic?.waiting ?? []) this.#replies.refuse(who, 'ENGINE_NOT_RUNNING', message);
    this.#panic = null;
    this.#requests.supersede(message);
    this.#supersede(message, 'START_FAILED');
    this.#flatCheck.begin();
    const { state } = machine;
    if (state === 'IDLE' || state === 'STOPPED') return;
    machine.go('STOPPED', at, message);
    // What was closing everything is latched, and is for a person to reset.
    if (state !== 'EMERGENCY') machine.go('IDLE', at, message);
  }

  /** Moves the state on to where it rests, as far as the facts allow. */
  settle(): void {
    this.#requests.settle(this.run);
    const undecided = this.foreign.refusalOfStart();
    if (undecided !== null) this.#holdEntries(undecided.message);
    const { state } = this.machine;
    if (state === 'IDLE' && this.stopping !== null) this.#settleStop();
    if (state === 'IDLE' || state === 'STOPPED') return;
    const breach = this.run?.breach ?? null;
    if (breach !== null && this.run !== null) {
      this.run.breach = null;
      this.#halt(breach);
    }
    if (this.machine.state === 'EMERGENCY') {
      this.#settlePanic();
      return;
    }
    if (this.stopping !== null) {
      this.#settleStop();
      if (this.stopping === null) return;
    }
    if (this.machine.state === 'INITIALIZING' || this.machine.state === 'ERROR' || this.run === null) return;
    // A stop takes nothing over: what it leaves or closes is the bot's own.
    if (this.stopping === null) this.foreign.adoptDue(this.run);
    this.#rest(this.run);
  }

  get #positions(): number {
    return this.run?.desk.positions ?? 0;
  }

  /** Entries out are waited for; a latch pauses; else the pipeline says where it rests. */
  #rest(run: Run): void {
    const { machine } = this;
    const at = this.#outbox.at;
    if (machine.state === 'EXECUTION') {
      if (run.desk.entering) return;
      machine.go(run.desk.positions > 0 ? 'MANAGING' : 'SCANNING', at, 'entries are final');
    }
    if (this.latches.held) {
      if (machine.state !== 'PAUSED') {
        const { pause, halt } = this.latches;
        machine.go('PAUSED', at, pause?.reason ?? halt?.reason ?? '', pause?.by ?? halt?.by ?? 'engine');
        run.levels.suspend('entries are paused');
      }
      for (const who of this.#pausing.splice(0))
        this.#replies.done(who, 'paused: no new entries; open positions stay managed');
      return;
    }
    if (this.stopping !== null) return;
    this.#pipeline?.rest(at);
  }

  #start(who: Waiting, command: Extract<Command, { name: 'start' }>): void {
    const { facts } = this;
    if (facts === null) return;
    const at = this.#outbox.at;
    const { run } = this;
    const goesOn = command.account === 'continue' && run !== null && samePreset(run.preset, command.preset);
    if (!goesOn || run === null) {
      // A day's loss was the old account's. What waits for a person waits on: a panic, and a halt that a reset releases.
      if (this.latches.halt?.release === 'next_utc_day') this.latches.halt = null;
      this.#outbox.forgetTimers();
      this.run = new Run({
        preset: command.preset,
        mode: command.mode,
        equity: command.equity,
        at,
        facts,
        outbox: this.#outbox,
      });
      this.#pipeline = this.#pipelineOf(this.run);
    }
    this.machine.go('INITIALIZING', at, `start of ${command.preset.name}`, who.by);
    const bars = goesOn ? 0 : warmupBars(command.preset);
    this.#starting = { ...who, bars };
    this.#outbox.put({ kind: 'history', at, bars });
  }

  #stop(who: Waiting, flatten: boolean): void {
    const { run } = this;
    this.#supersede('a stop came first');
    this.stopping = { by: who.by, flatten, waiting: [who] };
    this.#flatCheck.begin();
    if (run === null) return;
    run.desk.cancelEntries('stop');
    if (flatten) run.desk.closeAll('flatten');
  }

  #pause(who: Waiting, reason: string): void {
    this.latches.pause ??= { by: who.by, at: this.#outbox.at, reason };
    if (this.machine.state === 'PAUSED') {
      this.#replies.done(who, 'already paused');
      return;
    }
    this.run?.desk.cancelEntries('pause');
    // The reply waits until the state's row of the table allows PAUSED: see #rest.
    this.#pausing.push(who);
  }

  #retry(who: Waiting): void {
    // What failed before anything was started leaves nothing to go on with.
    const to = this.run === null ? 'IDLE' : this.#positions > 0 ? 'MANAGING' : 'SCANNING';
    this.machine.go(to, this.#outbox.at, 'retried', who.by);
    this.#replies.done(who, `retried: the engine ${to === 'IDLE' ? 'can be started' : 'goes on'}`);
  }

  #leavePause(reason: string, by: string): void {
    if (this.machine.state !== 'PAUSED' || this.latches.held) return;
    this.machine.go(this.#positions > 0 ? 'MANAGING' : 'SCANNING', this.#outbox.at, reason, by);
  }

  #emergency(who: Waiting, reason: string): void {
    if (this.#panic === null) {
      this.#supersede('an emergency stop came first');
      this.#enterEmergency({ reason, by: who.by, waiting: [who] });
    } else {
      this.#panic.waiting.push(who);
      if (this.latches.halt?.rule === 'panic') return;
      // The kill switch is flattening already: from here on it is a panic, which lifts by no calendar.
      this.run?.desk.closeAll('panic');
    }
    this.latches.halt = {
      rule: 'panic',
      by: who.by,
      at: this.#outbox.at,
      reason,
      value: null,
      limit: null,
      release: 'manual',
    };
  }

  #enterEmergency(panic: Panic): void {
    const at = this.#outbox.at;
    const { machine } = this;
    this.#panic = panic;
    this.#flatCheck.begin();
    if (machine.state === 'IDLE' || machine.state === 'STOPPED')
      machine.go('INITIALIZING', at, panic.reason, panic.by);
    machine.go('EMERGENCY', at, panic.reason, panic.by);
    this.#requests.supersede('an emergency stop came first');
    this.run?.desk.cancelEntries('panic');
    this.run?.desk.closeAll(panic.waiting.length > 0 ? 'panic' : 'kill_switch');
  }

  #halt(breach: Breach): void {
    const { run, latches } = this;
    if (run === null || latches.halt !== null) return;
    const at = this.#outbox.at;
    const reason = `${breach.rule} ${breach.value} >= ${breach.limit}`;
    latches.halt = { ...breach, by: 'engine', at, reason };
    run.halts.push({
      rule: breach.rule,
      at,
      value: breach.value,
      limit: breach.limit,
      release: breach.release,
    });
    this.#outbox.event({ type: 'halt', ...breach });
    if (run.preset.risk.on_halt === 'flatten') {
      this.#supersede(`the kill switch came first: ${reason}`);
      this.#enterEmergency({ reason, by: 'engine', waiting: [] });
    } else {
      run.desk.cancelEntries('halt');
    }
  }

  /** Lifts a halt; trading goes on unless it is paused too. */
  #release(reason: string, by: string): void {
    const { halt } = this.latches;
    if (halt === null || this.machine.state === 'EMERGENCY') return;
    this.latches.halt = null;
    if (halt.rule !== 'panic' && this.run !== null) {
      this.run.limits.released(halt.rule, this.run.markedEquity);
      this.#outbox.event({ type: 'halt_released', rule: halt.rule, reason });
    }
    if (this.machine.state === 'STOPPED') {
      // A kill switch that flattened and lifts by itself starts anew; a panic, or a reset, ends in IDLE.
      if (halt.release === 'next_utc_day' && by === 'engine') {
        this.machine.go('INITIALIZING', this.#outbox.at, reason, by);
        this.machine.go('SCANNING', this.#outbox.at, reason, by);
      } else {
        this.machine.go('IDLE', this.#outbox.at, reason, by);
      }
      return;
    }
    this.#leavePause(reason, by);
  }

  #reset(who: Waiting, reason: string): void {
    this.#release(`reset: ${reason}`, who.by);
    this.#replies.done(
      who,
      `reset: ${this.machine.state === 'IDLE' ? 'the engine can be started' : 'the halt is lifted'}`,
    );
  }

  #settlePanic(): void {
    const { run, machine } = this;
    if (run !== null && !this.#isFlat(run)) return;
    const panic = this.#panic;
    this.#panic = null;
    const at = this.#outbox.at;
    machine.go('STOPPED', at, 'verified flat', panic?.by ?? 'engine');
    for (const who of panic?.waiting ?? []) {
      this.#replies.done(who, 'stopped and verified flat; reset to start again');
    }
  }

  /** True once the venue has said so, asked after the last trade ended. */
  #isFlat({ desk }: Run): boolean {
    if (desk.size === 0) return this.#flatCheck.confirmed();
    // What was asked for before says nothing of what is open now.
    this.#flatCheck.begin();
    return false;
  }

  #settleStop(): void {
    const { stopping, run, machine } = this;
    if (stopping === null) return;
    if (run !== null) {
      if (stopping.flatten && !this.#isFlat(run)) return;
      if (run.desk.entriesPending > 0 || !run.desk.allProtected) return;
    }
    const open = this.#positions;
    const at = this.#outbox.at;
    this.stopping = null;
    machine.go('STOPPED', at, 'stopped', stopping.by);
    machine.go('IDLE', at, 'stopped', stopping.by);
    const left =
      open > 0 ? `; ${open} position${open === 1 ? '' : 's'} left with their stops at the venue` : '';
    for (const who of stopping.waiting)
      this.#replies.done(who, `stopped${stopping.flatten ? ' and verified flat' : left}`);
    for (const who of this.#pausing.splice(0))
      this.#replies.done(who, 'paused: the engine has stopped, and its next start will be paused');
  }

  /** Commands that still wait are overtaken and hear of it. */
  #supersede(message: string, startCode: ErrorCode = 'SUPERSEDED'): void {
    const starting = this.#starting;
    const overtaken = [...this.#pausing, ...(this.stopping?.waiting ?? [])];
    this.#starting = null;
    this.#pausing = [];
    this.stopping = null;
    if (starting !== null) this.#replies.refuse(starting, startCode, message);
    for (const who of overtaken) this.#replies.refuse(who, 'SUPERSEDED', message);
  }

  /** What was asked for and is not answered yet: bars of history, and the venue's positions (by query). */
  get awaited(): { readonly history: number | null; readonly query: number | null } {
    return { history: this.#starting?.bars ?? null, query: this.#flatCheck.query };
  }

  archive(a: Archive): void {
    a.section('Controls');
    this.machine.archive(a);
    this.latches.archive(a);
    this.foreign.archive(a);
    this.facts = a.nullable(this.facts, factsShape);
    this.run = a.nullable(this.run, runShape(this.#outbox));
    a.section('Controls, continued');
    this.stopping = a.nullable(this.stopping, stoppingShape);
    this.#starting = a.nullable(this.#starting, startingShape);
    a.items(this.#pausing, waitingShape);
    this.#panic = a.nullable(this.#panic, panicShape);
    this.#flatCheck.archive(a);
    this.#requests.archive(a);
    if (a.loading) this.#pipeline = this.run === null ? null : this.#pipelineOf(this.run);
  }

  #pipelineOf(run: Run): Pipeline {
    return new Pipeline(run, this.machine, this.#outbox, () => this.entriesAllowed);
  }
}
