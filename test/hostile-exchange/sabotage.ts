/** Ways to break the code on purpose, each at a seam from outside: the checks have to see every one of them. */
import type { Answer, LookUp } from '../../src/venue/broker.ts';
import type { Seams } from './daemon/life.ts';

/** A submit of which nothing is known is sent again under another id. */
const sentAgain: Seams = {
  broker: (broker) => ({
    ...broker,
    submit(order, clientId, answer) {
      broker.submit(order, clientId, (result) => {
        if (result.kind !== 'unknown' || clientId.endsWith('-9')) answer(result);
        else broker.submit(order, clientId.replace(/-\d+$/, '-9'), answer);
      });
    },
  }),
};

/** Stops are never sent, and said to be there. Nor does an entry carry one along. */
const noStop: Seams = {
  broker: (broker) => {
    const sham = new Set<string>();
    return {
      ...broker,
      submit(order, clientId, answer) {
        const { attachedStop: _, ...bare } = order;
        if (order.purpose !== 'stop') return broker.submit(bare, clientId, answer);
        sham.add(clientId);
        answer({ kind: 'done' });
      },
      lookUp: (symbol, clientId, answer) =>
        sham.has(clientId) ? undefined : broker.lookUp(symbol, clientId, answer),
      amend: (symbol, clientId, change, answer) =>
        sham.has(clientId) ? done(answer) : broker.amend(symbol, clientId, change, answer),
    };
  },
};

/** Of the fills that a look-up finds the newest is left out. */
const fillDropped: Seams = {
  broker: (broker) => ({
    ...broker,
    lookUp: (symbol, clientId, answer) =>
      broker.lookUp(symbol, clientId, (found) => answer(withoutLast(found))),
    fillsSince: (_symbol, _since, answer) => answer([]),
  }),
};

function done(answer: (answer: Answer) => void): void {
  answer({ kind: 'done' });
}

function withoutLast(found: LookUp): LookUp {
  if (found.kind !== 'found') return found;
  return { kind: 'found', order: { ...found.order, fills: found.order.fills.slice(0, -1) } };
}

export interface Sabotage {
  readonly what: string;
  readonly seams: Seams;
  /** Under which it shows. */
  readonly fault: string;
  readonly protocol: 'bybit' | 'binance';
  readonly seen: RegExp;
  /** Seeds by one of which it has to be seen, the likeliest first. */
  readonly seeds: readonly number[];
}

export const SABOTAGE: readonly Sabotage[] = [
  {
    what: 'an order whose reply got lost is sent again under a new id',
    seams: sentAgain,
    fault: 'drop-reply',
    protocol: 'bybit',
    seen: /was sent twice|is open at the exchange|are booked|in no journal/,
    seeds: [3, 1, 2, 4],
  },
  {
    what: 'no stop is sent',
    seams: noStop,
    fault: 'none',
    protocol: 'binance',
    seen: /protected for \d+ ms/,
    seeds: [5, 2, 1, 3],
  },
  {
    what: 'a fill that was only looked up is forgotten',
    seams: fillDropped,
    fault: 'drop-push',
    protocol: 'bybit',
    seen: /are booked|in no journal|written down|protected for/,
    seeds: [1, 3, 2, 5],
  },
];
