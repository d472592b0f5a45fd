import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { after, describe, test } from 'node:test';
import {
  type InstallOptions,
  serviceInstall,
  servicePrint,
  serviceUninstall,
} from '../../src/cli/commands/service.ts';
import type { Context } from '../../src/cli/context.ts';
import { failureOf } from '../../src/cli/failure.ts';
import { Output } from '../../src/cli/output.ts';
import { closedToOthers } from '../../src/cli/service/surroundings.ts';
import { type SystemSpec, type UserSpec, unitName, unitText } from '../../src/cli/service/unit.ts';
import { resolvePaths } from '../../src/config/paths.ts';
import { Sandbox } from './sandbox.ts';

const SYSTEM: SystemSpec = {
  scope: 'system',
  instance: 'default',
  node: '/usr/bin/node',
  launcher: '/usr/lib/node_modules/breakout/bin/breakout.js',
  credentials: [],
  runAs: null,
  runsFromHome: false,
};

const USER: UserSpec = {
  scope: 'user',
  instance: 'default',
  node: '/home/ann/.nvm/bin/node',
  launcher: '/home/ann/.nvm/lib/node_modules/breakout/bin/breakout.js',
  credentials: [],
  home: '/home/ann',
  stateDir: '/home/ann/.local/state/breakout',
  configDir: '/home/ann/.config/breakout',
  namespaces: true,
  runsFromTemporary: false,
};

function settings(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !/^[#[]/.test(line));
}

function value(text: string, name: string): string[] {
  return settings(text).flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
}

describe('the unit', () => {
  for (const spec of [SYSTEM, USER]) {
    const text = unitText(spec);

    test(`${spec.scope}: a daemon that crashed comes back, and one that never can is left alone`, () => {
      assert.deepEqual(value(text, 'Restart'), ['on-failure']);
      assert.deepEqual(value(text, 'StartLimitIntervalSec'), ['0']);
      assert.deepEqual(value(text, 'RestartPreventExitStatus'), ['75 78']);
    });

    test(`${spec.scope}: systemd runs node itself, so that its signals reach the daemon`, () => {
      assert.deepEqual(value(text, 'ExecStart'), [`${spec.node} ${spec.launcher} daemon run`]);
      assert.deepEqual(value(text, 'Type'), ['notify']);
      assert.deepEqual(value(text, 'NotifyAccess'), ['all']);
    });

    test(`${spec.scope}: the protection that would stop the JavaScript engine is not asked for`, () => {
      assert.deepEqual(value(text, 'MemoryDenyWriteExecute'), []);
    });

    test(`${spec.scope}: another instance has a unit, state and socket of its own`, () => {
      const second = unitText({ ...spec, instance: 'second-bot' });
      assert.equal(unitName('second-bot'), 'breakout@second-bot.service');
      assert.deepEqual(value(second, 'ExecStart'), [
        `${spec.node} ${spec.launcher} --instance second-bot daemon run`,
      ]);
    });

    test(`${spec.scope}: the end of one instance leaves the sockets of the others`, () => {
      assert.deepEqual(value(text, 'RuntimeDirectoryPreserve'), ['yes']);
    });
  }

  test('paths with blanks and with what systemd would expand are meant as they are', () => {
    const text = unitText({
      ...USER,
      node: '/opt/my node/bin/node',
      launcher: '/opt/100%/$HOME/"x"\\breakout.js',
      stateDir: '/home/ann/my state',
      configDir: '/srv/c%',
      credentials: [{ name: 'key', path: '/srv/50%/my key' }],
    });
    assert.deepEqual(value(text, 'ExecStart'), [
      '"/opt/my node/bin/node" "/opt/100%%/$$HOME/\\"x\\"\\\\breakout.js" daemon run',
    ]);
    assert.deepEqual(value(text, 'Environment').slice(1), [
      '"BREAKOUT_STATE_DIR=%h/my state"',
      'BREAKOUT_CONFIG_DIR=/srv/c%%',
    ]);
    assert.deepEqual(value(text, 'ReadWritePaths'), ['"%h/my state"']);
    assert.deepEqual(value(text, 'LoadCredential'), ['key:/srv/50%%/my key']);
  });

  test('Node in a home folder stays visible to a service of the machine', () => {
    assert.deepEqual(value(unitText(SYSTEM), 'ProtectHome'), ['yes']);
    assert.deepEqual(value(unitText({ ...SYSTEM, runsFromHome: true }), 'ProtectHome'), ['read-only']);
  });

  test('a service of the machine runs as the account that was named', () => {
    assert.deepEqual(value(unitText(SYSTEM), 'DynamicUser'), ['yes']);
    const named = unitText({ ...SYSTEM, runAs: 'trader' });
    assert.deepEqual([value(named, 'User'), value(named, 'DynamicUser')], [['trader'], []]);
  });

  test('where users can make no namespaces, nothing is asked for that takes one', () => {
    const names = settings(unitText({ ...USER, namespaces: false })).map((line) => line.split('=')[0] ?? '');
    for (const name of names)
      assert.doesNotMatch(name, /^(Protect|Private|ReadWritePaths|CapabilityBoundingSet)/);
    assert.ok(names.includes('SystemCallFilter'));
  });
});

interface Told {
  readonly stdout: string;
  readonly stderr: string;
}

/** A home folder, and the service commands over it, in this process. */
class Home implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'breakout-service-'));
  readonly units = path.join(this.folder, 'config', 'systemd', 'user');
  readonly env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: this.folder,
    XDG_CONFIG_HOME: path.join(this.folder, 'config'),
    XDG_RUNTIME_DIR: path.join(this.folder, 'run'),
  };

  install(options: InstallOptions, instance?: string): Promise<Told> {
    return this.#run((context) => serviceInstall(context, options), instance);
  }

  uninstall(options: InstallOptions, instance?: string): Promise<Told> {
    return this.#run((context) => serviceUninstall(context, options), instance);
  }

  print(options: InstallOptions, instance?: string): Promise<Told> {
    return this.#run((context) => servicePrint(context, options), instance);
  }

  async #run(command: (context: Context) => Promise<void>, instance: string | undefined): Promise<Told> {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const output = new Output(stdout, stderr, this.env, false);
    await command({ output, paths: resolvePaths({ env: this.env, instance }), env: this.env });
    return { stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The refusal has this code and exit code 1, or 3 for a wrong command line. */
function refused(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    const failure = failureOf(error);
    assert.equal(failure.code, code);
    assert.match(failure.message, message);
    assert.equal(failure.exitCode, code === 'USAGE' ? 3 : 1);
    return true;
  };
}

describe('service install', { skip: process.platform !== 'linux' && 'systemd runs on Linux alone' }, () => {
  test('writes the unit and says how to start it and reach it; again changes nothing', async () => {
    using home = new Home();
    const file = path.join(home.units, 'breakout.service');
    const first = await home.install({ user: true });
    assert.match(first.stdout, new RegExp(`^Wrote ${file}\\.\n`));
    assert.match(first.stdout, / {2}systemctl --user enable --now breakout {2}/);
    assert.match(first.stdout, / {2}loginctl enable-linger {2}/);
    assert.match(first.stdout, / {2}breakout status {2}/);
    const text = readFileSync(file, 'utf8');
    assert.deepEqual(value(text, 'Environment').slice(1), [
      'BREAKOUT_STATE_DIR=%h/.local/state/breakout',
      `BREAKOUT_CONFIG_DIR=%h/config/breakout`,
    ]);
    assert.equal(statSync(file).mode & 0o777, 0o644);
    assert.equal(statSync(path.join(home.folder, '.local', 'state', 'breakout')).mode & 0o777, 0o700);
    const second = await home.install({ user: true });
    assert.match(second.stdout, /^Nothing to change in /);
    assert.deepEqual(readdirSync(home.units), ['breakout.service']);
  });

  test('says how to reach a socket that the commands of this shell would not look at', async () => {
    using home = new Home();
    home.env.BREAKOUT_SOCKET = path.join(home.folder, 'elsewhere.sock');
    const { stdout } = await home.install({ user: true }, 'second');
    const socket = path.join(home.folder, 'run', 'breakout', 'breakout-second.sock');
    assert.ok(stdout.includes(`  breakout --socket ${socket} status  `), stdout);
  });

  test('leaves a unit of somebody else alone, unless it is told otherwise', async () => {
    using home = new Home();
    const file = path.join(home.units, 'breakout.service');
    mkdirSync(home.units, { recursive: true });
    writeFileSync(file, '[Service]\nExecStart=/bin/true\n');
    await assert.rejects(
      home.install({ user: true }),
      refused('UNIT_EXISTS', /breakout\.service is there already/),
    );
    await assert.rejects(home.uninstall({ user: true }), refused('UNIT_NOT_OURS', /is left alone/));
    assert.match(readFileSync(file, 'utf8'), /ExecStart=\/bin\/true/);
    const { stdout } = await home.install({ user: true, force: true });
    assert.match(stdout, /^Replaced /);
    assert.match(stdout, / {2}systemctl --user restart breakout {2}/);
  });

  test('a masked unit is not written through to what it links to', async () => {
    using home = new Home();
    const target = path.join(home.folder, 'target');
    writeFileSync(target, 'kept');
    mkdirSync(home.units, { recursive: true });
    symlinkSync(target, path.join(home.units, 'breakout.service'));
    await assert.rejects(home.install({ user: true }), refused('UNIT_EXISTS', /is there already/));
    assert.equal(readFileSync(target, 'utf8'), 'kept');
  });

  test('a second install without the keys of the first is refused: the bot would wake up without them', async () => {
    using home = new Home();
    const key = path.join(home.folder, 'key');
    writeFileSync(key, 'secret', { mode: 0o600 });
    const { stderr } = await home.install({ user: true, credential: [`binance:${key}`] });
    assert.doesNotMatch(stderr, /chmod/);
    await assert.rejects(
      home.install({ user: true }),
      refused('UNIT_EXISTS', /has LoadCredential=binance:.*, which/),
    );
    chmodSync(key, 0o644);
    const again = await home.install({ user: true, credential: [`binance:${key}`] });
    assert.match(again.stderr, /^note: .*key can be read by others: chmod 600 /m);
    await home.install({ user: true, force: true });
  });

  test('a key file that is not there is found at the install, not at the first start', async () => {
    using home = new Home();
    await assert.rejects(
      home.install({ user: true, credential: ['binance:/nowhere/key'] }),
      refused('CREDENTIAL_MISSING', /credential binance, \/nowhere\/key/),
    );
    assert.equal(existsSync(home.units), false);
  });

  const wrong: readonly [why: string, options: InstallOptions, says: RegExp][] = [
    [
      'a credential without a path',
      { user: true, credential: ['binance'] },
      /--credential "binance": give NAME:PATH/,
    ],
    ['a credential with part of a path', { user: true, credential: ['a:key'] }, /give NAME:PATH/],
    [
      'a credential that would be a second setting',
      { user: true, credential: ['a:/k\nUser=root'] },
      /give NAME:PATH/,
    ],
    ["an account for a user's own service", { user: true, runAs: 'bob' }, /--run-as goes with --system/],
    [
      'an account that would be a second setting',
      { system: true, runAs: 'a\nb', unitDir: '/' },
      /is no user's name/,
    ],
    [
      'root, whose rights the daemon does not need',
      { system: true, runAs: 'root', unitDir: '/' },
      /name another/,
    ],
    ['a folder with no name', { user: true, unitDir: '' }, /--unit-dir is empty/],
  ];
  for (const [why, options, says] of wrong) {
    test(`${why} is refused as a wrong command line`, async () => {
      using home = new Home();
      await assert.rejects(home.install(options), refused('USAGE', says));
    });
  }

  test('a folder where nothing can be written is one clear error', async () => {
    using home = new Home();
    await assert.rejects(
      home.install({ user: true, unitDir: path.join(home.folder, 'none') }),
      refused('NOT_WRITTEN', /none\/breakout\.service: there is no such folder/),
    );
    await assert.rejects(
      home.install({ user: true, unitDir: '/proc' }),
      refused('NOT_WRITTEN', /^\/proc\/breakout\.service: there is no such folder/),
    );
    writeFileSync(path.join(home.folder, 'config'), 'a file');
    await assert.rejects(home.install({ user: true }), refused('NOT_WRITTEN', /is no folder/));
  });

  test('a folder that belongs to another is refused with the way round', {
    skip: process.getuid?.() === 0 && 'root may write everywhere',
  }, async () => {
    using home = new Home();
    await assert.rejects(
      home.install({ user: true, unitDir: '/etc' }),
      refused('NOT_PERMITTED', /permission denied/),
    );
  });

  test('--now without a systemd to start it in does nothing at all', async () => {
    using home = new Home();
    await assert.rejects(home.install({ user: true, now: true }), refused('NO_SYSTEMD', /cannot be reached/));
    assert.equal(existsSync(home.units), false);
  });

  test('for a package, the unit goes to a folder of choice and no running systemd is touched', async () => {
    using home = new Home();
    const { stdout } = await home.install({ system: true, unitDir: home.folder }, 'second');
    assert.equal(stdout, `Wrote ${path.join(home.folder, 'breakout@second.service')}.\n`);
    assert.ok(existsSync(path.join(home.folder, 'breakout@second.service')));
    await home.uninstall({ system: true, unitDir: home.folder }, 'second');
    assert.deepEqual(readdirSync(home.folder), []);
  });

  test('print writes nothing and says nothing but the unit', async () => {
    using home = new Home();
    const { stdout } = await home.print({ system: true });
    assert.match(stdout, /^# Made by `breakout service install`\.\n[\s\S]*\nWantedBy=multi-user\.target\n$/);
    assert.deepEqual(readdirSync(home.folder), []);
  });

  test('a file that only its owner can reach is found out before a service of another user needs it', () => {
    using home = new Home();
    const file = path.join(home.folder, 'node');
    writeFileSync(file, '', { mode: 0o644 });
    assert.equal(closedToOthers(file), home.folder);
    chmodSync(home.folder, 0o711);
    assert.equal(closedToOthers(file), null);
    chmodSync(file, 0o600);
    assert.equal(closedToOthers(file), file);
  });
});

describe('service uninstall', () => {
  test('removes its own unit and the link that enabled it, leaves the rest, and says what', async () => {
    using home = new Home();
    await home.install({ user: true });
    await home.install({ user: true }, 'second');
    const wants = path.join(home.units, 'default.target.wants');
    mkdirSync(wants);
    symlinkSync(path.join(home.units, 'breakout.service'), path.join(wants, 'breakout.service'));
    const { stdout } = await home.uninstall({ user: true });
    assert.match(
      stdout,
      /^Removed .*breakout\.service\. Open positions are left, protected at the venue\.\n/,
    );
    assert.match(stdout, /Left as they are: .*\.local\/state\/breakout\n$/);
    assert.deepEqual(readdirSync(home.units).sort(), ['breakout@second.service', 'default.target.wants']);
    assert.deepEqual(readdirSync(wants), []);
    const again = await home.uninstall({ user: true });
    assert.match(again.stdout, /^There is no .*breakout\.service: nothing to remove\.\n$/);
  });
});

describe('breakout service', () => {
  const sandbox = new Sandbox();
  after(() => sandbox[Symbol.asyncDispose]());

  test('as a command: print under --json is one document with the unit in it', async () => {
    const told = await sandbox.json<{ unit: string; text: string }>(
      'service',
      'print',
      '--user',
      '--instance',
      'two',
    );
    assert.equal(told.unit, 'breakout@two.service');
    assert.match(told.text, /^ExecStart=.* --instance two daemon run$/m);
  });

  test('both managers at once is a wrong command line', async () => {
    const { code, stderr } = await sandbox.run('service', 'install', '--user', '--system');
    assert.equal(code, 3);
    assert.match(stderr, /^breakout: option '--system' cannot be used with option '--user'/);
  });
});
