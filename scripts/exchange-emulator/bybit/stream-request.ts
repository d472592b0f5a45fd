import type { Stream } from '../net/protocol.ts';

/** What a client says on a stream. */
export interface StreamRequest {
  readonly op: string;
  readonly id: string;
  readonly args: readonly unknown[];
}

/** null when it is no request at all. */
export function toRequest(text: string): StreamRequest | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null || !('op' in parsed)) return null;
  const args = 'args' in parsed && Array.isArray(parsed.args) ? parsed.args : [];
  const id = 'req_id' in parsed && parsed.req_id !== undefined ? String(parsed.req_id) : '';
  return { op: String(parsed.op), id, args };
}

export function replyTo(
  request: StreamRequest,
  stream: Stream,
  success: boolean,
  words: string,
): Record<string, unknown> {
  return { success, ret_msg: words, conn_id: stream.id, req_id: request.id, op: request.op };
}
