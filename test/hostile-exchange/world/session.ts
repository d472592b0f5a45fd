/** One seed, one session: an exchange, what it does wrong, a daemon that may die and come back, and the checks on all of it. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Emulator, startEmulator } from '../../../scripts/exchange-emulator/emulator.ts';
import type { Preset } from '../../../src/config/preset.ts';
import { loadPreset } from '../../../src/config/presets.ts';
import { DEFAULT_EXCHANGE } from '../../../src/config/settings-schema.ts';
import type { Command } from '../../../src/engine/input.ts';
import { MINUTE, type Millis, SECOND } from '../../../src/market/time.ts';
import { Refusal } from '../../../src/session/refusal.ts';
import type { StartRequest } from '../../../src/session/session.ts';
import { loadExchange } from '../../../src/venue/ccxt/library.ts';
import { Dice } from '../../hostile/world/dice.ts';
import { nextCommand } from '../../hostile/world/operator.ts';
import { CLOSE, RESTING, writePresets } from '../../kill/presets.ts';
import { SYMBOLS } from '../../live/exchange.ts';
import { acts, agree, forgotten, money, once, readJournal, wallet } from '../checks/books.ts';
import { Holdings, isOwn } from '../checks/holdings.ts';
import { Protection } from '../checks/protection.ts';
import { Life, type Seams } from '../daemon/life.ts';
import { FastTime } from './fast-time.ts';
import { FAULTS, type Stage } from './faults.ts';
import { type Plan, planOf } from './plan.ts';

export interface SessionResult {
  readonly seed: number;
  readonly plan: Plan;
  readonly counts: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  /** Where the journal and the exchange's log are kept, when something is wrong. */
  readonly kept: string | null;
  readonly wallMs: number;
}

export interface SessionOptions {
  readonly fault?: string | undefined;
  readonly protocol?: Plan['protocol'] | undefined;
  readonly seams?: Seams;
  readonly tell?: (line: string) => void;
  /** For how long things go wrong, in the exchange's time. */
  readonly minutes?: number;
  /** What came of a violation is kept in a folder, unless it is looked for. */
  readonly keep?: boolean;
}

const STEP_MS: Millis = 20 * SECOND;
/** ccxt gives a request up after that long. */
const PATIENCE_MS: Millis = 8 * SECOND;
const FAULTY_MINUTES = 75;
/** The first start, with nothing wrong yet. */
const START_MS: Millis = 5 * MINUTE;
const CALM_MS: Millis = 12 * MINUTE;
const END_MS: Millis = 15 * MINUTE;
const WALLET = '100000';
const MOST_DEATHS = 10;

const OWN_ID = /bo-[\w]+-[a-z]+-\d+-\d+/g;

const EXCHANGES = { bybit: 'bybit', binance: 'binanceusdm' } as const;

export async function runSession(seed: number, options: SessionOptions = {}): Promise<SessionResult> {
  const plan = planOf(seed, options.fault, options.protocol);
  // What loading takes is no time of the exchange's.
  await loadExchange(EXCHANGES[plan.protocol]);
  const emulator = await startEmulator({
    protocol: plan.protocol,
    symbols: SYMBOLS,
    seed,
    stepMs: STEP_MS,
    wallet: { USDT: WALLET },
  });
  const session = new HostileSession(plan, emulator, options);
  try {
    return await session.run();
  } finally {
    await emulator.stop();
    await session.time.settled();
    session.clear();
  }
}

/** Levels of the last hours, so that one or another is broken all the time. */
function busier(preset: Preset): Preset {
  return {
    ...preset,
    entry: { ...preset.entry, cooldown_base_bars: 0 },
    levels: { ...preset.levels, lookback_bars: 20, donchian_bars: 10 },
    scan: { ...preset.scan, scan_interval_seconds: 300 },
  };
}

class HostileSession {
  readonly time: FastTime;
  readonly #plan: Plan;
  readonly #emulator: Emulator;
  readonly #options: SessionOptions;
  readonly #dice: Dice;
  readonly #root = mkdtempSync(path.join(tmpdir(), 'breakout-hostile-exchange-'));
  readonly #violations: string[] = [];
  readonly #log: string[] = [];
  readonly #counts: Record<string, number> = {};
  readonly #holdings: Holdings;
  readonly #protection: Protection;
  readonly #request: StartRequest;
  readonly #dead: Life[] = [];
  readonly #undo = new Set<() => void>();
  /** Orders whose request the network has brought twice. */
  readonly #doubled = new Set<string>();
  #life: Life | null = null;
  #lives = 0;
  #deaths = 0;
  #mortal = 0;
  #excused = 0;
  #faulty = true;
  readonly #beganAt: Millis;

  constructor(plan: Plan, emulator: Emulator, options: SessionOptions) {
    const { control } = emulator;
    this.#plan = plan;
    this.#emulator = emulator;
    this.#options = options;
    this.#dice = new Dice(plan.seed * 7919 + 17);
    this.time = new FastTime(control);
    this.#beganAt = control.now();
    writePresets(this.#root);
    const preset = busier(loadPreset(this.#dice.chance(0.7) ? CLOSE : RESTING, this.#root));
    this.#request = { preset, mode: 'live', venue: EXCHANGES[plan.protocol], equity: '1' };
    this.#holdings = new Holdings(control.exchange());
    this.#protection = new Protection({
      books: control.exchange(),
      holdings: this.#holdings,
      protectMs: preset.execution.protect_timeout_ms,
      violated: (what) => this.#violated(what),
    });
    control.setPatience(PATIENCE_MS);
    control.onRequest(({ method, path: where, query, body, fault }) => {
      this.#note(`${method} ${where} ${query} ${body} ${fault === null ? '' : `<<< ${fault}`}`);
      if (fault === 'duplicate') for (const [id] of body.matchAll(OWN_ID)) this.#doubled.add(id);
    });
  }

  async run(): Promise<SessionResult> {
    const began = performance.now();
    const unhandled = (error: unknown): void => this.#violated(`unhandled: ${textOf(error)}`);
    process.on('unhandledRejection', unhandled);
    process.on('uncaughtException', unhandled);
    try {
      await this.#play();
    } catch (error) {
      this.#violated(textOf(error));
    } finally {
      process.off('unhandledRejection', unhandled);
      process.off('uncaughtException', unhandled);
    }
    const { control } = this.#emulator;
    for (const [kind, n] of control.struck()) this.#counts[`struck ${kind}`] = n;
    this.#counts.orders = control.exchange().orders.all.filter(({ linkId }) => linkId !== null).length;
    this.#counts.fills = this.#holdings.ownFills.length;
    this.#counts.minutes = Math.round((control.now() - this.#beganAt) / MINUTE);
    this.#counts.stops = this.time.stops;
    this.#counts['longest unprotected ms'] = this.#protection.longest;
    return {
      seed: this.#plan.seed,
      plan: this.#plan,
      counts: this.#counts,
      violations: this.#violations,
      kept: this.#broken && this.#options.keep !== false ? this.#keep() : null,
      wallMs: performance.now() - began,
    };
  }

  clear(): void {
    for (const life of this.#dead) life.bury();
    rmSync(this.#root, { recursive: true, force: true });
  }

  get #now(): Millis {
    return this.#emulator.control.now();
  }

  get #faultyMs(): Millis {
    return (this.#options.minutes ?? FAULTY_MINUTES) * MINUTE;
  }

  get #broken(): boolean {
    return this.#violations.length > 0;
  }

  async #play(): Promise<void> {
    this.#begin();
    // So that there is something to go wrong: a start that is refused trades nothing.
    await this.#pass(START_MS, () => this.#broken || this.#life?.ready === true);
    this.#stage();
    await this.#pass(this.#faultyMs);
    this.#calm();
    await this.#pass(CALM_MS, () => false);
    const life = this.#life;
    if (this.#broken) return;
    if (life === null || !life.ready) {
      this.#violated('the daemon is not up though nothing is wrong any more');
      return;
    }
    await this.#flush(life);
    const before = readJournal(life.journalFile, (what) => this.#violated(`at rest: ${what}`));
    agree(life, this.#emulator.control.exchange(), this.#holdings, before, (what) =>
      this.#violated(`at rest: ${what}`),
    );
    if (!this.#broken) await this.#end(life);
  }

  /** What is to go wrong, from the beginning on. */
  #stage(): void {
    const { control } = this.#emulator;
    const dice = this.#dice;
    const until = this.#now + this.#faultyMs;
    for (const name of this.#plan.faults) {
      const stage: Stage = {
        control,
        dice,
        symbols: SYMBOLS,
        protocol: this.#plan.protocol,
        strength: this.#plan.strength,
        often: (perHour, act) => {
          const mean = (60 * MINUTE) / (perHour * this.#plan.strength);
          const again = (): void => {
            this.time.after(mean * dice.between(0.3, 1.7), () => {
              if (!this.#faulty || this.#now >= until) return;
              this.#note(`==== ${name}`);
              act();
              again();
            });
          };
          again();
        },
        undo: (after, excuse, act) => {
          if (excuse) this.#excused += 1;
          const once = (): void => {
            if (!this.#undo.delete(once)) return;
            if (excuse) this.#excused -= 1;
            this.#note(`==== ${name} is over`);
            act();
          };
          this.#undo.add(once);
          this.time.after(after, once);
        },
        count: (what) => this.#count(`struck ${what}`),
        mortal: (chance) => {
          this.#mortal = chance * this.#plan.strength;
        },
        operator: () => this.#operate(),
        restart: () => void this.#restart().catch((error: unknown) => this.#violated(textOf(error))),
      };
      FAULTS[name]?.(stage);
    }
  }

  /** Nothing goes wrong any more. */
  #calm(): void {
    const { control } = this.#emulator;
    this.#note('==== calm');
    this.#faulty = false;
    this.#mortal = 0;
    for (const undo of [...this.#undo]) undo();
    control.clearFaults();
    control.setFillShare(null);
    control.release();
  }

  async #pass(ms: Millis, done: () => boolean = () => this.#broken): Promise<void> {
    await this.time.pass(this.#now + ms, () => this.#look(), done);
  }

  #look(): void {
    this.#holdings.follow();
    this.time.loading = this.#life?.ready !== true;
    this.#protection.look(this.#now, this.#life, this.#excused > 0);
  }

  #begin(): void {
    if (this.#life !== null) throw new Error('two daemons at once');
    const { control, apiKey, secret, restUrl, streamUrl } = this.#emulator;
    const { protocol } = this.#plan;
    const exchange = EXCHANGES[protocol];
    const prefix = `BREAKOUT_${exchange.toUpperCase()}`;
    const life: Life = new Life({
      folder: this.#folder(this.#lives),
      exchange,
      settings: {
        ...DEFAULT_EXCHANGE,
        urls: { rest: restUrl, ws_public: streamUrl, ws_private: streamUrl },
      },
      configDir: this.#root,
      env: { [`${prefix}_API_KEY`]: apiKey, [`${prefix}_SECRET`]: secret },
      time: this.time,
      wallNow: () => control.now(),
      seams: this.#options.seams ?? {},
      dies: () => this.#deaths < MOST_DEATHS && this.#dice.chance(this.#mortal),
      died: (step) => this.#die(life, step),
      failed: (error) => this.#violated(`failed inside: ${textOf(error)}`),
      exitSent: (symbol) => this.#protection.exitSent(symbol, this.#now),
      log: (line) => this.#note(`daemon: ${line}`),
    });
    this.#lives += 1;
    this.#life = life;
    this.#rise(life).catch((error: unknown) => {
      if (!life.dead) this.#violated(textOf(error));
    });
  }

  /** Takes up what the last life left, or starts anew; where it is refused it tries again, as a supervisor would. */
  async #rise(life: Life): Promise<void> {
    const { host } = life;
    try {
      const { session } = await host.recover();
      if (session !== null) {
        this.#count('recoveries');
        life.ready = true;
        return;
      }
    } catch (error) {
      this.#note(`==== not recovered: ${textOf(error)}`);
      this.#die(life, 'not recovered', false);
      return;
    }
    for (;;) {
      try {
        await this.#start(life);
        life.ready = true;
        return;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.#note(`==== not started: ${error.code} ${error.message}`);
        if (!['EXCHANGE_UNREACHABLE', 'PREFLIGHT_REFUSED'].includes(error.code)) throw error;
        await new Promise<void>((resolve) => this.time.after(5 * SECOND, resolve));
      }
    }
  }

  async #start({ host }: Life): Promise<void> {
    const refusal = await host.start(this.#request, 'ann').then(
      () => null,
      (error: unknown) => error,
    );
    if (!(refusal instanceof Refusal) || refusal.account === null) throw refusal;
    await host.start({ ...this.#request, confirm: refusal.account }, 'ann');
  }

  #die(life: Life, step: string, counts = true): void {
    if (this.#life !== life || life.dead) return;
    this.#note(`==== died ${step}`);
    if (counts) {
      this.#deaths += 1;
      this.#count(`died ${step}`);
      this.#count('struck kill');
    }
    this.#life = null;
    life.kill(this.#folder(this.#lives));
    this.#dead.push(life);
    const away = this.#dice.chance(0.5) ? this.#dice.whole(100, 5_000) : this.#dice.whole(5_000, 300_000);
    this.time.after(counts ? away : 10 * SECOND, () => this.#begin());
  }

  /** An orderly end, and the next daemon. */
  async #restart(): Promise<void> {
    const life = this.#life;
    if (life === null || !life.ready) return;
    life.ready = false;
    this.#count('struck restart');
    await life.close();
    if (this.#life !== life) return;
    this.#life = null;
    life.kill(this.#folder(this.#lives));
    this.#dead.push(life);
    this.time.after(this.#dice.whole(100, 60_000), () => this.#begin());
  }

  #operate(): void {
    const life = this.#life;
    if (life === null || !life.ready) return;
    const { host } = life;
    const command = nextCommand(
      this.#dice,
      {
        status: () => host.engine.status(),
        positions: () => host.engine.positions(),
        orders: () => host.engine.orders(),
        foreign: () => host.engine.foreign(),
        account: () => host.engine.account(),
      },
      this.#request.preset,
    );
    // An end of the session belongs to the end of the run.
    if (command.name === 'start' || command.name === 'stop' || command.name === 'emergencyStop') return;
    this.#give(life, command);
  }

  #give(life: Life, command: Exclude<Command, { name: 'start' }>): void {
    this.#note(`==== ${JSON.stringify(command)}`);
    this.#count(`struck operator`);
    life.host.command(command, 'ann').catch((error: unknown) => {
      if (!(error instanceof Refusal) && !life.dead) this.#violated(textOf(error));
    });
  }

  /** Everything is closed; then the books have to be the same, to the last decimal. */
  async #end(life: Life): Promise<void> {
    const { control } = this.#emulator;
    const say = (what: string): void => this.#violated(`at the end: ${what}`);
    const state = () => life.host.engine.status().state;
    const over = () => ['IDLE', 'STOPPED'].includes(state());
    if (!over()) this.#give(life, { name: 'emergencyStop', reason: 'the end' });
    await this.#pass(END_MS, () => this.#broken || over());
    if (!over()) say(`${state()} long after a panic`);
    await this.#pass(MINUTE);
    if (this.#broken) return;
    await life.close();
    this.#life = null;
    this.#dead.push(life);
    const books = control.exchange();
    const journaled = readJournal(life.journalFile, say);
    this.#flat(say);
    once(books, this.#doubled, say);
    forgotten(this.#holdings, books, journaled, say);
    money(life, this.#holdings, journaled, say);
    if (this.#holdings.others.size === 0) {
      acts(this.#holdings, journaled, say);
      wallet(life, books.account.balance('USDT'), say);
    }
    this.#counts.trades = life.host.engine.trades().length;
  }

  #flat(say: (what: string) => void): void {
    for (const symbol of this.#holdings.own.keys()) {
      const there = this.#holdings.there(symbol);
      if (this.#holdings.others.size === 0 && !there.eq(0))
        say(`${there.toFixed()} ${symbol} are left after a panic`);
    }
    for (const order of this.#emulator.control.exchange().orders.live())
      if (isOwn(order)) say(`order ${order.linkId ?? order.parentLinkId} is left after a panic`);
  }

  /** What the daemon has observed so far lies in the journal. */
  async #flush(life: Life): Promise<void> {
    life.commit();
    await this.#pass(0);
  }

  #folder(nth: number): string {
    return path.join(this.#root, `life-${nth}`);
  }

  #count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
  }

  #note(line: string): void {
    const text = `${this.#now - this.#beganAt} ${line}`;
    this.#options.tell?.(text);
    this.#log.push(text);
  }

  #violated(what: string): void {
    this.#note(`VIOLATION ${what}`);
    this.#violations.push(`${this.#now - this.#beganAt} ms: ${what}`);
  }

  #keep(): string {
    const { seed, protocol } = this.#plan;
    const folder = path.join(tmpdir(), 'breakout-hostile-exchange-kept', `${seed}-${protocol}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    cpSync(this.#root, folder, { recursive: true });
    writeFileSync(path.join(folder, 'log.txt'), this.#log.join('\n'));
    writeFileSync(path.join(folder, 'books.json'), JSON.stringify(this.#emulator.control.books(), null, 1));
    return folder;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
