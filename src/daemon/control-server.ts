import { chmodSync, chownSync, lstatSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { RpcError } from '../protocol/errors.ts';
import { toLine } from '../protocol/framing.ts';
import { type Access, Allowance, type Rates } from './allowance.ts';
import { Connection } from './connection.ts';
import type { Dispatcher } from './dispatcher.ts';
import { socketFolder } from './folders.ts';

const HALF_LINE_MS = 10_000;

/** A connection that has asked nothing for so long gives its place to a new one when all are taken. */
const ROOM_AFTER_MS = 1_000;

/** Places over the cap, for a panic while the others are all in use. */
const RESERVED = 16;

/** Connections that are told why they are not served, at a time; more are closed without a word. */
const MAX_TURNED_AWAY = 64;
const TURNED_AWAY_MS = 1_000;

/** A socket is born with no right for anybody but its owner, so that there is no moment in which others get in. */
const ONLY_OWNER = 0o177;

export interface ServerLimits {
  readonly maxConnections?: number;
  /** A line that has begun must end within this. */
  readonly halfLineMs?: number;
  /** Places over the cap, for nothing but a panic. */
  readonly reserved?: number;
  /** A connection that has asked nothing for so long may lose its place. */
  readonly roomAfterMs?: number;
  readonly rates?: Rates;
  /** Requests of one connection that may wait for their answer. */
  readonly maxPending?: number;
  /** Told of connections that the system could not give us. */
  readonly onError?: (error: Error) => void;
}

/** How a socket is shown to others. */
export interface Exposure {
  readonly access: Exclude<Access, 'reserve'>;
  /** Permission bits of the socket file. */
  readonly mode: number;
  /** Its group; null leaves the daemon's own. */
  readonly gid: number | null;
  readonly maxConnections?: number;
}

const OWNER: Exposure = { access: 'full', mode: 0o600, gid: null };

const MAX_CONNECTIONS = 256;

/** A socket that is listened on. */
interface Listening {
  readonly path: string;
  readonly exposure: Exposure;
  server: Server;
  /** Of its file, by which it is told from another that lies in its place. */
  inode: number;
}

/** What has become of a socket file: it was gone and is there again, or something else lies in its place. */
export interface SocketLoss {
  readonly path: string;
  readonly now: 'made anew' | 'taken';
}

/**
 * Serves the control socket, and beside it the read-only one. When all connections of a socket are taken, the one
 * that has been silent longest gives its place; when none is silent, a few more get in that may do nothing but
 * panic. So a script that leaks connections cannot keep the owner from getting flat.
 */
export class ControlServer {
  readonly connections = new Set<Connection>();
  readonly #dispatcher: Dispatcher<Connection>;
  readonly #limits: ServerLimits;
  readonly #servers: Listening[] = [];
  readonly #turnedAway = new Set<Socket>();
  #stopped = false;

  constructor(dispatcher: Dispatcher<Connection>, limits: ServerLimits = {}) {
    this.#dispatcher = dispatcher;
    this.#limits = limits;
  }

  get subscribers(): number {
    let count = 0;
    for (const connection of this.connections) count += connection.subscriptions.size;
    return count;
  }

  /** There is a socket for reading only. */
  get hasReadOnly(): boolean {
    return this.#servers.some(({ exposure }) => exposure.access === 'read');
  }

  /** Serves on a socket file that is not there yet. May be called once for each socket. */
  async listen(socketPath: string, exposure: Exposure = OWNER): Promise<void> {
    this.#servers.push({ path: socketPath, exposure, ...(await this.#open(socketPath, exposure)) });
  }

  /**
   * Looks whether the socket files are still there, and makes those that are gone anew: nobody could reach the daemon
   * any more, not even to get flat. Connections that are open stay. What lies in the place of one is left alone.
   * @returns those that were not as they should be.
   * @throws whatever keeps a socket from being made; the next call tries again.
   */
  async mendSockets(): Promise<SocketLoss[]> {
    const losses: SocketLoss[] = [];
    for (const listening of this.#servers) {
      const { path, exposure, inode } = listening;
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (this.#stopped || found?.ino === inode) continue;
      if (found !== undefined) {
        losses.push({ path, now: 'taken' });
        continue;
      }
      // First: closing unlinks the path, whoever's socket lies there by then.
      listening.server.close();
      socketFolder(path);
      Object.assign(listening, await this.#open(path, exposure));
      if (this.#stopped) listening.server.close();
      losses.push({ path, now: 'made anew' });
    }
    return losses;
  }

  async #open(socketPath: string, exposure: Exposure): Promise<Pick<Listening, 'server' | 'inode'>> {
    // The other half stays open until what was asked has been answered.
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket, exposure));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      const umask = process.umask(ONLY_OWNER);
      try {
        server.listen(socketPath, () => {
          server.off('error', reject);
          resolve();
        });
      } finally {
        process.umask(umask);
      }
    });
    server.on('error', (error) => this.#limits.onError?.(error));
    if (exposure.gid !== null) chownSync(socketPath, -1, exposure.gid);
    chmodSync(socketPath, exposure.mode);
    return { server, inode: lstatSync(socketPath).ino };
  }

  /** Takes no more connections and unlinks the sockets. Those that are open stay until `disconnect`. */
  stopListening(): void {
    this.#stopped = true;
    for (const { server } of this.#servers) server.close();
  }

  /** Closes every connection; what has been written to it goes out first. */
  async disconnect(): Promise<void> {
    for (const socket of this.#turnedAway) socket.destroy();
    const open = [...this.connections];
    for (const connection of open) connection.end();
    await Promise.all(open.map((connection) => connection.closed));
  }

  #accept(socket: Socket, exposure: Exposure): void {
    const cap = exposure.maxConnections ?? this.#limits.maxConnections ?? MAX_CONNECTIONS;
    const access = this.#placeFor(exposure.access, cap);
    if (access === null) {
      this.#turnAway(socket, cap);
      return;
    }
    const { rates, maxPending } = this.#limits;
    const connection = new Connection({
      socket,
      dispatcher: this.#dispatcher,
      access,
      allowance: new Allowance({
        access,
        ...(rates && { rates }),
        ...(maxPending !== undefined && { maxPending }),
      }),
      halfLineMs: this.#limits.halfLineMs ?? HALF_LINE_MS,
    });
    this.connections.add(connection);
    connection.closed.then(() => this.connections.delete(connection));
  }

  /** As what a new connection is served, or null when there is no place for it. */
  #placeFor(access: Exclude<Access, 'reserve'>, cap: number): Access | null {
    if (this.#taken(access).length < cap || this.#makeRoom(access)) return access;
    if (access !== 'full') return null;
    const reserved = this.#limits.reserved ?? RESERVED;
    return this.#taken('reserve').length < reserved || this.#makeRoom('reserve') ? 'reserve' : null;
  }

  #taken(access: Access): Connection[] {
    return [...this.connections].filter((connection) => connection.access === access && !connection.ending);
  }

  /** Closes the connection that has been silent longest, if one has been silent long enough. */
  #makeRoom(access: Access): boolean {
    let longest = this.#limits.roomAfterMs ?? ROOM_AFTER_MS;
    let silent: Connection | null = null;
    for (const connection of this.#taken(access)) {
      const { idleMs } = connection;
      if (idleMs === null || idleMs < longest) continue;
      longest = idleMs;
      silent = connection;
    }
    if (silent === null) return false;
    const asked = `${Math.floor(longest / 1000)} s`;
    if (this.#turnedAway.size + this.#endingCount() >= MAX_TURNED_AWAY) silent.destroy();
    silent.giveUp(
      RpcError.of(
        'TOO_MANY_CONNECTIONS',
        `this connection asked nothing for ${asked}: another needs its place`,
      ),
    );
    return true;
  }

  #endingCount(): number {
    let count = 0;
    for (const connection of this.connections) if (connection.ending) count += 1;
    return count;
  }

  #turnAway(socket: Socket, cap: number): void {
    socket.on('error', () => socket.destroy());
    if (this.#turnedAway.size >= MAX_TURNED_AWAY) {
      socket.destroy();
      return;
    }
    this.#turnedAway.add(socket);
    const patience = setTimeout(() => socket.destroy(), TURNED_AWAY_MS);
    socket.once('close', () => {
      clearTimeout(patience);
      this.#turnedAway.delete(socket);
    });
    // Its request is read and thrown away, so that it gets as far as reading why.
    socket.resume();
    const error = RpcError.of('TOO_MANY_CONNECTIONS', `${cap} connections are open`);
    socket.end(toLine({ jsonrpc: '2.0', id: null, error: error.toWire() }));
  }
}
