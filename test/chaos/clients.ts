/** Those who are at the daemon at once: traders who command, and watchers who come and go. */
import { setTimeout as delay } from 'node:timers/promises';
import { METHODS, type MethodName } from '../../src/protocol/methods.ts';
import type { Random } from './random.ts';
import { type Answer, type Fields, fields, Wire } from './wire.ts';

type Request = readonly [MethodName, Fields];

export interface Arena {
  readonly socketPath: string;
  /** Ends every client, in its own time. */
  readonly over: AbortSignal;
  readonly wrong: string[];
  readonly outcomes: Map<string, number>;
  /** Presets that may be started. */
  readonly presets: readonly [string, ...string[]];
  /** Commands that nobody heard the answer of: carried out or not. */
  unanswered: number;
}

/** No request may wait longer for its answer than this, in wall milliseconds: at these speeds candles close all the time. */
const PATIENCE_MS = 12_000;

const SPEEDS = [0, 20_000, 100_000, 300_000, 1_000_000] as const;

const SYMBOLS = [
  'BTCUSDT',
  'ETHUSDT',
  'SOLUSDT',
  'ARBUSDT',
  'WIFUSDT',
  'FETUSDT',
  'DOGEUSDT',
  'ICPUSDT',
] as const;

/** Commands and questions, in no order that a sane operator would choose. */
export async function trader(arena: Arena, random: Random): Promise<void> {
  let wire: Wire | null = null;
  const open = new Set<Promise<unknown>>();
  while (!arena.over.aborted) {
    if (wire === null || wire.gone) {
      wire = await Wire.open(arena.socketPath, arena.wrong);
      if (wire === null) return;
    }
    const requests = Array.from({ length: random.pick([1, 1, 1, 2, 5]) }, () => request(arena, random));
    const sent = wire.batch(requests, requests.length > 1 && random.chance(0.5));
    if (random.chance(0.06)) {
      // Right after sending: carried out or not, nobody hears of it.
      wire.hangUp();
      wire = null;
    }
    const answers = Promise.all(sent).then((all) => count(arena, all));
    open.add(answers);
    answers.then(() => open.delete(answers));
    if (random.chance(0.7)) await within(arena, wire, answers);
    await delay(random.below(25));
  }
  await within(arena, wire, Promise.all(open));
  wire?.hangUp();
}

async function within(arena: Arena, wire: Wire | null, answers: Promise<unknown>): Promise<void> {
  const patience = new AbortController();
  const late = delay(PATIENCE_MS, 'late' as const, { signal: patience.signal }).catch(() => null);
  if ((await Promise.race([answers, late])) === 'late') {
    const longest = wire?.longest ?? null;
    arena.wrong.push(`${longest?.method ?? 'a request'} has no answer after ${PATIENCE_MS / 1000} s`);
  }
  patience.abort();
}

function count(arena: Arena, answers: readonly Answer[]): void {
  const { outcomes } = arena;
  for (const { method, outcome } of answers) {
    if (outcome === 'gone' && METHODS[method].kind === 'control') arena.unanswered += 1;
    const key = `${method} ${outcome}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  }
}

function request({ presets }: Arena, random: Random): Request {
  const start = (): Request => [
    'engine.start',
    {
      preset: random.pick([...presets, presets[0]]),
      seed: random.below(4),
      speed: random.pick(SPEEDS),
      // Few, so that a start does not take the time of many candles.
      ...(random.chance(0.9) && { symbols: SYMBOLS }),
      ...(random.chance(0.05) && { mode: 'live' }),
    },
  ];
  const choices: readonly (readonly [number, () => Request])[] = [
    [20, start],
    [3, () => ['engine.stop', { flatten: random.chance(0.5) }]],
    [5, () => ['engine.pause', { reason: 'chaos' }]],
    [12, () => ['engine.resume', {}]],
    [1.5, () => ['engine.emergencyStop', { reason: 'chaos' }]],
    [12, () => ['engine.reset', { reason: 'chaos' }]],
    [4, () => ['engine.retry', {}]],
    [4, () => ['engine.reload', {}]],
    [4, () => ['positions.close', { tradeId: 1 + random.below(30) }]],
    [4, () => ['positions.close', { symbol: random.pick(SYMBOLS) }]],
    [4, () => ['orders.cancel', { orderId: 1 + random.below(200) }]],
    [5, () => ['sessions.list', { limit: 3 }]],
    [5, () => ['sessions.checkpoints', { limit: 5 }]],
    [5, () => ['engine.explain', {}]],
    [5, () => ['engine.commands', {}]],
  ];
  let left = random.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, choice] of choices) {
    left -= weight;
    if (left < 0) return choice();
  }
  return start();
}

/** One stretch of events as a watcher got it. */
export interface Stretch {
  readonly stream: string;
  /** Events after this were asked for and promised. */
  readonly after: number;
  /** Null = all. */
  readonly topics: readonly string[] | null;
  readonly events: readonly Fields[];
}

const TOPIC_SETS = [
  null,
  null,
  ['state'],
  ['fill', 'order', 'trade'],
  ['scan', 'level', 'price'],
  ['session', 'state', 'position'],
] as const;

/** Subscribes from anywhere, reads a while, sometimes stalls, and breaks off; what it got is held against the log later. */
export async function watcher(arena: Arena, random: Random): Promise<Stretch[]> {
  const stretches: Stretch[] = [];
  let known: { readonly stream: string; readonly seq: number } | null = null;
  while (!arena.over.aborted) {
    const bySubscription = new Map<number, Fields[]>();
    const wire = await Wire.open(arena.socketPath, arena.wrong, (params, method) => {
      if (method !== 'event') return;
      const { subscription, ...told } = fields(params);
      bySubscription.get(Number(subscription))?.push(told);
    });
    if (wire === null) break;
    for (let i = 1 + random.below(3); i > 0; i--) {
      const topics: readonly string[] | null = random.pick(TOPIC_SETS);
      const seq: number = known?.seq ?? 0;
      const since: number = random.pick([
        seq,
        seq,
        0,
        Math.max(0, seq - random.below(500)),
        seq + 10_000_000,
      ]);
      const id = bySubscription.size + 1;
      const events: Fields[] = [];
      bySubscription.set(id, events);
      const { outcome, result } = await wire.ask('events.subscribe', {
        since,
        ...(topics && { topics }),
        ...(known && random.chance(0.5) && { stream: known.stream }),
      });
      if (outcome === 'gone') break;
      if (outcome !== 'ok' || result.subscription !== id) arena.wrong.push(`events.subscribe: ${outcome}`);
      const now = Number(result.seq);
      if (result.complete === true && since > now) arena.wrong.push(`complete, from ${since} of ${now}`);
      stretches.push({
        stream: String(result.stream),
        after: result.complete === true ? since : now,
        topics,
        events,
      });
      known = { stream: String(result.stream), seq: now };
    }
    await delay(random.below(120));
    if (random.chance(0.3)) {
      wire.stall();
      await delay(random.below(150));
      wire.listen();
      await delay(random.below(100));
    }
    wire.hangUp();
  }
  return stretches;
}
