/** What a venue did to the account by itself is told again after a restart, or by two of its lists: it counts once. */
import { type Archive, textShape } from '../archive/archive.ts';
import type { VenueEventMark } from './input.ts';

/** A restart asks again about all of the time that a position has been open: weeks of funding of many are remembered. */
const REMEMBERED = 16_384;

export class VenueEvents {
  readonly #heard = new Set<string>();

  /** Whether this is the first time that it is heard of. */
  first({ id }: VenueEventMark): boolean {
    if (id === undefined) return true;
    if (this.#heard.has(id)) return false;
    this.#heard.add(id);
    if (this.#heard.size > REMEMBERED) {
      const [oldest] = this.#heard;
      if (oldest !== undefined) this.#heard.delete(oldest);
    }
    return true;
  }

  archive(a: Archive): void {
    a.section('VenueEvents');
    a.set(this.#heard, textShape);
  }
}
