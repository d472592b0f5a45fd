/**
 * What lies between one life of the daemon and the venue: requests and answers that are lost, late, doubled or refused
 * on the way, and pushes that come as they like.
 */
import type { BrokerCapabilities } from '../../../src/engine/input.ts';
import type { OrderRequest } from '../../../src/engine/output.ts';
import type { Millis } from '../../../src/market/time.ts';
import type { AccountBooks, Answer, Broker, LookUp, OwnFill, Push } from '../../../src/venue/broker.ts';
import type { Faults } from '../world/faults.ts';
import type { Timeline } from '../world/timeline.ts';
import type { Exchange } from './exchange.ts';

/** What the wire has to know of the daemon at its end. */
export interface Caller {
  readonly alive: boolean;
  /** How far its clock is off. */
  readonly clockError: Millis;
  /** It may die here. */
  point(name: string): void;
}

/** What the daemon has sent and the venue has not got yet: a market exit that is on its way counts. */
export interface InFlight {
  readonly request: OrderRequest;
  readonly until: Millis;
}

export const VALIDITY_MS: Millis = 6_000;
const ROUND_TRIP = { usual: 60, most: 2_500 } as const;

/** A clock that far off is refused by venues. */
const CLOCK_TOLERANCE: Millis = 1_000;

export class Wire implements Broker {
  readonly capabilities: BrokerCapabilities;
  readonly acts = null;
  readonly validityMs = VALIDITY_MS;
  readonly #exchange: Exchange;
  readonly #timeline: Timeline;
  readonly #faults: Faults;
  readonly #caller: Caller;
  readonly #down: () => boolean;
  readonly #inFlight: InFlight[];

  constructor(parts: {
    readonly exchange: Exchange;
    readonly timeline: Timeline;
    readonly faults: Faults;
    readonly caller: Caller;
    readonly amend: boolean;
    readonly twoStops: boolean;
    readonly down: () => boolean;
    readonly inFlight: InFlight[];
  }) {
    this.capabilities = { amend: parts.amend, ...(parts.twoStops && { twoStops: true }) };
    this.#exchange = parts.exchange;
    this.#timeline = parts.timeline;
    this.#faults = parts.faults;
    this.#caller = parts.caller;
    this.#down = parts.down;
    this.#inFlight = parts.inFlight;
  }

  submit(order: OrderRequest, clientId: string, answer: (answer: Answer) => void): void {
    this.#caller.point('before submit');
    if (order.purpose === 'exit')
      this.#inFlight.push({ request: order, until: this.#timeline.now + VALIDITY_MS });
    this.#faults.count('orders sent');
    this.#request('the answer to a submit', () => this.#exchange.submit(order, clientId), answer);
    this.#caller.point('after submit');
  }

  cancel(_symbol: string, clientId: string, answer: (answer: Answer) => void): void {
    this.#caller.point('before cancel');
    this.#request('the answer to a cancel', () => this.#exchange.cancel(clientId), answer);
    this.#caller.point('after cancel');
  }

  amend(
    _symbol: string,
    clientId: string,
    change: { readonly quantity: string; readonly stopPrice: string | null },
    answer: (answer: Answer) => void,
  ): void {
    this.#caller.point('before amend');
    this.#request(
      'the answer to a amend',
      () => this.#exchange.amend(clientId, change.quantity, change.stopPrice),
      answer,
    );
    this.#caller.point('after amend');
  }

  lookUp(_symbol: string, clientId: string, answer: (found: LookUp) => void): void {
    this.#faults.count('look-ups');
    this.#read<LookUp>(() => this.#exchange.lookUp(clientId), { kind: 'failed', reason: '503' }, answer);
  }

  fillsSince(symbol: string, _since: Millis, answer: (fills: readonly OwnFill[] | null) => void): void {
    const own = (): OwnFill[] =>
      this.#exchange.ownFills
        .filter((fill) => fill.symbol === symbol)
        .map(({ clientId, fillId, price, quantity, fee, feeIn, liquidity }) => ({
          clientId,
          fill: { fillId, price, quantity, fee, feeIn, liquidity },
        }));
    this.#read<readonly OwnFill[] | null>(own, null, answer);
  }

  idsSince(_since: Millis, answer: (clientIds: readonly string[] | null) => void): void {
    this.#read<readonly string[] | null>(() => [...this.#exchange.orders.keys()], null, answer);
  }

  account(answer: (books: AccountBooks | null) => void): void {
    this.#read<AccountBooks | null>(() => this.#exchange.account(), null, answer);
  }

  /** Told without being asked. */
  push(push: Push, hear: (push: Push) => void): void {
    if (this.#down() || this.#faults.strikes('lostPush')) return;
    const copies = this.#faults.strikes('duplicatedPush') ? 2 : 1;
    for (let i = 0; i < copies; i++)
      this.#timeline.after(this.#delay('slowPush'), () => {
        if (!this.#caller.alive) return;
        this.#caller.point(push.kind === 'fill' ? 'before a fill is heard of' : 'before a push');
        hear(push);
        this.#caller.point(push.kind === 'fill' ? 'between fills' : 'after a push');
      });
  }

  #request(what: string, act: () => Answer, answered: (answer: Answer) => void): void {
    let open = true;
    const answer = (result: Answer): void => {
      if (open) answered(result);
      open = false;
    };
    const sentAt = this.#timeline.now;
    const faults = this.#faults;
    const off = this.#caller.clockError;
    if (this.#down() || faults.strikes('lostRequest')) {
      if (faults.dice.chance(0.5))
        this.#reply<Answer>({ kind: 'unknown', reason: 'connection lost' }, what, answer);
      return;
    }
    const limited = faults.strikes('rateLimit');
    const copies = faults.strikes('duplicatedRequest') ? 2 : 1;
    for (let i = 0; i < copies; i++)
      this.#timeline.after(this.#delay('slowRequest'), () => {
        this.#reply(this.#arrived({ sentAt, off, limited, copies }, act), what, answer);
      });
  }

  #arrived(
    { sentAt, off, limited, copies }: { sentAt: Millis; off: Millis; limited: boolean; copies: number },
    act: () => Answer,
  ): Answer {
    const faults = this.#faults;
    const old = this.#timeline.now - sentAt - off > VALIDITY_MS || this.#timeline.now - sentAt > VALIDITY_MS;
    if (old || off > CLOCK_TOLERANCE) {
      faults.count('requests refused for their time');
      // Of two that are the same the other one may have been in time.
      return { kind: copies > 1 ? 'unknown' : 'refused', reason: 'timestamp' };
    }
    if (limited) return { kind: 'later', afterMs: faults.dice.whole(100, 3_000), reason: 'rate limit' };
    if (faults.strikes('serverError')) return { kind: 'unknown', reason: '503' };
    const result = act();
    return faults.strikes('serverErrorAfterActing') ? { kind: 'unknown', reason: '504' } : result;
  }

  #read<T>(look: () => T, failed: T, answer: (found: T) => void): void {
    const faults = this.#faults;
    if (this.#down() || faults.strikes('lostRequest')) return;
    this.#timeline.after(this.#delay('slowRequest'), () => {
      this.#reply(faults.strikes('failedLookUp') ? failed : look(), 'what was looked up', answer);
    });
  }

  #reply<T>(result: T, what: string, answer: (result: T) => void): void {
    if (this.#down() || this.#faults.strikes('lostReply')) return;
    this.#timeline.after(this.#delay('slowReply'), () => {
      if (!this.#caller.alive) return;
      this.#caller.point(`before ${what}`);
      answer(result);
      this.#caller.point(`after ${what}`);
    });
  }

  #delay(slow: 'slowRequest' | 'slowReply' | 'slowPush'): Millis {
    const { dice } = this.#faults;
    if (this.#faults.strikes(slow)) return dice.whole(1_000, 2 * VALIDITY_MS);
    return dice.delay(ROUND_TRIP.usual, ROUND_TRIP.most);
  }
}
