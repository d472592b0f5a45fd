/**
 * Client order ids: session, order, attempt. The same order has the same id after a crash, so that a venue can be asked
 * what became of it; only an attempt that the venue has refused is followed by another one.
 */

/** Longest that exchanges take in common. */
const LONGEST = 36;

const PREFIX = 'bo';

/** @throws RangeError for an id that exchanges would refuse. */
export function clientOrderId(session: string, orderId: number, attempt: number): string {
  const id = `${PREFIX}-${session}-${orderId}-${attempt}`;
  if (id.length > LONGEST) throw new RangeError(`the client order id ${id} is longer than ${LONGEST}`);
  return id;
}

/** The order that a client order id of this session names; null for another one's. */
export function orderOf(session: string, id: string): { orderId: number; attempt: number } | null {
  const start = `${PREFIX}-${session}-`;
  if (!id.startsWith(start)) return null;
  const match = /^(\d+)-(\d+)$/.exec(id.slice(start.length));
  return match === null ? null : { orderId: Number(match[1]), attempt: Number(match[2]) };
}

/** The id of an order of this bot, of whichever session. */
export function isOwnId(id: string): boolean {
  return id.startsWith(`${PREFIX}-`);
}
