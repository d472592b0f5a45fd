/** One life of the armed daemon: a process of its own in the folders of a bot. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Paths, resolvePaths } from '../../src/config/paths.ts';
import { type ControlClient, connect } from '../../src/protocol/client.ts';
import { type LedgerLine, parseLedger } from './ledger.ts';
import { writePresets } from './presets.ts';

/** What a daemon says on its way, in this order. */
export type Word = 'listening' | 'held' | 'recovered';

export interface Armed {
  readonly at?: string;
  readonly nth?: number;
  /** It waits, recovered, until it is let go. */
  readonly hold?: boolean;
}

/** The folders of a bot. */
export class Bot implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'breakout-kill-'));
  readonly env: Readonly<Record<string, string>> = {
    PATH: process.env.PATH ?? '',
    HOME: '/nowhere',
    BREAKOUT_STATE_DIR: join(this.folder, 'state'),
    BREAKOUT_CONFIG_DIR: join(this.folder, 'config'),
    KILL_LEDGER: join(this.folder, 'ledger.jsonl'),
  };
  readonly paths: Paths = resolvePaths({ env: this.env });

  constructor() {
    writePresets(this.paths.configDir);
  }

  get ledger(): LedgerLine[] {
    const file = join(this.folder, 'ledger.jsonl');
    return existsSync(file) ? parseLedger(readFileSync(file, 'utf8')) : [];
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Life {
  readonly exit: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #socketPath: string;
  readonly #waiting = new Set<() => void>();
  #said = '';
  #stderr = '';
  #ended = false;

  constructor(file: string, bot: Bot, { at, nth, hold }: Armed = {}) {
    this.#socketPath = bot.paths.socketPath;
    const child = spawn(process.execPath, ['--enable-source-maps', file], {
      env: {
        ...bot.env,
        ...(at !== undefined && { KILL_AT: at }),
        ...(nth !== undefined && { KILL_NTH: String(nth) }),
        ...(hold === true && { KILL_HOLD: '1' }),
      },
    });
    this.#child = child;
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      this.#said += text;
      this.#wake();
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
    });
    this.exit = once(child, 'close').then(([code, signal]) => {
      this.#ended = true;
      this.#wake();
      return code ?? signal;
    });
  }

  /** How often the place was reached that it was armed with; null when it did not end there. */
  get hit(): number | null {
    const hits = /^hit (\d+)$/m.exec(this.#said)?.[1];
    return hits === undefined ? null : Number(hits);
  }

  get stderr(): string {
    return this.#stderr;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves with the first of these words that it says, or null when it ends without. */
  async says(...words: readonly Word[]): Promise<Word | null> {
    for (;;) {
      const said = words.find((word) => this.#said.split('\n').includes(word));
      if (said !== undefined) return said;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  letGo(): void {
    this.#child.stdin.write('x');
  }

  kill(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.#child.kill(signal);
  }

  connect(): Promise<ControlClient> {
    return connect({ socketPath: this.#socketPath, client: 'kill' });
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
