/**
 * A bot as it is installed, in a temporary folder: the built package, a state folder and a socket of its own, and a
 * daemon as a process. Nothing of it stays behind.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ControlClient, connect } from '../../src/protocol/client.ts';
import { NotReachable } from '../../src/protocol/errors.ts';
import { bundle } from '../bundle.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const LAUNCHER = path.join('bin', 'breakout.js');

const START_MS = 15_000;
const LOOK_AGAIN_MS = 50;
const END_MS = 10_000;

export class Installed implements AsyncDisposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'breakout-bench-'));
  readonly socketPath = path.join(this.folder, 'b.sock');
  readonly env: NodeJS.ProcessEnv = {
    ...process.env,
    BREAKOUT_STATE_DIR: path.join(this.folder, 'state'),
    BREAKOUT_CONFIG_DIR: path.join(this.folder, 'config'),
    BREAKOUT_SOCKET: this.socketPath,
  };
  readonly #app = path.join(this.folder, 'app');
  #daemon: ChildProcess | null = null;

  /** The launcher of the package. */
  get launcher(): string {
    return path.join(this.#app, LAUNCHER);
  }

  get daemonPid(): number | undefined {
    return this.#daemon?.pid;
  }

  /** Builds the package from the sources as they are. */
  static async make(): Promise<Installed> {
    const installed = new Installed();
    const app = installed.#app;
    try {
      await bundle(path.join(app, 'dist'));
      for (const part of ['bin', 'presets', 'package.json']) {
        cpSync(path.join(root, part), path.join(app, part), { recursive: true });
      }
      symlinkSync(path.join(root, 'node_modules'), path.join(app, 'node_modules'));
    } catch (error) {
      await installed[Symbol.asyncDispose]();
      throw error;
    }
    return installed;
  }

  /** What the daemon has written to stdout and stderr. */
  get said(): string {
    return readFileSync(this.#saidFile, 'utf8');
  }

  get #saidFile(): string {
    return path.join(this.folder, 'daemon.out');
  }

  /** Starts the daemon, and waits until it answers. `flags` are node's. */
  async startDaemon(flags: readonly string[] = []): Promise<ControlClient> {
    const file = openSync(this.#saidFile, 'w');
    const daemon = spawn(process.execPath, [...flags, this.launcher, 'daemon', 'run'], {
      env: this.env,
      stdio: ['ignore', file, file],
    });
    closeSync(file);
    this.#daemon = daemon;
    const deadline = Date.now() + START_MS;
    for (;;) {
      try {
        return await connect({ socketPath: this.socketPath, client: 'bench' });
      } catch (error) {
        if (!(error instanceof NotReachable)) throw error;
        if (daemon.exitCode !== null || Date.now() > deadline) {
          throw new Error(`the daemon does not answer: ${this.said}`, { cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
    }
  }

  /** Runs a command to its end and gives what it wrote to stdout. @throws Error when it fails. */
  run(...words: string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.launcher, ...words], {
      env: this.env,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`breakout ${words.join(' ')} ended with ${status}: ${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const daemon = this.#daemon;
    if (daemon !== null && daemon.exitCode === null && daemon.signalCode === null) {
      const gone = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      const timer = setTimeout(() => daemon.kill('SIGKILL'), END_MS);
      await gone;
      clearTimeout(timer);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
