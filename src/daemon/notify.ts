/**
 * Words to systemd, through `systemd-notify` because Node has no Unix datagram sockets: each is a process, so there are
 * few of them, one after another. What goes wrong with them is logged once and hurts nothing else.
 */
import { spawn } from 'node:child_process';
import type { Logger } from '../telemetry/log.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const PROGRAM = 'systemd-notify';

/** It waits for systemd to have read the message; this is longer than its own patience. */
const SEND_BOUND_MS = 10_000;

/** What waits behind a message that takes long; older ones have been overtaken by then, but for those that last. */
const MAX_WAITING = 8;

/** systemd waits for these words: no later one says the same. */
const LASTING = /^(READY|RELOADING|STOPPING)=/;

export class Notifier {
  readonly #env: Environment;
  readonly #log: Logger;
  readonly #waiting: (readonly string[])[] = [];
  #sending: Promise<void> | null = null;
  /** The last message failed, and it has been said. */
  #failing = false;

  constructor(env: Environment, log: Logger) {
    this.#env = env;
    this.#log = log;
  }

  /** Sends assignments such as `READY=1` (and options of systemd-notify) as one message, after those before it. */
  send(...words: readonly string[]): void {
    this.#waiting.push(words);
    if (this.#waiting.length > MAX_WAITING) {
      const passing = this.#waiting.findIndex((message) => !message.some((word) => LASTING.test(word)));
      this.#waiting.splice(Math.max(0, passing), 1);
    }
    this.#sending ??= this.#drain();
  }

  /** Nothing is being sent, and nothing waits. */
  get idle(): boolean {
    return this.#sending === null;
  }

  /** Resolves once everything has been sent, or cannot be. */
  async sent(): Promise<void> {
    await this.#sending;
  }

  async #drain(): Promise<void> {
    for (let words = this.#waiting.shift(); words !== undefined; words = this.#waiting.shift()) {
      const failure = await run(words, this.#env);
      if (failure !== null && !this.#failing) {
        this.#log.warn('systemd cannot be told of the state of the daemon', { failure });
      }
      this.#failing = failure !== null;
    }
    this.#sending = null;
  }
}

/** @returns what went wrong, or null. Never rejects. */
function run(words: readonly string[], { PATH, NOTIFY_SOCKET }: Environment): Promise<string | null> {
  return new Promise((resolve) => {
    try {
      const child = spawn(PROGRAM, words, {
        env: { PATH, NOTIFY_SOCKET },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      // Not spawn's own `timeout`: its timer outlives a program that could not be started.
      const bound = setTimeout(() => child.kill('SIGKILL'), SEND_BOUND_MS);
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text) => {
        if (said.length < 500) said += text;
      });
      const end = (failure: string | null): void => {
        clearTimeout(bound);
        resolve(failure);
      };
      child.once('error', (error) => end(error.message));
      child.once('close', (code, signal) =>
        end(code === 0 ? null : `${PROGRAM} ended with ${code ?? signal}: ${said.trim()}`),
      );
    } catch (error) {
      // Some failures of a spawn are thrown: no memory for another process, for one.
      resolve(error instanceof Error ? error.message : String(error));
    }
  });
}
