/** A daemon that trades live on an emulated exchange, over its deaths. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Big from 'big.js';
import type { Emulator } from '../../scripts/exchange-emulator/emulator.ts';
import { type Paths, resolvePaths } from '../../src/config/paths.ts';
import type { ExchangeSettings } from '../../src/config/settings-schema.ts';
import type { InstrumentType } from '../../src/market/instrument.ts';
import { type ControlClient, connect } from '../../src/protocol/client.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import type { ResultOf } from '../../src/protocol/methods.ts';

import { program } from '../program.ts';
import { keysOf, urlsOf, venueOf } from './exchange.ts';
import { LIVE, writeLivePreset } from './preset.ts';
import { StopRecord } from './stop-record.ts';

/** For what hangs. */
const PATIENCE_MS = 240_000;

interface BotOptions {
  readonly keys?: boolean;
  readonly type?: InstrumentType;
  /** Of the exchange, beside where it is. */
  readonly settings?: Partial<ExchangeSettings>;
}

/** `BTCUSDT` of `BTC/USDT:USDT`: as both exchanges name a perpetual. */
export function marketId(symbol: string): string {
  return symbol.replace('/', '').replace(/:.*$/, '');
}

export class Bot implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'breakout-live-bot-'));
  readonly #emulator: Emulator;
  /** Of all positions that were looked at. */
  readonly stops = new StopRecord();
  readonly #env: Readonly<Record<string, string>>;
  readonly paths: Paths;
  /** The exchange as ccxt and `--venue` name it. */
  readonly venue: string;
  #child: ChildProcessWithoutNullStreams | null = null;
  #client: ControlClient | null = null;
  stderr = '';

  constructor(
    emulator: Emulator,
    speed: number,
    { keys = true, type = 'linear', settings = {} }: BotOptions = {},
  ) {
    this.#emulator = emulator;
    this.venue = venueOf(emulator);
    this.#env = {
      PATH: process.env.PATH ?? '',
      HOME: '/nowhere',
      BREAKOUT_STATE_DIR: join(this.#folder, 'state'),
      BREAKOUT_CONFIG_DIR: join(this.#folder, 'config'),
      LIVE_SPEED: String(speed),
      ...(process.env.TEST_BUNDLES !== undefined && { TEST_BUNDLES: process.env.TEST_BUNDLES }),
      ...(keys && keysOf(emulator)),
    };
    this.paths = resolvePaths({ env: this.#env });
    mkdirSync(this.paths.configDir, { recursive: true });
    writeLivePreset(this.paths.configDir);
    writeFileSync(
      join(this.paths.configDir, 'config.json'),
      JSON.stringify({ exchanges: { [this.venue]: { type, urls: urlsOf(emulator), ...settings } } }),
    );
  }

  get client(): ControlClient {
    if (this.#client === null) throw new Error('no daemon runs');
    return this.#client;
  }

  /** Starts a daemon; it answers once it has taken up what the last one left. */
  async up(): Promise<void> {
    const child = spawn(process.execPath, program(new URL('./live-process.ts', import.meta.url)), {
      env: this.#env,
    });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the daemon ended: ${this.stderr}`);
    });
    await Promise.race([once(child.stdout, 'data'), ended]);
    ended.catch(() => undefined);
    this.#client = await connect({ socketPath: this.paths.socketPath, client: 'test' });
  }

  /** Until it has written that. */
  async says(words: RegExp): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!words.test(this.stderr)) {
      if (performance.now() > deadline) throw new Error(`it does not say ${words}: ${this.stderr}`);
      await delay(20);
    }
  }

  /** Kills the daemon, or tells it to end. @returns its exit code; null when it was killed */
  async down(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === null) return null;
    this.#child = null;
    this.#client?.destroy();
    this.#client = null;
    child.kill(signal);
    const [code] = await once(child, 'exit');
    return typeof code === 'number' ? code : null;
  }

  /** Starts trading on the account that the refusal of an unconfirmed start names. */
  async start(): Promise<void> {
    const params = { preset: LIVE, mode: 'live', venue: this.venue } as const;
    const refusal = await this.client.call('engine.start', params).then(
      () => null,
      (error: unknown) => error,
    );
    const confirm = refusal instanceof RpcError ? refusal.data.account : undefined;
    if (confirm === undefined) throw refusal;
    await this.client.call('engine.start', { ...params, confirm });
  }

  /** As they are shown now. */
  async positions(): Promise<ResultOf<'positions.list'>['positions']> {
    const { positions } = await this.client.call('positions.list');
    this.stops.note(positions);
    return positions;
  }

  async until(
    what: string,
    so: (status: ResultOf<'engine.status'>) => boolean | Promise<boolean>,
  ): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const status = await this.client.call('engine.status');
      await this.positions();
      if (await so(status)) return;
      if (performance.now() > deadline)
        throw new Error(`${what} did not come about: ${JSON.stringify(status)} ${this.stderr.slice(-2_000)}`);
      await delay(20);
    }
  }

  /** Something is held, and a stop is confirmed for all of it. */
  async protected(): Promise<boolean> {
    const positions = await this.positions();
    return (
      positions.length > 0 &&
      positions.every(({ quantity, protectedQuantity }) => quantity === protectedQuantity)
    );
  }

  /** What the engine holds and what its account holds, by market, where they differ. */
  async differences(there = this.atExchange()): Promise<string[]> {
    const positions = await this.positions();
    const own = new Map<string, Big>();
    for (const { symbol, side, quantity } of positions) {
      const signed = side === 'long' ? new Big(quantity) : new Big(quantity).times(-1);
      const id = marketId(symbol);
      own.set(id, signed.plus(own.get(id) ?? 0));
    }
    return [...new Set([...own.keys(), ...there.keys()])].flatMap((symbol) => {
      const mine = own.get(symbol) ?? new Big(0);
      const theirs = there.get(symbol) ?? new Big(0);
      return mine.eq(theirs)
        ? []
        : [`${symbol}: ${mine.toFixed()} booked, ${theirs.toFixed()} in the account`];
    });
  }

  /** What the account at the exchange holds, by market. */
  atExchange(): ReadonlyMap<string, Big> {
    const { positions } = this.#emulator.control.books();
    return new Map(positions.map(({ symbol, size }) => [symbol, new Big(size)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
