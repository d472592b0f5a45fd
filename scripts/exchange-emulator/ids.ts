import { createHash } from 'node:crypto';
import type { Ids } from './core/exchange.ts';

/** Ids in the form of an exchange that numbers spot and gives perpetuals UUIDs; the same in every run. */
export const uuidIds: Ids = {
  order: (category, ordinal) => (category === 'spot' ? numbered(ordinal) : uuid(`order ${ordinal}`)),
  execution: (category, ordinal) => (category === 'spot' ? numbered(ordinal) : uuid(`execution ${ordinal}`)),
};

const FIRST_NUMBER = 1_800_000_000_000_000_000n;

function numbered(ordinal: number): string {
  return String(FIRST_NUMBER + BigInt(ordinal));
}

function uuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

const FIRST_ORDER = 8_000_000_000;
const FIRST_TRADE = 500_000_000;

/** Ids in the form of an exchange that numbers everything. */
export const numberIds: Ids = {
  order: (_category, ordinal) => String(FIRST_ORDER + ordinal),
  execution: (_category, ordinal) => String(FIRST_TRADE + ordinal),
};
