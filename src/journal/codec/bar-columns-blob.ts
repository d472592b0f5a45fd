/**
 * The columns of one close time as bytes, little-endian: count (uint32), `count` symbols (int32), then `count`
 * float64 each of open, high, low, close and volume, bit for bit. The close time lies in the input's JSON.
 */
import { type BarColumns, barColumns } from '../../market/bars.ts';

const COUNT_BYTES = 4;
const SYMBOL_BYTES = 4;
const FLOAT_BYTES = 8;
const FLOATS = ['open', 'high', 'low', 'close', 'volume'] as const;
const ROW_BYTES = SYMBOL_BYTES + FLOATS.length * FLOAT_BYTES;

/** A copy: the columns may be filled anew at once. */
export function encodeColumns(bars: BarColumns): Buffer {
  const { count } = bars;
  const bytes = Buffer.allocUnsafe(COUNT_BYTES + count * ROW_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(0, count, true);
  let at = COUNT_BYTES;
  for (let i = 0; i < count; i++, at += SYMBOL_BYTES) view.setInt32(at, bars.symbol[i] ?? 0, true);
  for (const name of FLOATS) {
    const column = bars[name];
    for (let i = 0; i < count; i++, at += FLOAT_BYTES) view.setFloat64(at, column[i] ?? 0, true);
  }
  return bytes;
}

/** @throws RangeError when the bytes are not what was written. */
export function decodeColumns(bytes: Uint8Array, closeTime: number): BarColumns {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.byteLength < COUNT_BYTES ? -1 : view.getUint32(0, true);
  if (bytes.byteLength !== COUNT_BYTES + count * ROW_BYTES) {
    throw new RangeError(`${bytes.byteLength} bytes do not hold ${count} bars`);
  }
  const bars = barColumns(count);
  bars.closeTime = closeTime;
  bars.count = count;
  let at = COUNT_BYTES;
  for (let i = 0; i < count; i++, at += SYMBOL_BYTES) bars.symbol[i] = view.getInt32(at, true);
  for (const name of FLOATS) {
    const column = bars[name];
    for (let i = 0; i < count; i++, at += FLOAT_BYTES) column[i] = view.getFloat64(at, true);
  }
  return bars;
}
