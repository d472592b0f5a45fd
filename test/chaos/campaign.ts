/**
 * One seed of chaos: daemons in one folder, each of which takes up where the last one ended, with traders and watchers
 * at it at once and an end chosen by the seed; what was announced, answered and read is then held against what it must
 * have been, by books that go on from daemon to daemon.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Paths } from '../../src/config/paths.ts';
import { eventNotification } from '../../src/protocol/events.ts';
import { program } from '../program.ts';
import { disagreements, type Moment, momentNow } from './audit.ts';
import { type Arena, type Stretch, trader, watcher } from './clients.ts';
import { bounded, type Ending, ending, finish, rest, settled } from './endings.ts';
import { Model } from './model.ts';
import { Random } from './random.ts';
import { type Before, takenUp } from './taken-up.ts';
import { type Fields, fields, Wire } from './wire.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string>>;
  readonly lives?: number;
  /** Wall milliseconds that the clients are at one life. */
  readonly lifeMs?: number;
}

export interface ChaosReport {
  readonly wrong: readonly string[];
  readonly outcomes: ReadonlyMap<string, number>;
  readonly ends: readonly string[];
  readonly events: number;
  readonly trades: number;
  readonly moments: number;
  readonly stretches: number;
  /** Lives that cannot be judged: the recorder could not keep up with a session as fast as it goes. */
  readonly unseen: number;
}

const ENTRY = new URL('../daemon/daemon-process.ts', import.meta.url);
const PRESETS = ['busy', 'flatten', 'breakout_v1'] as const;

export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const random = new Random(options.seed);
  const totals = { wrong: [] as string[], outcomes: new Map<string, number>(), ends: [] as string[] };
  const sums = { events: 0, trades: 0, moments: 0, stretches: 0, unseen: 0 };
  prepare(options.paths);
  const model = new Model();
  let before: Before = { unheard: false, killed: false, unanswered: false, still: null };
  for (let life = 0; life < (options.lives ?? 3); life++) {
    const end = ending(random);
    const name = `${end.rest ?? 'busy'}, ${end.by}`;
    totals.ends.push(name);
    const wrong: string[] = [];
    const told = await oneLife(
      { ...options, random: random.fork(), end, model, before, wrong },
      totals.outcomes,
    );
    before = told.before;
    totals.wrong.push(...wrong.map((text) => `seed ${options.seed}, life ${life} (${name}): ${text}`));
    for (const key of ['events', 'trades', 'moments', 'stretches', 'unseen'] as const) sums[key] += told[key];
  }
  return { ...totals, ...sums };
}

/** Presets that trade all the time, and limits that let commands through. */
function prepare({ configDir }: Paths): void {
  const folder = join(configDir, 'presets');
  mkdirSync(folder, { recursive: true });
  const shipped: Fields = fields(
    JSON.parse(readFileSync(new URL('../../presets/breakout_v1.json', import.meta.url), 'utf8')),
  );
  const busy = {
    ...shipped,
    levels: { ...fields(shipped.levels), min_touches: 1, min_strength: 0.1 },
    momentum: { ...fields(shipped.momentum), volume_multiple: 1.2, min_body_share: 0.2 },
    volatility_filters: {
      ...fields(shipped.volatility_filters),
      atr_range_min: 0.0001,
      atr_range_max: 0.5,
      bb_width_percentile_max: 1,
    },
    scan: { ...fields(shipped.scan), scan_interval_seconds: 300 },
    entry: { ...fields(shipped.entry), cooldown_base_bars: 1 },
  };
  const risk = { ...fields(shipped.risk), losing_streak_limit: 2, on_halt: 'flatten' };
  const write = (name: string, text: object): void =>
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...text, $schema: undefined, name }));
  write('busy', busy);
  write('flatten', { ...busy, risk });
  writeFileSync(join(configDir, 'config.json'), JSON.stringify(SETTINGS));
}

const SETTINGS = { control: { control_per_second: 200, control_burst: 200 } };

interface Life extends ChaosOptions {
  readonly random: Random;
  readonly end: Ending;
  readonly model: Model;
  /** How the life before this one ended. */
  readonly before: Before;
  readonly wrong: string[];
}

type LifeTold = Pick<ChaosReport, 'events' | 'trades' | 'moments' | 'stretches' | 'unseen'> & {
  readonly before: Before;
};

async function oneLife(life: Life, outcomes: Map<string, number>): Promise<LifeTold> {
  const { paths, env, lifeMs = 1_500, random, end, model, wrong } = life;
  const daemon = await launch(env);
  const exited = once(daemon, 'exit');
  const log: Fields[] = [];
  const quiet = new AbortController();
  const peace = new AbortController();
  try {
    const recorder = await record(paths.socketPath, log, wrong);
    const first = await firstMoment(paths.socketPath, wrong);
    const arena: Arena = {
      socketPath: paths.socketPath,
      over: quiet.signal,
      wrong,
      outcomes,
      presets: PRESETS,
      unanswered: 0,
    };
    const moments: Moment[] = [];
    const traders = [random.fork(), random.fork(), random.fork()].map((own) => trader(arena, own));
    const watchers = [random.fork(), random.fork()].map((own) => watcher(arena, own));
    const auditing = audit(arena, moments);
    const meddling = meddle(daemon, paths, peace.signal, random.fork());
    await delay(lifeMs / 2 + random.below(lifeMs));
    // A process on its last steps takes no signal any more.
    peace.abort();
    await meddling;
    if (end.rest === null) await finish(end.by, daemon, paths.socketPath, wrong);
    quiet.abort();
    await Promise.all([...traders, auditing]);
    let last: Moment | null = null;
    if (end.rest !== null) {
      // Whoever hung up meanwhile has had his commands carried out by the time the last client's is.
      arena.unanswered = 0;
      last = await rest(end.rest, paths.socketPath, wrong);
      if (last !== null) moments.push(last);
      await finish(end.by, daemon, paths.socketPath, wrong);
    }
    const [code, signal] = await bounded(exited, wrong);
    const killed = end.by === 'SIGKILL';
    const expected = killed ? 'SIGKILL' : 0;
    if ((signal ?? code) !== expected) wrong.push(`the daemon ended with ${signal ?? code}`);
    await recorder.closed;
    const stretches = (await Promise.all(watchers)).flat();
    const counts = { events: log.length, moments: moments.length, stretches: stretches.length };
    const unanswered = arena.unanswered > 0;
    const still = last !== null && standsStill(last) ? last : null;
    if (first === null || recorder.lost())
      return { ...counts, trades: 0, unseen: 1, before: { unheard: true, killed, unanswered: true, still } };
    const known = model.account?.trades.length ?? 0;
    wrong.push(...takenUp(first, model, life.before));
    const from = life.before.unheard ? first.seq : 0;
    judge(log, from, moments, model, wrong);
    for (const stretch of stretches) compare(stretch, log, killed, wrong);
    const trades = Math.max(0, (model.account?.trades.length ?? 0) - known);
    const before = { unheard: killed && still === null, killed, unanswered, still };
    return { ...counts, trades, unseen: 0, before };
  } finally {
    quiet.abort();
    peace.abort();
    if (daemon.exitCode === null && daemon.signalCode === null) daemon.kill('SIGKILL');
    await exited;
  }
}

/** How things stand once the daemon has taken up what there was. */
async function firstMoment(socketPath: string, wrong: string[]): Promise<Moment | null> {
  const wire = await Wire.open(socketPath, wrong);
  if (wire === null) return null;
  // It is answered when that is done, and not before.
  await wire.ask('engine.status');
  const moment = await settled(wire, wrong);
  wire.hangUp();
  return moment;
}

/** Nothing is held and nothing runs: no candle changes anything any more. */
function standsStill({ answers }: Moment): boolean {
  const { state, openPositions } = fields(answers.get('engine.status'));
  return (state === 'IDLE' || state === 'STOPPED') && openPositions === 0;
}

async function launch(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn(process.execPath, program(ENTRY), {
    env: { PATH: process.env.PATH ?? '', HOME: '/nowhere', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  if (!String(said).startsWith('ready')) throw new Error(`the daemon did not start: ${said}`);
  return child;
}

/** Everything from the first event on, over as many connections as it takes; resolves with the last one's end. */
async function record(
  socketPath: string,
  log: Fields[],
  wrong: string[],
): Promise<{ closed: Promise<void>; lost: () => boolean }> {
  let lost = false;
  const listen = async (): Promise<(() => Promise<void>) | null> => {
    const since = Number(log.at(-1)?.seq ?? 0);
    let lagged = false;
    const wire = await Wire.open(socketPath, wrong, (params, method) => {
      const { subscription: _, ...told } = fields(params);
      if (method === 'event') log.push(told);
      lagged ||= method === 'events.lagged';
    });
    if (wire === null) return null;
    const { outcome, result } = await wire.ask('events.subscribe', { since });
    if (outcome === 'ok' && result.complete !== true) lost = true;
    return async () => {
      await wire.closed;
      // It fell behind: it goes on where it stopped, and may have lost nothing.
      if (lagged) await (await listen())?.();
    };
  };
  const closed = await listen();
  if (closed === null) throw new Error('nobody listens on the socket of a daemon that is ready');
  return { closed: closed(), lost: () => lost };
}

async function audit(arena: Arena, moments: Moment[]): Promise<void> {
  const wire = await Wire.open(arena.socketPath, arena.wrong);
  while (wire !== null && !wire.gone && !arena.over.aborted) {
    const moment = await momentNow(wire);
    if (moment !== null) moments.push(moment);
    await delay(15);
  }
  wire?.hangUp();
}

/** The machine round the daemon: it is told to reload at odd moments, stands still, finds its settings broken. */
async function meddle(
  daemon: ChildProcess,
  { configDir }: Paths,
  peace: AbortSignal,
  random: Random,
): Promise<void> {
  const file = join(configDir, 'config.json');
  const put = (text: string): void => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  while (!peace.aborted) {
    await delay(50 + random.below(250));
    if (daemon.exitCode !== null || daemon.signalCode !== null) break;
    const what = random.below(5);
    if (what === 0)
      put(random.pick(['{', '{"control":1}', JSON.stringify({ ...SETTINGS, log: { level: 'debug' } })]));
    else if (what === 1) put(JSON.stringify(SETTINGS));
    else if (what === 2) {
      daemon.kill('SIGSTOP');
      await delay(random.below(200));
      daemon.kill('SIGCONT');
    } else daemon.kill('SIGHUP');
  }
  put(JSON.stringify(SETTINGS));
}

/** Runs the events after `from` through the model, and each moment through it where it belongs. */
function judge(
  log: readonly Fields[],
  from: number,
  moments: readonly Moment[],
  model: Model,
  wrong: string[],
): void {
  const complaints = model.wrong.length;
  const waiting = moments.filter(({ seq }) => seq >= from).sort((a, b) => a.seq - b.seq);
  const look = (): void => {
    for (let next = waiting[0]; next !== undefined && next.seq <= model.seq; next = waiting[0]) {
      waiting.shift();
      if (next.seq === model.seq) wrong.push(...disagreements(next, model));
    }
  };
  look();
  for (const [i, told] of log.entries()) {
    const { success, data, error } = eventNotification.safeParse({ subscription: 1, ...told });
    if (!success) {
      wrong.push(`an event past its schema: ${error.message}`);
      continue;
    }
    const { event, seq } = data;
    if (seq !== i + 1) wrong.push(`seq ${seq} is event ${i + 1} of its daemon`);
    if (event.type === 'warning' && event.code === 'DECISIONS_DIFFER') wrong.push(event.message);
    if (seq <= from) continue;
    model.take(data);
    look();
  }
  wrong.push(...model.wrong.slice(complaints));
}

/** What a watcher got must be the log from where it began, without a gap, but for what came too late for it. */
function compare(
  { after, topics, events }: Stretch,
  log: readonly Fields[],
  killed: boolean,
  wrong: string[],
): void {
  const wanted = log.filter(
    ({ seq, event }) => Number(seq) > after && (topics?.includes(String(fields(event).type)) ?? true),
  );
  for (const [i, event] of events.entries()) {
    const due = wanted[i];
    // Killed in the middle, the daemon may have told one what it had not told another yet.
    if (due === undefined && killed) return;
    if (JSON.stringify(event) === JSON.stringify(due)) continue;
    wrong.push(`a watcher after ${after} got seq ${event.seq} where ${due?.seq ?? 'nothing'} was due`);
    return;
  }
}
