/** What a wire protocol is to the server that carries it. */

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** As it was sent, undecoded: it is what was signed. */
  readonly query: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface WireReply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One connection of a client for pushes. */
export interface Stream {
  readonly path: string;
  readonly id: string;
  /** @param topic names the push to the fault rules */
  push(topic: string, message: unknown): void;
  /** Notes what the client has asked to be told, for who waits for it. */
  subscribed(topic: string): void;
  unsubscribed(topic: string): void;
  close(): void;
}

export interface StreamHandler {
  message(text: string): void;
  closed(): void;
}

export interface Protocol {
  handle(request: WireRequest): WireReply;
  /** The answer of the protocol's gateway for a fault: an HTTP status, or one of its own error codes. */
  statusReply(status: number): WireReply;
  codeReply(code: number, message: string): WireReply;
  /** null: there is no such stream. */
  connect(stream: Stream): StreamHandler | null;
}
