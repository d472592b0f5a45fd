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
  for (let start = from; start <= to; start += listing.longest + 1)
    found.push(...(await inHalves(start, Math.min(start + listing.longest, to), listing, ask)));
  return found;
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
