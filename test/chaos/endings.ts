/** How a life of the daemon ends: brought to rest by the last client, asked to go, or killed. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { MethodName } from '../../src/protocol/methods.ts';
import { type Moment, momentNow, unprotected } from './audit.ts';
import type { Random } from './random.ts';
import { type Answer, type Fields, fields, Wire } from './wire.ts';

/** What the last client does before the end, when it comes at rest; and what ends the process. */
const RESTS = [null, null, 'panic', 'flatten', 'stop', 'pause'] as const;
const BY = ['daemon.stop', 'SIGTERM', 'SIGINT', 'SIGKILL', 'SIGKILL'] as const;
export type Rest = Exclude<(typeof RESTS)[number], null>;
export type By = (typeof BY)[number];

export interface Ending {
  readonly rest: Rest | null;
  readonly by: By;
}

export function ending(random: Random): Ending {
  return { rest: random.pick(RESTS), by: random.pick(BY) };
}

/** An orderly end has 5 s for a stop that cannot be finished, and the connections theirs. */
const ENDS_WITHIN_MS = 15_000;

/** The clients have gone; one is left, and brings the engine to rest. @returns how it stands then. */
export async function rest(end: Rest, socketPath: string, wrong: string[]): Promise<Moment | null> {
  const wire = await Wire.open(socketPath, wrong);
  if (wire === null) {
    wrong.push('nobody listens any more');
    return null;
  }
  const { method, outcome, message } = await patiently(wire, ...LAST_COMMANDS[end]);
  // With nothing that runs and nothing held there is nothing to end.
  const refused = outcome === 'ENGINE_NOT_RUNNING' || (end === 'pause' && outcome !== 'gone');
  if (outcome !== 'ok' && !refused) wrong.push(`${method}: ${outcome} ${message}`);
  const moment = await settled(wire, wrong);
  if (moment !== null) {
    const flat = end === 'panic' || end === 'flatten';
    const held = JSON.stringify(moment.answers.get('positions.list')?.positions);
    if (outcome === 'ok' && flat && held !== '[]') wrong.push(`${end} left ${held}`);
    const bare = unprotected(moment);
    if (bare.length > 0 && fields(moment.answers.get('engine.status')).ended === null)
      wrong.push(`at rest: ${bare.join('; ')}`);
  }
  if (outcome === 'ok' && end === 'panic') {
    const refused = await wire.ask('engine.start', { preset: 'busy' });
    if (refused.outcome !== 'EMERGENCY_LATCHED')
      wrong.push(`after a panic start answers ${refused.outcome} ${refused.message}`);
  }
  wire.hangUp();
  return moment;
}

const LAST_COMMANDS: { readonly [R in Rest]: readonly [MethodName, Fields] } = {
  panic: ['engine.emergencyStop', { reason: 'the end' }],
  flatten: ['engine.stop', { flatten: true }],
  stop: ['engine.stop', { flatten: false }],
  pause: ['engine.pause', { reason: 'the end' }],
};

/** What somebody asked for who has gone meanwhile, or the kill switch, may still be under way. */
const LATER: ReadonlySet<string> = new Set(['EMERGENCY_IN_PROGRESS', 'STOP_IN_PROGRESS', 'SUPERSEDED']);

async function patiently(wire: Wire, method: MethodName, params: Fields): Promise<Answer> {
  for (;;) {
    const answer = await wire.ask(method, params);
    if (!LATER.has(answer.outcome)) return answer;
    await delay(50);
  }
}

export async function settled(wire: Wire, wrong: string[]): Promise<Moment | null> {
  for (let tries = 0; tries < 50; tries++) {
    const moment = await momentNow(wire);
    if (moment !== null) return moment;
    if (wire.gone) break;
  }
  wrong.push('no moment in which nothing happens');
  return null;
}

export async function finish(
  by: By,
  daemon: ChildProcess,
  socketPath: string,
  wrong: string[],
): Promise<void> {
  if (by !== 'daemon.stop') {
    daemon.kill(by);
    return;
  }
  const wire = await Wire.open(socketPath, wrong);
  const answer = await wire?.ask('daemon.stop');
  if (answer?.outcome !== 'ok') wrong.push(`daemon.stop: ${answer?.outcome}`);
}

export async function bounded<T>(exit: Promise<T>, wrong: string[]): Promise<T | [null, string]> {
  const patience = new AbortController();
  const late = delay(ENDS_WITHIN_MS, null, { signal: patience.signal }).catch(() => null);
  const ended = await Promise.race([exit, late]);
  patience.abort();
  if (ended !== null) return ended;
  wrong.push(`the daemon has not ended within ${ENDS_WITHIN_MS / 1000} s`);
  return [null, 'no end'];
}
