/**
 * The frame of a snapshot: magic, version, length of the payload, checksum, payload. All in the byte order of the
 * machine, so that columns are copied whole; on a machine of the other order the magic is none.
 */

export const MAGIC = 0x42524b53;
export const HEADER = 16;
/** The payload is padded with zeros to whole words, which is what the checksum goes by. */
export const WORD = 4;

export const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The one NaN that is stored. Which of its many bit patterns arithmetic gives is up to the processor and the compiler. */
export const NAN_BYTES = new Uint8Array(BigUint64Array.of(0x7ff8_0000_0000_0000n).buffer);

/** Each step is one-to-one in the sum and in the word, so a change within one word never goes unseen. */
export function checksum(view: DataView): number {
  let sum = MAGIC;
  for (let offset = HEADER; offset < view.byteLength; offset += WORD) {
    sum = Math.imul(sum ^ view.getInt32(offset, LITTLE_ENDIAN), 0x85ebca6b);
    sum ^= sum >>> 15;
  }
  return sum;
}

/** The mark of a section: FNV-1a of its name. */
export function markOf(name: string): number {
  let mark = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) mark = Math.imul(mark ^ name.charCodeAt(i), 0x01000193);
  return mark;
}
