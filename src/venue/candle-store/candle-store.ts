/** A folder of candles that is written to: one exchange's, by one process at a time. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DataError } from '../replay/data-error.ts';
import { INSTRUMENTS_FILE, type InstrumentEntry, readInstruments } from '../replay/instruments-file.ts';
import { STORE_FILE } from './layout.ts';
import { lockStore } from './lock.ts';
import { SeriesStore } from './series-store.ts';
import { writeWhole } from './write-file.ts';

const storeSchema = z.object({
  format: z.literal('breakout candles'),
  version: z.literal(1),
  exchange: z.string().nullable(),
});

export class CandleStore implements Disposable {
  readonly folder: string;
  /** ccxt's id; null for candles that come from elsewhere. */
  readonly exchange: string | null;
  readonly #lock: Disposable;

  private constructor(folder: string, exchange: string | null, lock: Disposable) {
    this.folder = folder;
    this.exchange = exchange;
    this.#lock = lock;
  }

  /**
   * Makes the folder a store where it is none.
   * @throws DataError when it cannot be one, is one of another exchange, or is being written to
   */
  static async open(folder: string, exchange: string | null): Promise<CandleStore> {
    const store = await made(folder);
    const lock = lockStore(store);
    try {
      await claim(store, exchange);
      return new CandleStore(store, exchange, lock);
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  series(symbol: string, timeframe: string): Promise<SeriesStore> {
    return SeriesStore.open(this.folder, { exchange: this.exchange, symbol, timeframe });
  }

  /** What is known of instruments; those that are not named stay as they are. */
  async putInstruments(entries: ReadonlyMap<string, InstrumentEntry>): Promise<void> {
    if (entries.size === 0) return;
    const all = new Map([...(await readInstruments(this.folder)), ...entries]);
    const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1));
    const text = `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
    await writeWhole(join(this.folder, INSTRUMENTS_FILE), text);
  }

  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }
}

async function made(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    return folder;
  } catch (cause) {
    throw new DataError(
      'DATA_STORE_UNUSABLE',
      `the folder ${folder} cannot be made (${cause instanceof Error ? cause.message : String(cause)})`,
      { cause },
    );
  }
}

async function claim(folder: string, exchange: string | null): Promise<void> {
  const path = join(folder, STORE_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    const csv = (await readdir(folder)).filter((name) => /\.csv(\.gz)?$/i.test(name));
    if (csv.length > 0)
      throw new DataError(
        'DATA_AMBIGUOUS',
        `${folder} holds CSV files: give another folder; \`breakout data import\` makes a store of these`,
      );
    const own: z.infer<typeof storeSchema> = { format: 'breakout candles', version: 1, exchange };
    await writeWhole(path, `${JSON.stringify(own)}\n`);
    return;
  }
  const store = storeSchema.safeParse(parsed(text));
  if (!store.success)
    throw new DataError('DATA_STORE_UNUSABLE', `${path} is not of a store that this version writes to`);
  const there = store.data.exchange;
  if (there === exchange) return;
  const whose = (name: string | null): string => (name === null ? 'imported candles' : `candles of ${name}`);
  throw new DataError(
    'DATA_AMBIGUOUS',
    `${folder} holds ${whose(there)}: give another folder for ${whose(exchange)}`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
