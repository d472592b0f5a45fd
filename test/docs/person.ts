/**
 * Somebody who types what the page and the help say: a shell in a folder of their own, with a home that is not the
 * tester's, and the package as it is built and installed, on the PATH.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.ts';
import { packageInfo } from '../../src/config/package.ts';

/** The package as npm would install it, and the commands that run it. */
export class Installed implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'breakout-docs-'));
  readonly bin = join(this.folder, 'bin');

  static async build(): Promise<Installed> {
    const installed = new Installed();
    const { root } = packageInfo();
    const app = join(installed.folder, 'app');
    await bundle(join(app, 'dist'));
    for (const part of ['bin', 'presets', 'package.json'])
      cpSync(join(root, part), join(app, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(app, 'node_modules'));
    mkdirSync(installed.bin);
    const launcher = join(app, 'bin', 'breakout.js');
    installed.#program('breakout', `exec '${process.execPath}' '${launcher}' "$@"`);
    // Of a checkout or an installed package, `npx breakout` runs the same.
    installed.#program('npx', 'exec "$@"');
    symlinkSync(process.execPath, join(installed.bin, 'node'));
    // Not every machine that tests has it; what the page asks of it is SQL, which the library answers as well.
    if (spawnSync('sqlite3', ['--version']).error !== undefined) {
      const shell = fileURLToPath(new URL('sqlite-shell.js', import.meta.url));
      installed.#program('sqlite3', `exec '${process.execPath}' '${shell}' "$@"`);
    }
    return installed;
  }

  #program(name: string, body: string): void {
    const file = join(this.bin, name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long any example may take. */
const PATIENCE_MS = 60_000;

export class Person implements AsyncDisposable {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly socketPath: string;

  constructor(installed: Installed, name: string) {
    this.folder = join(installed.folder, name);
    const runtime = join(this.folder, 'run');
    for (const folder of [this.folder, runtime]) mkdirSync(folder, { mode: 0o700, recursive: true });
    this.socketPath = join(runtime, 'breakout', 'breakout.sock');
    this.env = {
      PATH: `${installed.bin}:${process.env.PATH ?? ''}`,
      HOME: this.folder,
      XDG_RUNTIME_DIR: runtime,
      XDG_STATE_HOME: join(this.folder, 'state'),
      XDG_CONFIG_HOME: join(this.folder, 'config'),
      LANG: 'C.UTF-8',
    };
  }

  /**
   * Types a line. What goes on by itself is ended with Ctrl-C once it has said something, or `until` has come.
   * @throws Error when it takes too long.
   */
  async types(line: string, until?: RegExp): Promise<Outcome> {
    // The shell outlives a Ctrl-C, so that its exit code is that of the command.
    const child = spawn('sh', ['-c', `trap : INT\n${line}`], {
      cwd: this.folder,
      env: this.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return outcomeOf(child, line, until);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const instance of ['default', 'second'])
      await this.types(`breakout --instance ${instance} daemon stop`);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function outcomeOf(child: ChildProcess, line: string, until: RegExp | undefined): Promise<Outcome> {
  const group = -(child.pid ?? Number.NaN);
  let stdout = '';
  let stderr = '';
  let told = false;
  const look = (): void => {
    if (told || until === undefined || !(until.test(stdout) || until.test(stderr))) return;
    told = true;
    process.kill(group, 'SIGINT');
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    look();
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      process.kill(group, 'SIGKILL');
      reject(new Error(`$ ${line}: no end after ${PATIENCE_MS / 1000} s\n${stdout}${stderr}`));
    }, PATIENCE_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}
