import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../bin/breakout.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves once stdout or stderr has matched. */
  says(pattern: RegExp): Promise<void>;
}

/** A bot of its own in a temporary folder: state, configuration and socket. Disposal stops what it runs. */
export class Sandbox implements AsyncDisposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'breakout-cli-'));
  readonly stateDir = path.join(this.folder, 'state');
  readonly presetDir = path.join(this.folder, 'config', 'presets');
  readonly socketPath = path.join(this.folder, 'b.sock');
  readonly env: NodeJS.ProcessEnv = {
    ...process.env,
    BREAKOUT_STATE_DIR: this.stateDir,
    BREAKOUT_CONFIG_DIR: path.join(this.folder, 'config'),
    BREAKOUT_SOCKET: this.socketPath,
    NO_COLOR: '1',
  };

  constructor() {
    mkdirSync(this.presetDir, { recursive: true });
    // The test runner's own channel is not for the processes under test.
    delete this.env.NODE_TEST_CONTEXT;
  }

  /** Runs `breakout WORDS` to its end. */
  async run(...words: string[]): Promise<Ended> {
    return this.start(...words).ended;
  }

  /** As `run`, and the exit code must be 0 and stdout one JSON document, which is returned. */
  async json<T>(...words: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...words, '--json');
    assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
    const document: T = JSON.parse(stdout);
    return document;
  }

  start(...words: string[]): Running {
    const child = spawn(process.execPath, [LAUNCHER, ...words], { env: this.env, cwd: this.folder });
    child.stdin.end();
    let stdout = '';
    let stderr = '';
    const waiting = new Set<() => void>();
    const heard = (): void => {
      for (const look of waiting) look();
    };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      heard();
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      heard();
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
    const says = (pattern: RegExp): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(stdout) && !pattern.test(stderr)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        ended.then(() => reject(new Error(`it ended without saying ${pattern}: ${stdout}${stderr}`)), reject);
      });
    return { child, ended, says };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { BREAKOUT_SOCKET: socket } = this.env;
    // Where there is none, there is no daemon to ask.
    if (socket === undefined || existsSync(socket)) await this.run('daemon', 'stop');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
