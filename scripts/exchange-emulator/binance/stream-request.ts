/** What a client says on a market stream. */
export interface StreamRequest {
  readonly method: 'SUBSCRIBE' | 'UNSUBSCRIBE';
  readonly id: unknown;
  readonly params: readonly string[];
}

/** null when it is no request at all. */
export function toRequest(text: string): StreamRequest | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null || !('method' in parsed) || !('id' in parsed))
    return null;
  const { method, id } = parsed;
  if (method !== 'SUBSCRIBE' && method !== 'UNSUBSCRIBE') return null;
  const params = 'params' in parsed && Array.isArray(parsed.params) ? parsed.params.map(String) : [];
  return { method, id, params };
}
