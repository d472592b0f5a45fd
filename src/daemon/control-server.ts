import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { RpcError } from '../protocol/errors.ts';
import { toLine } from '../protocol/framing.ts';
import { Connection } from './connection.ts';
import type { Dispatcher } from './dispatcher.ts';

const MAX_CONNECTIONS = 256;

const HALF_LINE_MS = 10_000;

const ONLY_OWNER = 0o600;

export interface ServerLimits {
  readonly maxConnections?: number;
  /** A line that has begun must end within this. */
  readonly halfLineMs?: number;
}

/** Serves the control socket. */
export class ControlServer {
  readonly connections = new Set<Connection>();
  readonly #dispatcher: Dispatcher<Connection>;
  readonly #maxConnections: number;
  readonly #halfLineMs: number;
  readonly #server: Server;

  constructor(dispatcher: Dispatcher<Connection>, limits: ServerLimits = {}) {
    this.#dispatcher = dispatcher;
    this.#maxConnections = limits.maxConnections ?? MAX_CONNECTIONS;
    this.#halfLineMs = limits.halfLineMs ?? HALF_LINE_MS;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get subscribers(): number {
    let count = 0;
    for (const connection of this.connections) count += connection.subscriptions.size;
    return count;
  }

  async listen(socketPath: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socketPath, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    chmodSync(socketPath, ONLY_OWNER);
  }

  /** Takes no more connections and unlinks the socket. Those that are open stay until `disconnect`. */
  stopListening(): void {
    this.#server.close();
  }

  /** Closes every connection; what has been written to it goes out first. */
  async disconnect(): Promise<void> {
    const open = [...this.connections];
    for (const connection of open) connection.end();
    await Promise.all(open.map((connection) => connection.closed));
  }

  #accept(socket: Socket): void {
    if (this.connections.size >= this.#maxConnections) {
      const error = RpcError.of('TOO_MANY_CONNECTIONS', `${this.#maxConnections} connections are open`);
      socket.on('error', () => socket.destroy());
      socket.end(toLine({ jsonrpc: '2.0', id: null, error: error.toWire() }), () => socket.destroy());
      return;
    }
    const connection = new Connection({
      socket,
      dispatcher: this.#dispatcher,
      halfLineMs: this.#halfLineMs,
    });
    this.connections.add(connection);
    connection.closed.then(() => this.connections.delete(connection));
  }
}
