import type { Input } from '../engine/input.ts';
import type { Output } from '../engine/output.ts';

type Request = Exclude<Output, { kind: 'event' | 'reply' }>;

const REASON = 'the session is over: nothing trades any more';

/**
 * What the venue of a session that is over would say: it holds nothing that could be closed or cancelled.
 * @throws Error for what an engine without a session has no reason to ask
 */
export function answerOfNone(request: Request): Input {
  const { at } = request;
  switch (request.kind) {
    case 'query':
      return { kind: 'positions', at, queryId: request.queryId, positions: [] };
    case 'cancel':
      return {
        kind: 'order',
        at,
        report: { status: 'cancelled', orderId: request.orderId, reason: REASON },
      };
    default:
      throw new Error(`the engine asks for ${request.kind} and no venue is open`);
  }
}
