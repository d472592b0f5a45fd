/** The simulated venue's file, read by other means than its own and changed by none. */
import { Sqlite } from '../../src/sqlite/sqlite.ts';
import type { Kept, PlacedRequest, VenueRecord } from '../../src/venue/simulated/kept/record.ts';

interface Row {
  readonly bars: number;
  readonly point: number;
  readonly at: number;
  readonly body: string;
}

export function readVenueFile(file: string): Kept {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    const place = db.prepare<[], { bars: number; point: number }>('SELECT bars, point FROM place').get();
    const rows = db.prepare<[], Row>('SELECT bars, point, at, body FROM requests ORDER BY n').all();
    const snapshot = db
      .prepare<[], { bars: number; state: Buffer }>('SELECT bars, state FROM snapshot')
      .get();
    return {
      place: place ?? { bars: 0, point: 3 },
      snapshot: snapshot ?? null,
      requests: rows.map(
        ({ bars, point, at, body }): PlacedRequest => ({
          place: { bars, point },
          at,
          request: JSON.parse(body),
        }),
      ),
    };
  } finally {
    db.close();
  }
}

/** A venue that is led to where the file says, and may be led on a little, without a word of it in the file. */
export function asRecord(kept: Kept): VenueRecord {
  const refuse = (): never => {
    throw new Error('an audit asks nothing of the venue');
  };
  return {
    where: 'an audit',
    load: () => kept,
    request: refuse,
    reached: () => undefined,
    snapshot: refuse,
    [Symbol.dispose]: () => undefined,
  };
}
