/**
 * The milestones of the pipeline, found in the stream of events. Some come once in a session (the first scan, the
 * first signal), the others each time. An event that is none costs a look at its type.
 */
import type { Archive, Shape } from '../../archive/archive.ts';
import type { DomainEvent, OrderRequest } from '../../engine/output.ts';
import type { EngineState } from '../../engine/state.ts';
import type { PublishedEvent } from '../event-log.ts';

/** Once in a session. */
export const FIRST_MILESTONES = [
  'session_started',
  'first_scan',
  'first_candidates',
  'first_level_armed',
  'first_signal',
  'first_entry_sent',
  'first_fill',
] as const;

export const MILESTONES = [
  ...FIRST_MILESTONES,
  'session_continued',
  'initialized',
  'position_opened',
  'tp1_filled',
  'tp2_filled',
  'add_on_filled',
  'trade_closed',
  'paused',
  'resumed',
  'halted',
  'halt_released',
  'emergency',
  'verified_flat',
  'reset',
  'error',
  'retried',
  'stopped',
  'session_ended',
] as const;

export type MilestoneName = (typeof MILESTONES)[number];

export interface Milestone {
  readonly name: MilestoneName;
  /** What it was about, in a line: who, why, which trade. */
  readonly note: string;
}

type StateEvent = Extract<DomainEvent, { type: 'state' }>;

const NONE: readonly Milestone[] = [];
/** Candidates that a note names. */
const BEST = 5;

const ONCE: ReadonlySet<MilestoneName> = new Set(FIRST_MILESTONES);

const nameShape: Shape<MilestoneName> = (a, name) => a.json(name);

export class Milestones {
  readonly #passed = new Set<MilestoneName>();
  /** The state before INITIALIZING, and the one before STOPPED: what follows depends on it. */
  #beforeInitializing: EngineState = 'IDLE';
  #beforeStopped: EngineState = 'IDLE';

  /** Whether a milestone comes but once in a session. */
  static once(name: MilestoneName): boolean {
    return ONCE.has(name);
  }

  archive(a: Archive): void {
    a.section('Milestones');
    a.set(this.#passed, nameShape);
    this.#beforeInitializing = a.json(this.#beforeInitializing);
    this.#beforeStopped = a.json(this.#beforeStopped);
  }

  /** The milestones that an event is: mostly none, once in a while two at once. */
  of(event: PublishedEvent['event']): readonly Milestone[] {
    switch (event.type) {
      case 'level':
        return event.life === 'armed' && this.#isFirst('first_level_armed')
          ? one('first_level_armed', `${event.symbol} ${event.side} at ${event.price}`)
          : NONE;
      case 'scan':
        return this.#scan(event);
      case 'signal':
        return this.#isFirst('first_signal')
          ? one('first_signal', `${event.symbol} ${event.side} ${event.strategy} at ${event.price}`)
          : NONE;
      case 'order':
        return this.#order(event);
      case 'fill':
        return this.#isFirst('first_fill')
          ? one('first_fill', `${event.symbol} ${event.side} ${event.quantity} at ${event.price}`)
          : NONE;
      case 'position':
        return event.change === 'opened'
          ? one(
              'position_opened',
              `${event.symbol} ${event.side} ${event.quantity}, stop ${event.stop ?? 'none'} (trade ${event.tradeId})`,
            )
          : NONE;
      case 'trade': {
        const { id, symbol, side, r, pnl, exitReason } = event.trade;
        return one(
          'trade_closed',
          `${symbol} ${side} ${r.toFixed(2)} R by ${exitReason}, net ${pnl} (trade ${id})`,
        );
      }
      case 'halt':
        return one('halted', `${event.rule}: ${event.value} reached ${event.limit}`);
      case 'halt_released':
        return one('halt_released', `${event.rule}: ${event.reason}`);
      case 'state':
        return this.#state(event);
      case 'session':
        if (event.change === 'ended') return one('session_ended', event.message);
        return one(
          this.#isFirst('session_started') ? 'session_started' : 'session_continued',
          `${event.preset} on ${event.venue}, ${event.mode}`,
        );
      default:
        return NONE;
    }
  }

  #isFirst(name: MilestoneName): boolean {
    if (this.#passed.has(name)) return false;
    this.#passed.add(name);
    return true;
  }

  #scan({ universe, passed, candidates }: Extract<DomainEvent, { type: 'scan' }>): readonly Milestone[] {
    const scanned = this.#isFirst('first_scan')
      ? one('first_scan', `${passed} of ${universe} symbols pass`)
      : NONE;
    if (candidates.length === 0 || !this.#isFirst('first_candidates')) return scanned;
    const best = candidates.slice(0, BEST).map(({ symbol }) => symbol);
    return [...scanned, ...one('first_candidates', `${candidates.length}, best ${best.join(', ')}`)];
  }

  #order({ order, status }: Extract<DomainEvent, { type: 'order' }>): readonly Milestone[] {
    const { purpose } = order;
    if (status === 'submitted') {
      return purpose === 'entry' && this.#isFirst('first_entry_sent')
        ? one('first_entry_sent', orderNote(order))
        : NONE;
    }
    return status === 'filled' && (purpose === 'tp1' || purpose === 'tp2' || purpose === 'add_on')
      ? one(`${purpose}_filled`, orderNote(order))
      : NONE;
  }

  #state({ from, to, reason, by }: StateEvent): readonly Milestone[] {
    if (to === 'INITIALIZING') this.#beforeInitializing = from;
    if (to === 'STOPPED') this.#beforeStopped = from;
    const name = this.#stateName(from, to);
    return name === null ? NONE : one(name, by === 'engine' ? reason : `${reason} (by ${by})`);
  }

  #stateName(from: EngineState, to: EngineState): MilestoneName | null {
    switch (to) {
      case 'SCANNING':
      case 'MANAGING':
        if (from === 'PAUSED') return 'resumed';
        if (from === 'ERROR') return 'retried';
        // A halt that lifts by itself passes INITIALIZING too, and warms nothing up.
        return from === 'INITIALIZING' && this.#beforeInitializing === 'IDLE' ? 'initialized' : null;
      case 'PAUSED':
        return 'paused';
      case 'EMERGENCY':
        return 'emergency';
      case 'ERROR':
        return 'error';
      case 'STOPPED':
        return from === 'EMERGENCY' ? 'verified_flat' : 'stopped';
      case 'IDLE':
        if (from === 'ERROR') return 'retried';
        // An orderly stop passes STOPPED on its way; out of an emergency only a reset leads here.
        return this.#beforeStopped === 'EMERGENCY' ? 'reset' : null;
      default:
        return null;
    }
  }
}

function one(name: MilestoneName, note: string): readonly Milestone[] {
  return [{ name, note }];
}

function orderNote({ tradeId, symbol, side, quantity }: OrderRequest): string {
  return `${symbol} ${side} ${quantity} (trade ${tradeId})`;
}
