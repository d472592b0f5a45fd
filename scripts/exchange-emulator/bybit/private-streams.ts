/** The private stream of Bybit's v5 API: orders, executions, positions and the wallet of the account. */
import type { CoreEvent } from '../core/events.ts';
import type { Stream, StreamHandler } from '../net/protocol.ts';
import type { Venue } from '../venue.ts';
import { positionPush, walletWire } from './account-wire.ts';
import { refusesStream } from './auth.ts';
import { executionPush, orderPush } from './order-wire.ts';
import { replyTo, type StreamRequest, toRequest } from './stream-request.ts';

const TOPICS: ReadonlySet<string> = new Set(['order', 'execution', 'execution.fast', 'position', 'wallet']);

interface Client {
  readonly stream: Stream;
  readonly topics: Set<string>;
  authenticated: boolean;
}

export class PrivateStreams {
  readonly #venue: Venue;
  readonly #clients = new Set<Client>();
  #pushes = 0;

  constructor(venue: Venue) {
    this.#venue = venue;
    venue.exchange.listen((event) => this.#take(event));
  }

  connect(stream: Stream): StreamHandler {
    const client: Client = { stream, topics: new Set(), authenticated: false };
    this.#clients.add(client);
    return {
      message: (text) => this.#asked(client, text),
      closed: () => {
        this.#clients.delete(client);
      },
    };
  }

  #asked(client: Client, text: string): void {
    const request = toRequest(text);
    const { stream } = client;
    if (request === null) {
      stream.close();
      return;
    }
    switch (request.op) {
      case 'ping':
        stream.push('pong', {
          req_id: request.id,
          op: 'pong',
          args: [String(this.#venue.shownNow())],
          conn_id: stream.id,
        });
        return;
      case 'auth':
        this.#authenticate(client, request);
        return;
      case 'subscribe':
        this.#subscribe(client, request);
        return;
      case 'unsubscribe':
        for (const name of request.args.map(String)) {
          client.topics.delete(name);
          stream.unsubscribed(name);
        }
        stream.push('unsubscribe', replyTo(request, stream, true, ''));
        return;
      default:
        stream.push(request.op, replyTo(request, stream, false, `error:handler not found,op:${request.op}`));
    }
  }

  #authenticate(client: Client, request: StreamRequest): void {
    const { stream } = client;
    const why = refusesStream(request.args, this.#venue.apiKey, this.#venue.shownNow());
    client.authenticated = why === null;
    stream.push('auth', replyTo(request, stream, why === null, why ?? ''));
  }

  #subscribe(client: Client, request: StreamRequest): void {
    const { stream } = client;
    const names = request.args.map(String);
    const unknown = names.find(
      (name) => !TOPICS.has(name) && !/^(order|execution|position)\.(spot|linear)$/.test(name),
    );
    if (!client.authenticated) {
      stream.push('subscribe', replyTo(request, stream, false, 'Request not authorized'));
      return;
    }
    if (unknown !== undefined) {
      stream.push('subscribe', replyTo(request, stream, false, `error:handler not found,topic:${unknown}`));
      return;
    }
    for (const name of names) {
      client.topics.add(name);
      stream.subscribed(name);
    }
    stream.push('subscribe', replyTo(request, stream, true, ''));
  }

  #take(event: CoreEvent): void {
    const { exchange } = this.#venue;
    switch (event.kind) {
      case 'order':
        this.#push('order', event.order.listing.category, orderPush(event.order));
        return;
      case 'execution': {
        const { listing } = event.execution;
        const wire = executionPush(event.execution, exchange.mark(listing));
        this.#push('execution', listing.category, wire);
        this.#push('execution.fast', listing.category, fast(wire));
        return;
      }
      case 'position':
        this.#push('position', 'linear', positionPush(exchange, event.position));
        return;
      case 'wallet':
        this.#push('wallet', '', walletWire(exchange, null));
        return;
    }
  }

  #push(topic: string, category: string, data: Record<string, unknown>): void {
    this.#pushes += 1;
    for (const { stream, topics } of this.#clients) {
      const name = topics.has(topic) ? topic : `${topic}.${category}`;
      if (!topics.has(name)) continue;
      stream.push(topic, {
        id: `${stream.id}-${this.#pushes}`,
        topic: name,
        creationTime: this.#venue.clock.now,
        data: [data],
      });
    }
  }
}

const FAST = [
  'category',
  'symbol',
  'execId',
  'execPrice',
  'execQty',
  'orderId',
  'orderLinkId',
  'isMaker',
  'side',
  'execTime',
  'seq',
];

function fast(wire: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(FAST.map((name) => [name, wire[name]]));
}
