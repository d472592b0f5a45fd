/** Fields of an exchange's own answers, which have any form. */

export function textIn(info: unknown, key: string): string | undefined {
  if (typeof info !== 'object' || info === null) return undefined;
  const value: unknown = Reflect.get(info, key);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A yes or no, which exchanges write as a word or a number. */
export function truth(info: unknown, key: string): boolean | undefined {
  if (typeof info !== 'object' || info === null) return undefined;
  const value: unknown = Reflect.get(info, key);
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'number' ? String(value) : value;
  if (text === '1' || text === 'true') return true;
  return text === '0' || text === 'false' ? false : undefined;
}

export function listIn(info: unknown, key: string): readonly unknown[] {
  if (typeof info !== 'object' || info === null) return [];
  const value: unknown = Reflect.get(info, key);
  return Array.isArray(value) ? value : [];
}

export function partOf(info: unknown, key: string): unknown {
  return typeof info === 'object' && info !== null ? Reflect.get(info, key) : undefined;
}

/**
 * Sees each message of a stream after ccxt has taken it in: what ccxt drops of it can be had there.
 * @throws Error when ccxt has no such method any more: what hangs on it would never be heard.
 */
export function afterMessage(exchange: object, method: string, seen: (message: unknown) => void): void {
  const handle: unknown = Reflect.get(exchange, method);
  if (typeof handle !== 'function') throw new Error(`this ccxt has no ${method}`);
  Reflect.set(exchange, method, (client: unknown, message: unknown) => {
    handle.call(exchange, client, message);
    seen(message);
  });
}
