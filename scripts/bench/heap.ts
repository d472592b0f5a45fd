/** The JavaScript heap of another process, over the inspector that node opens for it. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';

const answer = z.object({ id: z.number(), result: z.unknown(), error: z.unknown().optional() });
const usage = z.object({ usedSize: z.number(), totalSize: z.number() });

export class Heap implements Disposable {
  readonly #socket: WebSocket;
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** What a process that was started with `--inspect=127.0.0.1:0` has written names the address. */
  static async open(said: string): Promise<Heap> {
    const address = /Debugger listening on (ws:\S+)/.exec(said)?.[1];
    if (address === undefined) throw new Error(`no inspector was opened: ${said}`);
    const socket = new WebSocket(address);
    await once(socket, 'open');
    return new Heap(socket);
  }

  /** What is in use when nothing is left that could go, in MB. */
  async usedMb(): Promise<number> {
    await this.#ask('HeapProfiler.collectGarbage');
    return usage.parse(await this.#ask('Runtime.getHeapUsage')).usedSize / 1_048_576;
  }

  async #ask(method: string): Promise<unknown> {
    this.#asked += 1;
    this.#socket.send(JSON.stringify({ id: this.#asked, method }));
    for (;;) {
      const [message] = await once(this.#socket, 'message');
      const { id, result, error } = answer.parse(JSON.parse(String(message)));
      if (id !== this.#asked) continue;
      if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
      return result;
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
