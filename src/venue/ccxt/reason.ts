/** What an error says, in a line that may be shown: without addresses' queries, signatures or whole replies. */

const LONGEST = 300;

/** ccxt puts the whole reply behind the exchange's name. */
const REPLY = /^\s*(\S+)\s+(\{.*\})\s*$/s;

/** Where exchanges write what was wrong, and its number. */
const MESSAGES = ['retMsg', 'msg', 'message', 'error', 'label', 'ret_msg'] as const;
const CODES = ['retCode', 'code', 'ret_code'] as const;

export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const clean = (fromReply(text) ?? text).replace(/\?\S*/g, '').replace(/\s+/g, ' ').trim();
  const name = error instanceof Error ? error.name : 'Error';
  const shown = clean === '' ? name : clean;
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}

function fromReply(text: string): string | null {
  const parts = REPLY.exec(text);
  if (parts === null) return null;
  const reply = parsed(parts[2] ?? '');
  if (reply === null) return null;
  const message = MESSAGES.map((key) => Reflect.get(reply, key)).find((value) => typeof value === 'string');
  const code = CODES.map((key) => Reflect.get(reply, key)).find(
    (value) => typeof value === 'string' || typeof value === 'number',
  );
  if (message === undefined && code === undefined) return null;
  return `${parts[1]}: ${message ?? 'no message'}${code === undefined ? '' : ` (${code})`}`;
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
