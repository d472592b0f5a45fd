/** The service under a real systemd, started for it: the machine's manager and a user's manager (systemd-root.ts). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Said, SystemdRoot, whyNoSystemd } from './systemd-root.ts';

const BREAKOUT = ['/opt/node/bin/node', '/opt/breakout/bin/breakout.js'];
const SOCKET = ['--socket', '/run/breakout/breakout.sock'];

const PATIENCE_MS = 30_000;

interface Shown {
  readonly active: string;
  readonly sub: string;
  readonly status: string;
  readonly pid: number;
  readonly restarts: number;
  readonly result: string;
  readonly exit: number;
}

type Run = (...words: readonly string[]) => Promise<Said>;

const why = whyNoSystemd();
const root = new SystemdRoot();

/** One manager: how commands get there, and what it says of a unit. */
class Manager {
  readonly #run: Run;
  readonly #systemctl: readonly string[];

  constructor(run: Run, scope: 'system' | 'user') {
    this.#run = run;
    this.#systemctl = ['systemctl', `--${scope}`];
  }

  /** Runs it to its end, which must be a good one. */
  async done(...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#run(...words);
    if (code !== 0) assert.fail(`${words.join(' ')}: ${stderr}${stdout}\n${await root.log()}`);
    return stdout;
  }

  breakout(...words: readonly string[]): Promise<string> {
    return this.done(...BREAKOUT, ...words);
  }

  systemctl(...words: readonly string[]): Promise<string> {
    return this.done(...this.#systemctl, ...words);
  }

  /** Its daemon's process id there. */
  async pid(unit: string): Promise<number> {
    const { pid } = await this.show(unit);
    // 0 would be the caller's whole process group to kill(2).
    assert.ok(pid > 0, `${unit} does not run: ${await root.log()}`);
    return pid;
  }

  async show(unit: string): Promise<Shown> {
    const names = 'ActiveState,SubState,StatusText,MainPID,NRestarts,Result,ExecMainStatus';
    const text = await this.systemctl('show', unit, '--property', names);
    const values = new Map(text.split('\n').map((line) => [line.split('=')[0], line.replace(/^[^=]*=/, '')]));
    const of = (name: string): string => values.get(name) ?? '';
    return {
      active: of('ActiveState'),
      sub: of('SubState'),
      status: of('StatusText'),
      pid: Number(of('MainPID')),
      restarts: Number(of('NRestarts')),
      result: of('Result'),
      exit: Number(of('ExecMainStatus')),
    };
  }

  /** Waits until the unit is as wanted. systemctl has no command that waits for more than a job. */
  async until(unit: string, wanted: (shown: Shown) => boolean): Promise<Shown> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const shown = await this.show(unit);
      if (wanted(shown)) return shown;
      if (Date.now() > end) assert.fail(`${unit} stayed ${JSON.stringify(shown)}`);
      await delay(100);
    }
  }
}

/** Settings of a test's own, as an operator gives them: in a drop-in. */
function dropIn(folder: string, ...lines: readonly string[]): string[] {
  const text = ['[Service]', ...lines, ''].join('\n');
  return ['sh', '-c', 'mkdir -p "$1" && printf %s "$2" > "$1/test.conf"', 'sh', folder, text];
}

describe('the service under a real systemd', {
  skip: why,
  timeout: 120_000,
  concurrency: 2,
}, () => {
  before(() => root.boot());
  after(() => root[Symbol.asyncDispose]());

  describe("the machine's manager", { concurrency: 1 }, () => {
    const system = new Manager((...words) => root.run(...words), 'system');
    const unit = 'breakout';
    /** Of the session that outlives each daemon. */
    let session = '';
    const sessionNow = async (): Promise<string> =>
      JSON.parse(await system.breakout(...SOCKET, 'status', '--json')).session;

    test('install --now: READY is believed, the state is shown, the socket answers, nothing is left of root', async (t) => {
      t.diagnostic((await system.done('systemctl', '--version')).split('\n')[0] ?? '');
      await system.done(
        ...dropIn('/etc/systemd/system/breakout.service.d', 'RestartSec=100ms', 'WatchdogSec=3s'),
      );
      await system.breakout('service', 'install', '--now');
      const { active, sub, status } = await system.show(unit);
      const pid = await system.pid(unit);
      assert.deepEqual([active, sub, status], ['active', 'running', 'IDLE: no session']);
      assert.equal(JSON.parse(await system.breakout(...SOCKET, 'status', '--json')).state, 'IDLE');
      const self = await system.done('cat', `/proc/${pid}/status`);
      assert.doesNotMatch(self, /^Uid:\s+0\b/m);
      assert.match(self, /^CapBnd:\s+0+$/m);
      assert.match(self, /^NoNewPrivs:\s+1$/m);
      assert.match(self, /^Seccomp:\s+2$/m);
    });

    test('a session trades in all that confinement', async () => {
      await system.breakout(...SOCKET, 'start', '--preset', 'breakout_v1', '--seed', '1');
      session = await sessionNow();
    });

    test('systemctl reload is a reload and no restart, and the state is shown anew', async () => {
      const pid = await system.pid(unit);
      await system.systemctl('reload', unit);
      const shown = await system.until(unit, ({ status }) => status.includes('breakout_v1 on sim (paper)'));
      assert.deepEqual([shown.sub, shown.pid, shown.restarts], ['running', pid, 0]);
    });

    test('killed without a word, the daemon is back at the same socket and goes on with its session', async () => {
      const pid = await system.pid(unit);
      await system.done('kill', '-KILL', String(pid));
      const shown = await system.until(unit, ({ sub, restarts }) => sub === 'running' && restarts === 1);
      assert.notEqual(shown.pid, pid);
      assert.equal(await sessionNow(), session);
    });

    test('a daemon that hangs is noticed by the watchdog and replaced, and the session goes on', async () => {
      const pid = await system.pid(unit);
      await system.done('kill', '-STOP', String(pid));
      const shown = await system.until(unit, ({ sub, restarts }) => sub === 'running' && restarts === 2);
      assert.notEqual(shown.pid, pid);
      assert.match(await system.done('journalctl', '--quiet', '--unit', unit), /Watchdog timeout/);
      assert.equal(await sessionNow(), session);
    });

    test('a stop is an end in order: the engine stops, the socket goes, nothing is started again', async () => {
      await system.systemctl('stop', unit);
      const { active, result, exit } = await system.show(unit);
      assert.deepEqual([active, result, exit], ['inactive', 'success', 0]);
      assert.equal(await system.done('ls', '/run/breakout/'), '');
    });

    test('a wrong configuration fails once, with the code that says so, and is not tried for ever', async () => {
      await system.done('sh', '-c', 'echo "{ no JSON" > /etc/breakout/config.json');
      await root.run('systemctl', 'start', unit);
      const { active, exit } = await system.until(
        unit,
        ({ sub }) => sub !== 'start' && sub !== 'auto-restart',
      );
      assert.deepEqual([active, exit], ['failed', 78]);
    });

    test('uninstall takes the unit away and leaves state, configuration and drop-ins', async () => {
      const said = await system.breakout('service', 'uninstall');
      assert.match(said, /Left as they are: \/var\/lib\/breakout, .*breakout\.service\.d\n/);
      assert.equal((await root.run('systemctl', 'cat', unit)).code, 1);
      await system.done('ls', '/var/lib/breakout/lock.sqlite', '/etc/breakout/config.json');
    });

    test('as the README has it, a group can watch: it reads all, changes nothing, and reaches nothing else', async () => {
      await system.done(
        'sh',
        '-c',
        `echo monitor:x:2000:watcher >> /etc/group
         echo bot:x:2000:2000::/var/lib/breakout:/bin/false >> /etc/passwd
         echo '{ "control": { "read_only_socket": {} } }' > /etc/breakout/config.json
         chown -R 2000:2000 "$(readlink -f /var/lib/breakout)"`,
      );
      await system.done(...dropIn('/etc/systemd/system/breakout.service.d', 'RuntimeDirectoryMode=0710'));
      await system.breakout('service', 'install', '--now', '--run-as', 'bot');
      const watcher = [
        'setpriv',
        '--reuid',
        '2001',
        '--regid',
        '2001',
        '--groups',
        '2000',
        'env',
        'HOME=/tmp',
      ];
      const asks = (socket: string, ...words: readonly string[]): Promise<Said> =>
        root.run(...watcher, ...BREAKOUT, '--socket', `/run/breakout/${socket}`, ...words);
      assert.equal(
        JSON.parse((await asks('breakout-ro.sock', 'status', '--json')).stdout).session,
        session,
        'the state folder changed hands, and its session with it',
      );
      const refused = await asks('breakout-ro.sock', 'pause');
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /reads only/);
      const kept = await asks('breakout.sock', 'status');
      assert.equal(kept.code, 2);
      assert.match(kept.stderr, /another user/);
      assert.doesNotMatch(kept.stderr, /start one/);
      await system.breakout('service', 'uninstall');
    });
  });

  describe("a user's manager", { concurrency: 1 }, () => {
    const user = new Manager((...words) => root.asTrader(...words), 'user');
    const key = '/home/trader/key';

    before(async () => {
      const { code, stderr } = await root.run('systemctl', 'start', 'user@1000');
      assert.equal(code, 0, stderr);
    });

    test('two instances run side by side, and the plain commands of their user find them', async () => {
      await user.done('sh', '-c', `umask 077; echo secret > ${key}`);
      await user.breakout('service', 'install', '--now', '--credential', `exchange:${key}`);
      await user.breakout('--instance', 'second', 'service', 'install', '--now');
      for (const unit of ['breakout', 'breakout@second']) {
        const { active, status } = await user.show(unit);
        assert.deepEqual([active, status], ['active', 'IDLE: no session'], unit);
      }
      const first = JSON.parse(await user.breakout('daemon', 'status', '--json'));
      const second = JSON.parse(await user.breakout('--instance', 'second', 'daemon', 'status', '--json'));
      assert.deepEqual([first.instance, second.instance], ['default', 'second']);
      const given = '/run/user/1000/credentials/breakout.service/exchange';
      assert.equal(await user.done('cat', given), 'secret\n');
    });

    test('the end of one leaves the other and its socket', async () => {
      await user.breakout('service', 'uninstall');
      assert.equal((await root.asTrader(...BREAKOUT, 'status')).code, 2);
      await user.breakout('--instance', 'second', 'status');
      await user.breakout('--instance', 'second', 'service', 'uninstall');
      assert.equal(await user.done('ls', '/run/user/1000/breakout/'), '');
    });
  });
});
