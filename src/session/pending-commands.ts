import type { CommandName } from '../engine/input.ts';
import type { Output } from '../engine/output.ts';
import { point } from '../faults/point.ts';
import type { Millis } from '../market/time.ts';
import { Refusal, type RefusalCode } from './refusal.ts';

/** Wall time that a command may take before its sender is told that it goes on without an answer. */
const BOUND_MS: Millis = 30_000;

interface Waiting {
  readonly name: CommandName;
  readonly resolve: (message: string) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Commands that the engine has and has not answered yet. */
export class PendingCommands {
  readonly #waiting = new Map<number, Waiting>();
  readonly #boundMs: number;
  #lastId = 0;

  constructor(boundMs: number = BOUND_MS) {
    this.#boundMs = boundMs;
  }

  /** The number that was taken last. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Numbers up to `id` were taken before a restart: the engine may still answer to them. */
  skipTo(id: number): void {
    this.#lastId = Math.max(this.#lastId, id);
  }

  /**
   * Takes a number for a command, hands it to `issue` and waits for the engine's answer to it.
   * @returns the engine's message.
   * @throws Refusal the engine's, or after the bound STOP_INCOMPLETE, EMERGENCY_IN_PROGRESS, COMMAND_PENDING.
   */
  wait(name: CommandName, issue: (id: number) => void): Promise<string> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(unanswered(name, `not done after ${this.#boundMs / 1000} s; the engine goes on with it`));
      }, this.#boundMs);
      this.#waiting.set(id, { name, resolve, reject, timer });
      try {
        issue(id);
      } catch (error) {
        this.#take(id);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** The engine's answer. One that comes after its bound has nobody to go to. */
  settle(reply: Extract<Output, { kind: 'reply' }>): void {
    const waiting = this.#take(reply.commandId);
    if (!waiting) return;
    FAULT: point({ place: 'reply.due', command: waiting.name });
    if (reply.error) waiting.reject(new Refusal(reply.error.code, reply.error.message));
    else waiting.resolve(reply.message);
  }

  /** Nothing more will happen at the venue: whoever still waits hears of it. */
  abandon(reason: string): void {
    for (const id of [...this.#waiting.keys()]) {
      const waiting = this.#take(id);
      if (waiting) waiting.reject(unanswered(waiting.name, reason));
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting) clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    return waiting;
  }
}

const UNANSWERED: Partial<Record<CommandName, RefusalCode>> = {
  stop: 'STOP_INCOMPLETE',
  emergencyStop: 'EMERGENCY_IN_PROGRESS',
};

function unanswered(name: CommandName, reason: string): Refusal {
  return new Refusal(UNANSWERED[name] ?? 'COMMAND_PENDING', `${name}: ${reason}`);
}
