/**
 * A real systemd, as process 1 of a root file system of its own in memory, in namespaces of its own (mounts,
 * processes, network, control groups). The machine's own systemd, where one runs, never hears of it, and its files
 * cannot be written from inside: the package, built as it is published, is at /opt/breakout there, read-only.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const SCRIPT = fileURLToPath(new URL('./systemd-root.sh', import.meta.url));
const NODE_PREFIX = path.dirname(path.dirname(process.execPath));
const NAMESPACES = ['--mount', '--pid', '--cgroup', '--ipc', '--uts', '--net'];

const BOOT_MS = 30_000;

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why no systemd can be started here, or false. */
export function whyNoSystemd(): string | false {
  if (process.platform !== 'linux') return 'systemd runs on Linux alone';
  if (process.getuid?.() !== 0) return 'making a root file system takes root';
  for (const file of ['systemd', 'system/systemd-journald.service'])
    if (!existsSync(`/lib/systemd/${file}`)) return `systemd is not installed: there is no ${file}`;
  if (cgroupRoot() === null) return 'no version 2 control groups are mounted';
  const probe = spawnSync('unshare', [...NAMESPACES, '--fork', 'mount', '--make-rprivate', '/'], {
    encoding: 'utf8',
  });
  if (probe.error) return `unshare cannot be run: ${probe.error.message}`;
  if (probe.status !== 0) return `no namespaces can be made: ${probe.stderr.trim()}`;
  return false;
}

export class SystemdRoot implements AsyncDisposable {
  #folder = '';
  #cgroup = '';
  #unshare: ChildProcess | null = null;
  #init = 0;

  /** Starts systemd and waits until it has booted. */
  async boot(): Promise<void> {
    const groups = cgroupRoot();
    assert.ok(groups !== null);
    this.#folder = mkdtempSync(path.join(tmpdir(), 'breakout-systemd-'));
    await this.#build();
    mkdirSync(path.join(this.#folder, 'root'));
    this.#cgroup = path.join(groups, path.basename(this.#folder));
    mkdirSync(this.#cgroup);
    const script = 'echo $$ > "$1/cgroup.procs" && shift && exec "$@"';
    const unshare = spawn(
      'sh',
      [
        '-c',
        script,
        'sh',
        this.#cgroup,
        // Should this process be killed, systemd goes with it.
        ...['setpriv', '--pdeathsig', 'KILL'],
        'unshare',
        ...NAMESPACES,
        '--fork',
        '--kill-child',
        'sh',
        SCRIPT,
        path.join(this.#folder, 'root'),
        this.#package,
        path.join(REPOSITORY, 'node_modules'),
        NODE_PREFIX,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#unshare = unshare;
    let said = '';
    for (const stream of [unshare.stdout, unshare.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
      });
    const until = Date.now() + BOOT_MS;
    for (;;) {
      if (unshare.exitCode !== null || Date.now() > until) throw new Error(`systemd did not boot: ${said}`);
      this.#init = childOf(unshare.pid ?? 0);
      if (this.#init > 0 && nameOf(this.#init) === 'systemd') {
        const { stdout } = await this.run('systemctl', 'is-system-running');
        if (/^(running|degraded)/.test(stdout)) return;
      }
      await delay(50);
    }
  }

  get #package(): string {
    return path.join(this.#folder, 'package');
  }

  async #build(): Promise<void> {
    // The folder that node_modules is bound to.
    mkdirSync(path.join(this.#package, 'node_modules'), { recursive: true });
    await bundle(path.join(this.#package, 'dist'));
    for (const part of ['bin', 'presets', 'package.json'])
      cpSync(path.join(REPOSITORY, part), path.join(this.#package, part), { recursive: true });
    // Whatever the mask of this process: the service has a user of its own.
    assert.equal(spawnSync('chmod', ['-R', 'a+rX', this.#package]).status, 0);
  }

  /** Runs a command inside, as root. */
  run(...words: readonly string[]): Promise<Said> {
    return this.#enter(['env', '-i', 'HOME=/root', ...ENV, ...words]);
  }

  /** Runs a command inside as the user `trader`, in a session of theirs. */
  asTrader(...words: readonly string[]): Promise<Said> {
    const drop = ['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups'];
    return this.#enter([
      ...drop,
      'env',
      '-i',
      'HOME=/home/trader',
      'XDG_RUNTIME_DIR=/run/user/1000',
      ...ENV,
      ...words,
    ]);
  }

  /** The last lines of its log, for the message of a test that failed. */
  async log(): Promise<string> {
    return (await this.run('journalctl', '--quiet', '--lines=30')).stdout;
  }

  async #enter(words: readonly string[]): Promise<Said> {
    const child = spawn('nsenter', ['--target', String(this.#init), '--all', '--', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a process group of its own: what is killed inside stays inside.
      detached: true,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    return { code, stdout, stderr };
  }

  /** Ends systemd, and with process 1 the kernel ends all others; nothing is left of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#unshare !== null && this.#unshare.exitCode === null && this.#unshare.signalCode === null) {
      const ended = once(this.#unshare, 'exit');
      if (this.#init > 0) process.kill(this.#init, 'SIGKILL');
      else this.#unshare.kill('SIGKILL');
      await ended;
    }
    if (this.#cgroup !== '') removeGroups(this.#cgroup);
    if (this.#folder !== '') rmSync(this.#folder, { recursive: true });
  }
}

const ENV = ['PATH=/opt/node/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'SYSTEMD_PAGER=', 'NO_COLOR=1'];

function cgroupRoot(): string | null {
  const line = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .find((each) => each.split(' ')[2] === 'cgroup2');
  return line?.split(' ')[1] ?? null;
}

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0] ?? 0);
}

function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
}

function removeGroups(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeGroups(path.join(folder, entry.name));
  rmdirSync(folder);
}
