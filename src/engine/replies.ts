import type { Shape } from '../archive/archive.ts';
import type { Outbox } from '../execution/outbox.ts';
import type { ErrorCode } from './refusal.ts';

/** A command that waits for its reply, and who gave it. */
export interface Waiting {
  readonly id: number;
  readonly by: string;
}

export const waitingShape: Shape<Waiting> = (a, who) => ({ id: a.number(who?.id), by: a.text(who?.by) });

/** Answers to commands. Each command gets one, at once or when what it asked for is done. */
export class Replies {
  readonly #outbox: Outbox;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  done({ id }: Waiting, message: string): void {
    this.#outbox.put({ kind: 'reply', at: this.#outbox.at, commandId: id, error: null, message });
  }

  refuse({ id }: Waiting, code: ErrorCode, message: string): void {
    this.#outbox.put({
      kind: 'reply',
      at: this.#outbox.at,
      commandId: id,
      error: { code, message },
      message,
    });
  }
}
