/** One seed, one run: a market, a venue, a wire, a daemon that dies and comes back, people, and the checks on all of it. */

import Big from 'big.js';
import fc from 'fast-check';
import type { Preset } from '../../../src/config/preset.ts';
import type { Command, Input } from '../../../src/engine/input.ts';
import type { Output } from '../../../src/engine/output.ts';
import type { BarColumns } from '../../../src/market/bars.ts';
import { BASE, type Millis } from '../../../src/market/time.ts';
import { inSteps } from '../../../src/venue/simulated/steps.ts';
import { presets } from '../../engine/random-session.ts';
import { Books } from '../checks/books.ts';
import { Limits } from '../checks/limits.ts';
import { Protection } from '../checks/protection.ts';
import { replayed } from '../checks/replay.ts';
import { type Disk, MemoryDisk } from '../daemon/disk.ts';
import { Crash, Life, type Seams } from '../daemon/life.ts';
import { Exchange } from '../venue/exchange.ts';
import type { InFlight } from '../venue/wire.ts';
import { Dice } from './dice.ts';
import { drawRates, Faults } from './faults.ts';
import { HostileMarket, rowsOf, STEPS } from './market.ts';
import { nextCommand } from './operator.ts';
import { Timeline } from './timeline.ts';

export interface RunResult {
  readonly seed: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
}

export interface RunOptions {
  readonly seams?: Seams;
  readonly disk?: () => Disk;
  readonly tell?: (line: string) => void;
}

const SESSION = 'h';
const MOST_CRASHES = 15;
const MINUTE: Millis = 60_000;

export function simulate(seed: number, options: RunOptions = {}): RunResult {
  return new Simulation(seed, options).run();
}

/** On the side of trading, so that there is something to go wrong. */
function busy(preset: Preset, dice: Dice): Preset {
  if (dice.chance(0.15)) return preset;
  return {
    ...preset,
    strategy: 'momentum',
    entry: { ...preset.entry, cooldown_base_bars: 0, max_chase_atr: dice.between(0.3, 3) },
    risk: {
      ...preset.risk,
      max_open_positions: dice.whole(1, 4),
      on_halt: dice.pick(['keep', 'keep', 'flatten']),
    },
  };
}

class Simulation {
  readonly #seed: number;
  readonly #dice: Dice;
  readonly #faults: Faults;
  readonly #market: HostileMarket;
  readonly #timeline: Timeline;
  readonly #exchange: Exchange;
  readonly #disk: Disk;
  readonly #preset: Preset;
  readonly #amend: boolean;
  readonly #twoStops: boolean;
  readonly #inFlight: InFlight[] = [];
  readonly #violations: string[] = [];
  readonly #protection: Protection;
  readonly #books: Books;
  readonly #limits: Limits;
  readonly #seams: Seams;
  readonly #tell: (line: string) => void;
  #life: Life | null = null;
  #expected: { seq: number; state: Uint8Array } | null = null;
  #latches: { paused: boolean; halted: string | null; state: string } | null = null;
  #crashes = 0;
  #commands = 0;
  #down = 0;
  #takeAway: (() => void) | null = null;
  /** Bars that have closed so far. */
  #closed = 0;

  constructor(seed: number, { seams, disk, tell }: RunOptions) {
    this.#seed = seed;
    this.#dice = new Dice(seed * 7919 + 1);
    this.#faults = new Faults(this.#dice, drawRates(this.#dice));
    const [preset] = fc.sample(presets, { seed, numRuns: 1 });
    if (preset === undefined) throw new Error('no preset');
    this.#preset = busy(preset, this.#dice);
    this.#amend = this.#dice.chance(0.6);
    this.#twoStops = !this.#amend && this.#dice.chance(0.5);
    this.#market = new HostileMarket(seed, this.#dice, this.#dice.whole(40, 160));
    this.#timeline = new Timeline(this.#market.startsAt);
    this.#exchange = new Exchange(this.#market.markets, this.#timeline, this.#faults);
    this.#disk = disk?.() ?? new MemoryDisk();
    this.#seams = seams ?? {};
    this.#tell = tell ?? (() => undefined);
    this.#exchange.tell = (what) =>
      this.#tell(`${this.#timeline.now - this.#market.startsAt} venue: ${what}`);
    const violated = (what: string) => this.#violated(what);
    this.#protection = new Protection({
      exchange: this.#exchange,
      markets: this.#market.markets,
      inFlight: this.#inFlight,
      protectMs: this.#preset.execution.protect_timeout_ms,
      violated,
    });
    this.#books = new Books(this.#exchange, this.#market.markets, SESSION, violated);
    this.#limits = new Limits(this.#preset, this.#market.markets, violated);
  }

  run(): RunResult {
    try {
      this.#play();
    } catch (error) {
      this.#violated(error instanceof Error ? (error.stack ?? error.message) : String(error));
    } finally {
      this.#disk.close();
    }
    return { seed: this.#seed, counts: this.#faults.counts, violations: this.#violations };
  }

  #play(): void {
    const { startsAt, bars } = this.#market;
    this.#prices();
    this.#begin();
    this.#until(startsAt + 5_000);
    this.#give({ name: 'start', preset: this.#preset, mode: 'paper', equity: '10000', account: 'fresh' });
    const last = bars.at(-1)?.closeTime ?? startsAt;
    this.#happenings();
    this.#until(last + 1_000);
    this.#calm();
    this.#settled();
    this.#panic();
    this.#finish();
  }

  /** The market's prices and closes, all laid out ahead. */
  #prices(): void {
    const { bars, markets, startsAt } = this.#market;
    for (const { index, symbol, ticks } of markets) {
      const first = bars.find((b) => b.symbol.subarray(0, b.count).includes(index));
      const row = first?.symbol.indexOf(index) ?? 0;
      if (first) this.#exchange.trade(symbol, Math.max(1, Math.round(inSteps(ticks, first.open[row] ?? 1))));
    }
    for (const each of bars) {
      const opens = each.closeTime - BASE;
      for (let step = 0; step < STEPS; step++) {
        const at = Math.max(startsAt, opens + Math.floor((step * (BASE - 1)) / (STEPS - 1)));
        this.#timeline.at(at, () => {
          for (let row = 0; row < each.count; row++) {
            const market = markets[each.symbol[row] ?? -1];
            if (market === undefined) continue;
            const price = this.#market.priceAt(each, row, step);
            this.#exchange.trade(market.symbol, Math.max(1, Math.round(inSteps(market.ticks, price))));
          }
        });
      }
      this.#timeline.at(each.closeTime, () => this.#close(each));
    }
  }

  /** Candles reach the daemon soon after their close, late, or not at all. */
  #close(bars: BarColumns): void {
    this.#closed += 1;
    const faults = this.#faults;
    if (this.#life === null || this.#down > 0) return;
    const { seq } = { seq: this.#closed };
    const lost = faults.strikes('lostBar');
    if (lost) return;
    const late = faults.strikes('lateBar');
    const there = late ? rowsOf(bars, (row) => row % 2 === seq % 2) : bars;
    this.#timeline.after(this.#dice.whole(50, 1_500), () => this.#hear('live', there));
    if (late)
      this.#timeline.after(this.#dice.whole(2_000, 60_000), () =>
        this.#hear(
          'late',
          rowsOf(bars, (row) => row % 2 !== seq % 2),
        ),
      );
  }

  #hear(phase: 'live' | 'late', bars: BarColumns): void {
    const life = this.#life;
    if (life === null || bars.count === 0) return;
    life.loop.apply({ kind: 'bars', at: life.loop.now, phase, bars });
  }

  /** What goes wrong of itself, and what people do, once a bar each. */
  #happenings(): void {
    const { bars } = this.#market;
    for (const { closeTime } of bars) {
      const at = closeTime - BASE + this.#dice.whole(6_000, BASE - 1);
      this.#timeline.at(at, () => this.#happening());
    }
  }

  #happening(): void {
    const faults = this.#faults;
    const life = this.#life;
    if (faults.strikes('outage')) {
      this.#down += 1;
      this.#timeline.after(this.#dice.whole(1_000, 240_000), () => {
        this.#down -= 1;
        this.#life?.sweep();
      });
    }
    if (life?.ready && faults.strikes('staleFeed')) {
      const symbol = this.#dice.chance(0.5) ? null : this.#dice.whole(0, 3);
      life.loop.apply({ kind: 'feed', at: life.loop.now, symbol, status: 'stale' });
      this.#timeline.after(this.#dice.whole(10_000, 600_000), () => {
        const heir = this.#life;
        if (heir?.ready) heir.loop.apply({ kind: 'feed', at: heir.loop.now, symbol, status: 'live' });
      });
    }
    if (life && faults.strikes('clockJump')) {
      life.clockError += this.#dice.pick([-90_000, -7_000, -500, 500, 7_000, 90_000]);
      this.#timeline.after(this.#dice.whole(5_000, 90_000), () => {
        life.clockError = 0;
      });
    }
    this.#strangers();
    if (life?.ready && life.engine.status().state === 'IDLE' && this.#dice.chance(0.4))
      this.#give({
        name: 'start',
        preset: this.#preset,
        mode: 'paper',
        equity: '10000',
        account: life.engine.account() === null ? 'fresh' : 'continue',
      });
    if (life?.ready && life.alive && faults.strikes('userCommand'))
      this.#give(nextCommand(this.#dice, life.engine, this.#preset));
    // What was asked for may have killed it.
    if (life?.ready && life.alive && faults.strikes('orderlyEnd')) this.#leave(life);
  }

  #strangers(): void {
    const faults = this.#faults;
    const market = this.#dice.pick(this.#market.markets);
    const { symbol } = market;
    const own = this.#exchange.own.get(symbol) ?? new Big(0);
    const others = this.#exchange.others.get(symbol) ?? new Big(0);
    const lots = Number(own.div(market.lot).round(0, Big.roundDown));
    if (lots !== 0 && others.times(lots).gte(0) && faults.strikes('reducedByHand')) {
      const part = this.#dice.whole(1, Math.abs(lots));
      this.#exchange.tradeOfOthers(symbol, lots > 0 ? -part : part);
    } else if (others.times(lots).gte(0) && faults.strikes('foreignTrade')) {
      const side = lots !== 0 ? Math.sign(lots) : market.type === 'spot' || this.#dice.chance(0.5) ? 1 : -1;
      this.#exchange.tradeOfOthers(symbol, side * this.#dice.whole(10, 500));
    }
    if (this.#takeAway === null && faults.strikes('foreignOrder'))
      this.#takeAway = this.#exchange.orderOfOthers(symbol);
    else if (this.#takeAway !== null && this.#dice.chance(0.1)) {
      this.#takeAway();
      this.#takeAway = null;
    }
  }

  /** Events until a time, each with what has to hold after it. */
  #until(time: Millis): void {
    for (;;) {
      const before = this.#timeline.events;
      const more = this.#guarded(() => this.#timeline.step(time));
      if (more === false) return;
      if (this.#timeline.events === before) continue;
      this.#guarded(() => {
        this.#life?.afterEvent();
        if (this.#life && this.#dice.chance(this.#faults.rates.crashAnywhere))
          throw new Crash('between events');
      });
      this.#protection.look(this.#timeline.now, this.#life, this.#down > 0);
      if (this.#violations.length > 0) return;
    }
  }

  #guarded<T>(run: () => T): T | null {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.#died(error.step);
      return null;
    }
  }

  #begin(): void {
    if (this.#life !== null) throw new Error('two daemons at once');
    const { instruments } = this.#market;
    const expected = this.#expected;
    this.#expected = null;
    this.#guarded(() => {
      const life = new Life({
        session: SESSION,
        preset: this.#preset,
        instruments,
        amend: this.#amend,
        twoStops: this.#twoStops,
        timeline: this.#timeline,
        exchange: this.#exchange,
        faults: this.#faults,
        disk: this.#disk,
        inFlight: this.#inFlight,
        down: () => this.#down > 0,
        history: (count) => this.#history(count),
        missed: (after, until) =>
          this.#market.bars.filter(({ closeTime }) => closeTime > after && closeTime <= until),
        observed: (of, input, outputs) => this.#observed(of, input, outputs),
        expected,
        seams: this.#seams,
      });
      this.#life = life;
      life.start();
      this.#survived(life);
    });
  }

  #history(count: number) {
    const all = [...this.#market.history, ...this.#market.bars.slice(0, this.#closed)];
    return count === 0 ? [] : all.slice(-count);
  }

  #observed(life: Life, input: Input, outputs: readonly Output[]): void {
    this.#faults.count('inputs');
    this.#tell(
      `${this.#timeline.now - this.#market.startsAt} ${JSON.stringify(input.kind === 'bars' ? { kind: 'bars', phase: input.phase, close: input.bars.closeTime } : input)} -> ${outputs.map((o) => JSON.stringify(o)).join('\n      ')}`,
    );
    this.#limits.look(life.engine, outputs);
  }

  #died(step: string): void {
    const life = this.#life;
    this.#life = null;
    if (life === null) {
      this.#timeline.after(1_000, () => this.#begin());
      return;
    }
    life.alive = false;
    this.#crashes += 1;
    this.#faults.count(`crash ${step}`);
    this.#tell(`${this.#timeline.now - this.#market.startsAt} ==== died ${step}`);
    if (this.#crashes >= MOST_CRASHES)
      this.#faults.rates = { ...this.#faults.rates, crash: 0, crashAnywhere: 0 };
    const { whole, seq } = life.standing;
    const { pausedBy, haltedBy, state } = life.engine.status();
    this.#expected = whole ? { seq, state: life.engine.save() } : null;
    this.#latches = whole ? { paused: pausedBy !== null, halted: haltedBy?.rule ?? null, state } : null;
    this.#disk.abandon();
    this.#timeline.after(this.#downtime(), () => this.#begin());
  }

  #downtime(): Millis {
    return this.#dice.chance(0.5) ? this.#dice.whole(100, 5_000) : this.#dice.whole(5_000, 600_000);
  }

  #leave(life: Life): void {
    life.end();
    life.alive = false;
    this.#life = null;
    this.#disk.abandon();
    this.#timeline.after(this.#downtime(), () => this.#begin());
  }

  /** Latches outlive the daemon. */
  #survived(life: Life): void {
    const was = this.#latches;
    this.#latches = null;
    if (was === null) return;
    const { pausedBy, haltedBy } = life.engine.status();
    if (was.paused && pausedBy === null) this.#violated('the pause did not survive the restart');
    if (was.halted !== null && haltedBy?.rule !== was.halted)
      this.#violated('the halt did not survive the restart');
  }

  #give(command: Command): void {
    this.#commands += 1;
    const id = this.#commands;
    this.#faults.count(`command ${command.name}`);
    this.#guarded(() => {
      if (this.#life?.ready) this.#life.command(id, command);
    });
  }

  /** No more faults: what is there has time to come to rest. */
  #calm(): void {
    this.#faults.end();
    this.#takeAway?.();
    this.#takeAway = null;
    this.#down = 0;
    if (this.#life) this.#life.clockError = 0;
    this.#until(this.#timeline.now + 15 * MINUTE);
    if (this.#violations.length > 0) return;
    if (this.#life?.ready !== true) this.#violated('the daemon is not up though nothing is wrong any more');
  }

  #settled(): void {
    if (this.#violations.length > 0 || this.#life === null) return;
    this.#books.agree(this.#life.engine, this.#disk, 'at rest');
  }

  #panic(): void {
    const life = this.#life;
    if (this.#violations.length > 0 || life === null) return;
    this.#give({ name: 'emergencyStop', reason: 'the end' });
    this.#until(this.#timeline.now + 10 * MINUTE);
    const heir = this.#life;
    if (this.#violations.length > 0 || heir === null) return;
    const { state, openPositions } = heir.engine.status();
    if (openPositions > 0) this.#violated(`${openPositions} positions are open after a panic`);
    if (state !== 'STOPPED' && state !== 'IDLE') this.#violated(`${state} ten minutes after a panic`);
    this.#books.agree(heir.engine, this.#disk, 'after the panic');
    this.#books.flat(heir.engine, this.#disk);
  }

  #finish(): void {
    const life = this.#life;
    if (this.#violations.length > 0 || life === null) return;
    life.recorder.snapshot(life.loop.now);
    life.recorder.safe();
    this.#books.once(this.#disk);
    const told = replayed(this.#disk, life.engine, this.#seams.engine);
    if (told !== null) this.#violated(told);
    this.#faults.counts.set('fills', this.#exchange.ownFills.length);
    this.#faults.counts.set('trades', life.engine.trades().length);
    this.#faults.counts.set('events', this.#timeline.events);
  }

  #violated(what: string): void {
    this.#tell(`${this.#timeline.now - this.#market.startsAt} VIOLATION ${what}`);
    this.#violations.push(`${this.#timeline.now - this.#market.startsAt} ms: ${what}`);
  }
}
