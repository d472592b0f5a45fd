/** A program on a real terminal: a tmux of its own, whose output is read byte by byte and whose screen is read back. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_AGAIN_MS = 50;

/** True where tmux is installed. */
export function hasTmux(): boolean {
  return spawnSync('tmux', ['-V'], { stdio: 'ignore' }).status === 0;
}

export interface PaneOptions {
  /** Where its socket and its pipe go. */
  readonly folder: string;
  /** Unlike that of any other pane in the folder. */
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** All that the program writes, from its first byte on. */
  onOutput?(bytes: Buffer): void;
}

export class Pane implements AsyncDisposable {
  readonly #socket: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #ended: Promise<unknown>;

  /** @throws Error when tmux cannot make it. */
  constructor({ folder, name, columns, rows, command, env, onOutput }: PaneOptions) {
    this.#socket = path.join(folder, `${name}.tmux`);
    const { NO_COLOR: _, TMUX: __, ...rest } = env;
    this.#env = { ...rest, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
    const pipe = path.join(folder, `${name}.pipe`);
    if (spawnSync('mkfifo', [pipe]).status !== 0) throw new Error(`mkfifo ${pipe} failed`);
    // In one call: tmux reads nothing of the program before it has carried out both.
    this.#run(
      ...['-f', '/dev/null', 'new-session', '-d', '-x', `${columns}`, '-y', `${rows}`],
      `exec ${command.map(quoted).join(' ')}`,
      ...[';', 'pipe-pane', `exec cat > ${quoted(pipe)}`],
    );
    const output = createReadStream(pipe);
    output.on('data', (bytes) => {
      if (Buffer.isBuffer(bytes)) onOutput?.(bytes);
    });
    this.#ended = once(output, 'close');
  }

  /** Of the program itself. */
  get pid(): number {
    return Number(this.#run('display-message', '-p', '#{pane_pid}'));
  }

  /** The screen as text. */
  get screen(): string {
    return this.#run('capture-pane', '-p');
  }

  /** The screen with the codes of its colours. */
  get coloured(): string {
    return this.#run('capture-pane', '-p', '-e');
  }

  press(...keys: string[]): void {
    for (const key of keys) this.#run('send-keys', key);
  }

  /** Resolves once the screen shows it. @throws Error with the screen when it does not in time. */
  async shows(pattern: RegExp, withinMs = 20_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const { screen } = this;
      if (pattern.test(screen)) return;
      if (Date.now() > deadline) throw new Error(`it never showed ${pattern}:\n${screen}`);
      await delay(LOOK_AGAIN_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Fails where the program, and with it tmux, has ended by itself.
    spawnSync('tmux', ['-S', this.#socket, 'kill-server'], { env: this.#env, stdio: 'ignore' });
    await this.#ended;
  }

  #run(...words: string[]): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-S', this.#socket, ...words], {
      env: this.#env,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`tmux ${words[0]} failed: ${stderr}`);
    return stdout;
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
