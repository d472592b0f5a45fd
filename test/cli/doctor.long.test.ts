import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { checkExchange, exchangesSetUp } from '../../src/cli/doctor/exchanges.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { checkConfigFolder, checkDisk, checkStateFolder } from '../../src/cli/doctor/folders.ts';
import { checkJournal } from '../../src/cli/doctor/journal.ts';
import { checkLock, lockHolder } from '../../src/cli/doctor/lock.ts';
import {
  checkClock,
  checkMemory,
  checkNode,
  checkOpenFiles,
  openFileLimit,
} from '../../src/cli/doctor/machine.ts';
import {
  checkCredentials,
  checkPresets,
  checkService,
  checkSettings,
  checkVenues,
} from '../../src/cli/doctor/setup.ts';
import { askDaemon, checkSocket, checkVersion } from '../../src/cli/doctor/socket.ts';
import { isAlive } from '../../src/cli/end-daemon.ts';
import { packageInfo } from '../../src/config/package.ts';
import { DEFAULT_EXCHANGE } from '../../src/config/settings-schema.ts';
import { takeLock } from '../../src/daemon/lock.ts';
import { daemonHere, onEnd, privateFolder } from '../daemon/support.ts';
import { Sandbox } from './sandbox.ts';

const uid = process.getuid?.() ?? 0;

function is(finding: Finding, verdict: Finding['verdict'], found: RegExp, fix: RegExp | null = null): void {
  const told = JSON.stringify(finding);
  assert.equal(finding.verdict, verdict, told);
  assert.match(finding.found, found, told);
  if (fix === null) assert.equal(finding.fix, null, told);
  else assert.match(finding.fix ?? '', fix, told);
}

test('a Node.js that the bot was never tried on is named before it trades', () => {
  const engines = '^20.19.0 || ^22.12.0 || >=24.0.0';
  for (const good of ['v20.19.0', 'v20.20.2', 'v22.12.0', 'v24.0.0', 'v26.1.3'])
    is(checkNode(good, engines), 'pass', new RegExp(good));
  for (const bad of ['v18.20.0', 'v20.18.9', 'v21.9.0', 'v22.11.9', 'v23.5.0'])
    is(checkNode(bad, engines), 'fail', /not supported/, /install Node\.js \^20\.19\.0/);
});

test('a state folder that others can look into, or that is somebody else’s, is found', (t) => {
  const { folder } = privateFolder(t);
  const state = join(folder, 'state');
  is(checkStateFolder(state, uid), 'pass', /not there yet/);
  mkdirSync(state, { mode: 0o700 });
  is(checkStateFolder(state, uid), 'pass', /mode 0700, yours alone/);
  chmodSync(state, 0o755);
  is(checkStateFolder(state, uid), 'warn', /mode 0755 lets others look in/, /^chmod 700 .*state$/);
  is(checkStateFolder(state, uid + 1), 'fail', /belongs to user/, /chown/);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  is(checkStateFolder(file, uid), 'fail', /is no folder/, /BREAKOUT_STATE_DIR/);
  is(checkStateFolder(join(file, 'below'), uid), 'fail', /ENOTDIR/, /BREAKOUT_STATE_DIR/);
});

test('a config folder that somebody else can write decides what is traded: it is found', (t) => {
  const { folder } = privateFolder(t);
  const config = join(folder, 'config');
  is(checkConfigFolder(config, uid), 'pass', /every setting has its default/);
  mkdirSync(config);
  for (const [mode, verdict] of [
    [0o700, 'pass'],
    [0o755, 'pass'],
    [0o775, 'warn'],
    [0o777, 'fail'],
  ] as const) {
    chmodSync(config, mode);
    assert.equal(checkConfigFolder(config, uid).verdict, verdict, mode.toString(8));
  }
  chmodSync(config, 0o755);
  // What root made, root may write: packages do.
  assert.equal(checkConfigFolder(config, uid + 1).verdict, uid === 0 ? 'pass' : 'fail');
});

test('a disk that is nearly full is told of by the thresholds of the settings', (t) => {
  const { paths } = privateFolder(t);
  const disk = (warn: number, critical: number) => checkDisk(paths.stateDir, { warn, critical });
  is(disk(101, 102), 'pass', /\d+\.\d [KMGT]iB free, \d+ % used/);
  is(disk(0, 102), 'warn', /free/, /on a full disk no order can be sent/);
  is(disk(0, 0), 'fail', /free/, /BREAKOUT_STATE_DIR/);
});

test('too little memory or too few open files is told of before it ends a session', () => {
  is(checkMemory(100 * 2 ** 20), 'fail', /^100 MiB/, /free some/);
  is(checkMemory(300 * 2 ** 20), 'warn', /^300 MiB/, /512 MiB/);
  is(checkMemory(4 * 2 ** 30), 'pass', /^4096 MiB/);
  is(checkOpenFiles(256, 256, 'a daemon'), 'fail', /may open 256, and 320 are needed/, /ulimit -n 320/);
  is(checkOpenFiles(1024, 256, 'a daemon'), 'pass', /1024/);
  is(checkOpenFiles(Number.POSITIVE_INFINITY, 256, 'a daemon'), 'pass', /any number/);
  is(checkOpenFiles(null, 256, 'a daemon'), 'warn', /not told/, /ulimit -n/);
  if (existsSync('/proc/self/limits')) assert.ok((openFileLimit('self') ?? 0) > 0);
});

test('a clock of which nothing is known is not called right', () => {
  is(checkClock(true), 'pass', /kept right/);
  is(checkClock(false), 'warn', /not kept right/, /set-ntp/);
  is(checkClock(null), 'warn', /does not tell/, /chrony/);
});

test('the socket of a daemon that runs is good, until others may command the bot through it', async (t) => {
  const { paths } = await daemonHere(t);
  const daemon = await askDaemon(paths.socketPath);
  assert.ok(daemon !== null && typeof daemon !== 'string');
  is(checkSocket(paths.socketPath, daemon), 'pass', new RegExp(`pid ${process.pid} answers, mode 0600`));
  is(checkVersion(packageInfo().version, daemon), 'pass', /so is the daemon/);
  is(checkVersion('99.0.0', daemon), 'warn', /this is 99\.0\.0, the daemon that runs is/, /start it again/);
  is(checkVenues(daemon), 'pass', /sim and replay/);
  if (existsSync('/proc/locks')) {
    assert.equal(lockHolder(paths.lockFile), process.pid);
    is(checkLock(paths.lockFile, process.pid, daemon.pid), 'pass', /held by the daemon that answers/);
  }
  chmodSync(paths.socketPath, 0o666);
  is(checkSocket(paths.socketPath, daemon), 'fail', /mode 0666 lets others command/, /^chmod 600 /);
  chmodSync(dirname(paths.socketPath), 0o777);
  is(checkSocket(paths.socketPath, daemon), 'fail', /anybody can write there/, /BREAKOUT_SOCKET/);
});

test('a socket without a daemon behind it is told apart: none, left behind, no socket, no answer', async (t) => {
  const { folder } = privateFolder(t);
  const socket = join(folder, 's');
  is(checkSocket(socket, await askDaemon(socket)), 'pass', /not there, no daemon runs/);
  const server = createServer((client) => client.resume()).listen(socket);
  onEnd(t, () => server.close());
  await once(server, 'listening');
  const silent = await askDaemon(socket, 50);
  is(checkSocket(socket, silent), 'fail', /does not answer as it should/, /its log/);
  const stale = join(folder, 'stale');
  linkSync(socket, stale);
  server.close();
  await once(server, 'close');
  is(checkSocket(stale, await askDaemon(stale)), 'warn', /left behind/, /next start removes it/);
  writeFileSync(socket, '');
  is(checkSocket(socket, null), 'fail', /is no socket/, /move it away/);
});

test('a lock that another process holds is told of with its pid', {
  skip: !existsSync('/proc/locks'),
}, (t) => {
  const { paths } = privateFolder(t);
  const file = paths.lockFile;
  assert.equal(lockHolder(file), 'nobody');
  const lock = takeLock(file);
  assert.equal(lockHolder(file), process.pid);
  lock[Symbol.dispose]();
  assert.equal(lockHolder(file), 'nobody');
});

test('lock and socket that do not belong together are told of: commands would go to another bot', () => {
  is(checkLock('l', 'nobody', null), 'pass', /free/);
  is(
    checkLock('l', 'nobody', 7),
    'fail',
    /pid 7 answers on the socket, and does not hold l/,
    /another state/,
  );
  is(checkLock('l', 8, null), 'fail', /held by pid 8, which does not answer/, /`kill 8` ends it/);
  is(checkLock('l', 8, 7), 'fail', /held by pid 8/, /the daemon that answers is pid 7/);
  is(checkLock('l', 'somebody', null), 'fail', /not seen from here/, /starting or stopping/);
  is(checkLock('l', 'unknown', null), 'warn', /not known here/, /says when it is taken/);
  is(checkLock('l', 'unknown', 7), 'pass', /pid 7 answers/);
});

test('credentials are named and never shown, and a file of them that others can read is found', (t) => {
  const { folder } = privateFolder(t);
  is(checkCredentials(folder, {}), 'pass', /^none, and none are needed for sim and replay$/);
  const handed = join(folder, 'handed');
  mkdirSync(handed);
  writeFileSync(join(handed, 'binance'), 'sk-1');
  const file = join(folder, 'credentials.json');
  writeFileSync(file, 'sk-2', { mode: 0o600 });
  const env = { CREDENTIALS_DIRECTORY: handed, BREAKOUT_BINANCE_API_KEY: 'sk-3' };
  const good = checkCredentials(folder, env);
  is(good, 'pass', /binance from systemd, BREAKOUT_BINANCE_API_KEY in the environment, credentials\.json in/);
  assert.doesNotMatch(JSON.stringify(good), /sk-/);
  chmodSync(file, 0o640);
  is(checkCredentials(folder, env), 'fail', /others can read it/, /^chmod 600 .*credentials\.json$/);
});

test('an exchange that is set up is told of with where its keys are; nothing is asked, and no key is shown', (t) => {
  const { folder } = privateFolder(t);
  const settings = { exchanges: { kraken: DEFAULT_EXCHANGE } };
  const places = {
    configDir: folder,
    env: { BREAKOUT_BYBIT_API_KEY: 'sk-1', BREAKOUT_BYBIT_SECRET: 'sk-2' },
  };
  assert.deepEqual(exchangesSetUp(settings, places), ['bybit', 'kraken']);
  const bybit = checkExchange({ exchange: 'bybit', ...places }, { ...DEFAULT_EXCHANGE, sandbox: true });
  is(
    bybit.finding,
    'pass',
    /^test environment; keys from the environment \(BREAKOUT_BYBIT_API_KEY\); not asked$/,
  );
  const kraken = { exchange: 'kraken', ...places };
  is(checkExchange(kraken, DEFAULT_EXCHANGE).finding, 'pass', /^real money; no keys: paper alone/);
  const file = join(folder, 'kraken.keys');
  writeFileSync(file, 'api_key = sk-3\nsecret = sk-4\n');
  chmodSync(file, 0o644);
  is(checkExchange(kraken, undefined).finding, 'fail', /can be read by others/, /^chmod 600 .*kraken\.keys$/);
  chmodSync(file, 0o600);
  is(checkCredentials(folder, {}), 'pass', /^kraken\.keys in the configuration folder; none are needed/);
  const good = checkExchange(kraken, undefined);
  is(good.finding, 'pass', /keys from .*kraken\.keys, for its owner alone/);
  assert.equal(good.keys, true);
  assert.doesNotMatch(JSON.stringify([bybit, good]), /sk-/);
});

test('a journal is told of: none yet, written now, closed in order, left by a kill, damaged', async () => {
  await using bot = new Sandbox();
  const file = join(bot.stateDir, 'journal.sqlite');
  is(checkJournal(file, false), 'pass', /not there yet/);
  await bot.json('start', '--preset', 'breakout_v1');
  is(
    checkJournal(file, true),
    'pass',
    /MiB, its structure is whole; last session \S+, paper on sim, not over; a daemon/,
  );
  const { pid } = await bot.json<{ pid: number }>('daemon', 'status');
  process.kill(pid, 'SIGKILL');
  await gone(pid);
  is(checkJournal(file, false), 'warn', /the next daemon goes on with it; not closed in order/, /next start/);
  await bot.json('daemon', 'start');
  await bot.json('daemon', 'stop');
  is(checkJournal(file, false), 'pass', /the next daemon goes on with it; closed in order/);
  const there = readdirSync(bot.stateDir).sort();
  checkJournal(file, false);
  assert.deepEqual(readdirSync(bot.stateDir).sort(), there, 'it leaves nothing behind');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length / 2)));
  is(checkJournal(file, false), 'fail', /cannot be read: it was cut/, /no daemon starts/);
});

/** Until a process is no more. */
async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(20);
}

test('a service that starts what is no longer there is found before the machine restarts', (t) => {
  const { folder } = privateFolder(t);
  const file = join(folder, 'breakout.service');
  const user = [{ scope: 'user' as const, file }];
  is(checkService(user, true), 'pass', /not installed/);
  is(checkService(user, false), 'pass', /systemd does not run here/);
  writeFileSync(file, `[Service]\nExecStart=${process.execPath} "${file}" daemon run\n`);
  is(checkService(user, true), 'pass', /is installed/);
  writeFileSync(file, `[Service]\nExecStart=${process.execPath} /gone/breakout.js daemon run\n`);
  is(checkService(user, true), 'fail', /no longer there: \/gone\/breakout\.js/, /service install --user/);
  is(checkService([...user, { scope: 'system', file }], true), 'warn', /two bots/, /uninstall/);
});

test('settings and presets that are wrong are told with every problem', (t) => {
  const { folder } = privateFolder(t);
  is(checkSettings(folder, {}).finding, 'pass', /every setting has its default/);
  is(checkPresets(folder), 'pass', /good, 0 of them your own/);
  writeFileSync(join(folder, 'config.json'), '{"log": {"level": "loud"}, "x": 1}');
  const { finding, settings } = checkSettings(folder, { BREAKOUT_LOG_MAX_FILES: '0' });
  is(finding, 'fail', /3 problems/, /no daemon starts/);
  assert.equal(finding.problems?.length, 3);
  assert.equal(settings.log.level, 'info');
  mkdirSync(join(folder, 'presets'));
  writeFileSync(join(folder, 'presets', 'mine.json'), '{}');
  is(checkPresets(folder), 'fail', /1 of 5 cannot be used: mine/, /mend or remove/);
});

test('doctor changes nothing, exits 0 when all is well and 1 when a daemon would not run', async () => {
  await using bot = new Sandbox();
  // However full the machine is that the test runs on.
  bot.env.BREAKOUT_HEALTH_DISK_PERCENT_WARN = '99';
  bot.env.BREAKOUT_HEALTH_DISK_PERCENT_CRITICAL = '100';
  const { ok, findings } = await bot.json<{ ok: boolean; findings: readonly Finding[] }>('doctor');
  assert.equal(ok, true);
  assert.equal(new Set(findings.map(({ check }) => check)).size, 16);
  assert.equal(existsSync(bot.stateDir), false);
  writeFileSync(join(bot.presetDir, 'mine.json'), '{"strategy": 1}');
  const { code, stdout, stderr } = await bot.run('doctor');
  assert.deepEqual([code, stderr], [1, '']);
  assert.match(stdout, /^fail {2}presets {8}1 of 5 cannot be used: mine\n +mine\.json: name: found nothing/m);
  assert.match(stdout, /^ +fix: mend or remove what the lines name$/m);
  assert.match(stdout, /\d+ passed, \d+ warnings?, 1 failed\n$/);
  const long = await bot.run('doctor', '--socket', `/${'x'.repeat(120)}`);
  assert.equal(long.code, 1);
  assert.match(long.stdout, /^fail {2}paths {2}the socket path .* has 121 bytes and the system takes/);
});
