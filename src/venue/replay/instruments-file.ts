/**
 * The instruments of recorded candles: what `instruments.json` says, and what has to be assumed without
 * it. Ticks and lots are taken from a symbol's whole file, never from the part that is run over, so that
 * every run over the same folder rounds alike.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { grid } from '../../market/grid.ts';
import type { Instrument } from '../../market/instrument.ts';
import { DataError, listProblems } from './data-error.ts';
import { readRegularFile } from './read-regular-file.ts';

export const INSTRUMENTS_FILE = 'instruments.json';

const MIN_NOTIONAL = '5';
/** The usual fees of a new account on a large venue's perpetuals. */
const MAKER_FEE = 0.0002;
const TAKER_FEE = 0.00055;
const QUOTES = ['USDT', 'USDC', 'BUSD', 'FDUSD', 'BTC', 'ETH', 'EUR', 'USD'];

const STEP = 'must be a positive decimal in quotes, such as "0.01"';
const AMOUNT = 'must be a decimal in quotes, such as "5"';
const COIN = 'must be a coin, such as "BTC"';

/** No venue counts in finer steps than a token's own 18 decimals. */
const MOST_DECIMALS = 18;

const step = z.string(STEP).refine(isStep, { error: STEP });
const coin = z.string(COIN).regex(/^[A-Z0-9]{1,20}$/, COIN);
const fee = z.number().min(-0.01).max(0.1).describe('Share of the notional; negative is a rebate');

const entrySchema = z.strictObject({
  tick: step.optional(),
  lot: step.optional(),
  minNotional: z
    .string(AMOUNT)
    .regex(/^\d+(\.\d+)?$/, AMOUNT)
    .optional(),
  type: z.enum(['spot', 'linear']).optional(),
  base: coin.optional(),
  quote: coin.optional(),
  makerFee: fee.optional(),
  takerFee: fee.optional(),
});

const fileSchema = z.record(z.string(), entrySchema);

export type InstrumentEntry = z.infer<typeof entrySchema>;

/**
 * Reads `instruments.json` of a folder; a folder without one gives an empty map.
 * @throws DataError naming every wrong value, its path in the file and what is allowed.
 */
export async function readInstruments(folder: string): Promise<ReadonlyMap<string, InstrumentEntry>> {
  const path = join(folder, INSTRUMENTS_FILE);
  let text: string;
  try {
    text = (await readRegularFile(path)).toString('utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return new Map();
    throw new DataError('DATA_BAD_INSTRUMENTS', `${path}: cannot be read (${String(cause)})`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DataError('DATA_BAD_INSTRUMENTS', `${path}: not JSON (${String(cause)})`, { cause });
  }
  const parsed = fileSchema.safeParse(json);
  if (parsed.success) return new Map(Object.entries(parsed.data));
  const problems = parsed.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const allowed = Object.keys(entrySchema.shape).join(', ');
      return issue.keys.map((key) => `${[...issue.path, key].join('.')} is unknown; allowed are ${allowed}`);
    }
    const place = issue.path.length > 0 ? issue.path.join('.') : 'the whole';
    return [`${place} is ${shortly(valueAt(json, issue.path))}: ${issue.message}`];
  });
  throw new DataError('DATA_BAD_INSTRUMENTS', listProblems(path, problems));
}

/** What a file keeps of an instrument that an exchange tells; a value that the file cannot have stays away. */
export function entryOf(instrument: Instrument): InstrumentEntry {
  const { tick, lot, minNotional, type, base, quote, makerFee, takerFee } = instrument;
  const told = Object.entries({ tick, lot, minNotional, type, base, quote, makerFee, takerFee });
  return entrySchema.parse(
    Object.fromEntries(told.filter(([key, value]) => entrySchema.safeParse({ [key]: value }).success)),
  );
}

/** The instrument of a symbol, and in words what of it is assumed. */
export function completeInstrument(
  symbol: string,
  entry: InstrumentEntry,
  priceDecimals: number,
  volumeDecimals: number,
): { readonly instrument: Instrument; readonly assumed: readonly string[] } {
  const names = coins(symbol, entry);
  const instrument: Instrument = {
    symbol,
    base: names.base,
    quote: names.quote,
    type: entry.type ?? 'linear',
    tick: entry.tick ?? decimalStep(priceDecimals),
    lot: entry.lot ?? decimalStep(volumeDecimals),
    minNotional: entry.minNotional ?? MIN_NOTIONAL,
    makerFee: entry.makerFee ?? MAKER_FEE,
    takerFee: entry.takerFee ?? TAKER_FEE,
  };
  const line = (facts: readonly (string | null)[]) => {
    const known = facts.filter((fact) => fact !== null);
    return known.length > 0 ? [`${symbol}: ${known.join(', ')}`] : [];
  };
  const assumed = [
    ...line([
      entry.tick === undefined ? `tick ${instrument.tick} (from its prices)` : null,
      entry.lot === undefined ? `lot ${instrument.lot} (from its volumes)` : null,
    ]),
    ...line([
      entry.minNotional === undefined ? `minNotional ${instrument.minNotional}` : null,
      entry.type === undefined ? `type ${instrument.type}` : null,
    ]),
    ...line([
      entry.makerFee === undefined ? `makerFee ${instrument.makerFee}` : null,
      entry.takerFee === undefined ? `takerFee ${instrument.takerFee}` : null,
    ]),
    ...line([
      entry.base === undefined ? `base ${instrument.base}` : null,
      entry.quote === undefined ? `quote ${instrument.quote}` : null,
    ]),
  ];
  return { instrument, assumed };
}

/** Base and quote by the symbol's ending; a symbol with none of the known endings is its own base. */
function coins(symbol: string, entry: InstrumentEntry): { base: string; quote: string } {
  const endings = entry.quote === undefined ? QUOTES : [entry.quote];
  const ending = endings.find((quote) => symbol.endsWith(quote) && symbol.length > quote.length);
  const front = ending === undefined ? symbol : symbol.slice(0, -ending.length).replace(/[:_-]+$/, '');
  return { base: entry.base ?? (front || symbol), quote: entry.quote ?? ending ?? 'USDT' };
}

/** 10^-decimals as a plain decimal: "1", "0.1", "0.01". */
function decimalStep(decimals: number): string {
  return decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`;
}

function isStep(text: string): boolean {
  try {
    return grid(text).scale <= MOST_DECIMALS;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined),
    json,
  );
}

function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
