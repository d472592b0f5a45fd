/** Lists that are asked by time, and show no more than so much at once. */

export interface Listing {
  /** The exchange looks through no more at once, in milliseconds. */
  readonly longest: number;
  /** It shows no more at once. Which part of a longer list that is hangs on the list: the first of it, or the last. */
  readonly most: number;
}

/** All of a list from `from` to `to`, both included: a span that does not fit on a page is asked for in halves. */
export async function inSpans<T>(
  from: number,
  to: number,
  listing: Listing,
  ask: (from: number, to: number) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (const [start, end] of spans(from, to, listing.longest))
    found.push(...(await inHalves(start, end, listing, ask)));
  return found;
}

/** `from` to `to`, both included, in parts of no more than `longest`. */
export function* spans(from: number, to: number, longest: number): Generator<readonly [number, number]> {
  for (let start = from; start <= to; start += longest + 1) yield [start, Math.min(start + longest, to)];
}

async function inHalves<T>(
  from: number,
  to: number,
  listing: Listing,
  ask: (from: number, to: number) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const page = await ask(from, to);
  // What happens in one and the same millisecond cannot be taken apart.
  if (page.length < listing.most || from >= to) return page;
  const middle = Math.floor((from + to) / 2);
  const first = await inHalves(from, middle, listing, ask);
  return [...first, ...(await inHalves(middle + 1, to, listing, ask))];
}
