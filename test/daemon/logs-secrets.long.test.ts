/**
 * Secrets planted in every place that a text can come from, and everything that the daemon says searched for them:
 * log files, stdout, stderr, answers, events, the command line.
 *
 * What can be promised: a registered secret (as credentials are) appears nowhere, whoever typed it wherever. One that
 * nobody registered appears nowhere when the name beside it gives it away; typed as bare prose it cannot be known.
 * An answer gives its sender back the id of the request and the names that it asked for, never other values.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { METHODS } from '../../src/protocol/methods.ts';
import { program } from '../program.ts';
import { onEnd, privateFolder, RawConnection } from './support.ts';

const KNOWN = 'kN0wn+plant/51c2d8==';
/** One that passes for the name of a client. */
const NAME = 'known-name-plant-4c1d';
const UNKNOWN = 'unknownplant93b7e4';

const FORMS = [
  KNOWN,
  encodeURIComponent(KNOWN),
  Buffer.from(KNOWN).toString('base64').replace(/=+$/, ''),
  Buffer.from(KNOWN).toString('hex'),
  NAME,
  UNKNOWN,
  Buffer.from(UNKNOWN).toString('base64').replace(/=+$/, ''),
];

function assertClean(said: string, where: string): void {
  for (const form of FORMS) {
    const at = said.indexOf(form);
    assert.equal(at, -1, `${where}: …${said.slice(Math.max(0, at - 200), at + 60)}`);
  }
}

interface Leaky {
  readonly socketPath: string;
  readonly env: Record<string, string>;
  readonly logFolder: string;
  readonly stop: () => Promise<{ stdout: string; stderr: string; code: number | null }>;
}

/** A daemon with plants in its environment and presets, whose venues leak. */
async function leakyDaemon(t: TestContext): Promise<Leaky> {
  const { folder, env, paths } = privateFolder(t);
  const presets = join(paths.configDir, 'presets');
  mkdirSync(presets, { recursive: true });
  const planted = {
    apiKey: UNKNOWN,
    risk: { apiSecret: UNKNOWN, risk_per_trade: { password: UNKNOWN } },
    list: [{ token: UNKNOWN }],
  };
  writeFileSync(join(presets, 'planted.json'), JSON.stringify(planted));
  writeFileSync(join(presets, 'broken.json'), `{"apiKey": "${UNKNOWN}", `);
  const whole = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    ...env,
    LEAK_KNOWN: KNOWN,
    LEAK_NAME: NAME,
    LEAK_UNKNOWN: UNKNOWN,
    EXCHANGE_API_SECRET: UNKNOWN,
  };
  const leaky = program(new URL('leaky-process.ts', import.meta.url));
  const child = spawn(process.execPath, leaky, {
    env: whole,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onEnd(t, () => child.kill('SIGKILL'));
  const stdout = text(child.stdout);
  const stderr = text(child.stderr);
  const exit = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    let heard = '';
    child.stdout.on('data', (chunk) => {
      heard += String(chunk);
      if (heard.includes('ready')) resolve();
    });
    exit.then(() => reject(new Error('it ended before it was ready')));
  });
  return {
    socketPath: paths.socketPath,
    env: whole,
    logFolder: join(paths.stateDir, 'log'),
    stop: async () => {
      child.kill('SIGTERM');
      await exit;
      return { stdout: await stdout, stderr: await stderr, code: child.exitCode };
    },
  };
}

function logsIn(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}

async function breakout(env: Record<string, string>, ...words: string[]): Promise<string> {
  const launcher = fileURLToPath(new URL('../../bin/breakout.js', import.meta.url));
  const child = spawn(process.execPath, [launcher, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return stdout + stderr;
}

/** Every place of one method's parameters. */
function plantsFor(method: string): object[] {
  const secret = { apiKey: UNKNOWN, deep: [{ Secret_Key: UNKNOWN }], authorization: `Bearer ${UNKNOWN}` };
  const fields = Object.keys(shapeOf(method));
  return [
    secret,
    { [KNOWN]: 1 },
    ...fields.map((field) => ({ ...secret, [field]: KNOWN })),
    ...fields.map((field) => ({ [field]: { apiSecret: UNKNOWN } })),
    ...fields.map((field) => ({ [field]: [KNOWN] })),
    { reason: `the key is ${KNOWN}, apiSecret=${UNKNOWN}` },
  ];
}

function shapeOf(method: string): object {
  const entry = Object.entries(METHODS).find(([name]) => name === method)?.[1];
  const params: unknown = entry?.params;
  return typeof params === 'object' &&
    params !== null &&
    'shape' in params &&
    typeof params.shape === 'object'
    ? (params.shape ?? {})
    : {};
}

test('no planted secret comes out anywhere: logs, stdout, stderr, answers, events, command line', async (t) => {
  const { socketPath, env, logFolder, stop } = await leakyDaemon(t);
  const watcher = await RawConnection.open(t, socketPath);
  const heard: string[] = [];
  watcher.socket.on('data', (chunk) => heard.push(String(chunk)));
  await watcher.ask({ jsonrpc: '2.0', id: 1, method: 'daemon.hello', params: { client: NAME } });
  await watcher.ask({ jsonrpc: '2.0', id: 2, method: 'logs.setLevel', params: { level: 'debug' } });
  watcher.send('{"jsonrpc":"2.0","id":3,"method":"events.subscribe","params":{}}\n');

  let id = 0;
  const answers: string[] = [];
  const ask = async (method: string, params: object): Promise<unknown> => {
    id += 1;
    // A connection for each: none runs into its limit of commands.
    const connection = await RawConnection.open(t, socketPath);
    const answer = await connection.ask({ jsonrpc: '2.0', id, method, params });
    connection.socket.destroy();
    answers.push(`${method} ${JSON.stringify(params).slice(0, 60)} -> ${JSON.stringify(answer)}\n`);
    return answer;
  };

  for (const method of Object.keys(METHODS).filter((name) => name !== 'daemon.stop'))
    for (const params of plantsFor(method)) await ask(method, params);
  await ask('daemon.hello', { client: NAME });
  await ask('engine.pause', { reason: `apiKey=${UNKNOWN} ${KNOWN}` });
  await ask(KNOWN, {});
  await ask(`engine.${KNOWN}`, { apiKey: UNKNOWN });
  for (const preset of ['planted', 'broken', KNOWN]) await ask('engine.start', { preset });
  await ask('presets.list', {});
  for (const venue of ['leaks-at-open', 'leaks-at-work'])
    await ask('engine.start', { preset: 'breakout_v1', venue, speed: 0 });
  await ask('engine.emergencyStop', { reason: `token: ${UNKNOWN}, ${KNOWN}` });
  await ask('engine.reset', { reason: `{"secret": "${UNKNOWN}"} ${KNOWN}` });
  for (const method of [
    'engine.status',
    'engine.transitions',
    'engine.commands',
    'sessions.list',
    'logs.tail',
  ])
    await ask(method, {});
  const raw = await RawConnection.open(t, socketPath);
  raw.send(`{"apiKey":"${UNKNOWN}" ${KNOWN}\n`);
  answers.push(JSON.stringify(await raw.next()));

  // What was sent stands before the arrow; what came back after it.
  const back = answers.map((answer) => answer.slice(answer.indexOf(' -> ')));
  assertClean(back.join(''), 'answers');
  assert.ok(
    back.some((answer) => answer.includes('INTERNAL') && /"ref":"[0-9a-f]{8}"/.test(answer)),
    'one broke',
  );

  const shown = await Promise.all([
    breakout(env, 'logs', '-n', '1000', '--level', 'debug'),
    breakout(env, 'transitions'),
    breakout(env, 'presets'),
    breakout(env, 'status', '--json'),
  ]);
  assertClean(shown.join(''), 'command line');
  assert.match(shown.join(''), /engine\.start refused/);

  const { stdout, stderr } = await stop();
  assertClean(heard.join(''), 'events');
  assert.match(heard.join(''), /"type":"session","change":"ended","reason":"failed"/);
  assertClean(stdout, 'stdout');
  assert.match(stdout, /beside the daemon/);
  assertClean(stderr, 'stderr');
  const written = logsIn(logFolder);
  assertClean(written, 'log files');
  for (const told of [
    /request failed/,
    /leaky-process\.ts/,
    /x\.example/,
    /Authorization: \[redacted\]/,
    /engine\.pause/,
  ])
    assert.match(written, told, 'the log has the detail all the same');
  assertClean(await breakout(env, 'logs', '-n', '1000'), 'the end of the log file');
});

test('a daemon that dies of an error full of secrets takes them with it', async (t) => {
  const { socketPath, logFolder, stop } = await leakyDaemon(t);
  const connection = await RawConnection.open(t, socketPath);
  connection.send('{"jsonrpc":"2.0","id":1,"method":"events.subscribe","params":{}}\n');
  const params = { preset: 'breakout_v1', venue: 'leaks-uncaught', speed: 0 };
  connection.send(`${JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'engine.start', params })}\n`);
  let said = '';
  for (let line = await connection.next(); line !== null; line = await connection.next())
    said += JSON.stringify(line);
  const { stdout, stderr, code } = await stop();
  assert.equal(code, 1);
  assertClean(said, 'answers and events');
  assertClean(stdout + stderr, 'stdout and stderr');
  const written = logsIn(logFolder);
  assertClean(written, 'log files');
  assert.match(written, /fatal/);
});

test('a secret in the configuration is refused by name and not repeated', async (t) => {
  const { folder, env, paths } = privateFolder(t);
  mkdirSync(paths.configDir, { recursive: true });
  writeFileSync(
    join(paths.configDir, 'config.json'),
    JSON.stringify({ apiKey: UNKNOWN, log: { level: { password: UNKNOWN }, apiSecret: UNKNOWN } }),
  );
  const said = await breakout({ PATH: process.env.PATH ?? '', HOME: folder, ...env }, 'daemon', 'run');
  assert.match(said, /apiKey/);
  assertClean(said, 'what it said');
});
