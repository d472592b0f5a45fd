/** Round trips on an open connection: a question of the daemon, and the same line to a bare echo in another process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Installed } from './installed.ts';
import { pinTogether } from './pin.ts';

export interface RoundTrips {
  /** Client, daemon and echo shared one CPU. */
  readonly pinned: boolean;
  /** Wall microseconds of each, in pairs. */
  readonly echo: readonly number[];
  readonly status: readonly number[];
}

/** One echo and one question in turn, by the same code, so that what else the machine does falls on both alike. */
export async function measureRoundTrips(
  bot: Installed,
  counts: { readonly warmUp: number; readonly measured: number },
): Promise<RoundTrips> {
  const echoPath = path.join(bot.folder, 'echo.sock');
  const server = spawn(
    process.execPath,
    [fileURLToPath(new URL('echo-server.js', import.meta.url)), echoPath],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const gone = once(server, 'exit');
  await Promise.race([once(server.stdout, 'data'), gone]);
  const pids = [server.pid, bot.daemonPid].filter((pid) => pid !== undefined);
  using pinned = pinTogether(pids);
  const echo = await Line.open(echoPath);
  const daemon = await Line.open(bot.socketPath);
  try {
    const times = { echo: [] as number[], status: [] as number[] };
    for (let i = -counts.warmUp; i < counts.measured; i++) {
      const question = JSON.stringify({ jsonrpc: '2.0', id: i, method: 'engine.status' });
      const [echoed, echoUs] = await echo.ask(question);
      const [answer, statusUs] = await daemon.ask(question);
      if (!isMessage(echoed, i, 'method') || !isMessage(answer, i, 'result')) {
        throw new Error(`question ${i} was answered with ${JSON.stringify(answer)}`);
      }
      if (i < 0) continue;
      times.echo.push(echoUs);
      times.status.push(statusUs);
    }
    return { ...times, pinned: pinned !== null };
  } finally {
    echo.close();
    daemon.close();
    server.stdin.end();
    await gone;
  }
}

function isMessage(value: unknown, id: number, member: string): boolean {
  return typeof value === 'object' && value !== null && 'id' in value && value.id === id && member in value;
}

/** A connection that has one question under way at a time. */
class Line {
  readonly #socket: Socket;
  #rest = '';
  #answered: (line: string) => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.#rest += text;
      const end = this.#rest.indexOf('\n');
      if (end < 0) return;
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 1);
      this.#answered(line);
    });
    socket.on('error', (error) => this.#failed(error));
    socket.on('close', () => this.#failed(new Error('the connection was closed')));
  }

  static async open(socketPath: string): Promise<Line> {
    const socket = connect(socketPath);
    await once(socket, 'connect');
    return new Line(socket);
  }

  /** The answer, and the microseconds from the write to the parsed answer. */
  async ask(question: string): Promise<[answer: unknown, us: number]> {
    const began = performance.now();
    const line = await new Promise<string>((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(`${question}\n`);
    });
    const answer: unknown = JSON.parse(line);
    return [answer, (performance.now() - began) * 1_000];
  }

  close(): void {
    this.#failed = () => undefined;
    this.#socket.destroy();
  }
}
