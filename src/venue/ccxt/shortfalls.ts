/**
 * Where ccxt's tables promise what its code turns down, or what an exchange gives to customers alone. A test asks every
 * exchange that is not here, and finds what is missing in this table.
 */
import type { InstrumentType } from '../../market/instrument.ts';

/** By exchange, what paper lacks there. */
const UNTRADEABLE: Readonly<Record<string, string>> = {
  alpaca: 'quotes without keys',
  cex: 'quotes without keys',
  luno: 'candles without keys',
  modetrade: 'candles without keys',
  woofipro: 'candles without keys',
  // A market without them cannot be sized, and its results would be told too good.
  backpack: 'fees',
  grvt: 'fees',
  toobit: 'fees',
};

/** Whose streams of candles have none of 5 m, by kind of market. */
const CANDLES_NOT_STREAMED: Readonly<Record<string, readonly InstrumentType[]>> = {
  bitrue: ['spot'],
  upbit: ['spot'],
};

/** Whose streams of books want keys, where the books can be asked for without. */
const BOOKS_NOT_STREAMED: ReadonlySet<string> = new Set(['coinbaseexchange']);

export function knownLack(id: string): string | null {
  return UNTRADEABLE[id] ?? null;
}

export function streamsCandles(id: string, type: InstrumentType): boolean {
  return CANDLES_NOT_STREAMED[id]?.includes(type) !== true;
}

export function streamsBooks(id: string): boolean {
  return !BOOKS_NOT_STREAMED.has(id);
}
