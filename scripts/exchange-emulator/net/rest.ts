/** The HTTP side: each request goes through the rules of what is to go wrong, then to the protocol. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Millis } from '../../../src/market/time.ts';
import type { VenueClock } from '../clock.ts';
import type { RequestFault, Rules } from '../faults/rules.ts';
import type { Outbox } from './outbox.ts';
import type { Protocol, WireReply, WireRequest } from './protocol.ts';

/** A request that was let through, acted on or not, for who writes them down. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  /** What struck it. */
  readonly fault: RequestFault['kind'] | 'down' | null;
}

export class Rest {
  /** True: nothing is answered, every connection breaks. */
  down = false;
  /** Of the venue's time: who has had no answer by then breaks the connection, as a client's time-out would. */
  patienceMs: Millis | null = null;
  /** Told of each request. */
  seen: ((request: SeenRequest) => void) | null = null;
  readonly #protocol: Protocol;
  readonly #rules: Rules<RequestFault>;
  readonly #clock: VenueClock;
  readonly #outbox: Outbox;
  #pending = 0;
  #held: (() => void)[] = [];
  #waiting: (() => void)[] = [];

  constructor(protocol: Protocol, rules: Rules<RequestFault>, clock: VenueClock, outbox: Outbox) {
    this.#protocol = protocol;
    this.#rules = rules;
    this.#clock = clock;
    this.#outbox = outbox;
  }

  get held(): number {
    return this.#held.length;
  }

  /** Requests that have come and have neither been answered nor been broken off. */
  get pending(): number {
    return this.#pending;
  }

  /** Resolves once so many requests or answers are held. */
  whenHeld(count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.#held.length >= count) resolve();
        else this.#waiting.push(look);
      };
      look();
    });
  }

  /** Lets go of what is held, in the order in which it came. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const go of held) go();
  }

  take(incoming: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', () => response.destroy());
    incoming.on('end', () => {
      this.#pending += 1;
      const callOff =
        this.patienceMs === null ? null : this.#clock.after(this.patienceMs, () => response.destroy());
      response.on('close', () => {
        this.#pending -= 1;
        callOff?.();
      });
      const url = incoming.url ?? '/';
      const mark = url.indexOf('?');
      this.#run(
        {
          method: incoming.method ?? 'GET',
          path: mark < 0 ? url : url.slice(0, mark),
          query: mark < 0 ? '' : url.slice(mark + 1),
          body: Buffer.concat(chunks).toString('utf8'),
          headers: incoming.headers,
        },
        response,
      );
    });
  }

  #run(request: WireRequest, response: ServerResponse): void {
    const fault = this.down ? null : this.#rules.strike(`${request.method} ${request.path}`);
    const { method, path, query, body } = request;
    this.seen?.({ method, path, query, body, fault: this.down ? 'down' : (fault?.kind ?? null) });
    if (this.down) return void response.destroy();
    switch (fault?.kind) {
      case undefined:
        this.#answer(request, response);
        return;
      case 'drop-request':
        return void response.destroy();
      case 'drop-reply':
        this.#act(request);
        return void response.destroy();
      case 'delay-request':
        this.#clock.after(fault.ms, () => this.#answer(request, response));
        return;
      case 'delay-reply': {
        const reply = this.#act(request);
        this.#clock.after(fault.ms, () => this.#write(response, reply));
        return;
      }
      case 'hold-request':
        this.#hold(() => this.#answer(request, response));
        return;
      case 'hold-reply': {
        const reply = this.#act(request);
        this.#hold(() => this.#write(response, reply));
        return;
      }
      case 'duplicate': {
        const first = this.#act(request);
        const second = this.#act(request);
        this.#write(response, fault.reply === 'first' ? first : second);
        return;
      }
      case 'status':
        if (fault.acted) this.#act(request);
        this.#write(response, this.#protocol.statusReply(fault.status));
        return;
      case 'code':
        if (fault.acted) this.#act(request);
        this.#write(response, this.#protocol.codeReply(fault.code, fault.message));
        return;
    }
  }

  #hold(go: () => void): void {
    this.#held.push(go);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const look of waiting) look();
  }

  /** Acts on a request whose pushes wait for nobody. */
  #act(request: WireRequest): WireReply {
    return this.#protocol.handle(request);
  }

  #answer(request: WireRequest, response: ServerResponse): void {
    this.#outbox.hold();
    try {
      const reply = this.#protocol.handle(request);
      this.#write(response, reply);
    } finally {
      // The reply has been handed over by then: pushes of other connections come behind it.
      setImmediate(() => this.#outbox.release());
    }
  }

  #write(response: ServerResponse, reply: WireReply): void {
    if (response.destroyed) return;
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(reply.body);
  }
}
