/** The books of a simulated venue on the journal's disk: when that is full, the reserve is there for them as well. */
import type { Kept, Place, PlacedRequest, VenueRecord } from '../venue/simulated/kept/record.ts';

export class SparedRecord implements VenueRecord {
  readonly #record: VenueRecord;
  readonly #makeSpace: (error: unknown) => boolean;

  /** @param makeSpace false when there is no space to be made, or that was not what was wrong. */
  constructor(record: VenueRecord, makeSpace: (error: unknown) => boolean) {
    this.#record = record;
    this.#makeSpace = makeSpace;
  }

  load(): Kept {
    return this.#record.load();
  }

  request(row: PlacedRequest): void {
    this.#written(() => this.#record.request(row));
  }

  reached(place: Place): void {
    this.#written(() => this.#record.reached(place));
  }

  snapshot(bars: number, state: Uint8Array): void {
    this.#written(() => this.#record.snapshot(bars, state));
  }

  [Symbol.dispose](): void {
    this.#record[Symbol.dispose]();
  }

  #written(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!this.#makeSpace(error)) throw error;
      write();
    }
  }
}
