/**
 * One life of the daemon, from its start to its death: the parts of the live path put together as a daemon does it. Its
 * death takes everything with it but what was committed.
 */

import type { Preset } from '../../../src/config/preset.ts';
import { Engine } from '../../../src/engine/engine.ts';
import type { Command, Finding, Input } from '../../../src/engine/input.ts';
import type { Output } from '../../../src/engine/output.ts';
import type { BarColumns } from '../../../src/market/bars.ts';
import type { Instrument } from '../../../src/market/instrument.ts';
import type { Millis } from '../../../src/market/time.ts';
import type { Origin } from '../../../src/session/drive.ts';
import { Recorder } from '../../../src/session/keeping/recorder.ts';
import { findingOf, restoreSession } from '../../../src/session/keeping/recovery.ts';
import type { Clock } from '../../../src/session/live/clock.ts';
import { LiveLoop } from '../../../src/session/live/live-loop.ts';
import { Reconciler } from '../../../src/session/live/reconciler.ts';
import type { Broker } from '../../../src/venue/broker.ts';
import type { Exchange } from '../venue/exchange.ts';
import type { Caller } from '../venue/wire.ts';
import { type InFlight, Wire } from '../venue/wire.ts';
import type { Faults } from '../world/faults.ts';
import type { Timeline } from '../world/timeline.ts';
import type { Disk, LifeJournal } from './disk.ts';

/** The daemon is no more; nobody in it catches this. */
export class Crash extends Error {
  override readonly name = 'Crash';
  readonly step: string;

  constructor(step: string) {
    super(`died ${step}`);
    this.step = step;
  }
}

/** Seams at which a test breaks the code on purpose. */
export interface Seams {
  readonly engine?: () => Engine;
  readonly broker?: (broker: Broker, session: string, recovering: () => boolean) => Broker;
  readonly beforeSending?: (safe: () => void) => void;
}

export interface LifeParts {
  readonly session: string;
  readonly preset: Preset;
  readonly instruments: readonly Instrument[];
  readonly amend: boolean;
  readonly timeline: Timeline;
  readonly exchange: Exchange;
  readonly faults: Faults;
  readonly disk: Disk;
  readonly inFlight: InFlight[];
  readonly down: () => boolean;
  readonly history: (bars: number) => Iterable<BarColumns>;
  /** Bars that were missed between two close times, the later one included. */
  readonly missed: (after: Millis, until: Millis) => Iterable<BarColumns>;
  readonly observed: (life: Life, input: Input, outputs: readonly Output[]) => void;
  /** The state after the last input that was committed when the life before ended; null when something was lost. */
  readonly expected: { readonly seq: number; readonly state: Uint8Array } | null;
  readonly seams: Seams;
}

/** From one comparison with the venue's books to the next. */
export const SWEEP_MS: Millis = 20_000;
const IDLE_SWEEP_MS: Millis = 120_000;
const GROUP_MS: Millis = 20;
const LOOKING = /looked up|timer|commit/;

export class Life implements Caller {
  alive = true;
  /** Recovered: it trades. */
  ready = false;
  clockError: Millis = 0;
  readonly engine: Engine;
  readonly loop: LiveLoop;
  readonly journal: LifeJournal;
  readonly recorder: Recorder;
  readonly #parts: LifeParts;
  readonly #wire: Wire;
  readonly #reconciler: Reconciler;
  #seq = 0;
  #applied = 0;
  #commitDue = false;
  #reserveUsed = false;
  #recovering = false;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    const { timeline, exchange, faults, disk, session, seams } = parts;
    this.journal = disk.open({
      full: () => faults.rates.diskFull > 0 && this.#full(),
      reserveFails: () => faults.dice.chance(faults.rates.noReserve),
      point: (name) => this.point(name),
    });
    this.engine = seams.engine?.() ?? new Engine();
    this.recorder = new Recorder({
      journal: this.journal,
      wallNow: () => timeline.now,
      save: () => ({ engine: this.engine.save(), shell: new Uint8Array(0) }),
      onReserve: () => {
        this.#reserveUsed = true;
      },
      onLost: () => {
        faults.count('journal lost');
        throw new Crash('because nothing can be committed');
      },
    });
    const clock = this.#clock();
    this.#wire = new Wire({
      exchange,
      timeline,
      faults,
      caller: this,
      amend: parts.amend,
      down: parts.down,
      inFlight: parts.inFlight,
    });
    const broker = seams.broker?.(this.#wire, session, () => this.#recovering) ?? this.#wire;
    const safe = () => this.recorder.safe();
    this.loop = new LiveLoop({
      engine: this.engine,
      session,
      broker,
      clock,
      observe: (input, outputs, origin) => this.#observe(input, outputs, origin),
      beforeSending: () => (seams.beforeSending ? seams.beforeSending(safe) : safe()),
      entriesRefused: () => this.recorder.entriesRefused,
      history: (bars, done) => {
        timeline.after(faults.dice.whole(50, 2_000), () => {
          if (!this.alive) return;
          done(parts.history(bars));
        });
      },
    });
    this.#reconciler = new Reconciler({
      engine: this.engine,
      loop: this.loop,
      broker,
      clock,
      session,
      instruments: () => parts.instruments,
      priceOf: (symbol) => exchange.priceText(symbol),
    });
    exchange.onPush = (push) => {
      if (this.alive) this.#wire.push(push, (heard) => this.loop.pushed(heard));
    };
  }

  /** The ordinal of the last input that was written down, and what the engine had come to with it. */
  get standing(): { readonly seq: number; readonly whole: boolean } {
    return {
      seq: this.#seq,
      whole: this.#seq > 0 && this.journal.uncommitted === 0 && this.#applied === this.#seq,
    };
  }

  /** Begins its session, or goes on with it. */
  start(): void {
    const { disk, preset, session, timeline, faults } = this.#parts;
    if (disk.used) {
      this.#recover();
      return;
    }
    const row = {
      id: session,
      ordinal: 1,
      preset,
      presetHash: '',
      mode: 'live',
      venue: 'hostile',
      request: { data: null, symbols: null, from: null, to: null, seed: null, speed: 1, equity: '10000' },
      startedAt: timeline.now,
      by: 'simulation',
    } as const;
    this.recorder.begin(row, null);
    this.loop.apply({
      kind: 'instruments',
      at: this.loop.now,
      instruments: this.#parts.instruments,
      figures: { book: false, tradesPerMinute: false, openInterest: false },
      broker: { amend: this.#parts.amend },
    });
    this.recorder.safe();
    faults.count('first starts');
    this.#up();
  }

  command(id: number, command: Command): void {
    this.loop.command(id, 'operator', command);
  }

  /** Ends in order. */
  end(): void {
    this.loop.apply({ kind: 'shutdown', at: this.loop.now });
    this.recorder.snapshot(this.loop.now);
    this.recorder.close();
  }

  /** The connection is back: what was missed is asked for. */
  sweep(): void {
    if (this.ready) this.#reconciler.sweep();
  }

  /** After each event: what may not be done within an input. */
  afterEvent(): void {
    if (!this.#reserveUsed) return;
    this.#reserveUsed = false;
    this.loop.apply({ kind: 'fault', at: this.loop.now, reason: 'the journal cannot be written' });
  }

  point(name: string): void {
    if (!this.alive) return;
    const { faults } = this.#parts;
    // Most of what a daemon does is to look: it would hardly ever die anywhere else.
    const often = this.#recovering || !LOOKING.test(name) ? 1 : 0.02;
    if (!faults.dice.chance(faults.rates.crash * often)) return;
    const when = this.#recovering ? 'in recovery, ' : this.#panicking ? 'in a panic, ' : '';
    throw new Crash(`${when}${name}`);
  }

  get #panicking(): boolean {
    return this.engine.status().state === 'EMERGENCY';
  }

  /** Nothing is held and nothing is out. */
  get #atRest(): boolean {
    const { openPositions, pendingEntries } = this.engine.status();
    return openPositions === 0 && pendingEntries === 0;
  }

  #full(): boolean {
    const { faults } = this.#parts;
    return this.recorder.entriesRefused !== null || faults.strikes('diskFull');
  }

  #clock(): Clock {
    const { timeline } = this.#parts;
    return {
      now: () => timeline.now + this.clockError,
      steady: () => timeline.now,
      after: (ms, run) =>
        timeline.after(ms, () => {
          if (!this.alive) return;
          this.point('at a timer');
          run();
        }),
    };
  }

  #observe(input: Input, outputs: readonly Output[], origin: Origin): void {
    this.#applied += 1;
    this.recorder.observed(input, outputs, origin);
    this.#seq += 1;
    this.#parts.observed(this, input, outputs);
    if (this.#commitDue || this.journal.uncommitted === 0) return;
    this.#commitDue = true;
    this.#parts.timeline.after(GROUP_MS, () => {
      if (!this.alive) return;
      this.#commitDue = false;
      this.recorder.safe();
    });
  }

  #recover(): void {
    const { session, timeline, faults, expected, missed } = this.#parts;
    this.#recovering = true;
    faults.count('recoveries');
    this.point('before the state is led back');
    const restored = restoreSession({
      journal: this.journal,
      engine: this.engine,
      session,
      goesOn: true,
      restoreShell: () => undefined,
      seen: () => undefined,
    });
    this.#seq = restored.seq;
    this.#applied = restored.seq;
    if (restored.difference !== null)
      throw new Error(
        `input ${restored.difference.seq} led to another decision: ${JSON.stringify(restored.difference).slice(0, 2_000)}`,
      );
    if (expected !== null && expected.seq !== restored.seq)
      throw new Error(`${expected.seq} inputs were committed and ${restored.seq} are found`);
    if (expected !== null && !Buffer.from(expected.state).equals(this.engine.save()))
      throw new Error('the state after the recovery is not the one of before, though nothing was lost');
    this.recorder.resume(session, restored.seq, restored.snapshotSeq);
    this.point('after the state was led back');
    this.loop.hold();
    const outstanding = this.engine.outstanding();
    const known: Finding[] = restored.difference === null ? [] : [findingOf(restored.difference)];
    this.#reconciler.recover(known, () => {
      this.point('after the books were reconciled');
      this.loop.resume(outstanding);
      for (const bars of missed(this.engine.toldTo, timeline.now))
        this.loop.apply({ kind: 'bars', at: this.loop.now, phase: 'late', bars });
      this.loop.release();
      this.point('before the snapshot');
      this.recorder.snapshot(this.loop.now);
      this.recorder.safe();
      this.point('after the snapshot');
      this.#recovering = false;
      this.#up();
    });
  }

  #up(): void {
    this.ready = true;
    const { timeline } = this.#parts;
    let swept = timeline.now;
    const again = (): void => {
      if (!this.alive) return;
      if (!this.#atRest || timeline.now - swept >= IDLE_SWEEP_MS) {
        swept = timeline.now;
        this.#reconciler.sweep();
      }
      timeline.after(SWEEP_MS, again);
    };
    timeline.after(SWEEP_MS, again);
  }
}
