import type { Archive, Shape } from '../../archive/archive.ts';
import { item } from '../../market/arrays.ts';

/** Ids from `first` to `last`, both included. */
interface Span {
  readonly first: number;
  readonly last: number;
}

const spanShape: Shape<Span> = (a, span) => ({ first: a.number(span?.first), last: a.number(span?.last) });

/** A set of whole numbers that come nearly in order, as order ids do: it is as large as its gaps are many. */
export class IdSet {
  /** Ascending, none next to another. */
  readonly #spans: Span[] = [];

  has(id: number): boolean {
    const span = this.#spans[this.#before(id)];
    return span !== undefined && id <= span.last;
  }

  add(id: number): void {
    const index = this.#before(id);
    const below = this.#spans[index];
    if (below !== undefined && id <= below.last) return;
    const above = this.#spans[index + 1];
    const joinsBelow = below?.last === id - 1;
    const joinsAbove = above?.first === id + 1;
    const span = {
      first: joinsBelow && below !== undefined ? below.first : id,
      last: joinsAbove && above !== undefined ? above.last : id,
    };
    const from = joinsBelow ? index : index + 1;
    this.#spans.splice(from, (joinsBelow ? 1 : 0) + (joinsAbove ? 1 : 0), span);
  }

  archive(a: Archive): void {
    a.section('IdSet');
    a.items(this.#spans, spanShape);
  }

  /** Index of the last span that begins at or before `id`; -1 for none. */
  #before(id: number): number {
    let low = 0;
    let high = this.#spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (item(this.#spans, middle).first <= id) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
