/** Asks a venue what it did to the account by itself, and tells the engine what is new of it. */
import type { Instrument } from '../../market/instrument.ts';
import { MINUTE, type Millis } from '../../market/time.ts';
import type { VenueActs, VenueEvent } from '../../venue/broker.ts';
import { orderOf } from '../keeping/client-order-id.ts';
import type { Clock } from './clock.ts';
import type { LiveLoop } from './live-loop.ts';
import { untilAnswered } from './until-answered.ts';

export interface VenueEventFeedOptions {
  readonly acts: VenueActs | null;
  readonly loop: Pick<LiveLoop, 'apply' | 'now'> & {
    readonly gateway: Pick<LiveLoop['gateway'], 'lookUpAll'>;
  };
  readonly clock: Clock;
  readonly session: string;
  /** As the engine knows them, by its index. */
  readonly instruments: () => readonly Instrument[];
}

/** A venue's lists lag behind what it does, some more than others. */
const OVERLAP_MS: Millis = 10 * MINUTE;

/** It may be many pages. */
const ANSWER_MS: Millis = 20_000;

export class VenueEventFeed {
  readonly #options: VenueEventFeedOptions;
  /** Ids of what the engine was told by this process, and when that happened. */
  readonly #told = new Map<string, Millis>();
  #since: Millis;
  #waiting: (() => void)[] = [];
  #asking = false;

  constructor(options: VenueEventFeedOptions) {
    this.#options = options;
    this.#since = options.clock.now();
  }

  /** What happened from then on has not been told: a daemon was down, for however long. */
  goOnFrom(since: Millis): void {
    this.#since = Math.min(this.#since, since);
  }

  /** `done` once all is told that happened before it was called. Asked until the venue answers. */
  ask(done: () => void): void {
    const { acts } = this.#options;
    if (acts === null) {
      done();
      return;
    }
    this.#waiting.push(done);
    if (!this.#asking) this.#ask(acts);
  }

  #ask(acts: VenueActs): void {
    const { clock } = this.#options;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#asking = true;
    untilAnswered<{ readonly events: readonly VenueEvent[]; readonly askedAt: Millis }>(
      clock,
      (answer) => {
        const askedAt = clock.now();
        acts.events(this.#since - OVERLAP_MS, (events) => answer(events && { events, askedAt }));
      },
      ({ events, askedAt }) => {
        this.#since = askedAt;
        this.#heard(events, () => {
          this.#asking = false;
          for (const done of waiting) done();
          // Whoever came while this was under way waits for what happened since.
          if (this.#waiting.length > 0 && !this.#asking) this.#ask(acts);
        });
      },
      ANSWER_MS,
    );
  }

  /** What was closed had been filled before, and that may not have been heard of: of nothing held nothing is closed. */
  #heard(events: readonly VenueEvent[], told: () => void): void {
    const tell = (): void => {
      this.#tell(events);
      told();
    };
    if (events.some(({ id, kind }) => kind === 'closed' && !this.#told.has(id)))
      this.#options.loop.gateway.lookUpAll(tell);
    else tell();
  }

  #tell(events: readonly VenueEvent[]): void {
    for (const [id, at] of this.#told) if (at < this.#since - 2 * OVERLAP_MS) this.#told.delete(id);
    const instruments = this.#options.instruments();
    for (const event of events) {
      const symbol = instruments.findIndex((each) => each.symbol === event.symbol);
      if (symbol < 0 || this.#told.has(event.id) || !this.#isOwn(event)) continue;
      this.#told.set(event.id, event.happenedAt);
      this.#apply(event, symbol);
    }
  }

  /** A stop that came with somebody else's entry is somebody else's. */
  #isOwn(event: VenueEvent): boolean {
    if (event.kind === 'funding' || event.cause !== 'attached_stop') return true;
    return event.attachedTo !== null && orderOf(this.#options.session, event.attachedTo) !== null;
  }

  #apply(event: VenueEvent, symbol: number): void {
    const { loop } = this.#options;
    const { id, happenedAt } = event;
    const mark = { at: loop.now, symbol, id, happenedAt };
    if (event.kind === 'funding') {
      loop.apply({ kind: 'funding', ...mark, amount: event.amount });
      return;
    }
    const { price, quantity, fee, cause } = event;
    loop.apply({ kind: 'liquidation', ...mark, price, quantity, fee, cause });
  }
}
