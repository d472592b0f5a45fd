/** Whether real money can be traded on an exchange from here at all: known without asking it, and before there are keys. */
import { nearest } from '../../config/problems.ts';
import type { InstrumentType } from '../../market/instrument.ts';
import { type ClientIds, clientIds } from './client-ids.ts';
import type { Dialect } from './dialect.ts';
import { dialectOf, LIVE_EXCHANGES } from './dialects.ts';
import { exchangeIds } from './library.ts';

export interface LiveSupport {
  readonly dialect: Dialect;
  readonly ids: ClientIds;
}

const KINDS: Readonly<Record<InstrumentType, string>> = { linear: 'perpetuals', spot: 'spot' };

/** @returns in words why it cannot be, where it cannot. */
export function liveSupport(exchange: string, type: InstrumentType): LiveSupport | string {
  if (!exchangeIds().includes(exchange)) return noExchange(exchange);
  const dialect = dialectOf(exchange);
  const ids = clientIds(exchange);
  if (dialect === null || ids === null)
    return `${exchange} can be traded on paper alone: how its orders are looked up is not known here`;
  if (!dialect.types.includes(type)) {
    const kinds = dialect.types.map((each) => KINDS[each]).join(' and ');
    return `${exchange} can be traded live on ${kinds} alone: \`type\` of its settings says ${type}`;
  }
  return { dialect, ids };
}

/** That there is no such exchange, and which one was meant, or where those that there are stand. */
export function noExchange(name: string): string {
  return `there is no exchange ${JSON.stringify(name)}${hintFor(name, '; ')}`;
}

/** Behind a name that is none: the nearest there is; where none is near, who can be traded live and where the rest stand. */
export function hintFor(name: string, before: string): string {
  const known = exchangeIds();
  const near = nearest(name, known).replace(OR, '');
  if (near !== '') return ` (is it ${near}?)`;
  const live = LIVE_EXCHANGES.join(', ');
  return `${before}live there are ${live}; all ${known.length} stand in the table of exchanges in the README`;
}

/** What `nearest` has behind a name. */
const OR = /\? or $/;
