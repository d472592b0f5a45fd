/** Five ways to break the code on purpose, each at a seam from outside: the checks have to see every one of them. */
import { Engine } from '../../src/engine/engine.ts';
import type { Input } from '../../src/engine/input.ts';
import type { Output } from '../../src/engine/output.ts';
import type { Answer, Broker, LookUp } from '../../src/venue/broker.ts';
import type { Seams } from './daemon/life.ts';

/** What is sent is not written down first. */
const skipTheCommit: Seams = { beforeSending: () => undefined };

/** A submit of which nothing is known is sent again under another id. */
const newIdOnRetry: Seams = {
  broker: (broker) =>
    wrapped(broker, {
      submit(order, clientId, answer) {
        broker.submit(order, clientId, (result) => {
          if (result.kind !== 'unknown' || clientId.endsWith('-9')) answer(result);
          else broker.submit(order, clientId.replace(/-\d+$/, '-9'), answer);
        });
      },
    }),
};

/** What may have been acted on is taken for refused. */
const unknownIsRejected: Seams = {
  broker: (broker) =>
    wrapped(broker, {
      submit(order, clientId, answer) {
        broker.submit(order, clientId, (result) => answer(certain(result)));
      },
      // The list of fills would show what it became all the same.
      fillsSince: (_symbol, _since, answer) => answer([]),
    }),
};

function certain(result: Answer): Answer {
  return result.kind === 'unknown' ? { kind: 'refused', reason: result.reason } : result;
}

/** The part of an entry that fills first gets no stop, nor anybody who waits for one. */
class Careless extends Engine {
  readonly #partly = new Set<number>();

  override apply(input: Input): readonly Output[] {
    const outputs = super.apply(input);
    if (input.kind === 'order' && input.report.status === 'fill') {
      const { orderId } = input.report;
      const order = this.claims().orders.find(({ id }) => id === orderId);
      if (order !== undefined && !order.final && !order.request.reduceOnly)
        this.#partly.add(order.request.tradeId);
    }
    return outputs.filter((output) => !this.#isForgotten(output));
  }

  #isForgotten(output: Output): boolean {
    if (output.kind === 'timer') return this.#partly.size > 0;
    if (output.kind === 'submit')
      return output.order.purpose === 'stop' && this.#partly.has(output.order.tradeId);
    if (output.kind !== 'amend') return false;
    const order = this.claims().orders.find(({ id }) => id === output.orderId);
    return order !== undefined && this.#partly.has(order.request.tradeId);
  }
}

/** At a restart the newest fill that the venue tells of an order is left out. */
const dropAFill: Seams = {
  broker: (broker, _session, recovering) =>
    wrapped(broker, {
      lookUp(symbol, clientId, answer) {
        const restart = recovering();
        broker.lookUp(symbol, clientId, (found) => answer(restart ? withoutLast(found) : found));
      },
      fillsSince(symbol, since, answer) {
        if (recovering()) answer([]);
        else broker.fillsSince(symbol, since, answer);
      },
    }),
};

function withoutLast(found: LookUp): LookUp {
  if (found.kind !== 'found') return found;
  return { kind: 'found', order: { ...found.order, fills: found.order.fills.slice(0, -1) } };
}

function wrapped(broker: Broker, change: Partial<Broker>): Broker {
  return {
    capabilities: broker.capabilities,
    validityMs: broker.validityMs,
    submit: (...of) => broker.submit(...of),
    cancel: (...of) => broker.cancel(...of),
    amend: (...of) => broker.amend(...of),
    lookUp: (...of) => broker.lookUp(...of),
    fillsSince: (...of) => broker.fillsSince(...of),
    idsSince: (...of) => broker.idsSince(...of),
    account: (answer) => broker.account(answer),
    acts: broker.acts,
    ...change,
  };
}

export interface Sabotage {
  readonly what: string;
  readonly seams: Seams;
  /** Seeds within which it has to be seen. */
  readonly within: number;
}

export const SABOTAGE: readonly Sabotage[] = [
  { what: 'the commit before a send is skipped', seams: skipTheCommit, within: 60 },
  { what: 'an order that is unknown is sent again under a new id', seams: newIdOnRetry, within: 60 },
  { what: 'the stop is forgotten after a partial fill', seams: { engine: () => new Careless() }, within: 60 },
  { what: 'unknown is taken for rejected', seams: unknownIsRejected, within: 60 },
  { what: 'a fill is dropped at a restart', seams: dropAFill, within: 60 },
];
