/** The emulated exchange in a process of its own, and what a bot has to be told to trade on it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ProtocolName } from '../exchange-emulator/emulator.ts';

const MAIN = fileURLToPath(new URL('../exchange-emulator/main.ts', import.meta.url));

const KEY = { apiKey: 'emulator-key', secret: 'emulator-secret' } as const;

/** The names that ccxt has for the exchanges whose protocols are spoken. */
const VENUES: Readonly<Record<ProtocolName, string>> = { bybit: 'bybit', binance: 'binanceusdm' };

const listening = z.object({ restUrl: z.string(), streamUrl: z.string() });

export class EmulatedExchange implements AsyncDisposable {
  readonly venue: string;
  readonly settings: unknown;
  readonly keys: Readonly<Record<string, string>>;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, protocol: ProtocolName, urls: z.infer<typeof listening>) {
    this.#process = process;
    this.venue = VENUES[protocol];
    const { restUrl, streamUrl } = urls;
    this.settings = {
      exchanges: {
        [this.venue]: { urls: { rest: restUrl, ws_public: streamUrl, ws_private: streamUrl } },
      },
    };
    const prefix = `BREAKOUT_${this.venue.toUpperCase()}`;
    this.keys = { [`${prefix}_API_KEY`]: KEY.apiKey, [`${prefix}_SECRET`]: KEY.secret };
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Its time runs as the machine's does; `stepMs` from one price of a symbol to the next. */
  static async start(protocol: ProtocolName, symbols: number, stepMs: number): Promise<EmulatedExchange> {
    const words = ['--protocol', protocol, '--symbol-count', String(symbols), '--step-ms', String(stepMs)];
    const keys = ['--key', KEY.apiKey, '--secret', KEY.secret];
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...words, ...keys], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit').then(() => {
      throw new Error('the emulated exchange has ended');
    });
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
    ended.catch(() => undefined);
    return new EmulatedExchange(child, protocol, listening.parse(JSON.parse(String(line))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await gone;
  }
}
