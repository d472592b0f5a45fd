import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { type Paths, resolvePaths } from '../../src/config/paths.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import type { Connection } from '../../src/daemon/connection.ts';
import { ControlServer, type ServerLimits } from '../../src/daemon/control-server.ts';
import { Dispatcher } from '../../src/daemon/dispatcher.ts';
import { handlers } from '../../src/daemon/handlers.ts';
import { Monitoring } from '../../src/daemon/monitoring.ts';
import { runDaemon } from '../../src/daemon/run.ts';
import { Supervision } from '../../src/daemon/supervision.ts';
import { type ControlClient, connect } from '../../src/protocol/client.ts';
import { LineSplitter, parseLine } from '../../src/protocol/framing.ts';
import { SessionHost } from '../../src/session/host.ts';
import type { SessionHostOptions } from '../../src/session/host-options.ts';
import { closeLog, openLog } from '../../src/telemetry/log.ts';
import { program } from '../program.ts';

const endings = new WeakMap<TestContext, (() => unknown)[]>();

/** Runs `end` after the test; what was made last is ended first. */
export function onEnd(t: TestContext, end: () => unknown): void {
  const known = endings.get(t);
  if (known) {
    known.push(end);
    return;
  }
  const stack = [end];
  endings.set(t, stack);
  t.after(async () => {
    for (const each of stack.reverse()) await each();
  });
}

/** A private folder for one test, gone after it, and what a daemon in it needs of the environment. */
export function privateFolder(t: TestContext): { folder: string; env: Record<string, string>; paths: Paths } {
  const folder = mkdtempSync(join(tmpdir(), 'breakout-daemon-'));
  onEnd(t, () => rmSync(folder, { recursive: true, force: true }));
  const env = { BREAKOUT_STATE_DIR: join(folder, 'state'), BREAKOUT_CONFIG_DIR: join(folder, 'config') };
  return { folder, env, paths: resolvePaths({ env }) };
}

/** A daemon inside this process, ended with the test. */
export async function daemonHere(
  t: TestContext,
): Promise<{ paths: Paths; client: ControlClient; stop: () => Promise<void> }> {
  const { paths } = privateFolder(t);
  const abort = new AbortController();
  let ready: () => void = () => undefined;
  const serving = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const running = runDaemon({ paths, signal: abort.signal, onReady: ready });
  await Promise.race([serving, running]);
  const client = await connect({ socketPath: paths.socketPath, client: 'tester' });
  const stop = async (): Promise<void> => {
    abort.abort();
    await running;
  };
  onEnd(t, async () => {
    await client.close();
    await stop();
  });
  return { paths, client, stop };
}

export interface DaemonProcess {
  readonly child: ChildProcess;
  /** `ready` once it serves, otherwise what it said on stderr. */
  readonly outcome: Promise<'ready' | { readonly code: number | null; readonly stderr: string }>;
  readonly exit: Promise<number | NodeJS.Signals | null>;
}

/** The control server without the rest of the daemon, so that its limits can be small. */
export async function serve(
  t: TestContext,
  limits: ServerLimits = {},
  hostOptions: SessionHostOptions = {},
): Promise<{ paths: Paths; socketPath: string; host: SessionHost; server: ControlServer }> {
  const { folder, paths } = privateFolder(t);
  mkdirSync(paths.stateDir, { mode: 0o700 });
  const log = openLog({ file: join(folder, 'log') });
  const host = new SessionHost(hostOptions);
  const monitoring = new Monitoring({
    host,
    server: () => server,
    thresholds: () => defaultSettings().health,
    stateDir: paths.stateDir,
  });
  const server: ControlServer = new ControlServer(
    new Dispatcher<Connection>(
      handlers({
        host,
        paths,
        log,
        monitoring,
        supervision: new Supervision({ host, log, env: {} }),
        settings: defaultSettings,
        stream: 's',
        startedAt: 0,
        server: () => server,
        reload: () => 'reloaded',
        stop: () => undefined,
      }),
      log,
      monitoring.requests,
    ),
    limits,
  );
  await server.listen(paths.socketPath);
  onEnd(t, async () => {
    server.stopListening();
    for (const connection of server.connections) connection.destroy();
    await host.close('test');
    monitoring[Symbol.dispose]();
    await closeLog(log);
  });
  return { paths, socketPath: paths.socketPath, host, server };
}

/** A daemon as a process of its own, killed with the test. */
export function spawnDaemon(
  t: TestContext,
  env: Record<string, string>,
  entry = 'daemon-process.ts',
): DaemonProcess {
  const child = spawn(process.execPath, program(new URL(entry, import.meta.url)), {
    env: { PATH: process.env.PATH ?? '', HOME: '/nowhere', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit').then(([code, signal]) => code ?? signal);
  const stderr = text(child.stderr);
  const outcome = Promise.race([
    once(child.stdout, 'data').then(() => 'ready' as const),
    exit.then(async () => ({ code: child.exitCode, stderr: await stderr })),
  ]);
  onEnd(t, async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exit;
  });
  return { child, outcome, exit };
}

/** A bare connection: raw text out, parsed lines in. */
export class RawConnection {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  readonly #lines: unknown[] = [];
  #wake: (() => void) | null = null;
  #over = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    const splitter = new LineSplitter(Number.POSITIVE_INFINITY);
    socket.on('data', (chunk) => {
      for (const line of splitter.push(chunk)) this.#lines.push(parseLine(line));
      this.#wake?.();
    });
    socket.on('error', () => socket.destroy());
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#over = true;
        this.#wake?.();
        resolve();
      });
    });
  }

  static async open(t: TestContext, socketPath: string): Promise<RawConnection> {
    const socket = connectSocket(socketPath);
    await once(socket, 'connect');
    onEnd(t, () => socket.destroy());
    return new RawConnection(socket);
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** The next line, or null once the connection is closed. */
  async next(): Promise<unknown> {
    for (;;) {
      if (this.#lines.length > 0) return this.#lines.shift();
      if (this.#over) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async ask(message: unknown): Promise<unknown> {
    this.send(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
    return this.next();
  }
}

/** What an error on the wire says; it must have all that every error has. */
export function errorOf(response: unknown): {
  readonly id: unknown;
  readonly code: number;
  readonly app: string;
  readonly message: string;
  readonly hint: string;
} {
  const said = JSON.stringify(response);
  assert.ok(isRecord(response) && isRecord(response.error) && 'id' in response, said);
  const { code, message, data } = response.error;
  assert.ok(typeof code === 'number' && typeof message === 'string' && isRecord(data), said);
  assert.ok(typeof data.code === 'string' && typeof data.hint === 'string' && 'httpStatus' in data, said);
  return { id: response.id, code, app: data.code, message, hint: data.hint };
}

/** The result of an answer that must have one. */
export function answerOf(response: unknown): unknown {
  assert.ok(isRecord(response) && 'result' in response, JSON.stringify(response));
  return response.result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
