/** A real terminal for the view: a tmux of its own, whose screen is read and whose keys are pressed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../cli/sandbox.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/breakout.js', import.meta.url));
/** Why there is none; false where there is. */
export const NO_TMUX =
  spawnSync('tmux', ['-V']).status === 0 ? false : 'tmux is not installed: apt-get install tmux';

/** A tmux of its own with one window, in which a shell command runs. */
export class Tmux implements Disposable {
  readonly #socket: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(sandbox: Sandbox, columns: number, rows: number, command: string) {
    this.#socket = path.join(sandbox.folder, 'tmux.sock');
    const { NO_COLOR: _, ...env } = sandbox.env;
    this.#env = { ...env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
    this.#run('-f', '/dev/null', 'new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, command);
  }

  #run(...words: string[]): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-S', this.#socket, ...words], {
      env: this.#env,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    return stdout;
  }

  get screen(): string {
    return this.#run('capture-pane', '-p');
  }

  press(...keys: string[]): void {
    for (const key of keys) this.#run('send-keys', key);
  }

  /** Text, none of it the name of a key. */
  type(text: string): void {
    this.#run('send-keys', '-l', text);
  }

  resize(columns: number, rows: number): void {
    this.#run('resize-window', '-x', `${columns}`, '-y', `${rows}`);
  }

  async shows(pattern: RegExp, withinMs = 20_000): Promise<string> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const { screen } = this;
      if (pattern.test(screen)) return screen;
      assert.ok(Date.now() < deadline, `it never showed ${pattern}:\n${screen}`);
      await delay(50);
    }
  }

  [Symbol.dispose](): void {
    this.#run('kill-server');
  }
}

const quoted = (text: string): string => `'${text}'`;
/** A command of the program, for a shell. */
export const breakout = (...words: string[]): string =>
  [process.execPath, LAUNCHER, ...words].map(quoted).join(' ');
