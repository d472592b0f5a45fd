/**
 * What a point is about, in words: the kind of input, the purpose of the order, the command, and what had been asked
 * of the daemon before. A place names a point and the words that must be there: `submit.committed:stop`.
 */
import type { Input, OrderReport } from '../../src/engine/input.ts';
import type { OrderPurpose, OrderRequest, Output } from '../../src/engine/output.ts';
import type { Reached } from '../../src/faults/point.ts';
import type { VenueRequest } from '../../src/venue/simulated/kept/record.ts';
import type { LedgerLine } from './ledger.ts';

export interface Place {
  readonly name: string;
  readonly tags: readonly string[];
}

export function parsePlace(text: string): Place {
  const [name = '', tags = ''] = text.split(':');
  return { name, tags: tags === '' ? [] : tags.split(',') };
}

export function matches(place: Place, name: string, tags: ReadonlySet<string>): boolean {
  return place.name === name && place.tags.every((tag) => tags.has(tag));
}

interface KnownOrder {
  readonly purpose: OrderPurpose;
  readonly quantity: number;
  filled: number;
}

export class Tagger {
  readonly #orders = new Map<number, KnownOrder>();
  readonly #asked = new Set<string>();
  /** A snapshot goes with the next commit. */
  #snapshot = false;
  #recovering = false;

  /** Knows the orders of the lives before. */
  constructor(ledger: readonly LedgerLine[]) {
    for (const line of ledger) if (line.kind === 'request') this.#learn(line.request);
  }

  tagsOf(reached: Reached): Set<string> {
    const { place } = reached;
    const tags = new Set(this.#tags(reached));
    if (place === 'snapshot.taken') this.#snapshot = true;
    if (this.#snapshot && place.startsWith('commit.')) tags.add('snapshot');
    if (place === 'commit.done') this.#snapshot = false;
    if (place === 'recovery.restored') this.#recovering = true;
    if (this.#recovering) tags.add('recovering');
    if (place === 'recovery.saved') this.#recovering = false;
    for (const command of this.#asked) tags.add(`after-${command}`);
    return tags;
  }

  #tags(reached: Reached): string[] {
    switch (reached.place) {
      case 'input.came':
        return this.#ofInput(reached.input, []);
      case 'input.decided':
      case 'input.observed':
        return this.#ofInput(reached.input, reached.outputs);
      case 'submit.committed':
        return this.#ofOrder(reached.order);
      case 'cancel.committed':
      case 'amend.committed':
        return this.#ofId(reached.orderId);
      case 'report.came':
      case 'report.applied':
        return this.#ofReport(reached.report, reached.place === 'report.came');
      case 'venue.asked':
      case 'venue.wrote':
      case 'venue.acted': {
        const { request } = reached;
        this.#learn(request);
        return [
          request.op,
          ...(request.op === 'submit' ? this.#ofOrder(request.order) : this.#ofId(request.orderId)),
        ];
      }
      case 'reply.due':
        return [reached.command];
      default:
        return [];
    }
  }

  #ofInput(input: Input, outputs: readonly Output[]): string[] {
    const tags: string[] = [input.kind];
    if (input.kind === 'bars') tags.push(input.phase);
    if (input.kind === 'command') {
      tags.push(input.command.name);
      this.#asked.add(input.command.name);
    }
    for (const output of outputs) {
      if (output.kind === 'submit') tags.push(`submit-${output.order.purpose}`);
      if (output.kind === 'cancel' || output.kind === 'amend') tags.push(output.kind);
    }
    return tags;
  }

  #ofOrder(order: OrderRequest): string[] {
    this.#learn({ op: 'submit', order });
    return [order.purpose];
  }

  #ofId(id: number): string[] {
    const order = this.#orders.get(id);
    return order === undefined ? [] : [order.purpose];
  }

  #ofReport(report: OrderReport, fresh: boolean): string[] {
    const order = this.#orders.get(report.orderId);
    if (order === undefined) return [report.status];
    if (report.status !== 'fill') return [report.status, order.purpose];
    if (fresh) order.filled += Number(report.quantity);
    return ['fill', order.purpose, ...(order.filled < order.quantity * (1 - 1e-9) ? ['part'] : [])];
  }

  #learn(request: VenueRequest): void {
    if (request.op !== 'submit' || this.#orders.has(request.order.id)) return;
    const { id, purpose, quantity } = request.order;
    this.#orders.set(id, { purpose, quantity: Number(quantity), filled: 0 });
  }
}
