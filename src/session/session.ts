import type { Preset } from '../config/preset.ts';
import type { Input, Mode } from '../engine/input.ts';
import type { Millis } from '../market/time.ts';
import type { Drive } from './drive.ts';
import type { EndReason } from './event-log.ts';
import type { Latency } from './latency.ts';
import type { VenueRequest } from './venues.ts';

/** What a start asks for. */
export interface StartRequest extends VenueRequest {
  readonly preset: Preset;
  readonly mode: Mode;
  /** Start equity in quote, a plain decimal. */
  readonly equity: string;
}

export interface SessionEnd {
  readonly reason: EndReason;
  readonly message: string;
  readonly wallAt: Millis;
}

/** One account on one open venue, from its start until nothing more can happen to it. */
export interface Session {
  readonly id: string;
  readonly request: StartRequest;
  readonly drive: Drive;
  readonly speed: number;
  readonly latency: Latency;
  /** Keeps others from the account; null where there is none to keep. */
  readonly accountLock: Disposable | null;
  /** Wall time of the last start. */
  startedAt: Millis;
  /** Close times delivered for trading. */
  closes: number;
  ended: SessionEnd | null;
}

/** An id that sorts by time and is not taken twice: wall time to the second and four random letters. */
export function sessionId(wallAt: Millis, random: () => number = Math.random): string {
  const time = new Date(wallAt).toISOString().slice(0, 19).replace(/[-:]/g, '');
  const tail = Array.from({ length: 4 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
  return `${time}-${tail}`;
}

export function isLiveClose(input: Input): input is Extract<Input, { kind: 'bars' }> {
  return input.kind === 'bars' && input.phase === 'live';
}

/** What a session was started with beside its preset, mode and venue, as it is written down. */
export function optionsOf({ symbols, from, to, seed, equity, sandbox }: StartRequest, speed: number) {
  return {
    symbols: symbols ?? null,
    from: from ?? null,
    to: to ?? null,
    seed: seed ?? null,
    speed,
    equity,
    ...(sandbox !== undefined && { sandbox }),
  };
}

/** Options in which a new start asks for something else than the session that still holds positions. */
export function differences({ request: running, speed }: Session, asked: StartRequest): string[] {
  const differs: string[] = [];
  if (running.venue !== asked.venue) differs.push('venue');
  for (const option of ['data', 'from', 'to', 'seed', 'sandbox'] as const) {
    if (asked[option] !== undefined && asked[option] !== running[option]) differs.push(option);
  }
  if (asked.speed !== undefined && asked.speed !== speed) differs.push('speed');
  if (asked.symbols && [...asked.symbols].sort().join() !== [...(running.symbols ?? [])].sort().join()) {
    differs.push('symbols');
  }
  if (JSON.stringify(running.preset) !== JSON.stringify(asked.preset)) differs.push('preset');
  return differs;
}

/**
 * Why closing `open` positions could never end: they lie at a market that is no more, and the engine would wait to be
 * flat for ever. Null when it can.
 */
export function closingInVain(session: Pick<Session, 'ended'> | null, open: number): string | null {
  const over = session?.ended;
  if (!over || open === 0) return null;
  const what = open === 1 ? 'its open position' : `its ${open} open positions`;
  return `the session is over (${over.message}): nothing trades any more, and ${what} can no longer be closed; the next start begins anew`;
}

/** Why the engine would go on and nothing would reach it any more, or null when something would. */
export function retryingInVain(session: Pick<Session, 'ended'> | null): string | null {
  const over = session?.ended;
  return over ? `the session is over (${over.message}): stop the engine and start anew` : null;
}
