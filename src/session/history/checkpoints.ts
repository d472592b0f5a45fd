import type { Archive, Shape } from '../../archive/archive.ts';
import type { EngineState } from '../../engine/state.ts';
import type { Millis } from '../../market/time.ts';
import { type MilestoneName, Milestones } from './milestones.ts';
import { newest, Ring } from './ring.ts';

/** How the account stood at a milestone, after the input that brought it. */
export interface CheckpointFigures {
  /** Start equity + net result of finished trades, an exact decimal. */
  readonly equity: string;
  /** Realised R of the UTC day. */
  readonly dailyR: number;
  readonly openPositions: number;
  readonly trades: number;
  readonly signals: number;
}

export interface Checkpoint {
  /** Ordinal within the session. */
  readonly seq: number;
  readonly name: MilestoneName;
  /** Venue time. */
  readonly at: Millis;
  readonly wallAt: Millis;
  readonly state: EngineState;
  readonly figures: CheckpointFigures;
  readonly note: string;
}

const checkpointShape: Shape<Checkpoint> = (a, checkpoint) => a.json(checkpoint);

/** Some hundreds of trades with all that happens to them. */
const CAPACITY = 2_000;

/** The checkpoints of one session: those that come once for good, of the others the newest. */
export class Checkpoints {
  readonly #once: Checkpoint[] = [];
  readonly #newest: Ring<Checkpoint>;
  #seq = 0;

  constructor(capacity = CAPACITY) {
    this.#newest = new Ring(capacity);
  }

  /** How many are no longer held. */
  get dropped(): number {
    return this.#newest.dropped;
  }

  add(checkpoint: Omit<Checkpoint, 'seq'>): Checkpoint {
    this.#seq += 1;
    const numbered = { seq: this.#seq, ...checkpoint };
    if (Milestones.once(checkpoint.name)) this.#once.push(numbered);
    else this.#newest.push(numbered);
    return numbered;
  }

  /** The newest `limit` after ordinal `since`, oldest first. */
  list(limit: number, since = 0): Checkpoint[] {
    const wanted = [...this.#once, ...this.#newest.items()]
      .filter(({ seq }) => seq > since)
      .sort((a, b) => a.seq - b.seq);
    return newest(wanted, limit);
  }

  archive(a: Archive): void {
    a.section('Checkpoints');
    a.items(this.#once, checkpointShape);
    this.#newest.archive(a, checkpointShape);
    this.#seq = a.number(this.#seq);
  }

  /** Holds no more than `capacity` of those that come again and again. */
  shrink(capacity: number): void {
    this.#newest.shrink(capacity);
  }
}
