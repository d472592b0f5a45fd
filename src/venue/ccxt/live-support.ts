/** Whether real money can be traded on an exchange from here at all: known without asking it, and before there are keys. */
import type { InstrumentType } from '../../market/instrument.ts';
import { type ClientIds, clientIds } from './client-ids.ts';
import type { Dialect } from './dialect.ts';
import { dialectOf } from './dialects.ts';
import { exchangeIds } from './library.ts';

export interface LiveSupport {
  readonly dialect: Dialect;
  readonly ids: ClientIds;
}

const KINDS: Readonly<Record<InstrumentType, string>> = { linear: 'perpetuals', spot: 'spot' };

/** @returns in words why it cannot be, where it cannot. */
export function liveSupport(exchange: string, type: InstrumentType): LiveSupport | string {
  if (!exchangeIds().includes(exchange)) return `ccxt has no exchange ${JSON.stringify(exchange)}`;
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
